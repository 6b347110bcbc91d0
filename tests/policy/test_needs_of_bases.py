"""What opens a basis is worked out of its conditions: together, without contradiction, no more."""

from gateway.policy.needs_of_bases import needs_of_bases

TOLD, RISK, SERIOUS = (
    {"fact": "told", "value": True},
    {"fact": "risk", "value": True},
    {"fact": "class", "at_least": "felony"},
)
CONDITIONS = {
    "told": [{"facts": [TOLD]}],
    "told_or_unsafe": [{"facts": [TOLD]}, {"facts": [RISK]}],
    "unsafe": [{"facts": [RISK]}],
    "not_unsafe": [{"facts": [{"fact": "risk", "value": False}]}],
    "serious": [{"facts": [SERIOUS], "purposes": ["PROSECUTION", "TAXATION"]}],
    "for_taxes": [{"facts": [TOLD], "purposes": ["TAXATION"]}],
    "for_statistics": [{"facts": [TOLD], "purposes": ["STATISTICS"]}],
    "by_nature": [],
}


def of(*conditions: str) -> list[dict[str, object]] | None:
    found = needs_of_bases({"LAW-1": {"conditions": list(conditions)}}, CONDITIONS)
    return found.get("LAW-1")


def test_the_facts_of_all_conditions_are_needed_together_each_once():
    assert of("told", "told_or_unsafe") == [{"facts": [TOLD]}]
    assert of("told", "unsafe") == [{"facts": [RISK, TOLD]}]


def test_each_smallest_way_stands_there_and_no_larger_one():
    assert of("told_or_unsafe") == [{"facts": [TOLD]}, {"facts": [RISK]}]
    assert of("told_or_unsafe", "unsafe") == [{"facts": [RISK]}]


def test_the_same_way_stands_there_once():
    twice = {"both": [{"facts": [TOLD]}, {"facts": [TOLD]}]}
    assert needs_of_bases({"LAW-1": {"conditions": ["both"]}}, twice) == {
        "LAW-1": [{"facts": [TOLD]}]
    }


def test_a_way_is_open_for_the_purposes_of_all_its_parts():
    assert of("serious", "for_taxes") == [{"facts": [SERIOUS, TOLD], "purposes": ["TAXATION"]}]
    assert of("serious", "for_statistics") is None


def test_a_way_for_fewer_purposes_does_not_take_the_place_of_one_for_all():
    assert of("told", "for_taxes") == [{"facts": [TOLD], "purposes": ["TAXATION"]}]
    wide = {"any": [{"facts": [TOLD], "purposes": ["TAXATION"]}, {"facts": [TOLD, RISK]}]}
    assert len(needs_of_bases({"LAW-1": {"conditions": ["any"]}}, wide)["LAW-1"]) == 2


def test_what_contradicts_itself_opens_nothing():
    assert of("unsafe", "not_unsafe") is None


def test_a_condition_that_no_fact_meets_closes_the_basis():
    assert of("told", "by_nature") is None
    assert of("told", "unheard_of") is None


def test_tables_of_another_form_have_none():
    assert needs_of_bases(None, None) == {}
    assert needs_of_bases({"LAW-1": "x", "LAW-2": {"conditions": "told"}}, CONDITIONS) == {}


def test_no_more_than_so_many_ways_are_tried():
    many = {
        name: [{"facts": [{"fact": f"{name}{number}", "value": True}]} for number in range(10)]
        for name in "abc"
    }
    assert len(needs_of_bases({"LAW-1": {"conditions": ["a", "b", "c"]}}, many)["LAW-1"]) == 64
