"""What may stand under `not`, so that an absent value cannot take a denial away.

The engine works out the arguments of a call, and what stands in the brackets of a reference,
before it looks at the `not`. Where one of them is undefined, so is the whole line, and the rule
says nothing: `deny contains "x" if not "a" in input.stated` denies nobody whose input states
nothing. Equality is no such call: `not input.facts.x == true` holds where the fact is absent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from gateway.policy.findings import Finding
from gateway.policy.syntax_tree import Module

Json = Any
Term = Mapping[str, Json]
Path = tuple[str, ...]

_FINDINGS = ("exchange", "rules", "findings")  # its rule `found` is seen as `input.found`
_EQUALITY = {"equal", "eq"}
_SCALARS = {"string", "number", "boolean", "null"}
_ALWAYS = _SCALARS | {
    "setcomprehension",
    "arraycomprehension",
    "objectcomprehension",
    "templatestring",
}


def check_negations(modules: Iterable[Module]) -> list[Finding]:
    """Return each `not` that holds a value of which nothing says that it is there.

    A value is always there if it is a constant, a local variable, a comprehension, a finding, or a
    rule that is a set by parts, has a default, or is made without conditions of such values.
    """
    rules = [module for module in modules if not module.path.endswith("_test.rego")]
    known = _Known(rules)
    return [finding for module in rules for finding in _in_module(module, known)]


def _in_module(module: Module, known: "_Known") -> Iterator[Finding]:
    seen = known.seen_from(module)
    for rule in module.rules():
        for expression in _negated(rule):
            if not _holds(expression, seen):
                name = _name_of(rule)
                yield Finding(
                    module.path,
                    module.line_of(name),
                    f"In der Regel `{name}` steht unter `not` ein Aufruf, eine Mitgliedschaft oder"
                    " eine Klammer mit einem Wert, der fehlen kann; dann fiele die Regel weg."
                    " Nennen Sie die Bedingung in einer eigenen Regel, oder geben Sie dem Wert eine"
                    " Vorgabe.",
                    f"In rule `{name}` a call, a membership or a bracket under `not` holds a value"
                    " that can be absent; then the rule would be gone. Name the condition in a rule"
                    " of its own, or give the value a default.",
                )


def _holds(expression: Term, sure: Callable[[Term], bool]) -> bool:
    terms = expression["terms"]
    if not all(sure(each["value"]) for each in expression.get("with", ())):
        return False
    if isinstance(terms, Mapping):
        return _plain(terms, sure)
    operator, *operands = terms
    if _dotted(operator) in _EQUALITY:
        return all(_plain(operand, sure) for operand in operands)
    return all(sure(operand) for operand in operands)


def _plain(term: Term, sure: Callable[[Term], bool]) -> bool:
    """Whether the term itself may be undefined, but nothing that stands inside of it."""
    match term["type"]:
        case "var":
            return True
        case "ref":
            head, *brackets = term["value"]
            return head["type"] == "var" and all(sure(each) for each in brackets)
        case _:
            return sure(term)


class _Known:
    """The rules of all modules by package, with the values that are always there."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self._rules: dict[Path, dict[str, list[tuple[Module, Term]]]] = {}
        for module in modules:
            package = self._rules.setdefault(module.package, {})
            for rule in module.rules():
                package.setdefault(_name_of(rule), []).append((module, rule))
        self._findings = {
            key["value"]
            for _, rule in self._rules.get(_FINDINGS, {}).get("found", ())
            if rule["head"].get("value", {}).get("type") == "object"
            for key, _ in rule["head"]["value"]["value"]
        }

    def seen_from(self, module: Module) -> Callable[[Term], bool]:
        """Say of a term as it stands in *module* whether it always has a value."""
        aliases = {name: tuple(path.split(".")[1:]) for path, name in module.imports()}
        own = self._rules[module.package]

        def sure(term: Term) -> bool:
            value = term["value"]
            match term["type"]:
                case kind if kind in _ALWAYS:
                    return True
                case "var":
                    if value in own:
                        return self._always(module.package, value)
                    return value not in {"data", "input", *aliases}
                case "array" | "set":
                    return all(map(sure, value))
                case "object":
                    return all(sure(each) for pair in value for each in pair)
                case "ref":
                    path = tuple(str(part["value"]) for part in value)
                    if any(part["type"] != "string" for part in value[1:]):
                        return False
                    if path[:2] == ("input", "found"):
                        return len(path) == 3 and path[2] in self._findings
                    package = (
                        path[1:] if path[0] == "data" else (*aliases.get(path[0], ()), *path[1:])
                    )
                    return path[0] in {"data", *aliases} and self._always(package[:-1], package[-1])
                case _:
                    return False

        return sure

    def _always(self, package: Path, name: str) -> bool:
        return any(
            rule.get("default") or _by_parts(rule) or self._unconditional(module, rule)
            for module, rule in self._rules.get(package, {}).get(name, ())
        )

    def _unconditional(self, module: Module, rule: Term) -> bool:
        bare = [expression["terms"] for expression in rule["body"]]
        head = rule["head"]
        return (
            bare == [{"type": "boolean", "value": True}]
            and "args" not in head
            and self.seen_from(module)(head["value"])
        )


def _by_parts(rule: Term) -> bool:
    """`r contains x` is a set, if an empty one, whatever its conditions say."""
    return "key" in rule["head"] and "value" not in rule["head"]


def _negated(node: Json) -> Iterator[Term]:
    if isinstance(node, Mapping):
        if node.get("negated") is True:
            yield node
        for child in node.values():
            yield from _negated(child)
    elif isinstance(node, list):
        for child in node:
            yield from _negated(child)


def _name_of(rule: Term) -> str:
    head = rule["head"]
    return str(head.get("name") or head["ref"][0]["value"])


def _dotted(reference: Term) -> str:
    return ".".join(str(part["value"]) for part in reference["value"])
