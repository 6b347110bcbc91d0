"""Which rows are changed, and how."""

import json

from gateway.policy.loading import read_policy_set
from gateway.policy.mutation.mutant import Change
from gateway.policy.mutation.table_mutants import MADE_OF, changed_data, mutants_of_tables
from tests.policies.folders import POLICIES, SCHEMAS
from tests.policy.sets import write_set

NECESSITY = """{
 "OFFICE": {
  "text": {
   "need": "conditional"
  }
 }
}
"""


def reading_of(tmp_path, **tables):
    files = {f"policies/{name}/data.json": table for name, table in tables.items()}
    return read_policy_set(*write_set(tmp_path, files))


def mutants_of(reading):
    return [(m.where, m.change, m.before) for m in mutants_of_tables(reading)]


def test_a_need_is_turned_into_each_that_it_is_not(tmp_path):
    path = "policies/necessity/NOTE/data.json"
    reading = read_policy_set(*write_set(tmp_path, {path: NECESSITY}))

    mutants = [m for m in mutants_of_tables(reading) if m.path == path]

    where = "data.necessity.NOTE.OFFICE.text.need"
    assert [(m.where, m.change, m.line) for m in mutants] == [
        (where, Change.NEEDED, 4),
        (where, Change.WITHHELD, 4),
    ]


def test_what_is_made_of_a_table_is_changed_with_it(tmp_path):
    path = "policies/necessity/NOTE/data.json"
    reading = read_policy_set(*write_set(tmp_path, {path: NECESSITY}))
    data, (needed, _) = reading.policy_set.data, mutants_of_tables(reading)

    changed = changed_data(data, needed.row, needed.new)

    assert changed["lookup"]["needs"] == {"NOTE": {"OFFICE": {"text": "needed"}}}
    assert data["lookup"]["needs"] == {"NOTE": {"OFFICE": {"text": "conditional"}}}


def test_a_route_is_removed_and_each_of_its_purposes(tmp_path):
    reading = reading_of(
        tmp_path, routes={"NOTE": {"POLICE": {"OFFICE": {"recipient_purposes": ["A", "B"]}}}}
    )

    assert mutants_of(reading) == [
        ("data.routes.NOTE.POLICE.OFFICE", Change.REMOVED, "OFFICE"),
        ("data.routes.NOTE.POLICE.OFFICE.recipient_purposes", Change.REMOVED, "A"),
        ("data.routes.NOTE.POLICE.OFFICE.recipient_purposes", Change.REMOVED, "B"),
    ]


def test_a_basis_is_removed_and_each_condition_of_it(tmp_path):
    reading = reading_of(tmp_path, legal_bases={"LAW-1": {"conditions": ["danger"]}})

    assert mutants_of(reading) == [
        ("data.legal_bases.LAW-1", Change.REMOVED, "LAW-1"),
        ("data.legal_bases.LAW-1.conditions", Change.REMOVED, "danger"),
    ]


def test_a_basis_that_was_not_read_in_full_is_taken_for_one_that_was(tmp_path):
    norms = {"LAW-1": {"citation": "§ 1", "status": "U", "link": "urn:law"}}
    reading = reading_of(tmp_path, legal_bases={"LAW-1": {}}, norms=norms)

    assert ("data.norms.LAW-1.status", Change.TAKEN_AS_READ, "U") in mutants_of(reading)


def test_a_figure_is_raised_by_one(tmp_path):
    reading = reading_of(tmp_path, thresholds={"k_threshold": 5, "bulk_threshold": 10})

    (mutant,) = mutants_of_tables(reading)

    assert (mutant.where, mutant.change, mutant.new) == (
        "data.thresholds.k_threshold",
        Change.RAISED,
        6,
    )


def test_what_the_gateway_itself_reads_is_left_alone(tmp_path):
    reading = reading_of(tmp_path, thresholds={"bulk_threshold": 10, "age_limits": [14, 18]})

    assert mutants_of(reading) == []


def test_every_change_of_the_real_tables_has_its_line_and_another_document():
    reading = read_policy_set(POLICIES, SCHEMAS)
    data = reading.policy_set.data
    mutants = list(mutants_of_tables(reading))
    files = {m.path: (POLICIES.parent / m.path).read_text("utf-8").split("\n") for m in mutants}

    assert len(mutants) > 500
    for mutant in mutants[::10]:
        changed = changed_data(data, mutant.row, mutant.new)
        table = mutant.row[0]
        made = {key for key in data["lookup"] if changed["lookup"][key] != data["lookup"][key]}
        assert made <= {*MADE_OF.get(table, ())}
        assert json.dumps(changed[mutant.row[0]]) != json.dumps(data[mutant.row[0]])
        line = files[mutant.path][mutant.line - 1]
        assert mutant.before in line or mutant.row[-1] in line
