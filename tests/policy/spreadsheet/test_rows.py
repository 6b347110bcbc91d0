import json

import pytest

from gateway.policy.spreadsheet.columns import NECESSITY, ROUTES
from gateway.policy.spreadsheet.kind_table import KindTable
from gateway.policy.spreadsheet.rows import rows_of, table_from
from tests.builders import REPOSITORY, the_policies
from tests.policy.spreadsheet.workbooks import the_table

BEFORE = KindTable(
    "NOTE",
    {
        "OFFICE": {
            "text": {
                "label_de": "Text",
                "need": "needed",
                "status": "V",
                "more": 1,
                "in_force_to": None,
            },
            "name": {
                "status": "P",
                "need": "conditional",
                "label_de": "Name",
                "reason": "why",
                "rule": "LAW-1",
                "suffices": ["consent", "present_danger"],
            },
        }
    },
    {"POLICE": {"OFFICE": {"recipient_purposes": ["B", "A"], "more": 1}}},
)


def rows(table=BEFORE):
    return {sheet.name: list(rows_of(table, sheet)) for sheet in (NECESSITY, ROUTES)}


@pytest.mark.parametrize("kind", sorted(the_policies().data["necessity"]))
def test_rows_and_back_change_no_byte_of_a_file(kind):
    table = the_table(kind)

    again = table_from(table, rows(table))

    text = json.dumps(again.necessity, ensure_ascii=False, indent=2) + "\n"
    file = REPOSITORY / "policies" / "necessity" / kind / "data.json"
    assert text == file.read_text("utf-8")
    assert json.dumps(again.routes) == json.dumps(table.routes)


def test_the_order_of_rows_in_a_sheet_changes_nothing():
    turned = {name: list(reversed(each)) for name, each in rows().items()}

    assert json.dumps(as_is(table_from(BEFORE, turned))) == json.dumps(as_is(BEFORE))


def as_is(table):
    return [table.necessity, table.routes]


def test_what_has_no_column_stays_as_it_was():
    after = table_from(BEFORE, rows())

    assert after.necessity["OFFICE"]["text"]["more"] == 1
    assert after.routes["POLICE"]["OFFICE"]["more"] == 1


def test_a_cell_that_was_emptied_is_gone_from_its_row():
    told = rows()
    told[NECESSITY.name][1] |= {"need": "erforderlich", "reason": "", "rule": "", "suffices": ""}

    row = table_from(BEFORE, told).necessity["OFFICE"]["name"]

    assert row == {"status": "P", "need": "needed", "label_de": "Name"}


def test_what_is_new_comes_after_what_was_there():
    told = rows()
    new = {**told[NECESSITY.name][0], "member": "added", "need": "zurückhalten"}
    told[NECESSITY.name].insert(0, {**new, "reason": "why", "rule": "LAW-1"})
    told[ROUTES.name].insert(0, {"sender": "POLICE", "recipient": "OFFICE", "purpose": "C"})
    told[ROUTES.name].insert(0, {"sender": "SCHOOL", "recipient": "OFFICE", "purpose": "C"})

    after = table_from(BEFORE, told)

    assert list(after.necessity["OFFICE"]) == ["text", "name", "added"]
    assert list(after.necessity["OFFICE"]["added"].items()) == [
        ("label_de", "Text"),
        ("need", "withhold"),
        ("status", "V"),
        ("reason", "why"),
        ("rule", "LAW-1"),
    ]
    assert after.routes["POLICE"]["OFFICE"]["recipient_purposes"] == ["B", "A", "C"]
    assert list(after.routes) == ["POLICE", "SCHOOL"]


def test_a_row_that_was_deleted_is_gone():
    told = rows()
    del told[NECESSITY.name][0], told[ROUTES.name][0]

    after = table_from(BEFORE, told)

    assert list(after.necessity["OFFICE"]) == ["name"]
    assert after.routes["POLICE"]["OFFICE"]["recipient_purposes"] == ["A"]
