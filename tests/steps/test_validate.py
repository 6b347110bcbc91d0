"""A request has its shape, or it is refused with every fault and without a word of its content."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.clock import moment_at
from gateway.errors import InvalidRequest, RequestTooLarge
from gateway.model.exchange import Document, Exchange, Person
from gateway.steps.validate import validate
from tests.builders import (
    JPEG,
    MAX_BODY,
    NOW,
    a_caller,
    a_person,
    a_registry,
    a_unit,
    an_envelope,
    an_exchange,
    the_police,
    the_policies,
)

CANARY = "kanarienvogel"
UNKNOWN_KIND = "WEATHER_REPORT"


def refused(**changes: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as error:
        an_exchange(**changes)
    return error.value


def pointers(error: InvalidRequest) -> list[str]:
    return [fault.pointer for fault in error.faults]


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


# --- what becomes of a valid one ----------------------------------------------------


def test_a_valid_request_becomes_an_exchange_of_its_caller() -> None:
    exchange = an_exchange()
    assert (exchange.sender.id, exchange.recipient.id) == ("polizei", "ordnungsamt")
    assert exchange.legal_basis == ("NPOG-1-2", "NPOG-41")
    assert exchange.payload == an_envelope()["payload"]
    assert exchange.registry_digest == a_registry().digest
    assert exchange.moment == moment_at(NOW)
    assert exchange.free_text_checked is False


def test_the_senders_own_words_are_kept_beside_what_the_policy_sees() -> None:
    exchange = an_exchange()
    assert exchange.stated_facts == an_envelope()["facts"]
    assert exchange.stated_member_facts == an_envelope()["field_facts"]
    assert exchange.facts["danger_facts"] is True
    assert exchange.member_facts.keys() == exchange.payload.keys()


def test_only_recipient_kind_and_payload_are_needed() -> None:
    """What else is missing, the policy decides: it is content, not shape."""
    given = {name: an_envelope()[name] for name in ("recipient", "exchange_kind", "payload")}
    registry = a_registry()
    exchange = validate(
        Document(given, moment_at(NOW)), a_caller(), registry, the_policies(), 99, MAX_BODY
    )
    assert (exchange.purpose, exchange.legal_basis, exchange.justification) == (None, (), None)
    assert exchange.facts["justification_present"] is False


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "NOT_A_PURPOSE_OF_ANY_TABLE"},
        {"legal_basis": ["PARTNERSHIP"]},
        {"legal_basis": []},
        {"justification": None},
        {"partnership": None},
        {"original_purpose": None},
    ],
)
def test_unknown_content_is_not_a_matter_of_shape(changes: dict[str, Any]) -> None:
    assert isinstance(an_exchange(**changes), Exchange)


def test_of_a_kind_without_schema_no_member_is_looked_at() -> None:
    """It reaches the policy without a member, which denies it."""
    exchange = an_exchange(exchange_kind=UNKNOWN_KIND, payload={CANARY: CANARY}, field_facts={})
    assert (exchange.payload, exchange.member_facts, exchange.persons) == ({}, {}, ())
    assert exchange.facts["danger_level"] == "concrete"


def test_facts_of_a_kind_without_schema_must_have_their_form_all_the_same() -> None:
    error = refused(exchange_kind=UNKNOWN_KIND, payload={}, facts={"danger_level": CANARY})
    assert pointers(error) == ["/facts/danger_level"]


def test_persons_are_taken_from_the_payload() -> None:
    exchange = an_exchange(
        payload={
            "guest_names": [a_person("Erste", date_of_birth="2001-06-30")],
            "injured_names_and_injuries": [
                {"person": {"family_name": "Zweite"}, "injuries": "Rauch"}
            ],
        },
        field_facts={},
    )
    assert exchange.persons == (
        Person("guest_names", "Erste", "Jonas", "2001-06-30"),
        Person("injured_names_and_injuries", "Zweite", "", ""),
    )


# --- shape --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"recipient": "Ordnungsamt Lüneburg"}, "/recipient"),
        ({"exchange_kind": "weather"}, "/exchange_kind"),
        ({"purpose": "for safety"}, "/purpose"),
        ({"legal_basis": "NPOG-41"}, "/legal_basis"),
        ({"legal_basis": ["§ 41 NPOG"]}, "/legal_basis/0"),
        ({"legal_basis": ["A", "A"]}, "/legal_basis"),
        ({"justification": 1}, "/justification"),
        ({"purpose_text": "x" * 2001}, "/purpose_text"),
        ({"in_reply_to": "request 5"}, "/in_reply_to"),
        ({"facts": []}, "/facts"),
        ({"field_facts": []}, "/field_facts"),
        ({"payload": []}, "/payload"),
        ({"payload": {}}, "/payload"),
        ({"free_text_checked": "yes"}, "/free_text_checked"),
    ],
)
def test_a_member_of_another_shape_is_pointed_at(changes: dict[str, Any], pointer: str) -> None:
    assert pointers(refused(**changes)) == [pointer]


@pytest.mark.parametrize("member", ["recipient", "exchange_kind", "payload"])
def test_what_is_needed_and_missing_is_named(member: str) -> None:
    given = {name: value for name, value in an_envelope().items() if name != member}
    with pytest.raises(InvalidRequest, match=f"member {member} is missing"):
        validate(
            Document(given, moment_at(NOW)), a_caller(), a_registry(), the_policies(), 9, MAX_BODY
        )


def test_an_unknown_member_is_counted_and_never_named() -> None:
    """Whoever writes a name into a member's name is not repeated."""
    error = refused(**{CANARY: 1, f"{CANARY}2": 2})
    assert str(error) == ": 2 member(s) that the schema does not know"


def test_an_unknown_member_of_the_payload_is_counted_and_never_named() -> None:
    error = refused(payload={CANARY: 1}, field_facts={})
    assert str(error) == "/payload: 1 member(s) that the schema does not know"


def test_facts_for_a_member_that_is_not_there_are_refused_without_its_name() -> None:
    error = refused(field_facts={CANARY: {}})
    assert str(error) == "/field_facts: facts for a member that the payload lacks"


def test_a_fact_of_a_member_must_have_its_form() -> None:
    error = refused(field_facts={"licensee_name": {"data_subject_role": CANARY, CANARY: 1}})
    assert pointers(error) == [
        "/field_facts/licensee_name",
        "/field_facts/licensee_name/data_subject_role",
    ]


def test_faults_of_facts_and_payload_are_told_together() -> None:
    error = refused(facts={"danger_level": "huge"}, payload={"number_of_sleepers": -1})
    assert pointers(error) == ["/facts/danger_level", "/payload/number_of_sleepers"]


def test_a_year_that_no_calendar_has_is_refused() -> None:
    payload = {"guest_names": [a_person(date_of_birth="0000-02-29")]}
    assert pointers(refused(payload=payload, field_facts={})) == ["/payload/guest_names"]


canaries = st.recursive(
    st.sampled_from([CANARY, CANARY * 400, f"{CANARY}@x.de", 7, None, True]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["family_name", "content", "media_type", "marking", CANARY]), inner
        )
    ),
    max_leaves=10,
)
members = st.sampled_from(["guest_names", "hazard_facts", "photos_exits_no_persons", CANARY])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(an_envelope(), canaries),
            "payload": st.dictionaries(members, canaries),
            "facts": st.dictionaries(
                st.sampled_from(["consent", "danger_level", CANARY]), canaries
            ),
            "field_facts": st.dictionaries(members, st.dictionaries(members, canaries)),
            CANARY: canaries,
        },
    )
)
def test_no_refusal_repeats_what_was_sent(changes: dict[str, Any]) -> None:
    try:
        an_exchange(**changes)
    except InvalidRequest as error:
        assert CANARY not in str(error).casefold()


# --- recipient ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "recipient",
    [
        a_unit("anderes-amt"),
        a_unit(status="suspended"),
        a_unit(may_receive=False),
        a_unit(encryption_key=None),
    ],
    ids=["unknown", "suspended", "does not receive", "has no key"],
)
def test_a_recipient_must_be_one_that_can_receive(recipient: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as error:
        an_exchange(a_registry(the_police(), recipient))
    assert pointers(error.value) == ["/recipient"]


def test_nobody_sends_to_himself() -> None:
    assert pointers(refused(recipient="polizei")) == ["/recipient"]


def test_a_unit_that_is_unknown_is_not_repeated() -> None:
    assert CANARY not in str(refused(recipient=CANARY))


# --- size and attachments -----------------------------------------------------------


def validated(body_bytes: int, **changes: Any) -> Exchange:
    document = Document(an_envelope(**changes), moment_at(NOW))
    return validate(document, a_caller(), a_registry(), the_policies(), body_bytes, MAX_BODY)


def test_a_kind_with_attachments_may_be_larger() -> None:
    assert validated(MAX_BODY + 1).exchange_kind == "PREMISES_HAZARD_NOTICE"


@pytest.mark.parametrize("kind", ["STATISTICS", UNKNOWN_KIND])
def test_any_other_kind_may_not(kind: str) -> None:
    changes = {"exchange_kind": kind, "payload": {"trend_text": "x"}, "field_facts": {}}
    assert validated(MAX_BODY, **changes).exchange_kind == kind
    with pytest.raises(RequestTooLarge):
        validated(MAX_BODY + 1, **changes)


def pictures(*items: dict[str, str]) -> dict[str, Any]:
    return {"payload": {"photos_exits_no_persons": list(items)}, "field_facts": {}}


def a_picture(content: str = JPEG, media_type: str = "image/jpeg") -> dict[str, str]:
    return {"media_type": media_type, "content": content}


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("image/jpeg", b"\xff\xd8\xff\xe0" + b"\x00" * 20),
        ("image/png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 20),
    ],
)
def test_an_attachment_that_is_what_it_says_is_taken(media_type: str, content: bytes) -> None:
    assert an_exchange(**pictures(a_picture(encoded(content), media_type)))


@pytest.mark.parametrize(
    ("kind", "member", "media_type", "content"),
    [
        ("SUSPICIOUS_EVENT", "dashcam_clip_of_event", "video/mp4", b"\x00\x00\x00\x18ftypmp42"),
        ("IDENTITY_CHECK", "medical_certificate", "application/pdf", b"%PDF-1.7"),
    ],
)
def test_films_and_documents_are_known_by_their_first_bytes(
    kind: str, member: str, media_type: str, content: bytes
) -> None:
    def item(data: bytes) -> dict[str, Any]:
        payload = {member: {"media_type": media_type, "content": encoded(data)}}
        return {"exchange_kind": kind, "payload": payload, "field_facts": {}}

    assert an_exchange(**item(content + b"\x00" * 20))
    assert pointers(refused(**item(b"\x00" + content))) == [f"/payload/{member}/content"]


@pytest.mark.parametrize(
    "content",
    [
        b"<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 20,
        b"\xff\xd8",
        b"\x00\xff\xd8\xff\xe0",
        b"MZ\x90\x00",
    ],
)
def test_an_attachment_that_is_something_else_is_refused(content: bytes) -> None:
    error = refused(**pictures(a_picture(), a_picture(encoded(content + b"  "))))
    assert pointers(error) == ["/payload/photos_exits_no_persons/1/content"]


@pytest.mark.parametrize("content", [JPEG + "A", JPEG[:-1] + "==", "/9j/4AA=AAAA"])
def test_what_is_not_base64_is_refused(content: str) -> None:
    error = refused(**pictures(a_picture(content)))
    assert pointers(error) == ["/payload/photos_exits_no_persons/0/content"]


@pytest.mark.parametrize("content", [f"{JPEG}\n", f" {JPEG}", JPEG.replace("/", "_")])
def test_base64_of_another_alphabet_or_with_spaces_is_refused(content: str) -> None:
    """Two decoders must not see two different files."""
    assert refused(**pictures(a_picture(content)))


@pytest.mark.parametrize("media_type", ["application/pdf", "image/svg+xml", "IMAGE/JPEG", CANARY])
def test_a_media_type_that_the_member_does_not_take_is_refused(media_type: str) -> None:
    error = refused(**pictures(a_picture(media_type=media_type)))
    assert pointers(error) == ["/payload/photos_exits_no_persons/0/media_type"]
    assert CANARY not in str(error)


def test_an_attachment_has_no_file_name() -> None:
    assert refused(**pictures({**a_picture(), "name": "foto.jpg"}))


def test_the_caller_is_the_sender_whatever_the_request_says() -> None:
    registry = a_registry(the_police(), a_unit(), a_unit("jugendamt"))
    caller = replace(a_caller(registry=registry), unit=registry.units["jugendamt"])
    document = Document(an_envelope(), moment_at(NOW))
    exchange = validate(document, caller, registry, the_policies(), 99, MAX_BODY)
    assert exchange.sender.id == "jugendamt"
