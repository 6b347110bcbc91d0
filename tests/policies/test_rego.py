"""Every `test_...` rule beside the policies, on the engine that the gateway uses."""

import pytest

from gateway.policy.loading import read_policy_set
from gateway.policy.rego_tests import find_rego_tests, run_rego_tests
from tests.policies.folders import POLICIES, SCHEMAS

pytestmark = pytest.mark.xdist_group("rego")  # one process compiles all the rules, not each

READING = read_policy_set(POLICIES, SCHEMAS)
TESTS = find_rego_tests(READING.trees)
RULES = {module.path for module in READING.trees if not module.path.endswith("_test.rego")}


@pytest.fixture(scope="module")
def results():
    return {result.test: result for result in run_rego_tests(READING.policy_set, TESTS)}


def test_there_are_rego_tests():
    assert len(TESTS) > 0


@pytest.mark.parametrize("path", sorted(RULES))
def test_each_rego_file_has_tests_beside_it(path):
    assert path.replace(".rego", "_test.rego") in {test.path for test in TESTS}


@pytest.mark.parametrize("test", TESTS, ids=str)
def test_rego(test, results):
    assert results[test].why == ""
