"""A change set is read strictly, and its digest covers all that is voted on."""

import hashlib

import pytest
import rfc8785

from gateway.errors import ChangeRefused
from gateway.lifecycle.change_set import ChangeKind, parse_change
from gateway.lifecycle.effect import Effect
from tests.changing import EFFECTS, a_change

CHANGE = a_change()
DOCUMENT = CHANGE.document()
POLICY = a_change(kind="policy")


@pytest.mark.parametrize("change", [CHANGE, POLICY], ids=["registry", "policy"])
def test_what_is_written_reads_back(change):
    assert parse_change(change.document()) == change
    assert change.canonical == rfc8785.dumps(change.document())


def test_digests_are_those_of_the_canonical_form():
    assert CHANGE.digest == hashlib.sha256(rfc8785.dumps(DOCUMENT)).hexdigest()
    assert CHANGE.report_digest == hashlib.sha256(rfc8785.dumps(DOCUMENT["report"])).hexdigest()


OTHERS = {
    "id": "d" * 32,
    "kind": ChangeKind.POLICY,
    "number": 3,
    "title": "Anderes",
    "reason": "Anderes",
    "author": "emre",
    "time": 0,
    "origin": "other.example",
    "digest_before": "c" * 64,
    "digest_after": "c" * 64,
    "documents": {"jugendamt": None},
    "report": {"effect": EFFECTS["less"]},
}


@pytest.mark.parametrize("member", OTHERS)
def test_whatever_is_changed_makes_another_digest(member):
    assert a_change(**{member: OTHERS[member]}).digest != CHANGE.digest


def test_a_removal_is_no_empty_document():
    removed, emptied = a_change(documents={"amt": None}), a_change(documents={"amt": {}})
    assert removed.digest != emptied.digest
    assert parse_change(removed.document()).documents == {"amt": None}


@pytest.mark.parametrize("member", DOCUMENT)
def test_a_change_set_without_a_member_is_refused(member):
    document = {name: value for name, value in DOCUMENT.items() if name != member}
    with pytest.raises(ChangeRefused):
        parse_change(document)


@pytest.mark.parametrize(
    "changed",
    [
        {"form": "datenschleuse-change-v2"},
        {"kind": "law"},
        {"number": "2"},
        {"number": 0},
        {"number": True},
        {"time": True},
        {"time": "heute"},
        {"title": ""},
        {"title": " \n"},
        {"title": "a" * 2001},
        {"reason": ""},
        {"reason": "a" * 2001},
        {"reason": None},
        {"digest_before": "b" * 63},
        {"digest_after": ""},
        {"documents": []},
        {"documents": {}},
        {"kind": "policy"},
        {"report": []},
        {"secret": 1},
    ],
    ids=str,
)
def test_a_change_set_that_does_not_have_its_form_is_refused(changed):
    with pytest.raises(ChangeRefused):
        parse_change({**DOCUMENT, **changed})


@pytest.mark.parametrize(
    "changed",
    [{"title": "\ud800"}, {"number": 2**60}, {"report": {"effect": float("nan")}}],
    ids=["surrogate", "number", "NaN"],
)
def test_what_is_no_i_json_has_no_digest(changed):
    with pytest.raises(ChangeRefused, match="I-JSON"):
        _ = a_change(**changed).digest


@pytest.mark.parametrize("effect", EFFECTS)
def test_the_effect_is_what_the_report_says(effect):
    said = EFFECTS[effect]
    assert a_change(effect).effect == Effect(
        said["releases_more"], said["tightens_only"], tuple(said["controllers"])
    )


@pytest.mark.parametrize(
    "effect",
    [
        None,
        {},
        "less",
        *({n: v for n, v in EFFECTS["less"].items() if n != left} for left in EFFECTS["less"]),
        {**EFFECTS["less"], "releases_more": True},
        {**EFFECTS["less"], "releases_more": 0},
        {**EFFECTS["less"], "controllers": "polizei-traeger"},
        {**EFFECTS["less"], "controllers": [7]},
    ],
    ids=str,
)
def test_a_report_without_an_effect_in_its_form_is_refused(effect):
    with pytest.raises(ChangeRefused, match="what the change releases"):
        _ = a_change(report={"effect": effect}).effect
    with pytest.raises(ChangeRefused):
        _ = a_change(report={}).effect
