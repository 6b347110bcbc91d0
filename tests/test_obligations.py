"""What the gateway does for an obligation, and what it refuses to do half."""

from typing import Any

import pytest

from gateway.errors import PolicyUnavailable
from gateway.model.decision import Decision
from gateway.obligations import (
    FULFILLED_BY,
    bucket_of,
    delete_at_day,
    described,
    retention,
    travelling,
    unsupported,
)
from tests.builders import (
    LAST_DAY,
    a_decision,
    a_person,
    an_exchange,
    an_obligation,
    day,
    the_policies,
)

EXECUTORS = the_policies().executors


def with_obligations(*obligations: dict[str, Any], **changes: Any) -> Decision:
    document = a_decision(["hazard_facts", "licensee_name"], ["premises_address"], **changes)
    return Decision.parse({**document, "obligations": list(obligations)}, "p", "e")


# --- who fulfils it -----------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(FULFILLED_BY))
def test_what_has_a_handler_is_supported(code: str) -> None:
    row = {"executor": "gateway", "de": "", "en": ""}
    assert unsupported(with_obligations(an_obligation(code)), {code: row}) == frozenset()


@pytest.mark.parametrize("executor", ["sender", "recipient"])
def test_what_a_person_or_another_fulfils_is_supported(executor: str) -> None:
    decision = with_obligations(an_obligation("OB-NEW"))
    assert unsupported(decision, {"OB-NEW": {"executor": executor}}) == frozenset()


def test_what_the_gateway_should_do_and_cannot_is_unsupported() -> None:
    decision = with_obligations(an_obligation("OB-LOG"), an_obligation("OB-NEW"))
    rows = {code: {"executor": "gateway"} for code in ("OB-LOG", "OB-NEW")}
    assert unsupported(decision, rows) == {"OB-NEW"}


def test_what_no_table_knows_is_unsupported() -> None:
    decision = with_obligations(an_obligation("OB-NEW"), an_obligation("OB-OTHER"))
    assert unsupported(decision, {}) == {"OB-NEW", "OB-OTHER"}


def test_an_obligation_is_described_for_people() -> None:
    obligation = with_obligations(an_obligation("OB-DELETE-AT", delete_at_day=3)).obligations[0]

    found = described(obligation, EXECUTORS)

    assert (found["code"], found["rule"], found["executor"]) == (
        "OB-DELETE-AT",
        "GDPR-5-1C",
        "recipient",
    )
    assert found["parameters"] == {"delete_at_day": 3}
    assert found["de"]
    assert found["en"]


# --- how long -----------------------------------------------------------------------


def test_the_decision_says_how_long_its_record_is_kept() -> None:
    decision = with_obligations(an_obligation("OB-LOG-RETENTION", erase_at_day=LAST_DAY))
    assert retention(decision) == ("decision_log_JI", LAST_DAY)


@pytest.mark.parametrize(
    "obligations",
    [
        [],
        [an_obligation("OB-LOG-RETENTION")],
        [an_obligation("OB-LOG-RETENTION", erase_at_day="2027-12-31")],
        [an_obligation("OB-LOG-RETENTION", erase_at_day=True)],
        [an_obligation("OB-LOG-RETENTION", erase_at_day=2**53 - 1)],
        [an_obligation("OB-LOG-RETENTION", erase_at_day=-(2**53) + 1)],
    ],
)
def test_a_decision_that_does_not_say_so_is_refused(obligations: list[dict[str, Any]]) -> None:
    with pytest.raises(PolicyUnavailable):
        retention(with_obligations(*obligations))


def test_the_date_to_delete_is_the_one_of_the_obligation() -> None:
    decision = with_obligations(an_obligation("OB-DELETE-AT", delete_at_day=20_939))
    assert delete_at_day(decision) == 20_939


@pytest.mark.parametrize("obligations", [[], [an_obligation("OB-DELETE-AT")]])
def test_there_may_be_no_date_to_delete(obligations: list[dict[str, Any]]) -> None:
    assert delete_at_day(with_obligations(*obligations)) is None


@pytest.mark.parametrize("bad", ["2027-05-01", True, 2**53 - 1, -(2**53) + 1])
def test_a_date_to_delete_that_is_no_day_is_refused(bad: Any) -> None:
    """To send without the date would be to drop a duty without a word."""
    with pytest.raises(PolicyUnavailable):
        delete_at_day(with_obligations(an_obligation("OB-DELETE-AT", delete_at_day=bad)))


@pytest.mark.parametrize(
    ("iso", "bucket"),
    [
        ("2027-12-31", "polizei.decision_log_JI.2027-12"),
        ("2028-01-01", "polizei.decision_log_JI.2028-01"),
    ],
)
def test_a_bucket_is_controller_class_and_month_of_erasure(iso: str, bucket: str) -> None:
    assert bucket_of("polizei", "decision_log_JI", day(iso)) == bucket


# --- what travels -------------------------------------------------------------------

FACTS = {
    "licensee_name": {"data_subject_role": "responsible_person", "marking": {"source": "covert"}},
    "hazard_facts": {"as_of": "2026-11-18", "reliability": "confirmed", "is_assessment": False},
    "premises_address": {"reliability": "doubtful", "marking": {"source": "covert"}},
}


def travels(*obligations: dict[str, Any]) -> dict[str, Any]:
    return travelling(with_obligations(*obligations), an_exchange(field_facts=FACTS), EXECUTORS)


def test_the_duties_of_the_recipient_travel_and_others_do_not() -> None:
    found = travels(
        an_obligation("OB-PURPOSE-BIND"),
        an_obligation("OB-LOG"),
        an_obligation("OB-INFORM-DS"),
        an_obligation("OB-QUALITY"),
    )
    assert [item["code"] for item in found["obligations"]] == ["OB-PURPOSE-BIND", "OB-QUALITY"]


def test_labels_travel_with_released_members_alone() -> None:
    """What is withheld is not told by its label either."""
    assert travels(an_obligation("OB-QUALITY"))["labels"] == {
        "hazard_facts": {"as_of": "2026-11-18", "reliability": "confirmed"}
    }
    assert travels(an_obligation("OB-KEEP-MARK"))["labels"] == {
        "licensee_name": {"marking": {"source": "covert"}}
    }


def test_labels_of_items_travel_by_their_place_in_what_arrives() -> None:
    """The first guest is withheld; the second of the list is the first that arrives."""
    exchange = an_exchange(
        payload={"guest_names": [a_person("Erste"), a_person("Zweite"), a_person("Dritte")]},
        field_facts={
            "guest_names": {"reliability": "doubtful"},
            "guest_names[0]": {"data_subject_role": "witness"},
            "guest_names[1]": {"as_of": "2026-11-18"},
        },
    )
    document = a_decision(["guest_names#2", "guest_names#3"], ["guest_names#1"])
    quality = {**document, "obligations": [an_obligation("OB-QUALITY")]}
    found = travelling(Decision.parse(quality, "p", "e"), exchange, EXECUTORS)
    assert found["labels"] == {
        "guest_names[0]": {"reliability": "doubtful", "as_of": "2026-11-18"},
        "guest_names[1]": {"reliability": "doubtful"},
    }


def test_a_label_travels_only_if_an_obligation_asks_for_it() -> None:
    assert travels(an_obligation("OB-PURPOSE-BIND"))["labels"] == {}


def test_a_label_that_says_no_is_a_label() -> None:
    assert travels(an_obligation("OB-ASSESSMENT-SOURCE"))["labels"] == {
        "hazard_facts": {"is_assessment": False}
    }


def test_special_conditions_travel_in_the_senders_words() -> None:
    exchange = an_exchange(facts={"conditions": "Nur für die Brandschau."})
    told = with_obligations(an_obligation("OB-CONDITIONS"))
    assert travelling(told, exchange, EXECUTORS)["conditions"] == "Nur für die Brandschau."
    assert "conditions" not in travelling(with_obligations(), exchange, EXECUTORS)
    assert "conditions" not in travelling(told, an_exchange(), EXECUTORS)


def test_the_date_to_delete_travels_as_a_date() -> None:
    assert travels(an_obligation("OB-DELETE-AT", delete_at_day=20_939))["delete_at"] == "2027-05-01"
    assert travels()["delete_at"] is None
