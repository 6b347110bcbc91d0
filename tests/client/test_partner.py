"""The partner's own file."""

from pathlib import Path

import pytest

from gateway.client.partner import load_partner
from gateway.errors import StartRefused

LINES = {
    "unit": "polizei",
    "gateway": "https://schleuse.example/",
    "certificate": "cert.pem",
    "key": "cert.key",
    "ca": "ca.pem",
    "signing_key": "/etc/keys/signing.pem",
}


def write(folder: Path, members: dict[str, object]) -> Path:
    file = folder / "partner.toml"
    file.write_text("".join(f"{name} = {value!r}\n" for name, value in members.items()))
    return file


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    partner = load_partner(write(tmp_path, LINES | {"remembered": "state/checkpoint"}))

    assert partner.unit == "polizei"
    assert partner.gateway == "https://schleuse.example"
    assert partner.certificate == tmp_path / "cert.pem"
    assert partner.signing_key == Path("/etc/keys/signing.pem")
    assert partner.remembered == tmp_path / "state/checkpoint"


def test_reading_is_signed_only_if_the_file_says_so(tmp_path: Path) -> None:
    file = write(tmp_path, LINES)
    plain = load_partner(file)
    with file.open("a") as more:
        more.write("sign_reads = true\n")

    assert not plain.sign_reads
    assert load_partner(file).sign_reads


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"gatewai": "x"}, "gatewai"),
        ({"unit": 7}, "unit"),
        ({"origin": 7}, "origin"),
        ({"root_key": 7}, "root_key"),
        ({"sign_reads": 1}, "sign_reads"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    with pytest.raises(StartRefused, match=named):
        load_partner(write(tmp_path, LINES | changes))


@pytest.mark.parametrize("name", LINES)
def test_each_member_is_needed(tmp_path: Path, name: str) -> None:
    rest = {other: value for other, value in LINES.items() if other != name}

    with pytest.raises(StartRefused, match=name):
        load_partner(write(tmp_path, rest))


@pytest.mark.parametrize("content", [None, b"no toml", b"\xff"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "partner.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(StartRefused, match=r"partner\.toml"):
        load_partner(file)


def test_without_keys_of_the_log_nothing_is_watched(tmp_path: Path) -> None:
    assert load_partner(write(tmp_path, LINES)).watch() is None


def test_keys_of_the_log_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    partner = load_partner(
        write(tmp_path, LINES | {"origin": "log", "root_key": "root.pub", "keys": "keys.jws"})
    )

    with pytest.raises(StartRefused, match=r"root\.pub"):
        partner.watch()
