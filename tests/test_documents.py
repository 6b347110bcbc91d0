"""What the documents say of files, settings, commands and sentences is so."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import pytest
import typer.main
from pydantic.fields import FieldInfo

from gateway.cli import build
from gateway.settings import Settings
from tests.builders import REPOSITORY, the_policies

DOCUMENTS = sorted(
    path
    for folder in (
        REPOSITORY,
        REPOSITORY / ".github",
        REPOSITORY / "deploy",
        REPOSITORY / "schemas",
    )
    for path in (folder.glob("*.md") if folder == REPOSITORY else folder.rglob("*.md"))
)
README = (REPOSITORY / "README.md").read_text("utf-8")
ENVIRONMENT = (REPOSITORY / "deploy" / "gateway.env.example").read_text("utf-8")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"```(?:sh|text)\n(.*?)```", re.DOTALL)
_CALL = re.compile(r"(?:^|\bbin/|`|\s)datenschleuse ((?:[a-z][a-z-]* ?)+)(.*)")
_SETTING = re.compile(r"^(# )?DATENSCHLEUSE_([A-Z_]+)=(.*)$", re.MULTILINE)


def names(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a Markdown text."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=names)
def test_every_link_to_a_file_leads_to_it(path: Path) -> None:
    text = path.read_text("utf-8")
    for target in _LINK.findall(text):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        assert place.exists(), target
        if anchor:
            assert anchor in anchors(place.read_text("utf-8")), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=names)
def test_every_command_that_is_shown_exists_with_its_options(path: Path) -> None:
    for command, options in calls(path.read_text("utf-8")):
        known = {name for parameter in command.params for name in parameter.opts}
        assert set(options) - known == set(), (command.name, options)


def calls(text: str) -> Iterator[tuple[Any, list[str]]]:
    """Give each call of our command in a code block, with the options that it uses."""
    root = typer.main.get_command(build([*COMMANDS, *GROUPS]))
    for block in _BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            match = _CALL.search(line.partition("  #")[0])
            if match is None:
                continue
            command: Any = root
            for word in match[1].split():
                if word not in getattr(command, "commands", {}):
                    break
                command = command.commands[word]
            assert command is not root, line
            yield command, re.findall(r"(?<!\S)--[a-z-]+", line)


COMMANDS = ("init", "serve", "worker", "up", "doctor", "migrate", "openapi", "demo-data", "stop")
GROUPS = ("unit", "person", "change", "policy", "exchange", "partner", "log", "bench")


def test_the_readme_calls_commands() -> None:
    """So that the check of calls is not one of nothing."""
    called = {command.name for command, _ in calls(README)}
    assert {"init", "add", "up", "send", "receive", "verify", "doctor", "check", "test"} <= called


def test_the_example_of_the_environment_has_every_setting_with_its_default() -> None:
    shown = {name.lower(): (bool(mark), value) for mark, name, value in settings_shown()}
    fields = {name: field for name, field in Settings.model_fields.items() if name != "home"}

    assert list(shown) == list(dict.fromkeys(shown))
    assert set(shown) == set(fields)
    for name, field in fields.items():
        commented, value = shown[name]
        assert commented is not field.is_required(), name
        if not field.is_required() and not is_path(field):
            assert written(field.default) == value, name


def settings_shown() -> Iterator[tuple[str, str, str]]:
    yield from _SETTING.findall(ENVIRONMENT)


def is_path(field: FieldInfo) -> bool:
    kinds = get_args(field.annotation) if isinstance(field.annotation, UnionType) else ()
    return Path in (field.annotation, *kinds)


def written(default: Any) -> str:
    """Return a default as the environment takes it."""
    return "[]" if default == () else str(default)


def test_the_settings_of_the_example_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _, name, value in settings_shown():
        monkeypatch.setenv(f"DATENSCHLEUSE_{name}", value)

    assert Settings(home=tmp_path).origin == "gateway.example/2026"  # type: ignore[call-arg]


def test_the_readme_of_the_schemas_names_every_schema() -> None:
    folder = REPOSITORY / "schemas"
    text = (folder / "README.md").read_text("utf-8")
    assert [path.name for path in folder.glob("*.json") if f"`{path.name}`" not in text] == []


def test_the_readme_names_every_kind_that_has_no_rules() -> None:
    data = the_policies().data
    section = README.partition("## What is not there yet")[2]
    named = set(re.findall(r"`([A-Z]{2,}_?[A-Z_]+)`", section))
    assert named == set(data["routes"]) - set(data["necessity"])


def test_the_readme_names_every_table_of_the_rules() -> None:
    tables = {path.parent.name for path in (REPOSITORY / "policies").glob("*/data.json")}
    layout = README.partition("policies/\n")[2].partition("```")[0]
    assert {table for table in tables if table not in layout} == set()


def test_the_changelog_speaks_of_the_version_of_the_project() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    changelog = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    assert project["version"] in changelog


def test_the_readme_knows_each_status_that_submitting_can_have() -> None:
    section = README.partition("### The answers")[2].partition("\n## ")[0]
    told = {
        int(number)
        for row in re.findall(r"^\| ([\d, ]+) \|", section, re.MULTILINE)
        for number in row.split(",")
    }
    assert {201, 202, 400, 401, 403, 409, 413, 415, 422, 503} <= told


def test_every_lock_has_hashes_and_no_address() -> None:
    """What is installed is what was looked at, wherever it comes from."""
    for path in sorted((REPOSITORY / "locks").glob("*.txt")):
        text = path.read_text("utf-8")
        pinned = re.findall(r"^[A-Za-z0-9_.-]+==\S+", text, re.MULTILINE)
        hashed = re.findall(r"^[A-Za-z0-9_.-]+==\S+[^\n]*\\\n +--hash=sha256:", text, re.MULTILINE)
        assert pinned, path.name
        assert len(hashed) == len(pinned), path.name
        assert "://" not in text, path.name


def test_every_answer_to_where_is_it_is_right() -> None:
    """A renamed or moved function takes its row of the table with it."""
    text = (REPOSITORY / "deploy" / "architecture.md").read_text("utf-8")
    section = text.partition("## Where is it\n")[2].partition("\n## ")[0]
    places = re.findall(r"\| `(gateway/[a-z_/]+\.py)` `([a-z_]+)` \|", section)
    assert len(places) == 20
    assert [
        (path, name)
        for path, name in places
        if f"def {name}(" not in (REPOSITORY / path).read_text("utf-8")
    ] == []
