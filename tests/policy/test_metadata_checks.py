"""What METADATA and norms must say, by the schemas of this repository."""

import json

import pytest

from gateway.policy.data_places import DataPlaces
from gateway.policy.loading import read_policy_set
from gateway.policy.metadata_checks import check_metadata, check_norms
from tests.policies.folders import SCHEMAS
from tests.policy.sets import MAIN, write_set

OURS = {
    f"schemas/{name}": json.loads((SCHEMAS / name).read_text("utf-8"))
    for name in ("rule_metadata.json", "norm.json")
}
GOOD = """# METADATA
# title: Kein Zweck
# description: The purpose is missing.
# custom:
#   id: LAW-1
#   reason: no_purpose
#   de: Es fehlt ein Zweck.
#   en: A purpose is missing.
deny contains {"rule": "LAW-1", "reason": "no_purpose"} if input.x
"""
NORM = {
    "title": "Zweckbindung",
    "citation": "§ 1 Abs. 2 S. 3 Gesetz",
    "status": "V",
    "needs_confirmation": False,
    "link": "https://law.example/1",
    "in_force_from": "1970-01-02",
    "in_force_to": None,
    "in_force_from_day": 1,
    "in_force_to_day": 2932896,
}


def reading_of(tmp_path, body=GOOD, **norm):
    row = {key: value for key, value in {**NORM, **norm}.items() if value != ...}
    files = {MAIN: f"package exchange.main\n\n{body}", "policies/norms/data.json": {"LAW-1": row}}
    return read_policy_set(*write_set(tmp_path, {**OURS, **files}))


def of_metadata(tmp_path, body):
    return [(f.line, f.de) for f in check_metadata(reading_of(tmp_path, body))]


def of_norm(tmp_path, **norm):
    reading = reading_of(tmp_path, **norm)
    return [f.de for f in check_norms(reading, DataPlaces(reading.files.contents))]


def test_a_block_that_says_everything_is_in_order(tmp_path):
    assert of_metadata(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# title: Kein Zweck\n", "", "member title is missing"),
        ("LAW-1\n#   reason", "law 1\n#   reason", "/custom/id"),
        ("no_purpose\n#   de", "No Purpose\n#   de", "/custom/reason"),
        ("#   de: Es fehlt ein Zweck.\n", "", "member de is missing"),
        ("#   en: A purpose is missing.\n", "", "member en is missing"),
        ("Es fehlt ein Zweck.", "Es fehlt ein Zweck", "/custom/de"),
        ("# custom:\n", "# author: nobody\n# custom:\n", "does not know"),
        ("#   id: LAW-1\n", "#   id: LAW-1\n#   norm: § 1\n", "does not know"),
    ],
)
def test_a_block_that_its_schema_does_not_take_is_found(tmp_path, old, new, said):
    findings = of_metadata(tmp_path, GOOD.replace(old, new))

    assert [line for line, de in findings if said in de] == [3]


def test_a_public_rule_without_a_block_is_found_where_it_stands(tmp_path):
    ((line, de),) = of_metadata(tmp_path, f"{GOOD}\npublic if input.y\n\n_private if input.z\n")

    assert line == 13
    assert "`public`" in de


def test_one_block_is_enough_for_a_rule_that_is_written_in_parts(tmp_path):
    part = 'deny contains {"rule": "LAW-1", "reason": "no_purpose"} if input.y\n'

    assert of_metadata(tmp_path, f"{GOOD}\n{part}") == []


@pytest.mark.parametrize(
    ("old", "new"), [('"LAW-1", "reason"', '"LAW-2", "reason"'), ('"no_purpose"}', '"other"}')]
)
def test_a_rule_that_gives_another_reason_than_its_block_is_found(tmp_path, old, new):
    ((line, de),) = of_metadata(tmp_path, GOOD.replace(old, new))

    assert line == 3
    assert "METADATA darüber nicht" in de


def test_an_obligation_of_another_rule_than_its_block_is_found(tmp_path):
    body = (
        "# METADATA\n# title: Eine Auflage\n# custom:\n#   id: LAW-1\n"
        'obligation contains {"code": "OB-1", "rule": "LAW-2"} if input.x\n'
    )

    assert [line for line, de in of_metadata(tmp_path, body) if "LAW-2" in de] == [3]
    assert of_metadata(tmp_path, body.replace("LAW-2", "LAW-1")) == []


def test_a_norm_that_says_everything_is_in_order(tmp_path):
    assert of_norm(tmp_path) == []
    assert of_norm(tmp_path, status="U", needs_confirmation=True) == []
    assert of_norm(tmp_path, kept_in_de="Verzeichnis", in_catalogue=False) == []


@pytest.mark.parametrize(
    "norm",
    [
        {"title": ...},
        {"link": "law.example"},
        {"in_force_from": "02.01.1970", "in_force_from_day": 0},
        {"status": "U"},
        {"needs_confirmation": True},
        {"in_catalogue": True},
        {"author": "nobody"},
    ],
)
def test_a_norm_that_its_schema_does_not_take_is_found(tmp_path, norm):
    assert ["schemas/norm.json" in de for de in of_norm(tmp_path, **norm)] == [True]


@pytest.mark.parametrize(
    ("norm", "right"),
    [
        ({"in_force_from_day": 2}, "1."),
        ({"in_force_to_day": 5}, "2932896."),
        ({"in_force_to": "1970-01-11"}, "10."),
    ],
)
def test_a_day_number_of_another_day_is_found_with_the_right_one(tmp_path, norm, right):
    (said,) = of_norm(tmp_path, **norm)

    assert said.endswith(right)
