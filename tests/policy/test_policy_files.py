import pytest

from gateway.policy.digest import policy_digest
from gateway.policy.policy_files import MAX_FILE, OWN_FORMS, read_policy_files
from tests.policy.sets import MAIN, write_set


def findings_of(tmp_path, files):
    return read_policy_files(*write_set(tmp_path, files))[1]


def test_a_complete_folder_gives_no_finding(tmp_path):
    files, findings = read_policy_files(*write_set(tmp_path))

    assert findings == []
    assert [path for path, _ in files.modules()] == [MAIN]
    assert [path for path, _ in files.data()] == ["policies/norms/data.json"]


def test_forms_of_what_the_gateway_writes_belong_to_no_set(tmp_path):
    forms = {f"schemas/{name}": "no JSON" for name in OWN_FORMS}
    files, findings = read_policy_files(*write_set(tmp_path, forms))

    assert findings == []
    assert files.contents.keys().isdisjoint(forms)


def test_the_digest_is_over_everything_but_the_tests(tmp_path):
    path = "policies/exchange/main/main_test.rego"
    files, _ = read_policy_files(*write_set(tmp_path, {path: "package exchange.main_test"}))

    assert dict(files.hashed()).keys() == files.contents.keys() - {path}
    assert files.digest == policy_digest(files.hashed())


@pytest.mark.parametrize(
    "path",
    [
        "policies/capabilities.json",
        "policies/norms/data.json",
        "schemas/facts.json",
        "schemas/policy_input.json",
        "schemas/decision.json",
    ],
)
def test_a_missing_file_is_named(tmp_path, path):
    (finding,) = findings_of(tmp_path, {path: None})

    assert (finding.path, finding.line) == (path, 0)


@pytest.mark.parametrize(
    "path",
    [
        "policies/routes/routes.json",  # OPA would not load it
        "policies/routes/data.yaml",  # OPA would load it, the digest would not cover it
        "policies/routes/data.json.bak",
        "policies/routes/capabilities.json",
        "schemas/payloads/NOTE.yaml",
        "policies/routes/ü.rego",
    ],
)
def test_a_file_that_is_not_loaded_as_it_looks_is_a_finding(tmp_path, path):
    (finding,) = findings_of(tmp_path, {path: "{}"})

    assert finding.path == path


def test_tests_are_told_apart_from_rules(tmp_path):
    path = "policies/exchange/main/main_test.rego"
    files, _ = read_policy_files(*write_set(tmp_path, {path: "package exchange.main_test"}))

    assert [name for name, _ in files.tests()] == [path]
    assert path not in dict(files.modules())
    assert path not in dict(files.hashed())


def test_a_link_is_no_file(tmp_path):
    policies, schemas = write_set(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (policies / "routes").symlink_to(tmp_path / "elsewhere")
    (policies / "exchange" / "main" / "other.rego").symlink_to(policies / "capabilities.json")

    _, findings = read_policy_files(policies, schemas)

    assert {finding.path for finding in findings} == {
        "policies/routes",
        "policies/exchange/main/other.rego",
    }


def test_a_huge_file_is_not_read(tmp_path):
    (finding,) = findings_of(tmp_path, {"policies/routes/data.json": " " * (MAX_FILE + 1)})

    assert "4 MiB" in finding.de
