"""`datenschleuse unit` changes the registry by entries of the log, and shows it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.sql_database import open_database
from gateway.model.evidence import EntryType
from tests.builders import a_unit, the_police
from tests.cli.in_process import CommandLine
from tests.gateways import make_key, open_gateway


def written(folder: Path, document: Any) -> Path:
    path = folder / "unit.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


async def registry_entries(home: Path) -> list[dict[str, Any]]:
    async with open_gateway(home) as gateway:
        return await gateway.parts(EntryType.REGISTRY)


async def test_a_unit_is_added_by_an_entry(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    document = a_unit("jugendamt")

    ended = datenschleuse("unit", "add", written(tmp_path, document), "--home", home)

    assert (ended.status, ended.err) == (0, "")
    assert "Jugendamt ist eingetragen (Eintrag 4)" in ended.out
    assert (await registry_entries(home))[-1]["document"] == document


async def test_a_change_is_signed_with_the_key_of_the_operator_or_another(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    key = make_key(tmp_path / "mine.pem")
    datenschleuse("unit", "add", written(tmp_path, a_unit("jugendamt")), "--home", home)
    datenschleuse("unit", "suspend", "jugendamt", "--home", home, "--key", tmp_path / "mine.pem")

    *_, first, second = await registry_entries(home)

    operator = FileSigner.load(home / "offline" / "operator.pem")
    assert [signature["kid"] for signature in first["signatures"]] == [operator.kid]
    assert [signature["kid"] for signature in second["signatures"]] == [key.kid]


async def test_one_person_alone_suspends_a_unit_at_once(
    datenschleuse: CommandLine, home: Path
) -> None:
    ended = datenschleuse("unit", "suspend", "polizei", "--home", home)

    assert ended.status == 0
    assert "polizei ist gesperrt" in ended.out
    assert (await registry_entries(home))[-1]["document"] == the_police(status="suspended")
    async with open_gateway(home) as gateway:
        assert not (await gateway.ports.registry.snapshot()).units["polizei"].active


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (the_police(), "exactly this document already"),
        (the_police(controller="zoll"), "another controller"),
        (a_unit("jugendamt", pins=the_police()["pins"]), "share a pin"),
        (a_unit("Jugendamt"), "id"),
        ({**a_unit(), "is_friend": True}, "unknown is_friend"),
        ([], "an object is needed"),
        ("no JSON", "not a JSON file"),
        ('{"id": "jugendamt", "id": "polizei"}', "not a JSON file"),
        ("", "not a JSON file"),
    ],
    ids=["same", "controller", "pin", "form", "unknown", "list", "text", "twice", "empty"],
)
async def test_a_document_that_breaks_a_rule_is_refused_in_one_line(
    datenschleuse: CommandLine, home: Path, tmp_path: Path, document: Any, why: str
) -> None:
    ended = datenschleuse("unit", "add", written(tmp_path, document), "--home", home)

    assert ended.status == 1
    assert ended.err.startswith("datenschleuse: ")
    assert why in ended.err
    assert ended.err.count("\n") == 1
    assert len(await registry_entries(home)) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "nothing.json"),
        ("suspend", "nobody"),
        ("show", "nobody"),
        ("suspend", "polizei", "--key", "nothing.pem"),
    ],
)
def test_what_is_not_there_is_named_in_one_line(
    datenschleuse: CommandLine, home: Path, arguments: tuple[str, ...]
) -> None:
    ended = datenschleuse("unit", *arguments, "--home", home)
    assert ended.status == 1
    assert "no" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("command", [("list",), ("show", "polizei"), ("suspend", "polizei")])
def test_without_a_gateway_it_says_how_to_make_one(
    datenschleuse: CommandLine, tmp_path: Path, command: tuple[str, ...]
) -> None:
    ended = datenschleuse("unit", *command, "--home", tmp_path)
    assert ended.status == 1
    assert "datenschleuse init" in ended.err


def test_all_units_are_listed_for_people_and_for_programs(
    datenschleuse: CommandLine, home: Path
) -> None:
    datenschleuse("unit", "suspend", "polizei", "--home", home)

    shown = datenschleuse("unit", "list", "--home", home).out
    listed = json.loads(datenschleuse("unit", "list", "--home", home, "--json").out)

    assert "Ordnungsamt" in shown
    assert sorted((unit["id"], unit["status"]) for unit in listed) == [
        ("ordnungsamt", "active"),
        ("polizei", "suspended"),
    ]
    assert {unit["controller"] for unit in listed} == {"polizei-traeger", "ordnungsamt-traeger"}


def test_a_unit_is_shown_as_it_was_written(datenschleuse: CommandLine, home: Path) -> None:
    ended = datenschleuse("unit", "show", "polizei", "--home", home)
    assert json.loads(ended.out) == the_police()


def test_a_locked_registry_is_one_line(datenschleuse: CommandLine, home: Path) -> None:
    (home / "gateway.toml").open("a").write("database_busy_s = 0.1\n")
    with open_database(f"sqlite:///{home / 'gateway.db'}").begin():
        ended = datenschleuse("unit", "suspend", "polizei", "--home", home)
    assert ended.status == 1
    assert ended.err.startswith("datenschleuse: ")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("command", ["add", "suspend", "list", "show"])
def test_the_help_of_each_command_has_an_example(datenschleuse: CommandLine, command: str) -> None:
    ended = datenschleuse("unit", command, "--help")
    assert ended.status == 0
    assert f"datenschleuse unit {command}" in ended.out
