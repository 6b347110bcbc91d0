"""Each place in which two states of the tables differ, and the tables with one of them alone."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from gateway.adapters.rego_parser import parse_modules
from gateway.policy.changed_places import ABSENT, Place, applied, changed_places

Json = Any
CELL = ("necessity", "NOTE", "OFFICE", "name")


def tables() -> dict[str, Json]:
    return {
        "members": {},
        "lookup": {},
        "necessity": {"NOTE": {"OFFICE": {"name": {"need": "needed", "label_de": "Name"}}}},
        "routes": {"NOTE": {"POLICE": {"OFFICE": {"recipient_purposes": ["ONE", "TWO"]}}}},
        "norms": {"LAW": {"status": "U", "title": "Gesetz"}, "confirmations": {}},
        "thresholds": {"small": 5, "large": 10},
    }


def places(change: Callable[[dict[str, Json]], None], rule: str = "x := 1") -> list[Place]:
    after = deepcopy(tables())
    change(after)
    trees, _ = parse_modules([("a.rego", f"package a\n\n{rule}\n")])
    return list(changed_places(tables(), after, trees))


def at(data: Json, *where: str) -> Json:
    for step in where:
        data = data[step]
    return data


def test_equal_tables_differ_nowhere() -> None:
    assert places(lambda _: None) == []


def test_the_plain_values_of_a_row_are_one_place() -> None:
    """`withhold` needs its reason, so neither is looked at without the other."""
    row = {"need": "withhold", "reason": "not_necessary"}
    (place,) = places(lambda it: at(it, *CELL).update(row))

    assert place.where == CELL
    assert place.values == {"need": ("needed", "withhold"), "reason": (ABSENT, "not_necessary")}
    assert (place.kind, place.controller, place.wording) == ("NOTE", None, False)
    assert str(place) == "necessity.NOTE.OFFICE.name"


def test_other_values_of_a_row_are_a_place_each() -> None:
    found = places(lambda it: at(it, *CELL).update(need="withhold", status="P"))
    assert [[*place.values] for place in found] == [["need"], ["status"]]


def test_a_date_and_the_number_of_its_day_are_one_place() -> None:
    dates = {"in_force_to": "2026-12-31", "in_force_to_day": 20_818, "in_force_from": "2020-01-01"}
    found = places(lambda it: it["norms"]["LAW"].update(dates))
    assert [[*place.values] for place in found] == [
        ["in_force_from"],
        ["in_force_to", "in_force_to_day"],
    ]


def test_what_is_wholly_new_says_so() -> None:
    """A row, a table, a list; not a value in a row, and not an element of a list."""
    (row,) = places(lambda it: it["norms"].update(OTHER={"status": "V"}))
    (listed,) = places(lambda it: at(it, *CELL).update(suffices=["danger_facts"]))
    (value,) = places(lambda it: at(it, *CELL).update(status="P"))
    route = ("routes", "NOTE", "POLICE", "OFFICE")
    (element,) = places(lambda it: at(it, *route)["recipient_purposes"].append("THREE"))
    (gone,) = places(lambda it: it["norms"].pop("LAW"))
    assert [each.adds for each in (row, listed, value, element, gone)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_figures_of_a_table_without_rows_are_a_place_each() -> None:
    found = places(lambda it: it["thresholds"].update(small=6, large=9))
    assert [str(place) for place in found] == ["thresholds.large", "thresholds.small"]


def test_each_element_of_a_list_is_a_place() -> None:
    """In what it takes and in what it gives a list is looked at one by one."""
    route = ("routes", "NOTE", "POLICE", "OFFICE")
    found = places(lambda it: at(it, *route).update(recipient_purposes=["TWO", "THREE"]))
    assert [place.values[""] for place in found] == [("ONE", ABSENT), (ABSENT, "THREE")]
    assert {place.kind for place in found} == {"NOTE"}


def test_a_list_in_another_order_is_one_place() -> None:
    route = ("routes", "NOTE", "POLICE", "OFFICE")
    (place,) = places(lambda it: at(it, *route)["recipient_purposes"].reverse())
    assert place.values == {"recipient_purposes": (["ONE", "TWO"], ["TWO", "ONE"])}


def test_true_is_not_one() -> None:
    (place,) = changed_places({"flags": {"a": 1}}, {"flags": {"a": True}}, [])
    assert str(place) == "flags.a"


def test_a_label_is_wording_and_stands_apart_from_the_rest_of_its_row() -> None:
    found = places(lambda it: at(it, *CELL).update(need="withhold", label_de="Familienname"))
    assert [(place.wording, [*place.values]) for place in found] == [
        (True, ["label_de"]),
        (False, ["need"]),
    ]


RULES = (
    "x := data.necessity.NOTE.OFFICE.name.label_de",
    'x := object.get(data.norms, "label_de", "")',
    'x := {"label_de": 1}',
)


@pytest.mark.parametrize("rule", RULES)
def test_a_label_that_a_rule_mentions_is_no_wording(rule: str) -> None:
    (place,) = places(lambda it: at(it, *CELL).update(label_de="Familienname"), rule)
    assert not place.wording


def test_a_label_in_a_comment_is_wording_all_the_same() -> None:
    (place,) = places(lambda it: at(it, *CELL).update(label_de="Nachname"), "x := 1 # label_de")
    assert place.wording


def test_a_label_that_is_no_text_is_no_wording() -> None:
    (place,) = places(lambda it: at(it, *CELL).update(label_de={"a": "b"}))
    assert not place.wording


def test_a_confirmation_names_its_controller() -> None:
    row = {"LAW": {"name": "A. Muster", "date": "2026-11-22"}}
    (place,) = places(lambda it: it["norms"]["confirmations"].update(stadt=row))
    assert place.controller == "stadt"
    (deeper,) = changed_places(
        {"norms": {"confirmations": {"stadt": row}}},
        {"norms": {"confirmations": {"stadt": {"LAW": {**row["LAW"], "name": "B. Muster"}}}}},
        [],
    )
    assert deeper.controller == "stadt"


def test_all_confirmations_at_once_name_no_controller() -> None:
    (place,) = places(lambda it: it["norms"].pop("confirmations"))
    assert place.controller is None


def test_a_new_row_and_a_new_table_are_one_place() -> None:
    (row,) = places(lambda it: it["norms"].update(OTHER={"status": "V", "title": "Anderes"}))
    assert (row.where, row.wording) == (("norms",), False)
    (table,) = places(lambda it: it.update(countries={"NL": {"like_domestic": True}}))
    assert str(table) == "countries"


def change_everything(data: dict[str, Json]) -> None:
    at(data, *CELL).update(need="withhold", label_de="Familienname")
    at(data, "routes", "NOTE", "POLICE", "OFFICE").update(recipient_purposes=["TWO", "THREE"])
    data["norms"]["confirmations"]["stadt"] = {"LAW": {}}
    del data["norms"]["LAW"]["title"]
    data["thresholds"].update(small=6)
    data["countries"] = {}


def test_all_places_applied_one_after_the_other_are_the_other_tables() -> None:
    after = deepcopy(tables())
    change_everything(after)

    data = tables()
    for place in places(change_everything):
        data = applied(data, place)

    assert {key: data[key] for key in after if key != "lookup"} == {
        key: after[key] for key in after if key != "lookup"
    }
    assert data["lookup"]["needs"] == {"NOTE": {"OFFICE": {"name": "withhold"}}}


def test_applying_leaves_the_tables_that_it_was_given() -> None:
    data = tables()
    for place in places(change_everything):
        applied(data, place)
    assert data == tables()
