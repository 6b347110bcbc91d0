"""How two states of the Rego differ: which rule of which topic, and what a reason says."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.policy.catalogue import Catalogue
from gateway.policy.policy_files import is_test
from gateway.policy.syntax_tree import Module, objects, rule_name
from gateway.policy.table_differences import Change

Json = Any

_SAID = {"title": ("Titel", "title"), "de": ("deutscher Satz", "German"), "en": ("", "English")}


def rule_changes(before: Iterable[Module], after: Iterable[Module]) -> Iterator[Change]:
    """Say of each module which of its rules came, went, or ask for something else.

    Comments and layout do not count; where nothing else differs, that is said.
    """
    old, new = ({module.path: module for module in modules} for modules in (before, after))
    for path in sorted({*old, *new}):
        if path not in new:
            yield Change(f"{path}: Datei entfernt", f"{path}: file removed")
        elif path not in old:
            yield Change(f"{path}: neue Datei", f"{path}: new file")
        elif old[path].source != new[path].source:
            yield from _module(path, old[path], new[path])


def _module(path: str, before: Module, after: Module) -> Iterator[Change]:
    old, new = _rules(before), _rules(after)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    if not changed:
        yield Change(f"{path}: nur Form oder Erläuterung", f"{path}: layout or comments only")
    elif is_test(path):
        names = ", ".join(changed)
        yield Change(f"{path}: andere Tests: {names}", f"{path}: tests differ: {names}")
    else:
        for name in changed:
            if name not in new:
                yield Change(f"{path}: {name} entfernt", f"{path}: {name} removed")
            elif name not in old:
                yield Change(f"{path}: {name} neu", f"{path}: {name} is new")
            else:
                yield Change(f"{path}: {name} verlangt anderes", f"{path}: {name} asks otherwise")


def _rules(module: Module) -> Mapping[str, list[str]]:
    """Each rule by its name and, where it gives one, its pair: `deny LAW-1/why`."""
    rules: dict[str, list[str]] = defaultdict(list)
    for rule in module.rules():
        rules[f"{rule_name(rule)}{_given(rule['head'])}"].append(json.dumps(rule, sort_keys=True))
    return rules


def _given(head: Json) -> str:
    for literal in objects(head):
        constant = {
            key: str(term["value"]) for key, term in literal.items() if term.get("type") == "string"
        }
        if "rule" in constant:
            word = constant.get("reason", constant.get("code", ""))
            return f" {constant['rule']}/{word}"
    return ""


def reason_changes(before: Catalogue, after: Catalogue) -> Iterator[Change]:
    """Say which reasons came or went, and which are worded otherwise."""
    for pair in sorted({*before.entries, *after.entries}):
        name = "/".join(pair)
        old, new = before.entries.get(pair), after.entries.get(pair)
        if new is None:
            yield Change(f"Grund {name} entfernt", f"reason {name} removed")
        elif old is None:
            yield Change(f"Grund {name} neu: „{new.de}“", f"reason {name} is new: “{new.en}”")
        else:
            for part, (german, english) in _SAID.items():
                was, now = getattr(old, part), getattr(new, part)
                if was != now:
                    what = german or "englischer Satz"
                    yield Change(
                        f"Grund {name}: {what} „{was}“ → „{now}“",
                        f"reason {name}: {english} reads otherwise",
                    )
