"""A decision's record: each reader's part, nothing of the payload, and all that hangs on it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from gateway.adapters.memory.keys import MemoryKeys
from gateway.adapters.memory.signer import MemorySigner
from gateway.adapters.record_seal import RecordSeal
from gateway.blind_index import subject_tokens
from gateway.drafting import Composed, Drafter
from gateway.errors import KeysUnavailable, PolicyUnavailable
from gateway.model.decision import Decision
from gateway.model.evidence import Claim, DeliveryState, EntryType, Part
from gateway.model.exchange import Exchange
from gateway.reading import part_of
from gateway.steps.decide import policy_input
from gateway.steps.record import compose_record
from gateway.steps.redact import redact
from gateway.tlog.entry import open_leaf
from tests.builders import (
    NOW,
    ORIGIN,
    PURPOSELESS,
    REPOSITORY,
    a_caller,
    a_decision,
    a_person,
    a_registry,
    an_envelope,
    an_exchange,
    an_obligation,
    body_digest,
    day,
    opened,
    the_policies,
)

POLICIES = the_policies()
SIGNER = MemorySigner("entry")
HOLD_S = 72 * 3600
CLAIM = Claim("polizei", "00000000-0000-4000-8000-000000000000", b"h" * 32, 0)
SPLIT = a_decision(["premises_address", "hazard_facts"], ["licensee_name"])
DENIAL = a_decision(an_envelope()["payload"], denials=[PURPOSELESS])
INDEX = an_obligation("OB-RECIPIENT-INDEX")


def recorded(
    document: Mapping[str, Any] = SPLIT,
    exchange: Exchange | None = None,
    keys: MemoryKeys | None = None,
) -> Composed:
    """Carry an exchange from the decision document to its draft."""
    asked_for = exchange or an_exchange()
    vault = keys or MemoryKeys()
    decision = Decision.parse(document, POLICIES.digest, "memory/1")
    ruling = redact(asked_for, decision, policy_input(asked_for), POLICIES, MemoryKeys())
    drafter = Drafter(ORIGIN, "memory/1", "0.1.0", SIGNER, RecordSeal(vault))
    return compose_record(
        asked_for, a_caller(), ruling, CLAIM, POLICIES, drafter, vault, hold_s=HOLD_S
    )


def parts(composed: Composed) -> dict[Part, dict[str, Any]]:
    return {part: part_of(text) for part, text in composed.leaf.disclosures.items()}


def the_part(part: Part, document: Mapping[str, Any] = SPLIT, **changes: Any) -> dict[str, Any]:
    return parts(recorded(document, an_exchange(**changes)))[part]


# --- the leaf -----------------------------------------------------------------------


def test_the_leaf_names_what_made_the_decision_and_no_more() -> None:
    composed = recorded()
    claims = open_leaf(composed.draft.leaf, SIGNER.public_key).claims

    assert (claims.type, claims.time, claims.origin) == (EntryType.DECISION, NOW, ORIGIN)
    assert claims.id == composed.draft.entry_id
    assert claims.policy_digest == composed.draft.policy_digest == POLICIES.digest
    assert claims.registry_digest == composed.draft.registry_digest == a_registry().digest
    assert (claims.engine, claims.gateway) == ("memory/1", "0.1.0")


@pytest.mark.parametrize("document", [SPLIT, DENIAL], ids=["permit", "denial"])
def test_the_leaf_shows_as_many_digests_for_a_denial_as_for_a_permit(
    document: dict[str, Any],
) -> None:
    leaf = open_leaf(recorded(document).draft.leaf, SIGNER.public_key)
    assert len(leaf.digests) == 8


def test_the_leaf_commits_to_each_part() -> None:
    composed = recorded()
    leaf = open_leaf(composed.draft.leaf, SIGNER.public_key)
    assert leaf.open_parts(list(composed.leaf.disclosures.values())) == parts(composed)


def test_each_exchange_has_an_id_of_its_own() -> None:
    ids = {recorded().draft.entry_id for _ in range(5)}
    assert len(ids) == 5
    assert all(len(entry_id) == 32 for entry_id in ids)


# --- what stands in no part ---------------------------------------------------------

CANARIES = {
    "premises_address": "KANARIE-1",
    "hazard_facts": "KANARIE-2, gemeldet von KANARIE-FAMILIE",
    "licensee_name": {
        "family_name": "KANARIE-FAMILIE",
        "given_names": "KANARIE-4",
        "date_of_birth": "1979-03-02",
    },
    "resident_nationalities": ["KANARIE-6"],
    "number_of_sleepers": 77_123,
}


@pytest.mark.parametrize(
    "document",
    [
        a_decision(["hazard_facts"], CANARIES.keys() - {"hazard_facts"}),
        a_decision(CANARIES),
        a_decision(CANARIES, denials=[PURPOSELESS]),
        a_decision(CANARIES, obligations=[INDEX]),
    ],
    ids=["split", "permit", "denial", "indexed"],
)
def test_no_part_holds_a_value_of_the_payload(document: dict[str, Any]) -> None:
    """Not of what was withheld, not of what was released, not in a hit of the search."""
    composed = recorded(document, an_exchange(payload=CANARIES, field_facts={}))
    text = json.dumps([*parts(composed).values()], ensure_ascii=False)
    for value in ("KANARIE", "1979-03-02", " 77123"):  # in no hex digest
        assert value not in text
    assert b"KANARIE" not in composed.draft.leaf
    assert "KANARIE" not in repr(composed.draft)


def test_only_the_person_part_holds_the_words_of_the_official() -> None:
    composed = recorded(
        exchange=an_exchange(
            justification="WORT-1",
            case_reference="WORT-2",
            acting_official="WORT-3",
            purpose_text="WORT-4",
            facts={"danger_facts": "WORT-5"},
            field_facts={"licensee_name": {"necessity_reason": "WORT-6"}},
        )
    )
    found = parts(composed)
    person = found.pop(Part.PERSON)
    assert "WORT" not in json.dumps([*found.values()])
    assert all(f"WORT-{number}" in json.dumps(person) for number in range(1, 7))


def test_the_person_part_keeps_the_signature_as_evidence() -> None:
    assert the_part(Part.PERSON)["signature"] == dict(a_caller().signature)


# --- who reads what -----------------------------------------------------------------


def test_the_sender_reads_what_was_released_and_what_was_not_with_the_reason() -> None:
    found = the_part(Part.SENDER)
    assert found["verdict"] == "permit"
    assert found["released"] == ["hazard_facts", "premises_address"]
    (withheld,) = found["withheld"]
    assert withheld["members"] == ["licensee_name"]
    assert (withheld["reason"], withheld["rule"]) == ("not_necessary", "GDPR-5-1C")
    assert "DSGVO" in withheld["norm"]
    assert withheld["de"]
    assert withheld["en"]


def test_the_sender_reads_each_ground_of_a_denial() -> None:
    found = the_part(Part.SENDER, DENIAL)
    assert found["verdict"] == "deny"
    assert found["released"] == []
    assert [ground["reason"] for ground in found["denials"]] == ["purpose_missing_or_vague"]
    assert found["withheld"][0]["members"] == sorted(an_envelope()["payload"])


def test_the_sender_reads_what_would_change_a_denial_and_by_which_evidence() -> None:
    fact = {"fact": "review_date_set", "value": True}
    need = {**PURPOSELESS, "members": [], "any_of": [[fact]]}
    found = parts(recorded({**DENIAL, "needs": [need]}))

    ((shown,),) = found[Part.SENDER]["needs"][0]["any_of"]
    assert {name: shown[name] for name in fact} == fact
    assert shown["source"] == "computed"
    assert "review_date" in shown["de"]
    assert found[Part.AUDIT]["decision"]["needs"] == [need]


def test_of_several_reasons_the_first_is_shown_and_all_are_recorded() -> None:
    document = a_decision(["premises_address", "hazard_facts"], ["licensee_name"])
    document["outcomes"][1]["reasons"] = [
        {"reason": "not_necessary", "rule": "GDPR-5-1C"},
        {"reason": "role_unlabelled", "rule": "BDSG-72-73"},
    ]
    found = parts(recorded(document))
    assert found[Part.SENDER]["withheld"][0]["reason"] == "not_necessary"
    assert found[Part.AUDIT]["decision"]["outcomes"][1]["reasons"][1]["rule"] == "BDSG-72-73"


def test_a_reason_without_a_sentence_is_refused() -> None:
    document = a_decision(["premises_address", "hazard_facts"], ["licensee_name"])
    document["outcomes"][1]["reasons"] = [{"reason": "because", "rule": "GDPR-5-1C"}]
    with pytest.raises(PolicyUnavailable):
        recorded(document)


def test_the_recipient_reads_what_travels_and_nothing_of_what_does_not() -> None:
    found = the_part(Part.RECIPIENT)
    assert found["sender"] == {
        "unit": "polizei",
        "name": "Polizei",
        "kind": "POLICE_INSPECTION",
        "controller": "polizei-traeger",
    }
    assert (found["purpose"], found["legal_basis"]) == (
        "DANGER_PREVENTION",
        ["NPOG-1-2", "NPOG-41"],
    )
    assert "licensee_name" not in json.dumps(found)
    assert "sicherheitspartnerschaft" not in json.dumps(found)


def test_a_denial_has_no_part_for_the_recipient() -> None:
    assert set(recorded(DENIAL).leaf.disclosures) == set(Part) - {Part.RECIPIENT}


def test_the_auditor_reads_units_bases_and_the_whole_decision() -> None:
    found = the_part(Part.AUDIT)
    assert found["sender"]["controller"] == "polizei-traeger"
    assert found["recipient"] == {
        "unit": "ordnungsamt",
        "kind": "MUNICIPAL_ORDER",
        "controller": "ordnungsamt-traeger",
    }
    assert found["decision"] == SPLIT
    assert found["partnership"] == "sicherheitspartnerschaft"
    assert (found["log_class"], found["erase_at"]) == ("decision_log_JI", "2027-12-31")


def test_the_input_can_be_replayed() -> None:
    assert the_part(Part.INPUT) == policy_input(an_exchange())


def test_a_hit_in_free_text_is_recorded_by_names_of_members() -> None:
    payload = {
        "hazard_facts": "Frau Feldhus hat es gesehen.",
        "witness_name": a_person("Feldhus"),
    }
    document = a_decision(["hazard_facts"], ["witness_name"])
    exchange = an_exchange(payload=payload, field_facts={}, free_text_checked=True)
    found = parts(recorded(document, exchange))
    hit = [{"member": "hazard_facts", "withheld": "witness_name"}]
    assert found[Part.SENDER]["free_text"] == found[Part.AUDIT]["free_text"] == hit


# --- the record's place -------------------------------------------------------------


def test_the_record_lies_in_the_bucket_of_controller_class_and_month() -> None:
    record = recorded().draft.record
    assert record is not None
    assert record.bucket == "polizei-traeger.decision_log_JI.2027-12"


def test_another_class_or_last_day_is_another_bucket() -> None:
    until = an_obligation("OB-LOG-RETENTION", erase_at_day=day("2029-06-30"))
    document = {**SPLIT, "log_class": "decision_log_DSGVO", "obligations": [until]}
    record = recorded(document).draft.record
    assert record is not None
    assert record.bucket == "polizei-traeger.decision_log_DSGVO.2029-06"


def test_the_record_opens_with_the_keys_of_its_bucket() -> None:
    keys = MemoryKeys()
    composed = recorded(keys=keys)
    record = composed.draft.record
    assert record is not None
    seal = RecordSeal(keys)
    sealed = seal.open(composed.draft.entry_id, record.bucket, record.wrapped_key, record.parts)
    assert sealed == dict(composed.leaf.disclosures)


def test_a_decision_that_does_not_say_how_long_is_not_recorded() -> None:
    with pytest.raises(PolicyUnavailable):
        recorded({**SPLIT, "obligations": []})


def test_without_the_keys_nothing_is_recorded() -> None:
    with pytest.raises(KeysUnavailable):
        recorded(keys=MemoryKeys(broken=True))


# --- what becomes durable with it ---------------------------------------------------


@pytest.mark.parametrize(
    ("document", "status"), [(SPLIT, 201), ({**SPLIT, "verdict": "hold"}, 202), (DENIAL, 403)]
)
def test_the_idempotency_key_is_bound_to_the_status_of_the_answer(
    document: dict[str, Any], status: int
) -> None:
    assert recorded(document).draft.claim == replace(CLAIM, status=status)


def test_the_recipient_alone_opens_what_was_released_and_gets_no_more() -> None:
    composed = recorded()
    delivery = composed.draft.delivery
    assert delivery is not None

    document = opened(delivery.jwe)

    assert document == {
        "exchange_id": composed.draft.entry_id,
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "payload": {
            name: an_envelope()["payload"][name] for name in ("hazard_facts", "premises_address")
        },
    }
    assert parts(composed)[Part.RECIPIENT]["payload_sha256"] == body_digest(delivery.jwe)
    assert parts(composed)[Part.RECIPIENT]["delivery_id"] == delivery.id


def test_a_permit_is_queued_and_a_hold_waits_for_its_time() -> None:
    queued = recorded().draft.delivery
    held = recorded({**SPLIT, "verdict": "hold"}).draft.delivery
    assert queued is not None
    assert held is not None
    assert (queued.state, queued.due_at) == (DeliveryState.QUEUED, NOW)
    assert (held.state, held.expires_at) == (DeliveryState.HELD, NOW + HOLD_S)
    assert (queued.sender, queued.recipient) == ("polizei", "ordnungsamt")


def test_a_denial_puts_nothing_into_the_outbox() -> None:
    assert recorded(DENIAL).draft.delivery is None


def test_the_date_to_delete_goes_into_outbox_and_part() -> None:
    until = [an_obligation("OB-DELETE-AT", delete_at_day=day("2027-05-01"))]
    composed = recorded(
        a_decision(["premises_address", "hazard_facts"], ["licensee_name"], obligations=until)
    )
    assert composed.draft.delivery is not None
    assert composed.draft.delivery.delete_at_day == day("2027-05-01")
    assert parts(composed)[Part.RECIPIENT]["delete_at"] == "2027-05-01"


# --- blind index --------------------------------------------------------------------

GUESTS = {
    "guest_names": [a_person("Erste"), a_person("Zweite")],
    "licensee_name": a_person("Dritte"),
}


def guests() -> Exchange:
    return an_exchange(payload=GUESTS, field_facts={})


LICENSEE = {"premises_address": "Am Ufer 1", "licensee_name": a_person()}
CHANGE = {
    "action": "pseudonymise",
    "parameters": {},
    "reasons": [{"reason": "not_necessary", "rule": "GDPR-5-1C"}],
    "members": ["licensee_name"],
}


def two_groups() -> Exchange:
    said = {"guest_names[1]": {"data_subject_role": "witness"}}
    return an_exchange(payload={"guest_names": GUESTS["guest_names"]}, field_facts=said)


def opened_payload(composed: Composed) -> Any:
    assert composed.draft.delivery is not None
    return opened(composed.draft.delivery.jwe)["payload"]


def schema_faults(composed: Composed) -> list[str]:
    """Hold the sender's part against schemas/record.json."""
    registry = jsonschema_rs.Registry(
        [
            (str(schema["$id"]), schema)
            for name in ("record.json", "decision.json", "leaf.json", "policy_input.json")
            for schema in [json.loads((REPOSITORY / "schemas" / name).read_text(encoding="utf-8"))]
        ]
    )
    validator = jsonschema_rs.Draft202012Validator(
        {"$ref": "urn:datenschleuse:record:1#/$defs/decision_sender"}, registry=registry
    )
    return [error.message for error in validator.iter_errors(parts(composed)[Part.SENDER])]


def test_persons_whose_data_are_released_are_indexed_for_both_controllers() -> None:
    keys = MemoryKeys()
    document = a_decision(["guest_names"], ["licensee_name"], obligations=[INDEX])
    released = [person for person in guests().persons if person.member == "guest_names"]
    controllers = ["ordnungsamt-traeger", "polizei-traeger"]
    expected = subject_tokens(released, controllers, guests().moment, keys)

    found = recorded(document, guests(), keys).draft.subjects

    assert len(found) == 4
    assert set(found) == set(expected)


def test_of_a_list_the_persons_of_released_groups_are_indexed() -> None:
    keys = MemoryKeys()
    exchange = two_groups()
    document = a_decision(["guest_names#1"], ["guest_names#2"], obligations=[INDEX])
    controllers = ["ordnungsamt-traeger", "polizei-traeger"]
    expected = subject_tokens(exchange.persons[:1], controllers, exchange.moment, keys)

    composed = recorded(document, exchange, keys)

    assert set(composed.draft.subjects) == set(expected)
    assert opened_payload(composed) == {"guest_names": [exchange.payload["guest_names"][0]]}


def test_who_leaves_under_a_pseudonym_is_indexed_all_the_same() -> None:
    """The data still concern the person, who may ask who got them (Art. 15 DSGVO)."""
    document = a_decision(["premises_address"], obligations=[INDEX])
    document["outcomes"].append(CHANGE)
    composed = recorded(document, an_exchange(payload=LICENSEE, field_facts={}))
    assert len(composed.draft.subjects) == 2
    assert "Musterwirt" not in str(opened_payload(composed))


def test_the_sender_reads_what_left_in_another_form() -> None:
    document = a_decision(["premises_address"])
    document["outcomes"].append(CHANGE)
    composed = recorded(document, an_exchange(payload=LICENSEE, field_facts={}))
    sender = parts(composed)[Part.SENDER]

    assert sender["released"] == ["licensee_name", "premises_address"]
    assert sender["withheld"] == []
    (changed,) = sender["transformed"]
    assert (changed["action"], changed["members"]) == ("pseudonymise", ["licensee_name"])
    assert changed["rule"] == "GDPR-5-1C"
    assert schema_faults(composed) == []


def test_without_a_transformation_none_is_told() -> None:
    assert "transformed" not in the_part(Part.SENDER)


def test_without_the_obligation_or_in_a_denial_nobody_is_indexed() -> None:
    assert recorded(a_decision(GUESTS), guests()).draft.subjects == ()
    denial = a_decision(GUESTS, denials=[PURPOSELESS], obligations=[INDEX])
    assert recorded(denial, guests()).draft.subjects == ()


def test_the_sealed_document_is_the_same_for_nobody_else() -> None:
    """Each sealing has a key of its own: equal payloads are not equal on the wire."""
    jwes = {recorded().draft.delivery.jwe for _ in range(3)}  # type: ignore[union-attr]
    assert len({hashlib.sha256(jwe).digest() for jwe in jwes}) == 3
