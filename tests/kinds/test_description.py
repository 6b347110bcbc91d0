"""What is said of a kind is what its tables and schemas say."""

import pytest

from tests.builders import the_policies
from tests.http.test_openapi import check
from tests.kinds.conftest import Json

Kinds = dict[str, dict[str, Json]]
DATA = the_policies().data
ALL = sorted(DATA["necessity"])


def names(rows: list[dict[str, Json]], key: str) -> set[str]:
    return {row[key] for row in rows}


@pytest.mark.parametrize("kind", ALL)
def test_each_member_stands_with_label_and_necessity(kind: str, kinds: Kinds) -> None:
    described = kinds[kind]

    check("Kind", described)
    assert names(described["members"], "member") == set(DATA["members"][kind])
    for member in described["members"]:
        for need in member["need"]:
            row = DATA["necessity"][kind][need["recipient_kind"]][member["member"]]
            assert (need["need"], need.get("reason")) == (row["need"], row.get("reason"))


@pytest.mark.parametrize("kind", ALL)
def test_the_routes_are_those_of_the_table(kind: str, kinds: Kinds) -> None:
    found = [
        (it["sender_kind"], it["recipient_kind"], it["purposes"]) for it in kinds[kind]["routes"]
    ]
    assert found == [
        (sender, recipient, row["recipient_purposes"])
        for sender, recipients in sorted(DATA["routes"][kind].items())
        for recipient, row in sorted(recipients.items())
    ]


def test_a_basis_comes_with_its_norm_and_says_whether_it_needs_a_confirmation(
    kinds: Kinds,
) -> None:
    bases = {it["basis"]: it for it in kinds["PREMISES_HAZARD_NOTICE"]["bases"]}
    norms = the_policies().catalogue.norms

    assert "NPOG-41" in bases
    for name, basis in bases.items():
        assert (basis["norm"], basis["status"]) == (norms[name].shown, norms[name].status)
        assert basis["needs_confirmation"] is (basis["status"] in ("O", "U"))


def test_bases_that_speak_of_no_route_of_the_kind_are_not_listed(kinds: Kinds) -> None:
    assert names(kinds["SOCIAL_DATA_REQUEST"]["bases"], "basis") == {
        *("SGB10-68-1", "SGB10-71-1", "SGB10-73"),
    }
    assert kinds["PREVENTION_HINT"]["bases"] == []


@pytest.mark.parametrize(
    ("fact", "only"),
    [
        ("bka_agreement", {"CROSS_BORDER"}),
        ("information_block", {"REGISTER_REQUEST"}),
        ("benefit_risk", {"CHILD_ENDANGERMENT", "FOREIGNERS_REQUEST", "SOCIAL_DATA_REQUEST"}),
    ],
)
def test_a_fact_is_listed_where_it_can_matter(fact: str, only: set[str], kinds: Kinds) -> None:
    assert {kind for kind in ALL if fact in names(kinds[kind]["facts"], "fact")} == only


@pytest.mark.parametrize("kind", ALL)
def test_each_fact_has_its_source_and_an_order_its_reference(kind: str, kinds: Kinds) -> None:
    table = the_policies().schemas.facts
    facts = {it["fact"]: it for it in kinds[kind]["facts"]}

    assert {name: it["source"] for name, it in facts.items()} == {
        name: table[name]["source"] for name in facts
    }
    assert {it["reference"] for it in facts.values() if "reference" in it} <= facts.keys()


def test_where_nothing_is_permitted_the_example_says_so(kinds: Kinds) -> None:
    assert {kind for kind in ALL if kinds[kind]["example"]["verdict"] == "deny"} == {
        "BUNDESWEHR_INFO"
    }
    example = kinds["BUNDESWEHR_INFO"]["example"]
    assert example["request"] is None
    assert "abgelehnt" in example["de"]
