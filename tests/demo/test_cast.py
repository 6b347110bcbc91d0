"""The offices of the demonstration: registered with every kind of key that there is."""

import json
from pathlib import Path

import pytest

from gateway.demo.cast import FIRE_SERVICE, OFFICES, RECEIVERS, Office, equip
from gateway.demo.certificates import Authority
from gateway.registry import parse_unit

_PRIVATE = {"d", "p", "q", "dp", "dq", "qi"}


@pytest.mark.parametrize("office", OFFICES, ids=lambda office: office.id)
def test_an_office_has_a_document_that_the_registry_takes(office: Office, tmp_path: Path) -> None:
    """With the public halves of its keys, and never a private one."""
    unit = parse_unit(equip(office, tmp_path, Authority("Eine CA"), 8443))

    assert (unit.id, unit.kind, unit.signing_key.alg) == (office.id, office.kind, office.signing)
    assert (unit.encryption_key is None) == (office.encryption is None)
    written = json.loads((tmp_path / "unit.json").read_text("utf-8"))
    keys = [written["signing_key"], written["encryption_key"] or {"jwk": {}}]
    assert all(not _PRIVATE & key["jwk"].keys() for key in keys)


def test_the_offices_show_every_way_to_sign_and_to_seal() -> None:
    assert {office.signing for office in OFFICES} == {
        "ecdsa-p256-sha256",
        "ed25519",
        "rsa-pss-sha512",
    }
    assert {office.encryption for office in RECEIVERS} == {"P-256", "X25519", "RSA"}


def test_one_office_can_receive_nothing_because_it_has_no_key() -> None:
    assert [office for office in OFFICES if office.encryption is None] == [FIRE_SERVICE]
    assert FIRE_SERVICE not in RECEIVERS
