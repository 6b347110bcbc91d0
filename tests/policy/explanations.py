"""Explanations of worked cases by the rules of the repository, each made once in a run."""

from functools import cache
from typing import Any

from gateway.policy.case_files import Case, read_case_file
from gateway.policy.case_input import input_of_case
from gateway.policy.explaining import Answers, ask_why
from gateway.policy.explanation import explanation_of
from gateway.policy.loading import Reading, read_policy_set
from gateway.policy.rule_places import Places, read_places
from tests.builders import REPOSITORY

CASES = REPOSITORY / "tests" / "vectors" / "cases" / "cases.json"


@cache
def the_reading() -> Reading:
    return read_policy_set(REPOSITORY / "policies", REPOSITORY / "schemas")


@cache
def the_places() -> Places:
    return read_places(the_reading().trees)


def worked_case(case_id: str) -> Case:
    return next(case for case in read_case_file(CASES) if case.id == case_id)


@cache
def answers(case_id: str) -> Answers:
    policy_set = the_reading().policy_set
    return ask_why(policy_set, input_of_case(worked_case(case_id), policy_set))


@cache
def explanation(case_id: str) -> dict[str, Any]:
    return explanation_of(answers(case_id), the_reading().policy_set, the_places())
