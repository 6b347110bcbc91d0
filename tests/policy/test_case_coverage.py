from types import MappingProxyType

from gateway.policy.case_coverage import coverage_lines, coverage_of
from gateway.policy.cases import CaseResult
from gateway.policy.catalogue import Catalogue
from tests.policy.builders import a_case, a_decision
from tests.policy.sets import a_policy_set

DATA = {
    "routes": {"NOTE": {"POLICE": {"OFFICE": {}, "SCHOOL": {}}}},
    "necessity": {"NOTE": {"OFFICE": {"facts": {}, "witness": {}, "other": {}}}},
}
CATALOGUE = Catalogue(
    MappingProxyType({("LAW-1", "why"): object(), ("LAW-2", "never"): object()}),
    MappingProxyType({"LAW-1": object(), "LAW-2": object()}),
)


def coverage(*results):
    policy_set = a_policy_set(data=DATA, catalogue=CATALOGUE)
    return coverage_of(policy_set, [(a_case(), result) for result in results])


def decided():
    decision = {**a_decision(), "rules_applied": ["LAW-1", "LAW-9"], "struck_out": []}
    return CaseResult("V01", "A title", (), decision)


def test_what_a_case_reaches_has_its_id():
    reached = coverage(decided())

    assert reached.rules == {"LAW-1": ("V01",), "LAW-2": ()}
    assert reached.reasons == {"LAW-1/why": ("V01",), "LAW-2/never": ()}
    assert reached.routes == {"NOTE/POLICE/OFFICE": ("V01",), "NOTE/POLICE/SCHOOL": ()}
    assert reached.rows["NOTE/OFFICE/witness"] == ("V01",)
    assert reached.rows["NOTE/OFFICE/other"] == ()


def test_a_case_counts_once():
    assert coverage(decided(), decided()).rules["LAW-1"] == ("V01",)


def test_a_case_without_a_decision_reaches_nothing():
    reached = coverage(CaseResult("V01", "A title", ("no decision",)))

    assert {cases for _, _, table in reached.parts() for cases in table.values()} == {()}


def test_a_struck_out_basis_is_reached():
    result = decided()
    decision = {**result.decision, "rules_applied": [], "struck_out": ["LAW-2"]}

    assert coverage(CaseResult("V01", "", (), decision)).rules["LAW-2"] == ("V01",)


def test_what_no_case_reaches_is_named():
    lines = list(coverage_lines(coverage(decided())))

    assert "Regeln (rules): 1 von (of) 2 erreicht (reached)" in lines
    assert "  – kein Fall (no case): LAW-2/never" in lines
    assert not [line for line in lines if "LAW-1" in line]
