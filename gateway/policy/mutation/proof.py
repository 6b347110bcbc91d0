"""The proof of the law: Rego tests, worked cases and recorded decisions, made ready to be asked."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.policy.case_files import Case, CaseFileUnusable, read_case_file
from gateway.policy.case_input import input_of_case
from gateway.policy.loading import Reading
from gateway.policy.policy_set import PolicySet
from gateway.policy.rego_tests import RegoTest, find_rego_tests

Json = Any


@dataclass(frozen=True, slots=True)
class Question:
    """A policy input with the decision that it must have: that of a case, or one recorded."""

    name: str
    kind: str
    given: bytes
    decision: Json = None
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that is held against a changed set of rules."""

    policy_set: PolicySet
    questions: tuple[Question, ...]
    tests: tuple[RegoTest, ...]


def the_proof(reading: Reading, cases: Sequence[Path], recorded: Path | None) -> Proof:
    """Gather the Rego tests of *reading*, the case files, and the decisions in *recorded*.

    Raises:
        CaseFileUnusable: A file cannot be read.
    """
    policy_set = reading.policy_set
    worked = [case for file in cases for case in read_case_file(file)]
    rows = _recorded(recorded) if recorded else []
    return Proof(
        policy_set,
        (
            *(_of_case(case, policy_set) for case in worked),
            *rows,
        ),
        find_rego_tests(reading.trees),
    )


def case_files(folder: Path) -> tuple[Path, ...]:
    """The case files of a folder: a case file is a list; tables of fields are none."""
    return tuple(
        path
        for path in sorted(folder.glob("*.json"))
        if path.read_text("utf-8").lstrip().startswith("[")
    )


def _of_case(case: Case, policy_set: PolicySet) -> Question:
    given = input_of_case(case, policy_set)
    kind = given["exchange_kind"]
    return Question(f"case {case.id}", kind, json.dumps(given).encode(), case=case)


def _recorded(path: Path) -> Iterable[Question]:
    """The lines of a file of recorded decisions: `{"input": ..., "decision": ...}`."""
    try:
        lines = path.read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        return [
            Question(
                f"{path.name}:{number}",
                str(row["input"].get("exchange_kind", "")),
                json.dumps(row["input"]).encode(),
                decision=row["decision"],
            )
            for number, row in enumerate(rows, 1)
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaseFileUnusable(
            f"{path}: keine aufgezeichneten Entscheidungen: {error}. (No recorded decisions.)"
        ) from error
