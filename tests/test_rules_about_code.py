"""What must stay true of the code, whoever changes it."""

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gateway
from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.errors import GatewayError
from gateway.http.problems import PROBLEMS
from gateway.obligations import FULFILLED_BY
from gateway.policy.case_files import read_case_file
from gateway.policy.case_input import input_of_case
from gateway.policy.checks import check_reading
from gateway.policy.loading import read_policy_set
from tests.builders import REPOSITORY, the_policies

POLICIES = the_policies()
MODULES = sorted((REPOSITORY / "gateway").rglob("*.py"))
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
RUNNING = [path for path in MODULES if path.name != "__main__.py" and "alembic" not in path.parts]
CASES = REPOSITORY / "tests" / "vectors" / "cases" / "cases.json"

TOP_LEVEL = {
    *("gateway", "policies", "schemas", "tests", "deploy", "pyproject.toml", "README.md"),
    *("LICENSE", "CHANGELOG.md", "Makefile", "locks"),
}
ROOMS = {"receive", "authenticate", "validate", "decide", "redact", "record", "forward"}
NAMES_FOR_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "service", "services"}
REFUSED_ON_PURPOSE: set[str] = set()
"""Obligations of the gateway that nothing fulfils yet: they turn into a denial."""

NEVER_ANSWERED = {
    *("PolicySetRefused", "StartRefused", "RegistryRefused", "CaseFileUnusable", "BenchFailed"),
    *("ChangeRefused", "VoteRefused"),
    *("ProofRefused", "LogRefused", "KeyRefused", "DeliveryRefused", "DeliveryFailed"),
    *("MalformedTile", "MalformedProof", "MalformedJws", "MalformedNote"),
    *("MalformedCheckpoint", "MalformedLeaf", "_Malformed", "SealingFailed", "CallerError"),
    *("ExplanationsUnusable", "ProofBroken"),
    *("KindUnusable", "TableRefused", "WorkbookUnusable"),
}
"""Errors that no request of a partner ends with, or that a base class stands for."""


def called(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[Any]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


# --- files --------------------------------------------------------------------------


def test_at_the_top_stand_only_the_names_of_the_design() -> None:
    found = {path.name for path in REPOSITORY.iterdir() if not path.name.startswith(".")}
    assert found - TOP_LEVEL == set()


def test_there_is_one_room_for_each_step_and_no_other() -> None:
    found = {path.stem for path in (REPOSITORY / "gateway" / "steps").iterdir()}
    assert found - {"__init__", "__pycache__"} == ROOMS


def test_a_module_has_at_most_300_lines() -> None:
    assert [called(p) for p in MODULES if len(p.read_text("utf-8").splitlines()) > 300] == []


def test_a_module_says_in_one_sentence_what_it_is() -> None:
    assert [called(path) for path in MODULES if not says_what_it_is(path)] == []


def says_what_it_is(path: Path) -> bool:
    docstring = ast.get_docstring(tree(path))
    if docstring is None:
        return path.name == "__init__.py" and path.read_text("utf-8").strip() == ""
    first = docstring.split("\n")[0]
    return first.endswith(".") and not re.search(r"[.!?] [A-Z]", first)


def test_a_file_is_named_for_what_it_holds() -> None:
    files = [path.relative_to(REPOSITORY).with_suffix("") for path in (*MODULES, *TESTS)]
    assert [path for path in files if NAMES_FOR_NOTHING & {*path.parts}] == []


def test_a_lock_holds_no_address() -> None:
    locks = list((REPOSITORY / "locks").glob("*.txt"))
    assert locks
    assert [path.name for path in locks if "://" in path.read_text("utf-8")] == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    ours = re.compile("/" + "(?:work|root|home|Users)" + "/[a-z]")
    files = [
        path
        for folder in ("gateway", "policies", "schemas", "tests", "deploy", "locks")
        for path in (REPOSITORY / folder).rglob("*")
        if path.suffix in {".py", ".json", ".rego", ".md", ".toml", ".txt", ".yaml"}
    ]
    named = [called(path) for path in files if ours.search(path.read_text("utf-8"))]
    assert named == []


# --- code ---------------------------------------------------------------------------


def test_the_contracts_on_imports_hold() -> None:
    """In a process of its own: it switches off every logger that is there before it."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_who_catches_everything_lets_it_go_on() -> None:
    kept = [
        f"{called(path)}:{handler.lineno}"
        for path in MODULES
        for handler in nodes(path, ast.ExceptHandler)
        if handler.type is None or ast.unparse(handler.type) in {"Exception", "BaseException"}
        if ast.unparse(handler.body[-1]) != "raise"
    ]
    assert kept == []


def test_no_error_hides_its_cause() -> None:
    hidden = [
        f"{called(path)}:{raised.lineno}"
        for path in MODULES
        for raised in nodes(path, ast.Raise)
        if isinstance(raised.cause, ast.Constant)
    ]
    assert hidden == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")
    texts = {called(path): path.read_text("utf-8") for path in (*MODULES, *TESTS)}
    assert [path for path, text in texts.items() if any(word in text for word in words)] == []


def test_the_web_framework_is_known_at_the_edge_alone() -> None:
    """And in the bench, whose bare proxy is what the gateway is measured against."""
    below = [path for path in MODULES if not {"http", "bench"} & {*path.parts}]
    known = [called(path) for path in below if imports(path) & {"fastapi", "starlette"}]
    assert known == []


def imports(path: Path) -> set[str]:
    """Return the top-level packages that a module imports, wherever in it."""
    plain = [name.name for node in nodes(path, ast.Import) for name in node.names]
    others = [node.module or "" for node in nodes(path, ast.ImportFrom)]
    return {name.partition(".")[0] for name in (*plain, *others)}


def test_the_environment_is_read_by_the_settings_alone() -> None:
    readers = [
        called(path)
        for path in MODULES
        for node in nodes(path, ast.Attribute)
        if ast.unparse(node) in {"os.environ", "os.getenv", "os.environb"}
    ]
    assert readers == []


def test_no_test_is_left_out() -> None:
    marks = {"pytest.skip", "pytest.importorskip", "pytest.xfail", "pytest.mark.xfail"}
    marks |= {"pytest.mark.skip", "pytest.mark.skipif"}
    left_out = [
        f"{called(path)}:{node.lineno}"
        for path in TESTS
        for node in nodes(path, ast.Attribute)
        if ast.unparse(node) in marks
    ]
    assert left_out == []


# --- errors, obligations, reasons ---------------------------------------------------


def every_error() -> set[type[GatewayError]]:
    for path in RUNNING:
        name = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        importlib.import_module(name.removesuffix(".__init__"))

    def below(kind: type[GatewayError]) -> Iterator[type[GatewayError]]:
        for found in kind.__subclasses__():
            yield found
            yield from below(found)

    return {kind for kind in below(GatewayError) if kind.__module__.startswith("gateway.")}


def test_every_error_has_a_row_or_is_known_to_need_none() -> None:
    rowless = {
        kind.__name__ for kind in every_error() if not any(row in PROBLEMS for row in kind.__mro__)
    }
    assert rowless == NEVER_ANSWERED


def test_every_module_of_the_package_is_imported() -> None:
    """Else an error could hide in one."""
    names = {name for _, name, _ in pkgutil.walk_packages(gateway.__path__, "gateway.")}
    found = {
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")
        for path in RUNNING
    }
    assert {name for name in names if "alembic" not in name and "__main__" not in name} <= found


def test_every_obligation_of_the_gateway_has_a_handler_or_is_refused_on_purpose() -> None:
    ours = {code for code, row in POLICIES.executors.items() if row["executor"] == "gateway"}
    assert ours - FULFILLED_BY.keys() == REFUSED_ON_PURPOSE


def test_every_handler_is_of_an_obligation_that_a_table_has() -> None:
    assert FULFILLED_BY.keys() - POLICIES.executors.keys() == set()


@pytest.mark.parametrize("where", sorted(FULFILLED_BY.values()))
def test_a_handler_names_a_file_that_there_is(where: str) -> None:
    for name in re.findall(r"[a-z_/]+\.py", where):
        assert (REPOSITORY / "gateway" / name).is_file()


def test_every_reason_that_rules_and_tables_give_has_a_sentence() -> None:
    reading = read_policy_set(REPOSITORY / "policies", REPOSITORY / "schemas")
    assert [f"{found.path}:{found.line} {found.de}" for found in check_reading(reading)] == []


def pairs(document: Any) -> set[tuple[str, str]]:
    """Return each rule with its reason, wherever they stand in a decision."""
    if isinstance(document, list):
        return {pair for item in document for pair in pairs(item)}
    if not isinstance(document, dict):
        return set()
    own = (
        {(document["rule"], document["reason"])} if {"rule", "reason"} <= document.keys() else set()
    )
    return own | {pair for value in document.values() for pair in pairs(value)}


async def test_every_reason_that_the_cases_are_given_has_a_sentence() -> None:
    """The decisions of real cases, and those that they expect."""
    engine = EmbeddedEngine(PoolLimits(children=1, deadline_s=5))
    await engine.start(POLICIES.policy_set)
    given: set[tuple[str, str]] = set()
    for case in read_case_file(CASES):
        asked = input_of_case(case, POLICIES.policy_set)
        given |= pairs(await engine.decide(POLICIES.digest, asked))
    await engine.close()
    expected = pairs(json.loads(CASES.read_text("utf-8")))
    assert given
    assert {pair for pair in given | expected if pair not in POLICIES.catalogue} == set()


def test_every_sentence_is_german_first_and_has_its_norm() -> None:
    for entry in POLICIES.catalogue.entries.values():
        assert entry.de.strip()
        assert entry.en.strip()
        assert entry.norm.strip()
        assert entry.de != entry.en
