import json
from pathlib import Path

import pytest

from gateway.policy.spreadsheet.importing import TableRefused, plan_import, write_plan
from tests.policy.spreadsheet.small_rules import NECESSITY, SmallRules

ROUTE_MORE = {"Wege_A3": "POLICE", "Wege_B3": "OFFICE", "Wege_C3": "STATISTICS"}


@pytest.fixture
def rules(tmp_path):
    return SmallRules(tmp_path)


def plan(rules, content):
    return plan_import(content, rules.policies, rules.schemas, rules.load())


def test_an_unchanged_workbook_changes_nothing(rules):
    found = plan(rules, rules.workbook())

    assert (found.changes, dict(found.files), found.stale) == ((), {}, False)


def test_one_edited_cell_changes_one_line_of_one_file_and_the_rules_load(rules):
    before, digest = rules.contents(), rules.load().digest

    found = plan(rules, rules.workbook(D3="bedingt"))
    write_plan(found, rules.policies)

    after = rules.contents()
    assert [path for path in after if after[path] != before.get(path)] == [Path(NECESSITY)]
    old, new = (each[Path(NECESSITY)].decode().split("\n") for each in (before, after))
    assert [(a, b) for a, b in zip(old, new, strict=True) if a != b] == [
        ('      "need": "withhold",', '      "need": "conditional",')
    ]
    assert [change.de for change in found.changes] == [
        "NOTE → Ordnungsamt (OFFICE): „Namen“ (names): Erforderlichkeit zurückhalten → bedingt"
    ]
    assert rules.load().digest != digest


def test_a_purpose_more_changes_the_routes_alone(rules):
    found = plan(rules, rules.workbook(**ROUTE_MORE))
    write_plan(found, rules.policies)

    assert list(found.files) == ["routes/data.json"]
    routes = json.loads(rules.contents()[Path("routes/data.json")])
    assert routes["NOTE"]["POLICE"]["OFFICE"]["recipient_purposes"] == ["DANGER", "STATISTICS"]


def test_routes_of_other_kinds_stay_as_they_were(rules):
    routes = rules.policies / "routes" / "data.json"
    routes.write_text(json.dumps({"A": {}, **json.loads(routes.read_text()), "Z": {}}))

    write_plan(plan(rules, rules.workbook(**ROUTE_MORE)), rules.policies)

    assert list(json.loads(routes.read_text())) == ["A", "NOTE", "Z"]


def test_a_wrong_cell_writes_nothing(rules):
    before = rules.contents()

    with pytest.raises(TableRefused) as refused:
        plan(rules, rules.workbook(D3="=A1", H3="Q"))

    assert [line.partition(":")[0] for line in refused.value.lines] == [
        "Erforderlichkeit!D3",
        "Erforderlichkeit!H3",
    ]
    assert rules.contents() == before


def test_rules_that_would_not_be_in_order_are_refused(rules):
    content, loaded = rules.workbook(D3="bedingt"), rules.load()
    thresholds = rules.policies / "thresholds" / "data.json"
    thresholds.parent.mkdir()
    thresholds.write_text("{")

    with pytest.raises(TableRefused, match=r"policies/thresholds/data\.json"):
        plan_import(content, rules.policies, rules.schemas, loaded)


def test_a_workbook_made_from_other_rules_is_stale(rules):
    assert plan(rules, rules.workbook(Hinweise_B3="0" * 64)).stale is True


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(rules):
    found = plan(rules, rules.workbook(D3="bedingt", **ROUTE_MORE))
    assert list(found.files) == [NECESSITY, "routes/data.json"]
    (rules.policies / "routes" / ".data.json.new").mkdir()
    before = rules.contents()

    with pytest.raises(OSError, match="routes"):
        write_plan(found, rules.policies)

    assert rules.contents() == before


def test_a_kind_that_had_no_tables_gets_files_of_its_own(rules):
    content = rules.workbook()
    (rules.policies / NECESSITY).unlink()
    (rules.policies / "routes" / "data.json").unlink()

    write_plan(plan(rules, content), rules.policies)

    written = rules.load().data
    assert list(written["necessity"]["NOTE"]["OFFICE"]) == ["text", "names"]
    assert list(written["routes"]["NOTE"]) == ["POLICE"]
