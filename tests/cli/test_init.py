"""`datenschleuse init` makes a gateway that can be opened, once."""

import json
import tomllib
from pathlib import Path

import pytest

from gateway.app import open_ports
from gateway.cli.init import toml_of
from gateway.settings import load_settings
from tests.cli.in_process import CommandLine, Ended
from tests.governing import first_cards


@pytest.fixture
def new_home(tmp_path: Path) -> Path:
    return tmp_path / "gateway"


def init(datenschleuse: CommandLine, home: Path, **changes: str) -> Ended:
    given = {
        "home": str(home),
        "origin": "gateway.example/2026",
        "public-url": "https://gateway.example/",
        "tls-certificate": "server.pem",
        "tls-key": "server.key",
        "client-ca": "partners.pem",
        "partner-ca": "partners.pem",
        **changes,
    }
    cards = [home.parent / f"{card['id']}.json" for card in first_cards()]
    for path, card in zip(cards, first_cards(), strict=True):
        path.write_text(json.dumps(card))
    *approvers, operator = cards
    options = [*given.items(), *(("approver", path) for path in approvers)]
    options += [("operator", operator)]
    return datenschleuse("init", *(f"--{name}={value}" for name, value in options))


def test_it_makes_a_gateway_and_says_which_keys_must_leave(
    datenschleuse: CommandLine, new_home: Path
) -> None:
    ended = init(datenschleuse, new_home)

    assert (ended.status, ended.err) == (0, "")
    assert f"Das Gateway liegt in {new_home}" in ended.out
    assert "root.pem" in ended.out
    assert "operator" not in ended.out
    assert str(new_home / "root.pub") in ended.out


async def test_what_it_made_opens(datenschleuse: CommandLine, new_home: Path) -> None:
    init(datenschleuse, new_home, **{"listen-port": "9443"})
    settings = load_settings(new_home)
    assert (settings.listen_port, settings.public_url) == (9443, "https://gateway.example")
    assert settings.tls_key == Path("server.key").resolve()
    async with open_ports(settings, decides=False) as ports:
        assert (await ports.log.head()).size == 3


def test_a_second_time_is_refused_in_one_line(datenschleuse: CommandLine, new_home: Path) -> None:
    init(datenschleuse, new_home)
    before = (new_home / "keys.jws").read_bytes()

    ended = init(datenschleuse, new_home)

    assert ended.status == 1
    assert ended.err.startswith("datenschleuse: there is a gateway in")
    assert ended.err.count("\n") == 1
    assert (new_home / "keys.jws").read_bytes() == before


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("origin", "with spaces", "origin"),
        ("public-url", "http://gateway.example", "public_url"),
        ("listen-port", "70000", "listen_port"),
        ("database-url", "sqlite://", "database_url"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_and_nothing_is_made(
    datenschleuse: CommandLine, new_home: Path, option: str, value: str, named: str
) -> None:
    ended = init(datenschleuse, new_home, **{option: value})
    assert ended.status == 1
    assert named in ended.err
    assert ended.err.count("\n") == 1
    assert not new_home.exists()


def test_a_missing_option_is_a_matter_of_use(datenschleuse: CommandLine) -> None:
    ended = datenschleuse("init", "--home=x")
    assert ended.status == 2
    assert "--origin" in ended.err


def test_its_help_has_an_example(datenschleuse: CommandLine) -> None:
    ended = datenschleuse("init", "--help")
    assert ended.status == 0
    assert "datenschleuse init --home" in ended.out


@pytest.mark.parametrize("value", ["plain", 'a "quote"', "back\\slash", "C:\\tls\\", 8443])
def test_the_settings_file_gives_back_what_was_set(value: object) -> None:
    assert tomllib.loads(toml_of({"name": value})) == {"name": value}
