from gateway.policy.spreadsheet.columns import NECESSITY, SHEETS
from tests.builders import the_policies
from tests.policy.spreadsheet.workbooks import the_words


def test_every_id_of_a_column_has_a_vocabulary_of_the_rules():
    words = the_words()

    for sheet in SHEETS:
        for column in sheet.columns:
            assert column.vocabulary is None or words.of(column)


def test_members_are_those_of_the_payload_schema():
    schema = the_policies().policy_set.schemas["payloads/PREMISES_HAZARD_NOTICE.json"]

    assert set(the_words().words["members"]) == set(schema["properties"])
    assert the_words().words["members"]["guest_names"] == "Namen von Gästen"


def test_a_column_is_found_by_what_it_holds():
    assert NECESSITY.column("need").heading == "Erforderlichkeit"


def test_what_suffices_for_some_row_may_suffice_for_another():
    assert "consent" in the_words().words["grounds"]
