"""`datenschleuse policy propose` and what follows, as far as nothing has to be voted on."""

import json
from pathlib import Path

import pytest

from gateway.demo.people import OPERATOR
from tests.builders import a_unit, the_policies
from tests.cli.in_process import CommandLine
from tests.cli.key_files import key_file
from tests.governing import FOUNDERS


def signed_by(home: Path, person: str) -> tuple[object, ...]:
    return ("--home", home, "--key", key_file(home.parent, person))


def test_the_version_in_force_is_named_and_no_draft_is_there(
    datenschleuse: CommandLine, home: Path
) -> None:
    shown = datenschleuse("policy", "list", "--home", home).out
    listed = datenschleuse("policy", "list", "--home", home, "--json").out

    assert f"Nummer (number) 1, Policy-Digest {the_policies().digest}" in shown
    assert "Keine Änderung" in shown
    assert json.loads(listed) == []


def test_the_rules_in_force_are_checked_out_whole_and_once(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft"

    ended = datenschleuse("policy", "checkout", draft, "--home", home)
    again = datenschleuse("policy", "checkout", draft, "--home", home)
    checked = datenschleuse(
        *("policy", "check", "--policies", draft / "policies", "--schemas", draft / "schemas")
    )

    assert (ended.status, again.status, checked.status) == (0, 1, 0)
    assert the_policies().digest in ended.out
    assert f"Policy-Digest {the_policies().digest}" in checked.out
    assert "gibt es schon" in again.err


def test_rules_that_are_in_force_are_not_proposed(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft"
    datenschleuse("policy", "checkout", draft, "--home", home)

    ended = datenschleuse(
        *("policy", "propose", draft / "policies", "--title", "Nichts", "--reason", "Probe"),
        *signed_by(home, FOUNDERS[0]),
    )

    assert ended.status == 1
    assert "genau diese Regeln gelten schon" in ended.err


def test_whoever_is_not_enrolled_is_refused_before_anything_is_tried(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft"
    datenschleuse("policy", "checkout", draft, "--home", home)

    ended = datenschleuse(
        *("policy", "propose", draft / "policies", "--title", "Nichts", "--reason", "Probe"),
        *signed_by(home, "niemand"),
    )

    assert ended.status == 1
    assert "niemand hat diesen Schlüssel" in ended.err
    assert "…" not in ended.err


@pytest.mark.parametrize("version", ["ffffffffffff", ""])
def test_a_version_that_is_not_stored_once_is_not_rolled_back_to(
    datenschleuse: CommandLine, home: Path, version: str
) -> None:
    given = (*signed_by(home, FOUNDERS[0]), "--reason", "Probe")
    ended = datenschleuse("policy", "rollback", version or the_policies().digest, *given)
    assert ended.status == 1
    assert ("so beginnen 0" if version else "gelten schon") in ended.err


def test_a_change_of_the_registry_is_activated_by_another_command(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "unit.json").write_text(json.dumps(a_unit("jugendamt")))
    operator = signed_by(home, OPERATOR)
    proposed = datenschleuse("unit", "add", tmp_path / "unit.json", *operator, "--reason", "Probe")

    ended = datenschleuse("policy", "activate", proposed.out.split()[0], *operator)

    assert ended.status == 1
    assert "`change activate`" in ended.err


@pytest.mark.parametrize(
    "command",
    ["propose", "sign", "activate", "withdraw", "rollback", "list", "show", "checkout"],
)
def test_the_help_of_each_command_has_an_example(datenschleuse: CommandLine, command: str) -> None:
    ended = datenschleuse("policy", command, "--help")
    assert ended.status == 0
    assert "datenschleuse " in ended.out
