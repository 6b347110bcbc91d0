"""`datenschleuse stop` halts at once, shows what is halted, and proposes to go on."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.people import OPERATOR
from gateway.errors import Stopped
from gateway.model.evidence import EntryType
from tests.cli.in_process import CommandLine
from tests.cli.key_files import key_file
from tests.gateways import open_gateway
from tests.governing import FOUNDERS

ROUTE = "PREMISES_HAZARD_NOTICE:POLICE_INSPECTION:MUNICIPAL_ORDER"


def operators(home: Path) -> tuple[object, ...]:
    return ("--home", home, "--key", key_file(home.parent, OPERATOR))


def in_force(datenschleuse: CommandLine, home: Path) -> list[dict[str, Any]]:
    ended = datenschleuse("stop", "--list", "--home", home, "--json")
    assert ended.status == 0
    listed: list[dict[str, Any]] = json.loads(ended.out)
    return listed


@pytest.mark.parametrize(
    ("named", "scope", "said"),
    [
        (("--all",), {"all": True}, "alles"),
        (("--unit", "polizei"), {"unit": "polizei"}, "Stelle polizei"),
        (
            ("--kind", "PREMISES_HAZARD_NOTICE"),
            {"exchange_kind": "PREMISES_HAZARD_NOTICE"},
            "Art PREMISES_HAZARD_NOTICE",
        ),
        (
            ("--route", ROUTE),
            dict(
                zip(
                    ("exchange_kind", "sender_kind", "recipient_kind"),
                    ROUTE.split(":"),
                    strict=True,
                )
            ),
            "Weg PREMISES_HAZARD_NOTICE: POLICE_INSPECTION → MUNICIPAL_ORDER",
        ),
    ],
    ids=["all", "unit", "kind", "route"],
)
async def test_one_person_stops_at_once_while_the_gateway_is_open(
    datenschleuse: CommandLine,
    home: Path,
    named: tuple[str, ...],
    scope: dict[str, Any],
    said: str,
) -> None:
    async with open_gateway(home) as gateway:
        await gateway.submit()

        ended = datenschleuse("stop", *named, "--reason", "Verdacht", *operators(home))

        assert ended.status == 0
        assert f"Angehalten: {said} (Eintrag" in ended.out
        with pytest.raises(Stopped):
            await gateway.submit()
        assert len(await gateway.entries(EntryType.STOP)) == 1
    (stop,) = in_force(datenschleuse, home)
    assert {name: stop[name] for name in scope} == scope
    assert (stop["reason"], stop["by"]) == ("Verdacht", "operator")
    shown = datenschleuse("stop", "--list", "--home", home).out
    assert said in shown
    assert "von (by) operator: Verdacht" in shown


def test_lifting_is_proposed_and_needs_two(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    datenschleuse("stop", "--all", "--reason", "Verdacht", *operators(home))
    (stop,) = in_force(datenschleuse, home)

    ended = datenschleuse(
        *("stop", "--lift", stop["id"][:8], "--reason", "Erledigt", *operators(home))
    )

    assert ended.status == 0
    assert "es fehlen 2 von 2 Stimmen" in ended.out
    assert in_force(datenschleuse, home) == [stop]
    (change,) = [
        row
        for row in json.loads(datenschleuse("change", "list", "--home", home, "--json").out)
        if row["state"] == "proposed"
    ]
    alone = datenschleuse("change", "activate", change["id"], *operators(home))
    assert alone.status == 1
    assert "2 of 2 votes" in alone.err
    for name in FOUNDERS:
        voted = datenschleuse(
            *("change", "sign", change["id"], "--home", home, "--vote", "agree"),
            *("--key", key_file(tmp_path, name)),
        )
        assert voted.status == 0
    assert datenschleuse("change", "activate", change["id"], *operators(home)).status == 0
    assert in_force(datenschleuse, home) == []
    assert "Nothing is stopped" in datenschleuse("stop", "--list", "--home", home).out


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        ((), 2, "--lift"),
        (("--all", "--unit", "polizei"), 2, "--lift"),
        (("--all", "--list"), 2, "--lift"),
        (("--all",), 2, "--reason"),
        (("--all", "--reason", "  "), 2, "--reason"),
        (("--route", "A:B", "--reason", "x"), 2, "ABSENDER"),
        (("--unit", "niemand", "--reason", "x"), 1, "no unit niemand"),
        (("--kind", "NO_KIND", "--reason", "x"), 1, "no exchange kind"),
        (("--route", "PREMISES_HAZARD_NOTICE:A:B", "--reason", "x"), 1, "no route from A"),
        (("--lift", "ffff", "--reason", "x"), 1, "no stops in force"),
    ],
)
def test_what_is_not_meant_is_not_stopped(
    datenschleuse: CommandLine, home: Path, arguments: tuple[str, ...], status: int, why: str
) -> None:
    ended = datenschleuse("stop", *arguments, *operators(home))
    assert ended.status == status
    assert why in ended.err
    assert in_force(datenschleuse, home) == []


def test_without_a_key_nothing_is_stopped(datenschleuse: CommandLine, home: Path) -> None:
    ended = datenschleuse("stop", "--all", "--reason", "x", "--home", home)
    assert ended.status == 2
    assert "--key" in ended.err


def test_the_help_has_an_example(datenschleuse: CommandLine) -> None:
    assert "datenschleuse stop --unit jugendamt" in datenschleuse("stop", "--help").out
