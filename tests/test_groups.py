"""Groups stand for items of a list, and put together again keep their order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.groups import alike, item_name, item_of, member_of, name_in, offered, put_together

PAYLOAD = {"a": ["x", "y", "z"], "b": "text"}
GROUPS = {"a#1": (0, 2), "a#2": (1,)}


def test_a_payload_is_offered_by_member_and_group() -> None:
    assert dict(offered(PAYLOAD, GROUPS)) == {"b": "text", "a#1": ["x", "z"], "a#2": ["y"]}
    assert dict(offered(PAYLOAD, {})) == PAYLOAD


@given(st.sets(st.sampled_from(["a#1", "a#2", "b"])))
def test_what_is_left_keeps_its_order(released: set[str]) -> None:
    parts = {name: value for name, value in offered(PAYLOAD, GROUPS) if name in released}
    items = [
        item for place, item in enumerate(PAYLOAD["a"]) if name_in(GROUPS, "a", place) in released
    ]
    expected: dict[str, Any] = {"a": items} if items else {}
    if "b" in released:
        expected["b"] = "text"
    assert put_together(parts, GROUPS) == expected


def test_items_of_which_the_same_is_said_are_alike_by_first_appearance() -> None:
    assert alike([{"r": 1, "s": 2}, {"r": 2}, {"s": 2, "r": 1}]) == [(0, 2), (1,)]
    assert alike([{"r": True}, {"r": 1}]) == [(0,), (1,)]


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("a[0]", ("a", 0)),
        ("a[12]", ("a", 12)),
        ("a", None),
        ("a[01]", None),
        ("a[x]", None),
        ("a[1]b", None),
        ("a#1", None),
        ("[1]", None),
    ],
)
def test_an_item_is_named_by_its_place(name: str, item: tuple[str, int] | None) -> None:
    assert item_of(name) == item
    if item:
        assert item_name(*item) == name


def test_a_group_knows_its_member() -> None:
    assert (member_of("a#1"), member_of("a")) == ("a", "a")
    assert (name_in(GROUPS, "a", 2), name_in(GROUPS, "b", 0)) == ("a#1", "b")
