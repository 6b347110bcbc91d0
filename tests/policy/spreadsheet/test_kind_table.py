from dataclasses import replace

import pytest

from gateway.policy.spreadsheet.kind_table import KindUnusable, kind_table
from tests.builders import the_policies
from tests.policy.spreadsheet.workbooks import KIND, the_table


def test_a_kind_has_its_necessity_and_its_routes():
    table = the_table()

    assert list(table.necessity) == ["MUNICIPAL_ORDER"]
    assert list(table.routes) == ["POLICE_INSPECTION", "FIRE_SERVICE"]


def test_a_kind_without_rules_is_an_empty_table():
    table = kind_table({"members": {"NOTE": {}}}, "NOTE")

    assert (table.necessity, table.routes) == ({}, {})


def test_an_unknown_kind_is_told_with_the_one_that_was_perhaps_meant():
    with pytest.raises(KindUnusable, match=f"Meinten Sie {KIND}"):
        kind_table(the_policies().data, "PREMISES_HAZARD_NOTE")


def test_an_unknown_kind_that_is_like_none_is_told_with_all():
    with pytest.raises(KindUnusable, match=r"keine Vorgangsart\. Es gibt: .*UNDECLARED_WORK"):
        kind_table(the_policies().data, "9")


def test_the_digest_names_the_content_of_both_tables():
    table = the_table()

    assert table.digest == the_table().digest
    assert table.digest != replace(table, routes={}).digest
    assert table.digest != replace(table, necessity={}).digest


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        (
            {"routes": {"NOTE": {"POLICE": {"OFFICE": {"recipient_purposes": []}}}}},
            "der Weg POLICE → OFFICE hat keinen Zweck",
        ),
        (
            {"necessity": {"NOTE": {"OFFICE": {"text": {"need": "perhaps"}}}}},
            "`need` von OFFICE/text ist keines von needed",
        ),
    ],
)
def test_what_a_workbook_could_not_say_is_not_exported(tables, what):
    with pytest.raises(KindUnusable, match=what):
        kind_table({"members": {"NOTE": {}}, **tables}, "NOTE")
