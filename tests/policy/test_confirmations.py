import pytest

from gateway.policy.confirmations import (
    check_confirmations,
    confirmed_of,
    demo_of,
    unread_norms,
)
from gateway.policy.data_places import DataPlaces

NOWHERE = DataPlaces({})
READ = {"name": "A. Muster", "date": "2026-11-22", "wording_sha256": "0" * 64}


def norms_with(rows):
    return {"NPOG-41": {"status": "U"}, "NPOG-40": {"status": "V"}, "confirmations": rows}


def test_a_complete_confirmation_counts_for_its_controller_alone():
    norms = norms_with({"city": {"NPOG-41": READ}, "county": {}})

    assert confirmed_of(norms) == {"city": {"NPOG-41": True}, "county": {}}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", None),
        ("date", "22.11.2026"),
        ("date", "20261122"),
        ("date", 20779),
        ("wording_sha256", "0" * 63),
        ("wording_sha256", "Z" * 64),
        ("wording_sha256", True),
    ],
)
def test_a_confirmation_that_lacks_something_does_not_count_and_is_named(part, value):
    norms = norms_with({"city": {"NPOG-41": {**READ, part: value}}})

    assert confirmed_of(norms) == {"city": {}}
    places = DataPlaces({"policies/norms/confirmations/data.json": b'{"city": {\n"NPOG-41": 1}}'})
    (finding,) = check_confirmations({"norms": norms}, places)
    assert (finding.path, finding.line) == ("policies/norms/confirmations/data.json", 2)
    assert f"`data.norms.confirmations.city.NPOG-41`: `{part}`" in finding.de


def test_a_confirmation_that_is_no_row_lacks_all_of_it():
    findings = list(
        check_confirmations({"norms": norms_with({"city": {"NPOG-41": "yes"}})}, NOWHERE)
    )

    assert [finding.de.split("`")[3] for finding in findings] == ["name", "date", "wording_sha256"]


def test_a_confirmation_of_a_norm_that_nobody_knows_is_a_finding():
    data = {"norms": norms_with({"city": {"BPOLG-21": READ, "NPOG-99": READ}})}
    known = {**data, "collection_bases": {"BPOLG-21": {"status": "U"}}}

    assert [finding.de.split("`")[3] for finding in check_confirmations(known, NOWHERE)] == [
        "NPOG-99"
    ]


def test_complete_confirmations_of_known_norms_have_no_finding():
    assert (
        list(check_confirmations({"norms": norms_with({"city": {"NPOG-41": READ}})}, NOWHERE)) == []
    )


def test_what_is_for_the_demonstration_only_is_told_by_controller():
    norms = norms_with({"city": {"NPOG-41": {**READ, "demo": True}}, "county": {"NPOG-41": READ}})

    assert demo_of(norms) == {"city": ["NPOG-41"]}


def test_only_what_opens_a_door_and_was_not_read_in_full_needs_a_confirmation():
    data = {
        "norms": {"A": {"status": "U"}, "B": {"status": "V"}, "C": {"status": "O"}},
        "legal_bases": {"A": {}, "B": {}, "PARTNERSHIP": {}},
        "collection_bases": {"D": {"status": "U"}, "E": {"status": "P"}},
    }

    assert unread_norms(data) == {"A": "U", "D": "U"}


def test_tables_of_another_form_confirm_nothing():
    assert confirmed_of(None) == {}
    assert confirmed_of({"confirmations": [1]}) == {}
    assert confirmed_of({"confirmations": {"city": "all"}}) == {"city": {}}
