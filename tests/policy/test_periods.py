import pytest

from gateway.policy.data_places import DataPlaces
from gateway.policy.periods import check_periods, periods_of

NEW_YEAR = 20819  # 2027-01-01


def necessity(row):
    return {"necessity": {"NOTE": {"OFFICE": {"text": row, "name": {"need": "needed"}}}}}


def period_of(row):
    return periods_of(necessity(row))["necessity"]["NOTE"]["OFFICE"]["text"]


def test_a_row_without_dates_always_counts_and_is_not_named():
    assert periods_of(necessity({"in_force_from": None}))["necessity"] == {}


def test_a_row_counts_from_its_first_to_its_last_day():
    row = {"in_force_from": "2027-01-01", "in_force_to": "2027-01-31"}

    assert period_of(row) == {"from": NEW_YEAR, "to": NEW_YEAR + 30}


def test_a_bound_that_is_not_stated_is_open():
    begun, ending = (
        period_of({"in_force_from": "2027-01-01"}),
        period_of({"in_force_to": "2027-01-01"}),
    )

    assert (begun["from"], ending["to"]) == (NEW_YEAR, NEW_YEAR)
    assert ending["from"] < 0
    assert begun["to"] > NEW_YEAR + 365 * 1000


@pytest.mark.parametrize("text", ["soon", "31.12.2026", "20261231", "", 20819, True])
def test_a_row_whose_date_is_none_never_counts_and_is_a_finding(text):
    row = {"in_force_to": text}

    period = period_of(row)
    places = DataPlaces({"policies/necessity/NOTE/data.json": b"{}"})
    (finding,) = check_periods(necessity(row), places)

    assert period["from"] > period["to"]
    assert finding.path == "policies/necessity/NOTE/data.json"
    assert finding.de.split("`")[1::2] == ["data.necessity.NOTE.OFFICE.text", "in_force_to"]


def test_routes_are_dated_by_kind_sender_and_recipient():
    data = {"routes": {"NOTE": {"POLICE": {"OFFICE": {"in_force_to": "2027-01-01"}, "X": {}}}}}

    assert periods_of(data)["routes"]["NOTE"]["POLICE"].keys() == {"OFFICE"}
    assert list(check_periods(data, DataPlaces({}))) == []


def test_the_norm_of_a_recipient_ends_with_the_norm_of_its_name():
    data = {
        "norms": {"A": {"in_force_to": "2027-01-01"}, "B": {"in_force_to": None}},
        "collection_bases": {"A": {}, "B": {}, "C": {"in_force_from": "2027-01-01"}},
    }

    periods = periods_of(data)["collection_bases"]

    assert periods.keys() == {"A", "C"}
    assert periods["A"]["to"] == NEW_YEAR


def test_the_row_of_a_recipients_norm_may_end_before_the_norm():
    data = {
        "norms": {"A": {"in_force_to": "2028-01-01"}},
        "collection_bases": {"A": {"in_force_to": "2027-01-01"}},
    }

    assert periods_of(data)["collection_bases"]["A"]["to"] == NEW_YEAR


def test_tables_of_another_form_are_passed_over():
    assert periods_of({"routes": 1, "necessity": {"NOTE": []}}) == {
        "collection_bases": {},
        "necessity": {},
        "routes": {},
    }
