"""Queries are read strictly: known names, each once, in one form."""

from typing import Any

import pytest
from starlette.requests import Request

from gateway.errors import InvalidRequest
from gateway.http.queries import number, position, read_query, time_of_query


def a_request(query: str) -> Any:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def faults(query: str) -> list[str]:
    with pytest.raises(InvalidRequest) as refused:
        read_query(a_request(query), ("after", "limit"))
    return [fault.pointer for fault in refused.value.faults]


def test_known_parameters_are_given() -> None:
    assert read_query(a_request("after=1&limit=2"), ("after", "limit")) == {
        "after": "1",
        "limit": "2",
    }


def test_unknown_and_repeated_ones_are_refused() -> None:
    assert faults("after=1&after=1") == ["after"]
    assert faults("who=1") == ["query"]
    assert faults("limit=1&limit=1&who=1") == ["limit", "query"]


def test_an_unknown_name_is_not_repeated() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_query(a_request("Musterwirt=1"), ("after",))
    assert "Musterwirt" not in str(refused.value)


@pytest.mark.parametrize("text", ["0", "7", "200"])
def test_a_number_within_its_bounds_is_read(text: str) -> None:
    assert number({"n": text}, "n", 5, 0, 200) == int(text)
    assert number({}, "n", 5, 0, 200) == 5


@pytest.mark.parametrize("text", ["", "-1", "+1", "01", "1.0", "1e2", "201", " 1", "٣", "9" * 19])
def test_another_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        number({"n": text}, "n", 5, 0, 200)


def test_a_cursor_is_a_position_or_before_the_first() -> None:
    assert [position({"after": "-1"}), position({}), position({"after": "0"})] == [-1, -1, 0]
    with pytest.raises(InvalidRequest):
        position({"after": "-2"})


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("0", 0),
        ("1795000000", 1_795_000_000),
        ("2026-11-18T11:06:40Z", 1_795_000_000),
        ("2026-11-18T12:06:40+01:00", 1_795_000_000),
    ],
)
def test_a_time_is_epoch_seconds_or_rfc_3339(text: str, time: int) -> None:
    assert time_of_query({"since": text}, "since") == time
    assert time_of_query({}, "since") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gestern",
        "2026-11-18",
        "2026-11-18T11:06:40",
        "-1",
        "9" * 17,
        "2026-02-30T11:06:40Z",
        "20261118T110640Z",
        "2026-11-18T11:06:40",
    ],
)
def test_another_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        time_of_query({"since": text}, "since")
