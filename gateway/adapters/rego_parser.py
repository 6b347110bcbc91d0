"""Rego modules to syntax trees, parsed by the engine itself in a child that ends afterwards."""

import re
from collections.abc import Iterable

from gateway.adapters.engine_session import EngineSession
from gateway.policy.findings import Finding
from gateway.policy.syntax_tree import Module

_PARSER = "package parser\n\ntree := rego.parse_module(input.path, input.source)\n"
_ERROR = re.compile(r"(\S+\.rego):(\d+): (rego_\w+: [^\n]*)")


def parse_modules(
    sources: Iterable[tuple[str, str]],
) -> tuple[list[Module], list[Finding]]:
    """Parse each (path, source); a syntax error is a finding, with the engine's own words.

    Raises:
        PolicyUnavailable: The engine's process gave no answer.
    """
    modules: list[Module] = []
    findings: list[Finding] = []
    with EngineSession() as engine:
        engine.add_module("parser.rego", _PARSER)
        for path, source in sources:
            answer = engine.evaluate("parser.tree", {"path": path, "source": source})
            if answer.get("error"):
                findings += findings_in(str(answer["error"].get("message", "")), path)
            elif answer.get("result"):
                tree = answer["result"][0]["expressions"][0]["value"]
                modules.append(Module(path, source, tree))
            else:
                findings.append(Finding(path, 0, "Die Datei ist leer.", "The file is empty."))
    return modules, findings


def findings_in(message: str, path: str) -> list[Finding]:
    """Return a finding for each line that the engine's *message* names, or one for *path*."""
    places: dict[tuple[str, int], str] = {}
    for found in _ERROR.finditer(message):
        places.setdefault((found[1], int(found[2])), found[3])
    if not places:
        places[path, 0] = message.partition("\n")[0] or "unknown error"
    return [
        Finding(where, line, f"Das ist kein gültiges Rego: {what}", "Not valid Rego.")
        for (where, line), what in places.items()
    ]
