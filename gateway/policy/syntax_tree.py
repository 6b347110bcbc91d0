"""Rego syntax trees as `rego.parse_module` gives them, and where a name stands in a source."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed module. The tree has no places, so a name's line is found in the source."""

    path: str
    source: str
    tree: Mapping[str, Json]

    @property
    def package(self) -> tuple[str, ...]:
        """The package path without the leading `data`."""
        return tuple(str(part["value"]) for part in self.tree["package"]["path"][1:])

    def rules(self) -> Iterator[Mapping[str, Json]]:
        yield from self.tree.get("rules", ())

    def imports(self) -> Iterator[tuple[str, str]]:
        """Each import as (dotted path, the name it has in the module)."""
        for item in self.tree.get("imports", ()):
            parts = [str(part["value"]) for part in item["path"]["value"]]
            yield ".".join(parts), item.get("alias") or parts[-1]

    def comments(self) -> Iterator[tuple[int, str]]:
        """Each comment as (line, text after the `#`)."""
        for comment in self.tree.get("comments", ()):
            yield comment["Location"]["row"], b64decode(comment["Text"]).decode()

    def line_of(self, dotted: str) -> int:
        """The first line of code that names *dotted*; 1 if it cannot be found."""
        first, *rest = dotted.split(".")
        tail = "".join(rf"\s*(?:\.\s*{part}|\[\s*[\"`]{part}[\"`]\s*\])" for part in rest)
        name = re.compile(rf"(?<![\w.]){re.escape(first)}{tail}(?!\w)")
        found = name.search(self._code())
        return 1 + self.source.count("\n", 0, found.start()) if found else 1

    def _code(self) -> str:
        """The source with comments blanked out, lines kept."""
        lines = self.source.split("\n")
        for comment in self.tree.get("comments", ()):
            row, col = comment["Location"]["row"] - 1, comment["Location"]["col"] - 1
            lines[row] = lines[row].encode()[:col].decode(errors="ignore").ljust(len(lines[row]))
        return "\n".join(lines)


def rule_name(rule: Mapping[str, Json]) -> str:
    """The name of a rule, without what its head says besides."""
    reference = rule["head"].get("ref")
    return str(reference[0]["value"]) if reference else str(rule["head"].get("name", ""))


def names(node: Json) -> Iterator[str]:
    """Every name anywhere in a tree: each variable, and each dotted beginning of a reference.

    `with` targets and values, template strings, rule heads and comprehensions are part of the
    tree like all else, so nothing is left out.
    """
    if isinstance(node, Mapping):
        if node.get("type") == "ref":
            yield from _beginnings(node["value"])
        elif node.get("type") == "var":
            yield node["value"]
        for key, child in node.items():
            if key in ("ref", "path") and isinstance(child, list):
                yield from _beginnings(child)
            yield from names(child)
    elif isinstance(node, list):
        for child in node:
            yield from names(child)


def objects(node: Json) -> Iterator[Mapping[str, Json]]:
    """Every object literal in a tree, as a mapping from constant keys to value terms."""
    if isinstance(node, Mapping):
        if node.get("type") == "object":
            yield {
                key["value"]: value for key, value in node["value"] if key.get("type") == "string"
            }
        for child in node.values():
            yield from objects(child)
    elif isinstance(node, list):
        for child in node:
            yield from objects(child)


def _beginnings(reference: Sequence[Mapping[str, Json]]) -> Iterator[str]:
    if not reference or reference[0].get("type") != "var":
        return
    dotted = str(reference[0]["value"])
    for part in reference[1:]:
        if part.get("type") != "string":
            return
        dotted = f"{dotted}.{part['value']}"
        yield dotted
