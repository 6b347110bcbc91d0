import pytest

from gateway.policy.loading import read_policy_set
from gateway.policy.unread_rows import unreachable_rows, unread_rows
from tests.policy.sets import MAIN, write_set

ROUTE = {"POLICE": {"OFFICE": {"recipient_purposes": ["DANGER"]}}}
TABLES = {
    "agency_kinds": {"POLICE": {"groups": ["P"]}, "OFFICE": {"groups": ["O"]}},
    "routes": {"NOTE": ROUTE},
    "necessity/NOTE": {"OFFICE": {"text": {"need": "needed"}}},
    "legal_bases": {"LAW-1": {"effect": "permit", "senders": ["P"], "recipients": ["O"]}},
    "collection_bases": {"LAW-1": {"recipients": ["O"], "purposes": ["DANGER"]}},
    "thresholds": {"k": 5},
    "precedence": {"LAW-1": {"why": 1}},
    "obligations": {"OB-1": {}},
}
RULES = """package exchange.main

decision := {"rule": "LAW-1", "reason": "why", "code": "OB-1"} if data.thresholds.k
"""


def reading_of(tmp_path, **tables):
    named = {**TABLES, **tables}
    files = {f"policies/{name}/data.json": table for name, table in named.items()}
    return read_policy_set(*write_set(tmp_path, {MAIN: RULES, **files}))


def test_rows_that_rules_and_routes_lead_to_are_read(tmp_path):
    assert unread_rows(reading_of(tmp_path)) == []


@pytest.mark.parametrize(
    ("table", "rows", "unread"),
    [
        ("routes", {"NOTE": ROUTE, "X": ROUTE}, "data.routes.X"),
        ("necessity/NOTE", {"POLICE": {"text": {"need": "needed"}}}, "data.necessity.NOTE.POLICE"),
    ],
)
def test_rows_that_no_request_can_reach_are_unreachable(tmp_path, table, rows, unread):
    reading = reading_of(tmp_path, **{table: rows})

    assert [row.row for row in unreachable_rows(reading)] == [unread]
    assert unread in [row.row for row in unread_rows(reading)]


@pytest.mark.parametrize(
    ("table", "rows", "unread"),
    [
        (
            "legal_bases",
            {"LAW-1": {"effect": "permit", "senders": ["O"], "recipients": ["O"]}},
            "data.legal_bases.LAW-1",
        ),
        (
            "legal_bases",
            {
                "LAW-1": {
                    "effect": "permit",
                    "senders": ["P"],
                    "recipients": ["O"],
                    "purposes": ["X"],
                }
            },
            "data.legal_bases.LAW-1",
        ),
        (
            "collection_bases",
            {"LAW-1": {"recipients": ["P"], "purposes": ["DANGER"]}},
            "data.collection_bases.LAW-1",
        ),
        ("thresholds", {"k": 5, "z": 1}, "data.thresholds.z"),
        ("precedence", {"LAW-1": {"why": 1, "else": 2}}, "data.precedence.LAW-1.else"),
        ("obligations", {"OB-1": {}, "OB-2": {}}, "data.obligations.OB-2"),
        ("conditions", {"danger": {}}, "data.conditions.danger"),
    ],
)
def test_rows_that_nothing_asks_for_are_unread(tmp_path, table, rows, unread):
    reading = reading_of(tmp_path, **{table: rows})

    assert [row.row for row in unread_rows(reading)] == [unread]
    assert unreachable_rows(reading) == []


def test_a_struck_out_basis_needs_no_route(tmp_path):
    reading = reading_of(tmp_path, legal_bases={"PARTNERSHIP": {"effect": "struck_out"}})

    assert unread_rows(reading) == []


def test_an_unread_row_has_its_line(tmp_path):
    policies = "policies/thresholds/data.json"
    files = {f"policies/{name}/data.json": table for name, table in TABLES.items()}
    text = '{\n "k": 5,\n "z": 1\n}'

    reading = read_policy_set(*write_set(tmp_path, {MAIN: RULES, **files, policies: text}))

    assert [(row.path, row.line) for row in unread_rows(reading)] == [(policies, 3)]
