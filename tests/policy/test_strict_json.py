import pytest

from gateway.policy.strict_json import load_json


def test_integers_texts_and_nesting_are_read():
    assert load_json('{"a": [1, "ü", null, {"b": -2}]}'.encode()) == {
        "a": [1, "ü", None, {"b": -2}]
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, "a": 2}', "'a' stands there twice"),
        ('{"a": 1.5}', "1.5 is no integer"),
        ('{"a": 1e3}', "1e3 is no integer"),
        ('{"a": NaN}', "NaN is no integer"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a": ', "Expecting value"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        load_json(text.encode())


def test_bytes_that_are_no_utf8_are_refused():
    with pytest.raises(UnicodeDecodeError):
        load_json(b'"\xff"')
