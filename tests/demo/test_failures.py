"""What must fail is told in two languages; that it does fail is shown over HTTPS in tests/e2e."""

from gateway.demo import failures
from gateway.http import problems


def test_each_attempt_has_a_name_of_its_own_in_german_and_in_english() -> None:
    names = [name for failure in failures.ALL for name in (failure.german, failure.english)]
    assert len(names) == len(set(names)) == 2 * len(failures.ALL)


def test_each_attempt_ends_without_an_answer_or_with_a_documented_problem() -> None:
    documented = {problem.status for problem in problems.ALL}
    assert {failure.status for failure in failures.ALL} - documented == {failures.NO_ANSWER}
