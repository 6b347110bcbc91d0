"""A scene is written as an agency would send it: facts from their sources, values invented."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from gateway.schemas import faults_of
from gateway.synthetic.scene import Scene, all_scenes
from gateway.synthetic.units import demo_units
from gateway.synthetic.varying import Storyteller, dice_for
from gateway.synthetic.writing import Writer, Written
from tests.builders import the_policies

TODAY = date(2026, 11, 24)
WRITER = Writer(the_policies(), demo_units(the_policies().data["agency_kinds"]), TODAY)
NOTICE = Scene(
    title="A notice",
    exchange_kind="PREMISES_HAZARD_NOTICE",
    sender_kind="POLICE_INSPECTION",
    recipient_kind="MUNICIPAL_ORDER",
    purpose="DANGER_PREVENTION",
    original_purpose="DANGER_PREVENTION",
    legal_basis=("NPOG-41",),
    facts={"request_mode": "spontaneous", "danger_facts": True},
    members=(("hazard_facts", {}), ("licensee_name", {"data_subject_role": "suspect"})),
)


def written(scene: Scene = NOTICE, **changes: Any) -> Written:
    return WRITER.write(replace(scene, **changes), 5, Random(1))


def with_facts(**facts: Any) -> Written:
    return written(facts={**NOTICE.facts, **facts})


def test_everything_that_a_person_reads_says_demo() -> None:
    told = written()
    envelope = told.envelope
    for name in ("purpose_text", "justification", "case_reference", "acting_official"):
        assert envelope[name].startswith("DEMO"), name
    assert envelope["facts"]["danger_facts"].startswith("DEMO")
    assert (told.sender.id, envelope["recipient"]) == (
        "demo-police-inspection",
        "demo-municipal-order",
    )


def test_scenes_and_what_chance_makes_of_them_have_the_shape_of_a_request() -> None:
    policies, story = the_policies(), Storyteller(the_policies())
    for number in range(400):
        dice = dice_for(9, number)
        told = WRITER.write(story.scene(number, dice), number, dice)
        kind = told.envelope["exchange_kind"]
        assert list(faults_of(policies.schemas.envelope, told.envelope, "")) == []
        assert policies.schemas.payloads[kind].faults(told.envelope["payload"]) == []
        if told.asked is not None:
            assert list(faults_of(policies.schemas.data_request, told.asked, "")) == []
            assert told.asked["holder"] == told.sender.id


def test_what_the_gateway_computes_is_said_by_the_request_and_never_by_a_fact() -> None:
    vague = with_facts(
        purpose_text_specific=False, justification_present=False, case_reference=False
    ).envelope
    assert vague["purpose_text"] == "Zusammenarbeit"
    assert (vague["justification"], vague["case_reference"]) == (None, None)
    assert vague["facts"].keys() == {"request_mode", "danger_facts", "review_date"}


def test_dates_are_counted_from_today_and_may_be_left_out() -> None:
    assert with_facts(review_date=10).envelope["facts"]["review_date"] == "2026-12-04"
    assert with_facts().envelope["facts"]["review_date"] == "2027-05-23"
    assert "review_date" not in with_facts(review_date_set=False).envelope["facts"]


def test_an_order_goes_with_its_reference() -> None:
    facts = with_facts(prosecutor_decision=True).envelope["facts"]
    assert facts["prosecutor_order_ref"].startswith("DEMO")
    assert "prosecutor_order_ref" not in with_facts(prosecutor_decision=False).envelope["facts"]


def test_what_the_requester_says_stands_in_the_request_that_is_answered() -> None:
    told = with_facts(request_mode="on_request", recipient_collection_basis="NPOG-30-2")
    assert told.asked is not None
    assert told.asked["facts"] == {"recipient_collection_basis": "NPOG-30-2"}
    assert told.envelope["facts"]["request_mode"] == "on_request"
    assert "recipient_collection_basis" not in told.envelope["facts"]
    assert with_facts().asked is None


def test_the_recipient_is_one_of_whom_the_registry_says_the_same() -> None:
    abroad = {"sender_kind": "POLICE_INSPECTION", "recipient_kind": "FOREIGN_POLICE_NL"}
    assert written(facts={"country": "TR"}, **abroad).recipient.country == "TR"
    assert written(facts={"country": "NL"}, **abroad).recipient.country == "NL"
    among_themselves = written(recipient_kind="POLICE_INSPECTION")
    assert among_themselves.sender.id != among_themselves.recipient.id


def test_items_of_a_list_of_which_different_things_are_said_are_named_one_by_one() -> None:
    suspect, guest = {"data_subject_role": "suspect"}, {"data_subject_role": "bystander"}
    two = written(members=(("guest_names", suspect), ("guest_names", guest))).envelope
    assert two["field_facts"] == {"guest_names[0]": suspect, "guest_names[1]": guest}
    assert len(two["payload"]["guest_names"]) == 2
    alike = written(members=(("guest_names", guest), ("guest_names", guest))).envelope
    assert alike["field_facts"] == {"guest_names": guest}


def test_a_bulk_exchange_has_more_items_than_the_threshold() -> None:
    bulk = written(facts={"is_bulk": True}, members=(("guest_names", {}),)).envelope
    assert len(bulk["payload"]["guest_names"]) > the_policies().bulk_threshold


def test_a_table_has_the_cell_and_the_dimensions_that_are_said() -> None:
    scene = next(it for it in all_scenes() if "dimensions" in it.facts)
    members = tuple((name, {}) for name, _ in scene.members)
    said = {**scene.facts, "cell_min": 3}
    told = written(scene, facts=said, members=members).envelope["payload"]
    tables = [value for value in told.values() if isinstance(value, dict) and "cells" in value]
    assert tables
    assert {cell["count"] for table in tables for cell in table["cells"]} == {3}
    assert tables[0]["dimensions"] == scene.facts["dimensions"]
