"""OPA's own program looks the rules over: form, strict compilation, its test runner."""

import json
import re
import subprocess

import pytest

from gateway.policy.loading import load_policy_set
from tests.oracles.opa import opa
from tests.policies.folders import POLICIES, SCHEMAS

pytestmark = pytest.mark.opa


def ask(*arguments):
    command = [str(opa()), *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=240)


@pytest.fixture
def whole_set(tmp_path):
    """The rules with their tests, and the document that they see: parts of it are made."""
    policy_set = load_policy_set(POLICIES, SCHEMAS)
    for path, source in (*policy_set.modules.items(), *policy_set.tests.items()):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, "utf-8")
    (tmp_path / "policies" / "data.json").write_bytes(policy_set.data_json)
    return tmp_path / "policies"


def test_every_rule_is_in_the_form_of_opa_fmt():
    said = ask("fmt", "--fail", "--list", POLICIES)

    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_a_rule_in_another_form_is_found(tmp_path):
    (tmp_path / "x.rego").write_text("package x\ny   :=  1\n")

    assert ask("fmt", "--fail", "--list", tmp_path).returncode != 0


def test_the_rules_compile_strictly_with_no_builtin_but_those_allowed():
    said = ask("check", "--strict", "--capabilities", POLICIES / "capabilities.json", POLICIES)

    assert (said.returncode, said.stderr) == (0, "")


def test_a_builtin_that_is_not_allowed_does_not_compile(tmp_path):
    (tmp_path / "x.rego").write_text("package x\n\ny := time.now_ns()\n")

    said = ask("check", "--strict", "--capabilities", POLICIES / "capabilities.json", tmp_path)

    assert said.returncode != 0


def test_every_rego_test_passes_in_opas_own_runner(whole_set):
    said = ask("test", "--fail-on-empty", "--timeout", "60s", "--format", "json", whole_set)

    results = json.loads(said.stdout)
    assert [r["name"] for r in results if r.get("fail") or r.get("error") or r.get("skip")] == []
    assert said.returncode == 0
    sources = [path.read_text("utf-8") for path in POLICIES.rglob("*_test.rego")]
    names = [name for source in sources for name in re.findall(r"^(test_\w+)", source, re.M)]
    assert len(results) >= len(names) > 0


def test_a_test_that_fails_is_seen(whole_set):
    (whole_set / "x_test.rego").write_text("package x_test\n\ntest_x if 1 == 2\n")

    assert ask("test", "--fail-on-empty", "--run", "test_x", whole_set).returncode != 0
