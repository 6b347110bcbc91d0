"""The keys in memory fail when told to."""

import pytest

from gateway.adapters.memory.keys import MemoryKeys
from gateway.errors import KeysUnavailable


def test_while_broken_no_key_is_read_or_made() -> None:
    keys = MemoryKeys()
    keys.bucket_key("known")
    keys.broken = True

    with pytest.raises(KeysUnavailable):
        keys.bucket_key("known")
    with pytest.raises(KeysUnavailable):
        keys.existing_bucket_key("known")
    with pytest.raises(KeysUnavailable):
        keys.subject_key("polizei", 2026)


def test_the_keys_stand_in_no_printed_form() -> None:
    keys = MemoryKeys()
    key = keys.bucket_key("bucket")
    assert repr(key) not in repr(keys)
