import pytest

from gateway.adapters.rego_parser import findings_in, parse_modules


def test_modules_are_parsed_in_order():
    modules, findings = parse_modules([("b.rego", "package b\n"), ("a.rego", "package a\n")])

    assert findings == []
    assert [(module.path, module.package) for module in modules] == [
        ("b.rego", ("b",)),
        ("a.rego", ("a",)),
    ]


def test_a_syntax_error_is_a_finding_and_the_others_are_parsed():
    modules, (finding,) = parse_modules(
        [("a.rego", "package a\n\nr := [1 2]\n"), ("b.rego", "package b\n")]
    )

    assert [module.path for module in modules] == ["b.rego"]
    assert (finding.path, finding.line) == ("a.rego", 3)
    assert "rego_parse_error" in finding.de


@pytest.mark.parametrize("source", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_is_a_finding(source):
    modules, (finding,) = parse_modules([("a.rego", source)])

    assert modules == []
    assert finding.path == "a.rego"


def test_nothing_is_evaluated_while_parsing():
    source = 'package a\n\nr := time.parse_rfc3339_ns("junk")\n\nx if undefined_function(1)\n'

    modules, findings = parse_modules([("a.rego", source)])

    assert findings == []
    assert len(modules) == 1


def test_a_text_with_fractions_and_odd_characters_is_parsed():
    (module,), findings = parse_modules([("a.rego", 'package a\n\nr := [1.5, "ü\\u0000"]\n')])

    assert findings == []
    assert len(list(module.rules())) == 1


def test_every_place_in_an_error_of_the_compiler_is_a_finding():
    message = (
        "2 errors occurred:\npolicies/a/a.rego:2: rego_type_error: undefined function f\n"
        "policies/b/b.rego:7: rego_unsafe_var_error: var y is unsafe"
    )

    assert [(f.path, f.line) for f in findings_in(message, "policies")] == [
        ("policies/a/a.rego", 2),
        ("policies/b/b.rego", 7),
    ]
    assert [(f.path, f.line) for f in findings_in("no place", "policies")] == [("policies", 0)]
