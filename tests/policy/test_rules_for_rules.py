"""Each known way to reach a builtin that rules may not use, and each must be refused."""

import pytest

from gateway.adapters.rego_parser import parse_modules
from gateway.policy.rules_for_rules import check_modules
from tests.policy.sets import capabilities


def findings_of(body, path="policies/a/a.rego", package="a"):
    modules, broken = parse_modules([(path, f"package {package}\n\n{body}\n")])
    assert broken == []
    return check_modules(modules, capabilities())


@pytest.mark.parametrize(
    "body",
    [
        'r := http.send({"url": input.x})',
        'r := http["send"]({"url": input.x})',
        "r if count(input.x) with count as http.send",
        "r if count(input.x) with input.y as http.send",
        "r if f(1) with http.send as f",
        "r if f(1) with data.a.f as http.send",
        "r := [x | x := http.send(input.y)]",
        "r := {x | some y in input.z; x := [q | q := http.send(y)]}",
        "r := {k: v | some k, v in http.send(input.y)}",
        'r := $"text {http.send(input.x)}"',
        "r := $`raw {http.send(input.x)} text`",
        'r := $"outer {$"inner {http.send(input.x)}"}"',
        "r if every x in input.y { http.send(x) }",
        "r if not http.send(input.x)",
        "r if input.x\nelse := http.send(input.x)",
        "r if input.x\nelse if http.send(input.x)",
        "r contains http.send(input.x)",
        "r[http.send(input.x)] := 1",
        "r := count(http.send(input.x).body)",
        "r := http.send(input.x).body.y",
        "f(x) := y if y := http.send(x)",
        "default r := false\n\nr if some x in http.send(input)",
        "r := http.send",
        "r := input[http.send(input.x)]",
        'r := {"a": [http.send(input.x)]}',
        "r if {\n\tx := http.send(input.y)\n\tx\n}",
        "import data.a as b\n\nr if b.x with b.x as http.send",
    ],
)
def test_a_forbidden_builtin_is_refused_wherever_it_stands(body):
    assert [f.en for f in findings_of(body) if "`http.send` is not allowed" in f.en]


@pytest.mark.parametrize(
    "name",
    [
        "http.send",
        "net.lookup_ip_addr",
        "opa.runtime",
        "rand.intn",
        "time.now_ns",
        "uuid.rfc4122",
        "rego.metadata.rule",
        "rego.metadata.chain",
        "rego.parse_module",
        "io.jwt.encode_sign",
        "providers.aws.sign_req",
        "trace",
    ],
)
def test_no_builtin_that_sees_the_world_is_allowed_in_any_position(name):
    called, replaced = f"r := {name}(input.x)", f"r if count(input.x) with count as {name}"

    assert [f"`{name}`" in finding.de for finding in findings_of(called)] == [True]
    assert [f"`{name}`" in finding.de for finding in findings_of(replaced)] == [True]


@pytest.mark.parametrize(
    "body",
    ["r if print(input.x)", "r if count(input.x) with count as print", 'r if { print("x"); true }'],
)
def test_print_is_refused(body):
    assert [finding for finding in findings_of(body) if "`print`" in finding.de]


def test_the_finding_says_file_line_and_what_to_do():
    (finding,) = findings_of("# http.send\n\nr if {\n\tinput.x\n\thttp.send(input.y)\n}")

    assert (finding.path, finding.line) == ("policies/a/a.rego", 7)
    assert "policies/capabilities.json" in finding.de
    assert "capabilities.json" in finding.en


@pytest.mark.parametrize(
    "line",
    [
        "import data.b as http",  # then `http.send` would be ours to the eye, or theirs
        "import data.b.http",
        "import data.b as count",
        "import data.io",
        "import input.b as time",
    ],
)
def test_an_import_that_is_named_like_a_builtin_is_refused(line):
    alias = line.split()[-1].split(".")[-1]

    findings = findings_of(f"{line}\n\nr if {alias}.x")

    assert [f.line for f in findings if f"heißt hier `{alias}`" in f.de] == [3]


@pytest.mark.parametrize(
    "body",
    [
        "r if count(input.x) > 1",
        'r := {x | some x in input.y} & {"a"}',
        'r := $"text {upper(input.x)}"',
        "r := time.clock(input.x)",
        "r if every x in input.y { x == 1 }",
        "import data.b.members\n\nr if members.x",
        'r := "http.send"',
        "r := input.http.send",
        "r := data.print.x",
        "f(x) := count(x)\n\nr if f(input.x) with input.y as 1",
    ],
)
def test_what_rules_are_made_of_is_allowed(body):
    assert findings_of(body) == []


@pytest.mark.parametrize(
    ("path", "package", "right"),
    [
        ("policies/exchange/main/main.rego", "exchange.main", True),
        ("policies/exchange/main/main_test.rego", "exchange.main_test", True),
        ("policies/exchange/main/main.rego", "exchange.other", False),
        ("policies/exchange/main/main_test.rego", "exchange.main", False),
        ("policies/exchange/main/main.rego", "exchange.main.main", False),
    ],
)
def test_a_folder_is_its_package(path, package, right):
    assert (findings_of("r := 1", path, package) == []) is right
