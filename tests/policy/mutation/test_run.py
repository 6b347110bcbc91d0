"""Runs over many mutants, and a sample of those of the rules in this repository."""

import pytest

from gateway.policy.loading import read_policy_set
from gateway.policy.mutation.explained import read_explained
from gateway.policy.mutation.mutant import Change, Mutant
from gateway.policy.mutation.proof import case_files, the_proof
from gateway.policy.mutation.prover import Fate
from gateway.policy.mutation.run import all_mutants, chosen, judge_all
from tests.builders import REPOSITORY
from tests.oracles.opa import opa
from tests.policies.folders import POLICIES, SCHEMAS
from tests.policy.mutation.test_prover import RULES, a_proof, rule

SAMPLE, SEED = 16, 5
MUTANTS = [
    Mutant(f"policies/{name}.rego", line, "r", Change.DROPPED, f"input.{line}", source="")
    for name in "ab"
    for line in range(50)
]


def test_a_sample_is_the_same_for_a_seed():
    assert chosen(MUTANTS, "", 10, 1) == chosen(MUTANTS, "", 10, 1)
    assert chosen(MUTANTS, "", 10, 1) != chosen(MUTANTS, "", 10, 2)
    assert len(chosen(MUTANTS, "", 10, 1)) == 10


def test_a_sample_stays_as_it_is_when_other_rules_change():
    kept = chosen(MUTANTS, "", 10, 1)
    gone = next(mutant for mutant in MUTANTS if mutant not in kept)

    assert chosen([m for m in MUTANTS if m is not gone], "", 10, 1) == kept


def test_without_a_sample_all_of_the_named_files_are_chosen_in_their_order():
    assert chosen(MUTANTS, "b.rego", None, 1) == MUTANTS[50:]
    assert chosen(MUTANTS, "", 1000, 1) == MUTANTS


def test_the_score_counts_what_compiles():
    killed, survivor, invalid = (
        rule("input.x in", "not input.x in"),
        rule("unseen if input.y", "unseen if input.z"),
        rule("input.x in", "input.x ) in"),
    )
    seen = []

    outcome = judge_all(a_proof(), [killed, survivor, invalid], 2, lambda *at: seen.append(at))

    assert [each.mutant for each in outcome.judgements] == [killed, survivor, invalid]
    assert [len(outcome.with_fate(fate)) for fate in Fate] == [1, 1, 1]
    assert outcome.score == 0.5
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert "unseen" in RULES


@pytest.mark.opa
def test_in_a_sample_of_the_rules_no_change_survives_that_is_not_explained():
    reading = read_policy_set(POLICIES, SCHEMAS)
    cases = case_files(REPOSITORY / "tests" / "vectors" / "cases")
    recorded = REPOSITORY / "tests" / "policies" / "golden" / "decisions.jsonl"
    explained = read_explained(REPOSITORY / "deploy" / "policy-survivors.toml")
    mutants = chosen(all_mutants(reading, opa()), "", SAMPLE, SEED)

    outcome = judge_all(the_proof(reading, cases, recorded), mutants, jobs=2)

    survivors = [each.mutant for each in outcome.with_fate(Fate.SURVIVED)]
    assert [str(mutant) for mutant in survivors if mutant.key not in explained] == []
    assert len(outcome.with_fate(Fate.KILLED)) > SAMPLE / 2


@pytest.mark.opa
def test_every_explained_survivor_is_a_change_that_can_be_made():
    reading = read_policy_set(POLICIES, SCHEMAS)
    explained = read_explained(REPOSITORY / "deploy" / "policy-survivors.toml")

    assert set(explained) - {mutant.key for mutant in all_mutants(reading, opa())} == set()
