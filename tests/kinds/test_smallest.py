"""From the smallest input nothing can be taken away, and it is asked for only where it must be."""

import pytest

from gateway.kinds.smallest import Smallest, Tables, smallest_input
from tests.builders import TODAY, the_policies
from tests.kinds.conftest import Decide

DATA = the_policies().data
FACTS = the_policies().schemas.facts
SOURCES = {name: row["source"] for name, row in FACTS.items()}
KINDS = sorted(DATA["necessity"])
TABLES = Tables(DATA, SOURCES, frozenset())


def found(kind: str, decide: Decide) -> Smallest:
    smallest = smallest_input(kind, TABLES, decide, TODAY)
    assert smallest is not None
    return smallest


@pytest.mark.parametrize("kind", [it for it in KINDS if it != "BUNDESWEHR_INFO"])
def test_without_any_one_fact_or_basis_it_is_permitted_no_more(kind: str, decide: Decide) -> None:
    smallest = found(kind, decide)
    given = smallest.given
    assert decide(given)["verdict"] == smallest.verdict

    for name in given["facts"]:
        if SOURCES[name] == "computed" or name in ("request_mode", "review_date"):
            continue
        without = {key: value for key, value in given["facts"].items() if key != name}
        assert decide({**given, "facts": without})["verdict"] == "deny"
    for basis in given["legal_basis_claimed"]:
        rest = [it for it in given["legal_basis_claimed"] if it != basis]
        assert decide({**given, "legal_basis_claimed": rest})["verdict"] == "deny"


def test_one_member_is_enough(decide: Decide) -> None:
    assert {
        len(found(kind, decide).given["members"]) for kind in ("STATISTICS", "CROSS_BORDER")
    } == {1}


def test_a_member_that_is_a_file_is_taken_last(decide: Decide) -> None:
    tables = Tables(DATA, SOURCES, frozenset({"dashcam_clip_of_event"}))
    free = smallest_input("SUSPICIOUS_EVENT", TABLES, decide, TODAY)
    careful = smallest_input("SUSPICIOUS_EVENT", tables, decide, TODAY)

    assert free is not None
    assert careful is not None
    assert list(free.given["members"]) == ["dashcam_clip_of_event"]
    assert list(careful.given["members"]) == ["observed_behaviour"]


def test_where_the_rules_permit_nothing_there_is_none() -> None:
    denied = {"verdict": "deny", "outcomes": []}
    assert smallest_input("STATISTICS", TABLES, lambda _: denied, TODAY) is None


def test_what_is_permitted_only_when_asked_says_so() -> None:
    def only_when_asked(given: dict[str, object]) -> dict[str, object]:
        members = sorted(given["members"])  # type: ignore[call-overload]
        verdict = "permit" if given.get("in_reply_to") else "deny"
        return {"verdict": verdict, "outcomes": [{"action": "release", "members": members}]}

    smallest = smallest_input("REGISTER_REQUEST", TABLES, only_when_asked, TODAY)

    assert smallest is not None
    assert smallest.asked
    assert smallest.given["in_reply_to"]
    assert smallest.given["facts"]["request_mode"] == "on_request"


def test_norms_that_need_a_confirmation_come_after_others_and_are_named() -> None:
    def with_npog_41(given: dict[str, object]) -> dict[str, object]:
        members = sorted(given["members"])  # type: ignore[call-overload]
        holds = given["case_file"] and "NPOG-41" in given["legal_basis_claimed"]  # type: ignore[operator]
        verdict = "permit" if holds else "deny"
        return {"verdict": verdict, "outcomes": [{"action": "release", "members": members}]}

    smallest = smallest_input("PERSON_LIST_EXCHANGE", TABLES, with_npog_41, TODAY)

    assert smallest is not None
    assert smallest.given["legal_basis_claimed"] == ["NPOG-41"]
    assert smallest.unconfirmed == ("NPOG-41",)
    assert "case_file" not in smallest.given
