"""The figures are what was measured, on requests of each kind that the rules let through."""

import json
from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gateway.bench.decide import Cost, Costs, bench_decide, print_costs
from gateway.bench.engines import Embedded
from gateway.cli.bench import app
from gateway.policy.loading import load_policy_set
from tests.oracles.opa import opa
from tests.policies.folders import POLICIES, SCHEMAS


@pytest.fixture(scope="module")
def policy_set():
    return load_policy_set(POLICIES, SCHEMAS)


@pytest.fixture(scope="module")
def costs(policy_set):
    return bench_decide(policy_set, rounds=2, decisions=2, say=lambda _: None)


def a_cost(kind, cpu_us, doubled_us):
    return Cost(kind, "permit", 10, 1000, 2000, cpu_us, doubled_us)


SOME = Costs(
    (a_cost("A", 300.0, 310.0), a_cost("B", 500.0, 560.0), a_cost("C", 400.0, 440.0)), 2, 1
)


def test_each_kind_with_rules_has_a_row_with_all_its_fields(policy_set, costs):
    assert {it.kind: it.members for it in costs.kinds} == {
        kind: len(policy_set.data["members"][kind]) for kind in policy_set.data["necessity"]
    }


def test_what_is_measured_is_permitted_wherever_the_rules_permit_it(costs):
    denied = {it.kind for it in costs.kinds if it.verdict == "deny"}

    assert denied == {"BUNDESWEHR_INFO"}  # nothing goes to the armed forces


def test_a_cost_is_the_time_that_the_child_had(costs):
    for it in costs.kinds:
        assert it.cpu_us > 0
        assert it.doubled_us > 0
        assert it.input_bytes > it.members
        assert it.answer_bytes > it.members


def test_the_clock_is_that_of_the_child_and_not_ours(policy_set):
    with Embedded(policy_set) as engine:
        engine.decide(b"{}")
        before = engine.cpu_s()
        sum(range(1_000_000))  # our own time, which must not count
        idle = engine.cpu_s() - before
        for _ in range(50):
            engine.decide(b"{}")
        assert engine.cpu_s() - before > idle


def test_median_worst_and_ratio_are_of_the_rows():
    assert (SOME.median_us, SOME.worst.kind, SOME.ratio_doubled) == (400.0, "B", 1.1)


def test_the_table_has_both_languages_and_the_figures():
    out = StringIO()
    print_costs(SOME, Console(file=out, width=100))

    text = out.getvalue()
    assert "Median 400 µs" in text
    assert "× 1.10" in text
    assert "verdict" in text
    assert "560" in text


def test_json_is_the_only_thing_on_standard_output():
    ran = CliRunner().invoke(app, ["decide", "--json", "--rounds", "1", "--decisions", "1"])

    assert ran.exit_code == 0
    assert {"median_us", "worst", "ratio_doubled", "kinds"} <= json.loads(ran.stdout).keys()


def test_a_folder_without_rules_gives_status_1(tmp_path):
    ran = CliRunner().invoke(app, ["decide", "--policies", str(tmp_path), "--rounds", "1"])

    assert ran.exit_code == 1


@pytest.mark.opa
def test_a_real_opa_server_is_measured_beside_the_library():
    ran = CliRunner().invoke(
        app, ["decide", "--json", "--rounds", "1", "--decisions", "1", "--opa", str(opa())]
    )

    figures = json.loads(ran.stdout)
    assert all(it["served_us"] > 0 for it in figures["kinds"])
    assert figures["median_served_us"] > 0


def test_a_program_that_is_no_opa_gives_status_1_and_says_so():
    ran = CliRunner().invoke(app, ["decide", "--rounds", "1", "--opa", "/nowhere/opa"])

    assert ran.exit_code == 1
    assert "does not run" in ran.stderr
