"""What is durable: closed sets of names, and values that print nothing secret."""

from gateway.model.evidence import Answer, EntryType, Part, Receipt
from tests.gateways import a_delivery

CANARY = "KANARIENVOGEL"


def test_the_types_of_entries_are_those_of_the_design() -> None:
    """A verifier refuses any other, so a new one is a new version of the leaf."""
    assert {kind.value for kind in EntryType} == {
        *("decision", "refusal", "request", "delivery", "policy", "registry", "access"),
        *("erasure", "key", "simulation", "reported", "release", "correction", "task"),
        *("report", "stop", "restore"),
    }


def test_there_are_five_parts() -> None:
    """Their order is their nonce in a sealed record: a new one goes to the end."""
    assert [part.value for part in Part] == ["sender", "recipient", "audit", "input", "person"]


def test_a_receipt_is_a_leaf_with_its_proof() -> None:
    assert Receipt("jws~", "proof").document() == {"sd_jwt": "jws~", "proof": "proof"}


def test_neither_sealed_payload_nor_answer_is_printed() -> None:
    assert CANARY not in repr(a_delivery(jwe=CANARY.encode()))
    assert CANARY not in repr(Answer(201, "0" * 32, {"note": CANARY}))
