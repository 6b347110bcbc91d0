"""The Rego tests of a policy set: each `test_...` rule evaluated by the engine, one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.adapters.engine_session import EngineSession
from gateway.policy.policy_set import PolicySet
from gateway.policy.syntax_tree import Module, rule_name


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
    """Load rules, tests and data into an engine of their own and evaluate each test.

    Raises:
        PolicySetRefused: A module does not load.
        PolicyUnavailable: The engine gave no answer.
    """
    with EngineSession() as engine:
        for path, source in (*policy_set.modules.items(), *policy_set.tests.items()):
            engine.add_module(path, source)
        engine.add_data(policy_set.data_json)
        for test in tests:
            yield RegoTestResult(test, _run(engine, test))


def _run(engine: EngineSession, test: RegoTest) -> str:
    answer = engine.evaluate(test.document, {})
    if answer.get("error"):
        return str(answer["error"].get("message", "error"))
    if not answer.get("result"):
        return "undefined: a condition of the test does not hold"
    value = answer["result"][0]["expressions"][0]["value"]
    if value is True:
        return ""
    return "a test rule must be `true`; for a table write `every row in rows { ... }`"
