import pytest

from gateway.errors import PolicySetRefused
from gateway.policy.findings import Finding, refuse


def test_a_finding_reads_as_place_german_and_english():
    assert str(Finding("policies/a.rego", 3, "Falsch.", "Wrong.")) == (
        "policies/a.rego:3: Falsch. (Wrong.)"
    )
    assert str(Finding("policies/a.rego", 0, "Fehlt.", "Missing.")) == (
        "policies/a.rego: Fehlt. (Missing.)"
    )


def test_a_refusal_names_each_finding_once_and_in_order():
    later, earlier = Finding("b", 1, "x", "x"), Finding("a", 2, "y", "y")

    with pytest.raises(PolicySetRefused) as refusal:
        refuse([later, earlier, later])

    assert str(refusal.value) == "a:2: y (y)\nb:1: x (x)"
