"""A record opens with its bucket's key, whole and as it was, or not at all."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.memory.keys import MemoryKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.errors import KeysUnavailable
from gateway.model.evidence import Part, SealedRecord

ENTRY, OTHER_ENTRY = "0" * 32, "1" * 32
BUCKET = "polizei.decision_log_JI.2027-12"
PARTS = {Part.SENDER: "für den Absender", Part.AUDIT: "für die Prüfung"}


def a_sealed_record(keys: MemoryKeys, parts: Mapping[Part, str] = PARTS) -> SealedRecord:
    return RecordSeal(keys).seal(ENTRY, BUCKET, parts)


def open_record(keys: MemoryKeys, record: SealedRecord, entry: str = ENTRY) -> dict[Part, str]:
    return RecordSeal(keys).open(entry, record.bucket, record.wrapped_key, record.parts)


@given(st.dictionaries(st.sampled_from(Part), st.text()))
def test_what_was_sealed_opens_as_it_was(parts: dict[Part, str]) -> None:
    keys = MemoryKeys()
    assert open_record(keys, a_sealed_record(keys, parts)) == parts


def test_each_part_opens_without_the_others() -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)
    alone = replace(record, parts={Part.AUDIT: record.parts[Part.AUDIT]})
    assert open_record(keys, alone) == {Part.AUDIT: PARTS[Part.AUDIT]}


def test_no_two_records_share_a_key_or_a_ciphertext() -> None:
    """The nonce is the number of the part: with a key used twice it would be used twice."""
    keys = MemoryKeys()
    records = [a_sealed_record(keys) for _ in range(20)]
    assert len({record.parts[Part.SENDER] for record in records}) == 20
    assert len({record.wrapped_key for record in records}) == 20


def test_a_sealed_record_shows_none_of_its_text() -> None:
    record = a_sealed_record(MemoryKeys(), {Part.PERSON: "Brockmann-Feldhus"})
    assert b"Brockmann" not in record.parts[Part.PERSON] + record.wrapped_key
    assert "parts" not in repr(record)


@pytest.mark.parametrize("byte", [0, 11, 12, 30, -1])
def test_an_altered_part_is_refused(byte: int) -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)
    altered = bytearray(record.parts[Part.SENDER])
    altered[byte] ^= 1
    with pytest.raises(KeysUnavailable):
        open_record(keys, replace(record, parts={Part.SENDER: bytes(altered)}))


@pytest.mark.parametrize("byte", [0, 11, 12, 40, -1])
def test_an_altered_key_is_refused(byte: int) -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)
    altered = bytearray(record.wrapped_key)
    altered[byte] ^= 1
    with pytest.raises(KeysUnavailable):
        open_record(keys, replace(record, wrapped_key=bytes(altered)))


@pytest.mark.parametrize("cut", [0, 5, 12, 20])
def test_a_key_or_part_that_was_cut_off_is_refused(cut: int) -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)
    with pytest.raises(KeysUnavailable):
        open_record(keys, replace(record, wrapped_key=record.wrapped_key[:cut]))
    with pytest.raises(KeysUnavailable):
        open_record(keys, replace(record, parts={Part.SENDER: record.parts[Part.SENDER][:cut]}))


def test_a_record_of_another_entry_is_refused() -> None:
    keys = MemoryKeys()
    with pytest.raises(KeysUnavailable):
        open_record(keys, a_sealed_record(keys), OTHER_ENTRY)


def test_a_part_in_the_place_of_another_is_refused() -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)
    swapped = {
        Part.SENDER: record.parts[Part.AUDIT],
        Part.AUDIT: record.parts[Part.SENDER],
    }
    with pytest.raises(KeysUnavailable):
        open_record(keys, replace(record, parts=swapped))


def test_a_record_moved_to_another_bucket_is_refused() -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)
    keys.bucket_key("another")
    with pytest.raises(KeysUnavailable):
        open_record(keys, replace(record, bucket="another"))


def test_without_the_bucket_key_nothing_opens() -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)

    keys.destroy(BUCKET)

    assert open_record(keys, record) == {}


def test_a_new_key_for_a_destroyed_bucket_opens_nothing_of_before() -> None:
    keys = MemoryKeys()
    record = a_sealed_record(keys)
    keys.destroy(BUCKET)
    keys.bucket_key(BUCKET)
    with pytest.raises(KeysUnavailable):
        open_record(keys, record)


def test_without_the_vault_nothing_is_sealed() -> None:
    with pytest.raises(KeysUnavailable):
        a_sealed_record(MemoryKeys(broken=True))


def test_a_bucket_key_of_another_length_seals_nothing() -> None:
    class Short(MemoryKeys):
        def bucket_key(self, bucket: str) -> bytes:
            return super().bucket_key(bucket)[:-1]

    with pytest.raises(KeysUnavailable):
        a_sealed_record(Short())
