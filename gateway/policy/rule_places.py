"""Where in the Rego a reason or an obligation stands, so that a reader finds the rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from gateway.policy.metadata import read_metadata
from gateway.policy.policy_files import is_test
from gateway.policy.syntax_tree import Module, rule_name

_RULES = ("exchange", "rules")
_REFUSALS = {"deny", "withhold"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of law: its folder, its title, and whether it can deny or withhold."""

    name: str
    title: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class Places:
    """The topics in the order of their folders; `path:line` by (rule, reason or code)."""

    topics: tuple[Topic, ...]
    of_pair: Mapping[tuple[str, str], str]


def read_places(modules: Iterable[Module]) -> Places:
    """Find the METADATA block of each reason, and the line that gives each obligation."""
    topics, of_pair = [], dict[tuple[str, str], str]()
    for module in modules:
        if is_test(module.path):
            continue
        blocks, _ = read_metadata(module)
        if module.package[:-1] == _RULES:
            refuses = bool(_REFUSALS & {*map(rule_name, module.rules())})
            topics.append(Topic(module.package[-1], blocks[0].title if blocks else "", refuses))
        for block in blocks:
            for said in block.reasons:
                of_pair.setdefault((said.rule, said.reason), f"{module.path}:{block.line}")
        for rule, code, line in _obligations(module):
            of_pair.setdefault((rule, code), f"{module.path}:{line}")
    return Places(tuple(sorted(topics, key=lambda topic: topic.name)), of_pair)


def _obligations(module: Module) -> Iterable[tuple[str, str, int]]:
    """Each line that gives an obligation with its rule: `{"code": "OB-…", "rule": "…", …}`."""
    for number, line in enumerate(module.source.split("\n"), 1):
        parts = line.split('"')
        words = [parts[place] for place in range(1, len(parts), 2)]
        named = dict(pairwise(words))
        if named.get("code", "").startswith("OB-") and "rule" in named:
            yield named["rule"], named["code"], number
