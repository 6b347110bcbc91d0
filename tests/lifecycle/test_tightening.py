"""What one person alone may do to the registry is told from the documents, not claimed."""

import pytest

from gateway.lifecycle.tightening import only_tightens
from tests.builders import a_unit, the_police
from tests.changing import a_card, role
from tests.governing import signer_of

TWO_PINS = {"pins": ["a" * 64, "b" * 64]}
UNIT = {**the_police(**TWO_PINS), "status": "active"}
for name in ("may_receive", "keeps_marking", "commitment_purpose", "verifies_log"):
    UNIT[name] = True
ROLES = (role("approver", "a"), role("author", "b"), role("official", "wache"), role("operator"))
PERSON = a_card("anna", *ROLES)
WATCHER = a_card("dora", role("dpo", "a"), role("auditor", "a"), role("author", "a"))
STOP = {"id": "s1", "unit": "polizei"}


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("polizei", UNIT, {**UNIT, "status": "suspended"}),
        ("polizei", UNIT, {**UNIT, "status": "suspended", "may_receive": False}),
        *(
            ("polizei", UNIT, {**UNIT, name: False})
            for name in ("may_receive", "keeps_marking", "commitment_purpose", "verifies_log")
        ),
        ("polizei", UNIT, {**UNIT, "pins": ["a" * 64]}),
        ("polizei", UNIT, None),
        ("person/anna", PERSON, {**PERSON, "status": "ended"}),
        ("person/anna", PERSON, {**PERSON, "roles": list(ROLES[1:])}),
        ("person/anna", PERSON, {**PERSON, "roles": list(ROLES[:1]), "status": "ended"}),
        ("person/dora", WATCHER, {**WATCHER, "roles": WATCHER["roles"][:2]}),
        ("stop/s1", None, STOP),
    ],
)
def test_what_only_takes_away_tightens(key, before, after):
    assert only_tightens(key, before, after)


SUSPENDED = {**UNIT, "status": "suspended"}


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("polizei", None, UNIT),
        ("polizei", None, SUSPENDED),
        ("polizei", SUSPENDED, UNIT),
        ("polizei", {**UNIT, "may_receive": False}, UNIT),
        ("polizei", UNIT, {**SUSPENDED, "pins": ["c" * 64]}),
        ("polizei", UNIT, {**UNIT, "pins": ["a" * 64, "c" * 64]}),
        ("polizei", {**UNIT, "pins": ["a" * 64]}, UNIT),
        *(
            ("polizei", UNIT, {**UNIT, name: a_unit("zoll")[name]})
            for name in ("name", "kind", "controller", "signing_key", "encryption_key")
            if a_unit("zoll")[name] != UNIT[name]
        ),
        ("polizei", UNIT, {**SUSPENDED, "surprise": False}),
        ("person/anna", None, PERSON),
        ("person/anna", PERSON, None),
        ("person/anna", {**PERSON, "status": "ended"}, PERSON),
        ("person/anna", PERSON, {**PERSON, "roles": [*ROLES, role("dpo", "a")]}),
        ("person/anna", PERSON, {**PERSON, "roles": [role("approver", "b")]}),
        (
            "person/anna",
            PERSON,
            {**PERSON, "key": {"kind": "key", "jwk": dict(signer_of("emre").public_jwk)}},
        ),
        ("person/anna", PERSON, {**PERSON, "name": "Anne"}),
        ("person/dora", WATCHER, {**WATCHER, "status": "ended"}),
        ("person/dora", WATCHER, {**WATCHER, "roles": WATCHER["roles"][1:]}),
        ("person/dora", WATCHER, {**WATCHER, "roles": WATCHER["roles"][:1]}),
        ("stop/s1", STOP, None),
        ("stop/s1", STOP, {**STOP, "unit": "zoll"}),
        ("stop/s1", None, None),
    ],
)
def test_anything_else_does_not(key, before, after):
    assert not only_tightens(key, before, after)
