from hashlib import sha256

from gateway.policy.digest import policy_digest
from gateway.policy.loading import load_policy_set
from tests.policy.sets import MAIN, write_set


def test_the_digest_is_that_of_the_canonical_list_of_paths_and_hashes():
    """Made by hand from the definition: [path, SHA-256] sorted by the bytes of the path."""
    of_a, of_b = sha256(b"a").hexdigest(), sha256(b"b").hexdigest()
    canonical = f'[["policies/B/data.json","{of_b}"],["policies/a/data.json","{of_a}"]]'

    digest = policy_digest([("policies/a/data.json", b"a"), ("policies/B/data.json", b"b")])

    assert digest == sha256(canonical.encode()).hexdigest()


def test_what_decides_changes_the_digest(tmp_path):
    before = load_policy_set(*write_set(tmp_path)).digest
    changes = {
        MAIN: 'package exchange.main\n\ndecision := {"verdict": "permit"}\n',
        "policies/norms/data.json": {},
        "policies/routes/data.json": {"a": 1},
        "policies/capabilities.json": {"builtins": []},
        "schemas/decision.json": {},
        "schemas/payloads/NOTE.json": {},
        "schemas/payloads/$defs/person.json": {},
        "schemas/facts.json": {"facts": {"a": {}}, "field_facts": {}},
        "schemas/exchange_request.json": {"type": "object"},
        "schemas/policy_input.json": {},
    }

    digests = {
        load_policy_set(*write_set(tmp_path / str(number), {path: content})).digest
        for number, (path, content) in enumerate(changes.items())
    }

    assert len(digests) == len(changes)
    assert before not in digests


def test_what_does_not_decide_leaves_the_digest_alone(tmp_path):
    before = load_policy_set(*write_set(tmp_path / "before")).digest
    unrelated = {
        "policies/exchange/main/main_test.rego": "package exchange.main_test\n\ntest_it if true\n",
        "policies/.manifest": "{}",
        "policies/README.md": "# Regeln",
        "schemas/answers.json": {"type": "object"},
    }

    assert load_policy_set(*write_set(tmp_path / "after", unrelated)).digest == before


def test_the_digest_does_not_depend_on_where_the_folders_lie(tmp_path):
    here = load_policy_set(*write_set(tmp_path / "here"))
    there = load_policy_set(*write_set(tmp_path / "there"))

    assert here.digest == there.digest
