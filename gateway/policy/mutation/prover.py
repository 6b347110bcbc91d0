"""Holds the proof against one changed policy set after another."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Any, Self, TypeVar

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_session import EngineSession
from gateway.errors import PolicySetRefused, PolicyUnavailable
from gateway.policy.case_result import differences
from gateway.policy.lookups import MADE
from gateway.policy.mutation.mutant import Mutant
from gateway.policy.mutation.proof import Proof, Question
from gateway.policy.mutation.table_mutants import MADE_OF, changed_data
from gateway.policy.rego_tests import RegoTest

Json = Any
_Thing = TypeVar("_Thing")

_RUNNER = "exchange_proof"
_LATELY, _LATELY_TESTS = 100, 5
_NOT_COMPILED = re.compile(r"\brego_(?!parse_module)\w+_error\b")


class Fate(Enum):
    """What became of a mutant; one that does not compile was never a change of the law."""

    KILLED = "killed"
    SURVIVED = "survived"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A mutant's fate, and what noticed it first."""

    mutant: Mutant
    fate: Fate
    by: str = ""


class ProofBroken(PolicySetRefused):
    """The proof does not hold on the rules as they are, so it says nothing about mutants."""


class _NotCompiled(Exception):
    """The changed rules do not compile."""


class Prover:
    """Two engines: one with the rules, for decisions, one with their tests as well.

    What killed last is asked first, because neighbours often die of the same question, and the
    tests beside the changed file; only what these do not notice is held against all the rest.
    """

    def __init__(self, proof: Proof) -> None:
        self._proof = proof
        self._questions = list(proof.questions)
        self._tests = list(proof.tests)
        self._decider: EngineSession | None = None
        self._tester: EngineSession | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for engine in (self._decider, self._tester):
            if engine is not None:
                engine.__exit__(None, None, None)
        self._decider = self._tester = None

    def check(self) -> None:
        """See that the proof holds on the rules as they are.

        Raises:
            ProofBroken: With what does not hold.
        """
        with _tests(self._proof) as engine:
            data = self._proof.policy_set.data
            ways = [_Asked(engine)]  # and with tables that travel but are the same
            ways += [_Asked(engine, name, _tables_of(name, data)) for name in _tables(data)[:1]]
            wrong = next(filter(None, map(self._wrong, ways)), "")
        if wrong:
            raise ProofBroken(
                f"Der Beweis trägt schon die Regeln, wie sie sind, nicht: {wrong}."
                " Bringen Sie erst `policy test` und die Rego-Tests in Ordnung."
                " (The proof does not hold on the rules as they are.)"
            )

    def judge(self, mutant: Mutant) -> Judgement:
        """Return what became of *mutant*: it is killed by the first thing that notices it."""
        try:
            by = self._killer(mutant)
        except (_NotCompiled, PolicySetRefused):
            return Judgement(mutant, Fate.INVALID)
        except PolicyUnavailable as error:
            self.__exit__(None, None, None)  # the child hangs or is gone; the next one is fresh
            return Judgement(mutant, Fate.KILLED, str(error))
        return Judgement(mutant, Fate.KILLED if by else Fate.SURVIVED, by)

    def first_failing(self, mutant: Mutant, tests: Iterable[RegoTest]) -> str:
        """Return the first of *tests* that fails on *mutant*; none, where it does not compile."""
        try:
            with self._changed(self._with_tests(), mutant) as engine:
                return str(_first_failed(engine, tests) or "")
        except (_NotCompiled, PolicySetRefused):
            return ""

    def _killer(self, mutant: Mutant) -> str:
        questions = [each for each in self._questions if _asks_of(each, mutant)]
        beside = mutant.path.replace(".rego", "_test.rego")
        tests = sorted(self._tests, key=lambda test: test.path != beside)
        near = _LATELY_TESTS + sum(test.path == beside for test in tests)
        return (
            self._wrong_answer(mutant, questions[:_LATELY])
            or self._failed_test(mutant, tests[:near])
            or self._wrong_answer(mutant, questions[_LATELY:])
            or self._failed_test(mutant, tests[near:])
        )

    def _wrong_answer(self, mutant: Mutant, questions: Sequence[Question]) -> str:
        with self._changed(self._with_rules(), mutant) as engine:
            wrong = self._first_wrong(engine, questions)
        if wrong is None:
            return ""
        _to_the_front(self._questions, wrong)
        return wrong.name

    def _failed_test(self, mutant: Mutant, tests: Sequence[RegoTest]) -> str:
        with self._changed(self._with_tests(), mutant) as engine:
            failed = _first_failed(engine, tests)
        if failed is None:
            return ""
        _to_the_front(self._tests, failed)
        return str(failed)

    def _wrong(self, engine: "_Asked") -> str:
        wrong = self._first_wrong(engine, self._questions)
        return wrong.name if wrong else str(_first_failed(engine, self._tests) or "")

    def _first_wrong(self, engine: "_Asked", questions: Iterable[Question]) -> Question | None:
        return next((it for it in questions if not engine.answers(it, self._proof)), None)

    @contextmanager
    def _changed(self, engine: EngineSession, mutant: Mutant) -> Iterator["_Asked"]:
        """The engine with the mutant in it, as long as it is asked."""
        if mutant.source is None:
            data = changed_data(self._proof.policy_set.data, mutant.row, mutant.new)
            yield _Asked(engine, mutant.row[0], _tables_of(mutant.row[0], data))
            return
        try:
            engine.add_module(mutant.path, mutant.source)
            yield _Asked(engine)
        finally:
            engine.add_module(mutant.path, self._proof.policy_set.modules[mutant.path])

    def _with_rules(self) -> EngineSession:
        if self._decider is None:
            self._decider = _rules(self._proof)
        return self._decider

    def _with_tests(self) -> EngineSession:
        if self._tester is None:
            self._tester = _tests(self._proof)
        return self._tester


class _Asked:
    """An engine, with changed tables if there are any: they travel with each question.

    So a table is changed without a new engine, which would take longer than the question.
    """

    def __init__(self, engine: EngineSession, table: str = "", tables: bytes = b"") -> None:
        self._engine, self._table, self._tables = engine, table, tables

    def answers(self, question: Question, proof: Proof) -> bool:
        """Whether the decision on the question is the one that it must have."""
        decision = self._ask(ENTRYPOINT, "decision", question.given)
        if question.case is None:
            return bool(decision == question.decision)
        if not isinstance(decision, Mapping):
            return False
        return not differences(question.case, decision, proof.policy_set.catalogue)

    def passes(self, test: RegoTest) -> bool:
        given = json.dumps({"run": str(test)}).encode()
        return self._ask(f"{_RUNNER}.result", "test", given) is True

    def _ask(self, plain: str, name: str, given: bytes) -> Json:
        if not self._table:
            return _value(self._engine.answer(plain, given))
        whole = b'{"given": ' + given + b', "tables": ' + self._tables + b"}"
        return _value(self._engine.answer(f"{_RUNNER}.{name}_{self._table}", whole))


def _rules(proof: Proof) -> EngineSession:
    engine = EngineSession()
    for path, source in proof.policy_set.modules.items():
        engine.add_module(path, source)
    engine.add_data(proof.policy_set.data_json)
    engine.add_module(f"{_RUNNER}_decision.rego", _with_tables(proof, "decision", ENTRYPOINT))
    return engine


def _tests(proof: Proof) -> EngineSession:
    """An engine with the tests, and one document that is any of them: a document is compiled."""
    engine = _rules(proof)
    for path, source in proof.policy_set.tests.items():
        engine.add_module(path, source)
    lines = [f'result := data.{test.document} if input.run == "{test}"' for test in proof.tests]
    engine.add_module(f"{_RUNNER}.rego", "\n".join([f"package {_RUNNER}", *lines]))
    tests = _with_tables(proof, "test", f"{_RUNNER}.result")
    engine.add_module(f"{_RUNNER}_test.rego", tests)
    return engine


def _with_tables(proof: Proof, name: str, document: str) -> str:
    """A module with one rule for each table: *document* with another table in its place."""
    rules = []
    for table in _tables(proof.policy_set.data):
        places = [table, *(f"lookup.{key}" for key in MADE_OF.get(table, ()))]
        tables = " ".join(f'with data.{place} as input.tables["{place}"]' for place in places)
        rules.append(
            f"{name}_{table} := x if x := data.{document} with input as input.given {tables}"
        )
    return "\n".join([f"package {_RUNNER}", *rules])


def _tables(data: Mapping[str, Json]) -> list[str]:
    return sorted(set(data) - set(MADE))


def _tables_of(table: str, data: Mapping[str, Json]) -> bytes:
    made = {f"lookup.{key}": data["lookup"][key] for key in MADE_OF.get(table, ())}
    return json.dumps({table: data[table], **made}, ensure_ascii=False).encode()


def _asks_of(question: Question, mutant: Mutant) -> bool:
    """Whether the question can see the row: a row of one kind says nothing of another."""
    return mutant.row[:1] not in (("necessity",), ("routes",)) or question.kind == mutant.row[1]


def _first_failed(engine: _Asked, tests: Iterable[RegoTest]) -> RegoTest | None:
    return next((test for test in tests if not engine.passes(test)), None)


def _to_the_front(things: list[_Thing], thing: _Thing) -> None:
    things.remove(thing)
    things.insert(0, thing)


def _value(answer: bytes) -> Json:
    """The value of an answer; None where there is none, or where a rule gave an error."""
    envelope = json.loads(answer)
    if envelope.get("error"):
        if _NOT_COMPILED.search(str(envelope["error"].get("message", ""))):
            raise _NotCompiled
        return None
    result = envelope.get("result")
    return result[0]["expressions"][0]["value"] if result else None
