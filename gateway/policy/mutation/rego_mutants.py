"""Mutants of a module: each condition, comparison, set and rule changed, one at a time."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from gateway.policy.mutation.mutant import Change, Mutant

Json = Any
Node = Mapping[str, Json]
Span = tuple[int, int]

_SWAPPED = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_COMPARISONS = {"equal", "neq", "lt", "lte", "gt", "gte"}
_BINDING = {"assign", "eq"}
_EMPTY = {
    "set": "set()",
    "setcomprehension": "set()",
    "arraycomprehension": "[]",
    "objectcomprehension": "{}",
}
_TRUE = {"type": "boolean", "value": True}


def mutants_of_module(path: str, source: str, rules: list[Node]) -> Iterator[Mutant]:
    """Give the mutants of *source*, whose *rules* are parsed with their places.

    Some of them do not compile: a condition that is dropped may have bound a variable.
    """
    text = SourceText(path, source)
    for rule in rules:
        where = name_of(rule)
        yield from silenced(text, where, rule)
        for node in _nodes(rule):
            if "terms" in node:
                yield from _conditions(text, where, node)
            yield from _comparisons(text, where, node)
            yield from _sets(text, where, node)


class SourceText:
    """A module's source, and what it becomes with one span replaced."""

    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = path, source
        lines = source.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]

    def span(self, node: Node) -> Span | None:
        """Where the node's own text stands; an opening bracket may stand before its column."""
        location = node.get("location")
        if not location or not location.get("text"):
            return None
        text = b64decode(location["text"]).decode()
        near = self._starts[location["row"] - 1] + location["col"] - 1
        if text.startswith("else ") and "terms" in node:
            before, _, after = text.partition(" if ")  # the place given is that of the branch
            near, text = near + len(before) + len(" if "), after.partition("\n\nelse ")[0]
        for start in range(near, max(near - 8, 0) - 1, -1):
            if self.source.startswith(text, start):
                return start, start + len(text)
        return None

    def mutant(self, where: str, change: Change, span: Span, new: str, before: Span) -> Mutant:
        line = 1 + self.source.count("\n", 0, before[0])
        old = " ".join(self.source[slice(*before)].split())
        source = self.source[: span[0]] + new + self.source[span[1] :]
        return Mutant(self.path, line, where, change, old, source=source)


def opened(text: SourceText, where: str, rule: Node) -> Mutant | None:
    """The rule without any condition but those that bind a variable; None where it has none."""
    spans = [
        span
        for expression in rule["body"]
        if not _binds(expression["terms"]) and not _is_true(expression["terms"])
        if (span := text.span(expression)) is not None
    ]
    if not spans:
        return None
    source = text.source
    for start, end in sorted(spans, reverse=True):
        source = f"{source[:start]}true{source[end:]}"
    line = 1 + text.source.count("\n", 0, min(spans)[0])
    return Mutant(text.path, line, where, Change.DROPPED, "every condition", source=source)


def _conditions(text: SourceText, where: str, expression: Node) -> Iterator[Mutant]:
    span, terms = text.span(expression), expression["terms"]
    if span is None or _binds(terms) or _is_true(terms):
        return
    old = text.source[slice(*span)]
    if expression.get("negated"):
        plain = old.removeprefix("not").lstrip()
        yield text.mutant(where, Change.NEGATED, span, plain, span)
    else:
        yield text.mutant(where, Change.NEGATED, span, f"not {old}", span)
    yield text.mutant(where, Change.DROPPED, span, "true", span)


def _comparisons(text: SourceText, where: str, node: Node) -> Iterator[Mutant]:
    """A comparison is an expression's terms, or a call inside of one."""
    parts = node.get("terms") if "terms" in node else node.get("value")
    if not isinstance(parts, list) or len(parts) != 3 or not isinstance(parts[0], Mapping):
        return
    if node.get("type") not in (None, "call") or _operator(parts[0]) not in _COMPARISONS:
        return
    span, whole = text.span(parts[0]), text.span(node)
    if span is not None and whole is not None:
        swapped = _SWAPPED.get(text.source[slice(*span)])
        if swapped:
            yield text.mutant(where, Change.COMPARED_OTHERWISE, span, swapped, whole)


def _sets(text: SourceText, where: str, node: Node) -> Iterator[Mutant]:
    empty = _EMPTY.get(str(node.get("type")))
    if empty is None or node.get("value") == []:
        return
    span = text.span(node)
    if span is not None:
        yield text.mutant(where, Change.EMPTIED, span, empty, span)


def emptied(text: SourceText, where: str, rule: Node) -> Iterator[Mutant]:
    """The rule with each of its sets emptied, the outermost first."""
    for node in _nodes(rule):
        yield from _sets(text, where, node)


def silenced(text: SourceText, where: str, rule: Node) -> Iterator[Mutant]:
    """The rule with a condition that never holds, unless it is a value without conditions."""
    whole = text.span(rule)
    first = rule["body"][0]
    if whole is None or rule.get("default"):
        return
    if _is_true(first["terms"]):
        if "key" in rule["head"] and "value" not in rule["head"]:
            end = (whole[1], whole[1])
            yield text.mutant(where, Change.SILENCED, end, " if false", whole)
        return
    span = text.span(first)
    if span is None:
        return
    if text.source[: span[0]].rstrip().endswith("{"):
        new, replaced = "false; ", (span[0], span[0])
    else:
        new, replaced = f"{{ false; {text.source[slice(*span)]} }}", span
    yield text.mutant(where, Change.SILENCED, replaced, new, _head(text, whole, span))


def _head(text: SourceText, whole: Span, first: Span) -> Span:
    """The rule without its body, to name it."""
    head = text.source[whole[0] : first[0]]
    return whole[0], whole[0] + len(head.rstrip().removesuffix("{").rstrip())


def _nodes(node: Json) -> Iterator[Node]:
    if isinstance(node, Mapping):
        yield node
        for key, child in node.items():
            if key != "location":
                yield from _nodes(child)
    elif isinstance(node, list):
        for child in node:
            yield from _nodes(child)


def _binds(terms: Json) -> bool:
    """`x := ...` and `some x in ...`: without them the rest has no variable to speak of."""
    if isinstance(terms, Mapping):
        return "symbols" in terms
    return _operator(terms[0]) in _BINDING


def _is_true(terms: Json) -> bool:
    if not isinstance(terms, Mapping):
        return False
    return {key: value for key, value in terms.items() if key != "location"} == _TRUE


def _operator(term: Node) -> str:
    if term.get("type") != "ref":
        return ""
    return ".".join(str(part["value"]) for part in term["value"])


def name_of(rule: Node) -> str:
    """The rule's name, with the pair or the code that it hands out."""
    head = rule["head"]
    name = str(head.get("name") or head["ref"][0]["value"])
    key = head.get("key") or (head["ref"][1] if len(head.get("ref", ())) > 1 else {})
    if key.get("type") == "string":
        return f"{name} {key['value']}"
    if key.get("type") != "object":
        return name
    said = {k["value"]: v["value"] for k, v in key["value"] if v.get("type") == "string"}
    given = [said[word] for word in ("rule", "reason", "code") if word in said]
    return f"{name} {'/'.join(given)}" if given else name
