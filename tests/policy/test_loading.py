import json

import pytest

from gateway.errors import PolicySetRefused
from gateway.policy.loading import load_policy_set, policy_set_of, read_policy_set
from tests.policy.sets import MAIN, write_set

RULE = """package exchange.rules.purpose

# METADATA
# title: Purpose missing
# custom: {id: LAW-1, reason: no_purpose, de: Es fehlt ein Zweck., en: A purpose is missing.}
deny contains {"reason": "no_purpose", "rule": "LAW-1"} if not input.purpose
"""


def test_a_set_has_rules_tests_data_schemas_and_catalogue(tmp_path):
    policy_set = load_policy_set(
        *write_set(
            tmp_path,
            {
                "policies/exchange/rules/purpose/purpose.rego": RULE,
                "policies/exchange/main/main_test.rego": "package exchange.main_test\n",
            },
        )
    )

    assert list(policy_set.modules) == [MAIN, "policies/exchange/rules/purpose/purpose.rego"]
    assert list(policy_set.tests) == ["policies/exchange/main/main_test.rego"]
    assert policy_set.data["norms"]["LAW-1"]["status"] == "V"
    assert policy_set.data["members"] == {
        "NOTE": {"text": {"category": "INCIDENT_FACT", "role_needed": False}}
    }
    assert sorted(policy_set.schemas) == [
        "decision.json",
        "facts.json",
        "norm.json",
        "payloads/NOTE.json",
        "policy_input.json",
        "rule_metadata.json",
    ]
    assert policy_set.catalogue.entry("LAW-1", "no_purpose").norm == "§ 1 Gesetz"
    assert not policy_set.capabilities.refused("count")


def test_a_set_is_the_same_from_its_folders_and_from_its_files(tmp_path):
    folders = write_set(tmp_path, {"policies/exchange/rules/purpose/purpose.rego": RULE})
    reading = read_policy_set(*folders)

    assert policy_set_of(reading.files) == reading.policy_set == load_policy_set(*folders)


def test_files_that_break_a_rule_are_refused_as_folders_are(tmp_path):
    files = read_policy_set(*write_set(tmp_path, {MAIN: "package exchange.main\n\nr := {\n"})).files

    with pytest.raises(PolicySetRefused, match=f"{MAIN}:4"):
        policy_set_of(files)


def test_a_set_cannot_be_changed(tmp_path):
    policy_set = load_policy_set(*write_set(tmp_path))

    with pytest.raises(TypeError):
        policy_set.modules[MAIN] = "package exchange.main"
    with pytest.raises(AttributeError):
        policy_set.digest = "0"


@pytest.mark.parametrize(
    ("path", "content", "place"),
    [
        (MAIN, "package exchange.main\n\ndecision := [1 2]\n", f"{MAIN}:3: "),
        (MAIN, "package exchange.main\n\nr := http.send({})\n", f"{MAIN}:3: "),
        (MAIN, "package exchange\n\nr := 1\n", f"{MAIN}:1: "),
        (MAIN, 'package exchange.main\n\nr if not "x" in input.y\n', f"{MAIN}:3: "),
        (MAIN, "", f"{MAIN}: "),
        ("policies/a/data.json", '{"a": 1, "a": 2}', "policies/a/data.json: "),
        ("policies/a/data.json", '{"a": 0.5}', "policies/a/data.json: "),
        ("policies/members/data.json", "{}", "policies/members/data.json: "),
        ("policies/lookup/data.json", "{}", "policies/lookup/data.json: "),
        ("policies/capabilities.json", "[]", "policies/capabilities.json: "),
        ("policies/norms/data.json", {"LAW-1": {}}, "policies/norms/data.json: "),
        ("schemas/decision.json", {"type": "no type"}, "schemas/decision.json: "),
        ("schemas/payloads/NOTE.json", {"properties": {"x": {}}}, "schemas/payloads/NOTE.json: "),
        (
            MAIN,
            "package exchange.main\n\n# METADATA\n# custom: {id: LAW-1, reason: x}\nr := 1\n",
            f"{MAIN}:3: ",
        ),
    ],
)
def test_a_set_that_breaks_a_rule_is_refused_with_its_place(tmp_path, path, content, place):
    with pytest.raises(PolicySetRefused) as refusal:
        load_policy_set(*write_set(tmp_path, {path: content}))

    assert any(line.startswith(place) for line in str(refusal.value).splitlines())


def test_a_rule_that_is_no_utf8_is_refused(tmp_path):
    policies, schemas = write_set(tmp_path)
    (policies / "exchange" / "main" / "main.rego").write_bytes(b"package exchange.main\n# \xff\n")

    with pytest.raises(PolicySetRefused, match="UTF-8"):
        load_policy_set(policies, schemas)


def test_every_finding_is_told_at_once(tmp_path):
    policies, schemas = write_set(
        tmp_path, {MAIN: "package exchange.main\n\nr := {\n", "policies/a/data.json": "{"}
    )

    findings = read_policy_set(policies, schemas).findings

    assert {finding.path for finding in findings} == {MAIN, "policies/a/data.json"}


def test_the_engine_is_given_what_was_read_and_not_what_lies_there_later(tmp_path):
    policies, schemas = write_set(tmp_path, {"policies/a/data.json": {"b": "ü"}})
    policy_set = load_policy_set(policies, schemas)
    (policies / "a" / "data.json").write_text("{}")

    assert json.loads(policy_set.data_json)["a"] == {"b": "ü"}
