import re
from pathlib import Path

import opa_bindings
import pytest

from gateway.policy.builtins import NEVER, known_builtins, read_capabilities

_NAME = re.compile(rb'"name": "([a-z0-9_.]+)"')


def test_the_known_builtins_are_those_that_the_library_carries():
    """The library's bytes hold OPA's own lists of builtins."""
    library = Path(opa_bindings.__file__).with_name("libopabridge.so").read_bytes()
    carried = {name.decode() for name in _NAME.findall(library)}

    assert carried == known_builtins()


@pytest.mark.parametrize("name", ["http.send", "print", "trace", "count", "internal.print"])
def test_a_builtin_is_refused_unless_it_is_listed(name):
    nothing, _ = read_capabilities({"builtins": []})

    assert nothing.refused(name)


def test_a_listed_builtin_is_allowed():
    capabilities, findings = read_capabilities({"builtins": [{"name": "count"}]})

    assert findings == []
    assert not capabilities.refused("count")
    assert not capabilities.refused("some_rule_of_ours")


@pytest.mark.parametrize("name", sorted(NEVER))
def test_what_is_never_allowed_cannot_be_listed(name):
    capabilities, (finding,) = read_capabilities({"builtins": [{"name": name}]})

    assert capabilities.refused(name)
    assert name in finding.de


def test_what_is_never_allowed_exists():
    """A typing error here would let the real name through."""
    assert known_builtins() >= NEVER


def test_a_name_that_opa_does_not_have_is_a_finding():
    _, (finding,) = read_capabilities({"builtins": [{"name": "coumt"}]})

    assert "`coumt`" in finding.de


@pytest.mark.parametrize("document", [{}, [], {"builtins": {}}, {"builtins": ["count"]}, None])
def test_another_form_allows_nothing(document):
    capabilities, findings = read_capabilities(document)

    assert len(findings) == 1
    assert capabilities.allowed == frozenset()


def test_an_alias_hides_a_builtin_or_its_first_part():
    capabilities, _ = read_capabilities({"builtins": []})

    assert capabilities.hidden_by("http")
    assert capabilities.hidden_by("count")
    assert capabilities.hidden_by("io")
    assert not capabilities.hidden_by("members")
    assert not capabilities.hidden_by("htt")
