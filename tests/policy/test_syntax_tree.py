import pytest

from gateway.adapters.rego_parser import parse_modules
from gateway.policy.syntax_tree import names, objects


def parsed(source):
    (module,), findings = parse_modules([("policies/a/a.rego", source)])
    assert findings == []
    return module


def test_a_module_tells_its_package_and_its_imports():
    module = parsed("package a.b\n\nimport data.x.y\nimport data.x.z as w\n\nr if y.q == w.q\n")

    assert module.package == ("a", "b")
    assert list(module.imports()) == [("data.x.y", "y"), ("data.x.z", "w")]


def test_comments_come_with_their_lines():
    module = parsed('package a # one\n\n# zwei ü\nr := "# none"\n')

    assert list(module.comments()) == [(1, " one"), (3, " zwei ü")]


def test_names_are_variables_and_all_beginnings_of_references():
    module = parsed('package a\n\nr if some_rule(io.jwt.decode(input.x["y"]))\n')

    found = set(names(dict(module.tree)))

    assert {"io", "io.jwt", "io.jwt.decode", "input", "input.x", "input.x.y"} <= found


def test_a_string_is_no_name():
    module = parsed('package a\n\nr := {"http.send": "print"}\n')

    assert not {"http.send", "print"} & set(names(dict(module.tree)))


def test_object_literals_are_found_wherever_they_stand():
    module = parsed('package a\n\nr contains {"a": "1", input.x: 2} if {"b": ["c"]}.b\n')

    literals = list(objects(dict(module.tree)))

    assert [sorted(literal) for literal in literals] == [["b"], ["a"]]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("r := http.send({})", "http.send"),
        ('r := http["send"]({})', "http.send"),
        ("r if count(input.x) with count as io.jwt.decode", "io.jwt.decode"),
        ('r := $"x {time.now_ns()}"', "time.now_ns"),
    ],
)
def test_the_line_of_a_name_is_where_code_uses_it(line, name):
    module = parsed(f"package a\n\n# {name} is only spoken of here\n{line}\n")

    assert module.line_of(name) == 4


def test_a_name_that_cannot_be_found_is_put_on_the_first_line():
    assert parsed("package a\n\nr := 1 + 2\n").line_of("plus") == 1
