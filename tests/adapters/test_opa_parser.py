"""The places that OPA's own program gives to the nodes of a module."""

from base64 import b64decode
from pathlib import Path

import pytest

from gateway.adapters.opa_parser import located_rules
from gateway.errors import PolicyUnavailable
from tests.oracles.opa import opa

pytestmark = pytest.mark.opa


def test_each_condition_has_its_place():
    (rule,) = located_rules(opa(), 'package a\n\nr if {\n\tinput.x == "ä"\n\tnot input.y\n}\n')

    places = [
        (each["location"]["row"], each["location"]["col"], b64decode(each["location"]["text"]))
        for each in rule["body"]
    ]
    assert places == [(4, 2, 'input.x == "ä"'.encode()), (5, 2, b"not input.y")]


def test_a_source_that_is_no_rego_is_refused_in_the_programs_words():
    with pytest.raises(PolicyUnavailable, match="rego_parse_error"):
        located_rules(opa(), "package a\n\nr if {")


def test_a_program_that_does_not_run_is_said_to():
    with pytest.raises(PolicyUnavailable, match="does not run"):
        located_rules(Path("/nowhere/opa"), "package a\n")
