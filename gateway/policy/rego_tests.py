"""The Rego tests of a policy set: each `test_...` rule evaluated by the engine, file by file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from gateway.adapters.engine_session import EngineSession
from gateway.policy.policy_set import PolicySet
from gateway.policy.syntax_tree import Module, rule_name

Json = Any


@dataclass(frozen=True, slots=True)
class RegoTest:
    """One test rule: where it stands, and the dotted path under `data`."""

    path: str
    rule: str
    document: str

    def __str__(self) -> str:
        return f"{self.path}:{self.rule}"


@dataclass(frozen=True, slots=True)
class RegoTestResult:
    """What became of one test rule; an empty `why` means that it passed."""

    test: RegoTest
    why: str

    @property
    def passed(self) -> bool:
        return not self.why


def find_rego_tests(modules: Iterable[Module]) -> tuple[RegoTest, ...]:
    """Return the rules named `test_...` of all `*_test.rego`, each once, in file order.

    A `todo_test_...`, which OPA's own runner would skip, is among them and so has to pass.
    """
    found = {
        RegoTest(module.path, name, ".".join((*module.package, name)))
        for module in modules
        if module.path.endswith("_test.rego")
        for name in map(rule_name, module.rules())
        if name.startswith(("test_", "todo_test_"))
    }
    return tuple(sorted(found, key=str))


def run_rego_tests(policy_set: PolicySet, tests: Iterable[RegoTest]) -> Iterator[RegoTestResult]:
    """Load rules, tests and data into an engine of their own and evaluate each package of tests.

    A query is compiled for every package, not for every test: that is what takes the time. An
    error in one rule is an error of all tests of its package; its text names file and line.

    Raises:
        PolicySetRefused: A module does not load.
        PolicyUnavailable: The engine gave no answer.
    """
    with EngineSession() as engine:
        for path, source in (*policy_set.modules.items(), *policy_set.tests.items()):
            engine.add_module(path, source)
        engine.add_data(policy_set.data_json)
        by_package = groupby(sorted(tests, key=_package), key=_package)
        for package, its_tests in by_package:
            answer = engine.evaluate(package, {})
            for test in its_tests:
                yield RegoTestResult(test, _why(answer, test))


def _package(test: RegoTest) -> str:
    return test.document.rpartition(".")[0]


def _why(answer: Mapping[str, Json], test: RegoTest) -> str:
    if answer.get("error"):
        return str(answer["error"].get("message", "error"))
    values = answer["result"][0]["expressions"][0]["value"] if answer.get("result") else {}
    if test.rule not in values:
        return "undefined: a condition of the test does not hold"
    if values[test.rule] is True:
        return ""
    return "a test rule must be `true`; for a table write `every row in rows { ... }`"
