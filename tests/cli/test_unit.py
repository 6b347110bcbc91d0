"""`datenschleuse unit` changes the registry by entries of the log, and shows it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.sql_database import open_database
from gateway.demo.people import OPERATOR
from gateway.model.evidence import EntryType
from tests.builders import a_unit, the_police
from tests.cli.in_process import CommandLine
from tests.cli.key_files import key_file
from tests.gateways import open_gateway
from tests.governing import FOUNDERS


def written(folder: Path, document: Any) -> Path:
    path = folder / "unit.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


async def registry_entries(home: Path) -> list[dict[str, Any]]:
    async with open_gateway(home) as gateway:
        return await gateway.parts(EntryType.REGISTRY)


def operators(home: Path) -> tuple[object, ...]:
    """The options of a command that the operator signs."""
    return ("--home", home, "--key", key_file(home.parent, OPERATOR), "--reason", "Probe")


async def test_a_unit_is_proposed_and_added_when_two_have_agreed(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    document = a_unit("jugendamt")

    ended = datenschleuse("unit", "add", written(tmp_path, document), *operators(home))

    assert (ended.status, ended.err) == (0, "")
    assert "es fehlen 2 von 2 Stimmen" in ended.out
    assert len(await registry_entries(home)) == 3
    (listed,) = [
        it
        for it in json.loads(datenschleuse("change", "list", "--home", home, "--json").out)
        if it["state"] == "proposed"
    ]
    for name in FOUNDERS:
        voted = datenschleuse(
            *("change", "sign", listed["id"][:8], "--home", home, "--vote", "agree"),
            *("--key", key_file(tmp_path, name)),
        )
        assert (voted.status, voted.err) == (0, "")
    early = datenschleuse("change", "activate", listed["id"], *operators(home)[:4])
    assert (early.status, early.err) == (0, "")
    change = (await registry_entries(home))[-1]["change"]
    assert change["documents"] == {"jugendamt": document}


async def test_one_person_alone_suspends_a_unit_at_once(
    datenschleuse: CommandLine, home: Path
) -> None:
    ended = datenschleuse("unit", "suspend", "polizei", *operators(home))

    assert ended.status == 0
    assert "polizei ist gesperrt" in ended.out
    change = (await registry_entries(home))[-1]["change"]
    assert change["documents"] == {"polizei": the_police(status="suspended")}
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
    ended = datenschleuse("unit", "add", written(tmp_path, document), *operators(home))

    assert ended.status == 1
    assert ended.err.startswith("datenschleuse: ")
    assert why in ended.err
    assert ended.err.count("\n") == 1
    assert len(await registry_entries(home)) == 3


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
    given = ("--home", home) if arguments[0] == "show" else operators(home)
    ended = datenschleuse("unit", arguments[0], *given, *arguments[1:])
    assert ended.status == 1
    assert "no" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("command", [("list",), ("show", "polizei"), ("suspend", "polizei")])
def test_without_a_gateway_it_says_how_to_make_one(
    datenschleuse: CommandLine, tmp_path: Path, command: tuple[str, ...]
) -> None:
    given = operators(tmp_path) if command[0] == "suspend" else ("--home", tmp_path)
    ended = datenschleuse("unit", *command, *given)
    assert ended.status == 1
    assert "datenschleuse init" in ended.err


def test_all_units_are_listed_for_people_and_for_programs(
    datenschleuse: CommandLine, home: Path
) -> None:
    datenschleuse("unit", "suspend", "polizei", *operators(home))

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
        ended = datenschleuse("unit", "suspend", "polizei", *operators(home))
    assert ended.status == 1
    assert ended.err.startswith("datenschleuse: ")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("command", ["add", "suspend", "remove", "list", "show"])
def test_the_help_of_each_command_has_an_example(datenschleuse: CommandLine, command: str) -> None:
    ended = datenschleuse("unit", command, "--help")
    assert ended.status == 0
    assert f"datenschleuse unit {command}" in ended.out
