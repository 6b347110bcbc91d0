"""Units keep their keys in the gateway's folder, and the registry takes what is said of them."""

import stat
from pathlib import Path

import pytest

from gateway.errors import KeysUnavailable
from gateway.registry import parse_unit
from gateway.synthetic.keys import document_of, keys_for, keys_in
from gateway.synthetic.units import demo_units
from tests.builders import the_policies

UNITS = demo_units(the_policies().data["agency_kinds"])[:2]


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    made = keys_for(UNITS, folder)
    again = keys_for(UNITS, folder)

    assert {name: it.signer.kid for name, it in made.items()} == {
        name: it.signer.kid for name, it in again.items()
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_looking_for_keys_makes_none(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    assert keys_in(UNITS, folder) == {}
    assert not folder.exists()
    keys_for(UNITS[:1], folder)
    assert keys_in(UNITS, folder).keys() == {UNITS[0].id}


def test_the_registry_takes_a_unit_and_its_pin_is_that_of_any_certificate_of_its_key(
    tmp_path: Path,
) -> None:
    first, again = (keys_for(UNITS, tmp_path)[UNITS[0].id] for _ in range(2))
    unit = parse_unit(document_of(UNITS[0], first))

    assert unit.signing_key.kid == first.signer.kid
    assert unit.pins == parse_unit(document_of(UNITS[0], again)).pins
    assert unit.contract.id.startswith("AVV-DEMO-")
    assert unit.endpoint is None


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{UNITS[0].id}.pem").write_bytes(content)
    with pytest.raises(KeysUnavailable, match=UNITS[0].id):
        keys_for(UNITS, tmp_path)
