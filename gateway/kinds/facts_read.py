"""Which facts the rules read for an exchange kind, found in the rules themselves.

From the one entrypoint every rule is followed that can hold for the kind. One cannot where it asks
for a group, a kind, a purpose or a basis that no route of the kind has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.policy.syntax_tree import Module

Json = Any
Term = Mapping[str, Json]
Path = tuple[str, ...]
Holds = Mapping[str, frozenset[str]]

_ENTRY = (("exchange", "main"), "decision")
_CONDITIONS = (("exchange", "rules", "conditions"), "met")
_EQUALITY = {"equal", "eq"}
_MEMBERSHIP = "internal.member_2"


@dataclass(frozen=True, slots=True)
class FactsRead:
    """Names of facts of the request, and of attributes of members."""

    request: frozenset[str]
    member: frozenset[str]


@dataclass(frozen=True, slots=True)
class Routes:
    """All that can be on the routes of a kind, and the conditions of its bases.

    `holds` says of a name of the input, as the rules write it, what it can be or hold.
    """

    holds: Holds
    conditions: frozenset[str]


def facts_read(modules: Iterable[Module], routes: Routes) -> FactsRead:
    """Return the facts that some rule reads which can hold on *routes*."""
    return _Walk([it for it in modules if not it.path.endswith("_test.rego")], routes).found()


class _Walk:
    """Follows the rules from the entrypoint, each rule once."""

    def __init__(self, modules: Sequence[Module], routes: Routes) -> None:
        self._routes = routes
        self._rules: dict[tuple[Path, str], list[Term]] = {}
        self._aliases: dict[Path, dict[str, Path]] = {}
        for module in modules:
            aliases = self._aliases.setdefault(module.package, {})
            for path, name in module.imports():
                aliases[name] = tuple(path.split(".")[1:])
            for rule in module.rules():
                self._rules.setdefault((module.package, _name_of(rule)), []).append(rule)
        self._seen: set[tuple[Path, str, str | None]] = set()
        self._request: set[str] = set()
        self._member: set[str] = set()

    def found(self) -> FactsRead:
        self._visit(*_ENTRY, None)
        return FactsRead(frozenset(self._request), frozenset(self._member))

    def _visit(self, package: Path, name: str, key: str | None) -> None:
        if (package, name, key) in self._seen or (package, name) not in self._rules:
            return
        self._seen.add((package, name, key))
        for rule in self._rules[package, name]:
            own = _key_of(rule)
            if own is not None and not self._asked(package, name, own, key):
                continue
            for branch in _branches(rule):
                choices = dict(_choices(branch))
                if self._can_hold_here(package, branch, choices):
                    self._read(package, [branch["head"], branch.get("body", [])], choices)

    def _asked(self, package: Path, name: str, own: str, key: str | None) -> bool:
        if key is not None:
            return own == key
        return (package, name) != _CONDITIONS or own in self._routes.conditions

    def _can_hold_here(
        self, package: Path, branch: Term, choices: Mapping[str, frozenset[str]]
    ) -> bool:
        return not any(self._never(package, it, choices) for it in branch.get("body", ()))

    def _impossible(self, package: Path, name: str) -> bool:
        """Say whether no rule of that name can hold; one with a default always has a value."""
        rules = self._rules.get((package, name), ())
        branches = [branch for rule in rules for branch in _branches(rule)]
        return bool(branches) and not any(
            branch.get("default") or self._can_hold_here(package, branch, dict(_choices(branch)))
            for branch in branches
        )

    def _never(
        self, package: Path, expression: Term, choices: Mapping[str, frozenset[str]]
    ) -> bool:
        """Say whether a line cannot hold on the routes of the kind."""
        terms = expression["terms"]
        if expression.get("negated"):
            return False
        if isinstance(terms, Mapping):
            return terms.get("type") == "var" and self._impossible(package, terms["value"])
        if len(terms) != 3:
            return False
        operator, left, right = terms
        if _dotted(operator) in _EQUALITY:
            sides = (self._can_be(left, choices), self._can_be(right, choices))
        elif _dotted(operator) == _MEMBERSHIP:
            sides = (self._can_be(left, choices), self._can_hold(right))
        else:
            return False
        return None not in sides and not sides[0] & sides[1]  # type: ignore[operator]

    def _can_be(self, term: Term, choices: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
        match term["type"]:
            case "string":
                return frozenset({term["value"]})
            case "var":
                return choices.get(term["value"])
            case "ref":
                return self._routes.holds.get(_dotted(term))
        return None

    def _can_hold(self, term: Term) -> frozenset[str] | None:
        if term["type"] == "ref":
            return self._routes.holds.get(_dotted(term))
        return _literal(term)

    def _read(self, package: Path, node: Json, choices: Mapping[str, frozenset[str]]) -> None:
        if isinstance(node, list):
            for child in node:
                self._read(package, child, choices)
        elif isinstance(node, Mapping):
            if node.get("type") == "ref":
                self._refer(package, node["value"], choices)
            elif node.get("type") == "var":
                self._visit(package, node["value"], None)
            for child in node.values():
                self._read(package, child, choices)

    def _refer(
        self, package: Path, parts: Sequence[Term], choices: Mapping[str, frozenset[str]]
    ) -> None:
        steps = [_constant(part) for part in parts]
        first, *rest = steps
        if first == "input" and rest[:1] == ["facts"] and len(rest) > 1 and rest[1]:
            self._request.add(rest[1])
        if first == "input" and rest[:1] == ["members"] and len(rest) > 2 and rest[2]:
            self._member.add(rest[2])
        if "said" in steps[:-1]:
            after = parts[steps.index("said") + 1]
            self._member |= self._can_be(after, choices) or frozenset()
        if first in self._aliases[package] and rest and rest[0]:
            key = rest[1] if len(rest) > 1 else None
            self._visit(self._aliases[package][first], rest[0], key)
        elif first is not None:
            self._visit(package, first, rest[0] if rest else None)


def _branches(rule: Term) -> Iterator[Term]:
    yield rule
    if "else" in rule:
        yield from _branches(rule["else"])


def _choices(rule: Term) -> Iterator[tuple[str, frozenset[str]]]:
    """Each variable of a body that is one of a set of constants: `some x in {"A", "B"}`."""
    for expression in rule.get("body", ()):
        terms = expression["terms"]
        for symbol in terms.get("symbols", ()) if isinstance(terms, Mapping) else ():
            if symbol["type"] != "call" or _dotted(symbol["value"][0]) != _MEMBERSHIP:
                continue
            _, variable, members = symbol["value"]
            literal = _literal(members)
            if literal is not None:
                yield variable["value"], literal


def _literal(term: Term) -> frozenset[str] | None:
    """The texts of a set or list that is written out, if it is nothing but texts."""
    if term["type"] not in ("set", "array"):
        return None
    texts = [_constant(it) if it["type"] == "string" else None for it in term["value"]]
    return None if None in texts else frozenset(filter(None, texts))


def _constant(term: Term) -> str | None:
    """The first name of a reference, or a text in it; None for what is known only later."""
    return str(term["value"]) if term["type"] in ("var", "string") else None


def _dotted(reference: Term) -> str:
    return ".".join(str(part["value"]) for part in reference["value"])


def _name_of(rule: Term) -> str:
    head = rule["head"]
    return str(head.get("name") or head["ref"][0]["value"])


def _key_of(rule: Term) -> str | None:
    """The constant key that a rule gives an object: `met["concrete_danger"] if ...`."""
    reference = rule["head"].get("ref", [])
    if len(reference) == 2 and reference[1]["type"] == "string":
        return str(reference[1]["value"])
    return None
