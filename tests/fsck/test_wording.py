"""Every finding is said in German and English, with what to do."""

import pytest

from gateway.fsck.findings import Code
from gateway.fsck.wording import WORDS


@pytest.mark.parametrize("code", Code)
def test_every_code_has_its_words(code: Code) -> None:
    words = WORDS[code]
    texts = [words.de, words.en, words.todo, words.todo_en]
    assert all(text.endswith(".") for text in texts)
    assert len(set(texts)) == 4
