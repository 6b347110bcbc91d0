"""An auditor or a partner accepts what the log signed, and that alone."""

import subprocess
import sys
import tracemalloc

import pytest

from gateway.errors import LogRefused
from gateway.model.evidence import EntryType, Part, Receipt
from gateway.tlog.keys import KeyList, KeyRange, KeyUse
from gateway.verify import verify_export, verify_receipt
from tests.tlog.memory_log import ORIGIN, KeySigner, MemoryLog, a_log

ROOT = KeySigner("root").public_key


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 600])
def test_a_copy_as_it_was_written_verifies(tmp_path, size):
    log = a_log(size)
    verified = verify_export(log.write(tmp_path), ROOT)

    assert (verified.origin, verified.size) == (ORIGIN, size)
    assert verified.root == log.frontier.root()
    assert sum(verified.entries.values()) == size


def test_a_copy_says_how_many_entries_of_each_type_it_has(tmp_path):
    log = a_log(3)
    log.append(type=EntryType.KEY)

    verified = verify_export(log.write(tmp_path), ROOT)

    assert verified.entries == {
        EntryType.REGISTRY: 1,
        EntryType.POLICY: 1,
        EntryType.DECISION: 1,
        EntryType.KEY: 1,
    }
    assert verified.changes == 2


def test_a_copy_without_the_parts_that_were_erased_verifies(tmp_path):
    log = a_log(4)
    del log.disclosures[3][Part.AUDIT]
    assert verify_export(log.write(tmp_path), ROOT).size == 4


def a_log_whose_keys_change_at(index):
    """Return a log of six entries that has new keys from *index* on."""
    log = a_log(index)
    old = log.entry_signer.public_key, log.checkpoint_signer.public_key
    log.entry_signer, log.checkpoint_signer = KeySigner("entry 2"), KeySigner("checkpoint 2")
    new = log.entry_signer.public_key, log.checkpoint_signer.public_key
    uses = KeyUse.ENTRY, KeyUse.CHECKPOINT
    log.keys = KeyList.of(
        [
            *(KeyRange(use, key, 0, index - 1) for use, key in zip(uses, old, strict=True)),
            *(KeyRange(use, key, index, None) for use, key in zip(uses, new, strict=True)),
        ]
    )
    while log.size < 6:
        log.append()
    return log


def test_a_log_whose_keys_changed_verifies_with_each_key_in_its_range(tmp_path):
    log = a_log_whose_keys_change_at(4)
    assert verify_export(log.write(tmp_path), ROOT).size == 6


def test_progress_is_told_after_each_bundle(tmp_path):
    told = []
    verify_export(a_log(600).write(tmp_path), ROOT, lambda done, total: told.append((done, total)))
    assert told == [(256, 600), (512, 600), (600, 600)]


def test_memory_does_not_grow_with_the_log(tmp_path):
    def peak(size):
        folder = a_log(size).write(tmp_path / str(size))
        tracemalloc.start()
        verify_export(folder, ROOT)
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return memory

    peak(256)  # what is loaded once
    assert peak(2048) < 1.2 * peak(512)


def test_the_verifier_loads_no_web_server_and_no_database():
    program = (
        "import sys; before = set(sys.modules); import gateway.verify;"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    loaded = set(run.stdout.split()) - set(sys.stdlib_module_names)
    assert {name for name in loaded if not name.startswith("_")} == {
        *("gateway", "cryptography", "joserfc", "rfc8785"),
    }


LOG = a_log(6)
RECEIPT = LOG.receipt(3, Part.SENDER)


def test_a_receipt_proves_claims_parts_and_place():
    verified = verify_receipt(RECEIPT, LOG.keys, ORIGIN)

    assert verified.parts == {Part.SENDER: {"verdict": "deny"}}
    assert verified.claims.id == f"{3:032x}"
    assert verified.index == 3
    assert (verified.checkpoint.size, verified.checkpoint.root) == (6, LOG.frontier.root())


def test_a_receipt_of_a_log_whose_keys_changed_verifies_with_the_key_of_its_index():
    log = a_log_whose_keys_change_at(4)
    for index in range(6):
        assert verify_receipt(log.receipt(index), log.keys, ORIGIN).index == index


def test_a_receipt_with_a_flipped_bit_is_refused():
    for field in ("sd_jwt", "proof"):
        text = RECEIPT.document()[field].encode()
        for at in range(len(text)):
            changed = bytearray(text)
            changed[at] ^= 1 << at % 8
            shown = changed.decode(errors="surrogateescape")
            with pytest.raises(LogRefused):
                verify_receipt(Receipt(**{**RECEIPT.document(), field: shown}), LOG.keys, ORIGIN)


def receipt(sd_jwt=RECEIPT.sd_jwt, proof=RECEIPT.proof):
    """Return a receipt put together by a forger."""
    return Receipt(sd_jwt, proof)


@pytest.mark.parametrize(
    "forged",
    [
        receipt(sd_jwt=LOG.receipt(4).sd_jwt),
        receipt(proof=LOG.receipt(4).proof),
        receipt(proof=a_log(6).receipt(3).proof),
        receipt(proof=""),
        receipt(sd_jwt=""),
        receipt(
            sd_jwt=RECEIPT.sd_jwt.partition("~")[0] + "~" + LOG.disclosures[0][Part.AUDIT] + "~"
        ),
    ],
    ids=["another leaf", "another place", "another log", "no proof", "no leaf", "another part"],
)
def test_a_receipt_that_does_not_fit_together_is_refused(forged):
    with pytest.raises(LogRefused):
        verify_receipt(forged, LOG.keys, ORIGIN)


def test_a_receipt_of_another_log_is_refused():
    with pytest.raises(LogRefused):
        verify_receipt(RECEIPT, LOG.keys, "other.example/2026")


def test_a_receipt_whose_leaf_was_made_for_another_log_is_refused():
    log = MemoryLog()
    log.append(origin="other.example/2026")
    with pytest.raises(LogRefused):
        verify_receipt(log.receipt(0), log.keys, ORIGIN)


@pytest.mark.parametrize("use", [KeyUse.ENTRY, KeyUse.CHECKPOINT])
def test_a_receipt_signed_by_a_key_outside_its_range_is_refused(use):
    ended = [
        KeyRange(entry.use, entry.key, 0, 2 if entry.use == use else None)
        for entry in LOG.keys.ranges
    ]
    with pytest.raises(LogRefused):
        verify_receipt(RECEIPT, KeyList.of(ended), ORIGIN)
