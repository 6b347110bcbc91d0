"""A person's document is read strictly and written canonically."""

import json

import pytest
import rfc8785

from gateway.errors import RegistryRefused
from gateway.model.person import Grant, Passkey, Role
from gateway.people import canonical_person, parse_person, person_key, scope_of
from gateway.person_keys import thumbprint
from tests.changing import a_card, role
from tests.governing import signer_of

CARD = a_card("anna", role("approver", "polizei-traeger"), role("operator"))
JWK = dict(signer_of("anna").public_jwk)
PASSKEY = {
    "kind": "passkey",
    "jwk": JWK,
    "credential_id": "AAEC",
    "rp_id": "desk.example",
    "origin": "https://desk.example",
}


def test_a_document_is_read():
    person = parse_person(CARD)

    assert (person.id, person.name, person.active) == ("anna", "Anna", True)
    assert person.grants == {
        Grant(Role.APPROVER, "polizei-traeger"),
        Grant(Role.OPERATOR, None),
    }
    assert (person.key.kid, person.key.jwk, person.key.passkey) == (thumbprint(JWK), JWK, None)


def test_a_passkey_names_its_place():
    person = parse_person({**CARD, "key": PASSKEY})
    assert person.key.kid == thumbprint(JWK)
    assert person.key.passkey == Passkey("AAEC", "desk.example", "https://desk.example")


@pytest.mark.parametrize(
    ("held", "scope"),
    [
        ("author", "controller"),
        ("approver", "controller"),
        ("dpo", "controller"),
        ("auditor", "controller"),
        ("official", "unit"),
        ("operator", None),
    ],
)
def test_each_role_says_for_whom_it_is_held(held, scope):
    assert scope_of(Role(held)) == scope
    of = None if scope is None else "wache"
    assert parse_person(a_card("anna", role(held, of))).grants == {Grant(Role(held), of)}


def test_what_is_kept_is_canonical_and_reads_back():
    body = canonical_person(dict(reversed(CARD.items())))
    assert body == rfc8785.dumps(CARD)
    assert json.loads(body) == CARD


def test_people_lie_under_keys_of_their_own_kind():
    assert person_key("anna") == "person/anna"


def without(name):
    return {key: value for key, value in CARD.items() if key != name}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ([], "an object is needed"),
        *((without(name), f"missing {name}") for name in CARD),
        ({**CARD, "admin": True}, "unknown admin"),
        ({**CARD, "id": "Anna"}, "id"),
        ({**CARD, "id": "person/anna"}, "id"),
        ({**CARD, "id": 7}, "id"),
        ({**CARD, "id": "a" * 49}, "at most 48"),
        ({**CARD, "name": ""}, "name"),
        ({**CARD, "name": "\ud800"}, "no Unicode"),
        ({**CARD, "status": "suspended"}, "status"),
        ({**CARD, "status": True}, "status"),
        ({**CARD, "roles": []}, "one or more"),
        ({**CARD, "roles": "approver"}, "one or more"),
        ({**CARD, "roles": ["approver"]}, "roles"),
        ({**CARD, "roles": [{"role": "king"}]}, "roles"),
        ({**CARD, "roles": [{"role": ["approver"]}]}, "roles"),
        ({**CARD, "roles": [{"role": "approver"}]}, "missing controller"),
        ({**CARD, "roles": [role("approver", "x") | {"unit": "y"}]}, "unknown unit"),
        ({**CARD, "roles": [{"role": "official", "controller": "x"}]}, "missing unit"),
        ({**CARD, "roles": [{"role": "operator", "controller": "x"}]}, "unknown controller"),
        ({**CARD, "roles": [role("approver", "Polizei")]}, "controller"),
        ({**CARD, "roles": [role("approver", "x")] * 2}, "twice"),
        ({**CARD, "roles": [role("approver", "x"), role("dpo", "y")]}, "officer is no approver"),
        ({**CARD, "key": None}, "key.kind"),
        ({**CARD, "key": {"kind": "password"}}, "key.kind"),
        ({**CARD, "key": {"kind": "key"}}, "missing jwk"),
        ({**CARD, "key": {"kind": "key", "jwk": JWK, "rp_id": "x"}}, "unknown rp_id"),
        ({**CARD, "key": {"kind": "key", "jwk": []}}, "key.jwk"),
        ({**CARD, "key": {"kind": "key", "jwk": {**JWK, "d": "AAAA"}}}, "key.jwk"),
        *(
            ({**CARD, "key": {**PASSKEY, name: ""}}, f"key.{name}")
            for name in ("credential_id", "rp_id", "origin")
        ),
        ({**CARD, "key": {"kind": "passkey", "jwk": JWK}}, "missing credential_id"),
    ],
)
def test_a_document_that_is_not_of_its_form_is_refused_by_name(document, why):
    with pytest.raises(RegistryRefused, match=why):
        canonical_person(document)
