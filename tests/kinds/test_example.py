"""An example has the form of a request of its kind, and says what its input says."""

import jsonschema_rs
import pytest

from gateway.kinds.example import request_of
from gateway.kinds.smallest import Smallest
from tests.builders import TODAY, the_policies
from tests.fuzz.samples import kinds

POLICIES = the_policies()
SCHEMAS = POLICIES.policy_set.schemas


def an_input(kind: str, **changes: object) -> Smallest:
    given = {
        "exchange_kind": kind,
        "recipient_kind": "MUNICIPAL_ORDER",
        "purpose": "DANGER_PREVENTION",
        "original_purpose": "ADMIN_OFFENCE",
        "legal_basis_claimed": ["NPOG-41"],
        "facts": {"request_mode": "spontaneous", "is_bulk": False},
        "members": {name: {} for name in POLICIES.data["members"][kind]},
        **changes,
    }
    return Smallest(given, "permit", False, ())


@pytest.mark.parametrize("kind", kinds())
def test_a_payload_of_all_members_fits_its_schema(kind: str) -> None:
    request = request_of(an_input(kind), SCHEMAS, 100)

    assert POLICIES.schemas.payloads[kind].faults(request["payload"]) == []
    jsonschema_rs.validator_for(SCHEMAS["exchange_request.json"]).validate(request)


def test_only_the_sender_states_facts_and_each_as_it_is_written() -> None:
    facts = {
        "request_mode": "spontaneous",
        "review_date": TODAY,
        "danger_facts": True,
        "judicial_order": True,
        "justification_present": True,
        "recipient_keeps_marking": True,
    }
    request = request_of(an_input("STATISTICS", facts=facts), SCHEMAS, 100)

    assert request["facts"] == {
        "request_mode": "spontaneous",
        "review_date": "2026-11-18",
        "danger_facts": "Beispiel: Tatsachen, aus denen sich die Gefahr ergibt",
        "judicial_order": True,
        "judicial_order_ref": "Beispiel: Bezug der richterlichen Anordnung",
    }


def test_what_is_said_of_a_member_stands_at_the_member() -> None:
    members = {"trend_text": {"necessity_reason": True}, "table_district_month_offencegroup": {}}
    request = request_of(an_input("STATISTICS", members=members), SCHEMAS, 100)

    assert request["field_facts"] == {
        "trend_text": {
            "necessity_reason": "Beispiel: Warum die Angabe im Einzelfall erforderlich ist"
        }
    }
    cells = request["payload"]["table_district_month_offencegroup"]["cells"]
    assert [cell["count"] for cell in cells] == [100]


def test_an_answer_names_its_request() -> None:
    asked = Smallest({**an_input("STATISTICS").given, "in_reply_to": "0" * 32}, "permit", True, ())

    assert request_of(asked, SCHEMAS, 100)["in_reply_to"] == "0" * 32
    assert "in_reply_to" not in request_of(an_input("STATISTICS"), SCHEMAS, 100)
