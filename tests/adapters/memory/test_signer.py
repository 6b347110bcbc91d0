"""The signer in memory has one key for each name, and fails when told to."""

import pytest

from gateway.adapters.memory.signer import MemorySigner
from gateway.errors import KeysUnavailable


def test_a_name_has_one_key() -> None:
    assert MemorySigner("entry").kid == MemorySigner("entry").kid
    assert MemorySigner("entry").kid != MemorySigner("checkpoint").kid


def test_while_broken_nothing_is_signed() -> None:
    signer = MemorySigner("entry")
    signer.broken = True
    with pytest.raises(KeysUnavailable):
        signer.sign(b"data")
