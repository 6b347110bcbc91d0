import pytest

from gateway.policy.loading import read_policy_set
from gateway.policy.set_differences import difference
from tests.policy.builders import a_case
from tests.policy.sets import MAIN, write_set

DECIDES = """package exchange.main

default decision := {"verdict": "deny", "denials": [], "outcomes": [], "obligations": []}

decision := {"verdict": "permit", "denials": [], "outcomes": [], "obligations": []} if {
	data.necessity.NOTE.OFFICE.facts.need == "needed"
}
"""
UNDEFINED = "package exchange.main\n\ndecision := 1 if input.x\n"
ROW = {"need": "needed", "label_de": "Tatsachen", "status": "V"}


@pytest.fixture
def reading(tmp_path):
    """A small set in a folder of its own, with files in place of the valid ones."""

    def read(name, need="needed", files=None):
        necessity = {"OFFICE": {"facts": {**ROW, "need": need}}}
        everything = {
            MAIN: DECIDES,
            "policies/necessity/NOTE/data.json": necessity,
            "policies/routes/data.json": {"NOTE": {"POLICE": {"OFFICE": {}}}},
            **(files or {}),
        }
        return read_policy_set(*write_set(tmp_path / name, everything))

    return read


def test_equal_sets_have_no_difference(reading):
    found = difference(reading("a"), reading("b"), [a_case()])

    assert found.nothing


def test_a_row_that_changed_and_the_case_that_it_decides_otherwise(reading):
    found = difference(reading("a"), reading("b", "withhold"), [a_case()])

    (row,) = found.tables
    assert "„Tatsachen“ (facts): Erforderlichkeit erforderlich → zurückhalten" in row.de
    (case,) = found.cases
    assert (case.id, case.title) == ("V01", "A title")
    assert [change.en for change in case.changes] == ["permitted → denied, nothing leaves"]
    assert (found.rules, found.schemas, found.nothing) == ((), (), False)


def test_routes_norms_and_other_tables_are_compared(reading):
    norms = {"LAW-1": {"citation": "§ 2 Gesetz", "status": "V", "link": "urn:law"}}
    files = {
        "policies/routes/data.json": {},
        "policies/norms/data.json": norms,
        "policies/thresholds/data.json": {"k": 5},
    }

    found = difference(reading("a"), reading("b", files=files), [])

    assert [change.de for change in found.tables] == [
        "Tabelle norms: `LAW-1`: `citation` „§ 1 Gesetz“ → „§ 2 Gesetz“",
        "NOTE: POLICE → OFFICE: Weg entfernt, wird abgelehnt",
        "Tabelle thresholds: `k` neu: 5",
    ]


def test_rules_builtins_and_schemas_are_compared(reading):
    files = {
        MAIN: DECIDES.replace('"permit"', '"hold"'),
        "policies/capabilities.json": {"builtins": [{"name": "eq"}]},
        "schemas/payloads/NOTE.json": None,
        "schemas/payloads/OTHER.json": {"type": "object"},
    }

    found = difference(reading("a"), reading("b", files=files), [])

    assert f"{MAIN}: decision verlangt anderes" in [change.de for change in found.rules]
    assert any(change.de.startswith("Erlaubte Funktionen ohne ") for change in found.rules)
    assert [change.en for change in found.schemas] == [
        "schemas/payloads/NOTE.json removed",
        "schemas/payloads/OTHER.json is new",
    ]


def test_another_line_of_a_schema_is_told(reading):
    schema = {"type": "object", "properties": {}}

    found = difference(
        reading("a", files={"schemas/policy_input.json": schema}),
        reading("b", files={"schemas/policy_input.json": {**schema, "type": "array"}}),
        [],
    )

    assert [change.de for change in found.schemas] == [
        "schemas/policy_input.json: `type` „object“ → „array“"
    ]


def test_a_case_that_one_set_leaves_undecided_is_decided_otherwise(reading):
    found = difference(reading("a"), reading("b", files={MAIN: UNDEFINED}), [a_case()])

    (case,) = found.cases
    assert [change.de for change in case.changes] == ["ZULÄSSIG → keine Entscheidung"]
