"""What METADATA and norms must say: by their schemas, and of the rule that stands below."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from gateway.policy.data_places import DataPlaces, dotted
from gateway.policy.findings import Finding
from gateway.policy.loading import Reading
from gateway.policy.metadata import Block, read_metadata
from gateway.policy.policy_files import NORM_SCHEMA, RULE_METADATA_SCHEMA, is_test
from gateway.policy.syntax_tree import Module, rule_name
from gateway.schemas import compile_schema, faults_of

Json = Any

_HEAD = re.compile(r"(?:default )?([A-Za-z_]\w*)")
_PAIR = re.compile(r'"rule": "([^"]+)", "reason": "([^"]+)"')
_CODE = re.compile(r'"code": "[^"]+", "rule": "([^"]+)"')
_EPOCH = date(1970, 1, 1)
_FIRST, _LAST = 0, 2_932_896  # what the rules compare with where a norm has no such day


def check_metadata(reading: Reading) -> Iterator[Finding]:
    """Give each public rule without METADATA, and each block that is not as it must be."""
    schema = compile_schema(reading.policy_set.schemas.get(RULE_METADATA_SCHEMA, {}), {})
    for module in reading.trees:
        if is_test(module.path):
            continue
        blocks, _ = read_metadata(module)
        below = {block.line: _code_below(module, block) for block in blocks}
        for block in blocks:
            for fault in faults_of(schema, block.content, ""):
                yield Finding(
                    module.path,
                    block.line,
                    f"METADATA `{fault.pointer or '/'}` ist nicht wie in"
                    f" schemas/{RULE_METADATA_SCHEMA} beschrieben: {fault.what}",
                    "METADATA is not as its schema says.",
                )
            yield from _other_than_the_rule(module, block, below[block.line])
        yield from _undocumented(module, {_first_word(line) for line in below.values()})


def check_norms(reading: Reading, places: DataPlaces) -> Iterator[Finding]:
    """Give each row of norms/ that is not as its schema says, or whose days do not fit."""
    schema = compile_schema(reading.policy_set.schemas.get(NORM_SCHEMA, {}), {})
    norms = reading.policy_set.data.get("norms")
    for rule, row in norms.items() if isinstance(norms, Mapping) else ():
        if rule == "confirmations" or not isinstance(row, Mapping):
            continue
        path, line = places.of(("norms", rule))
        for fault in faults_of(schema, row, ""):
            yield Finding(
                path,
                line,
                f"`{dotted(('norms', rule))}{fault.pointer}` ist nicht wie in"
                f" schemas/{NORM_SCHEMA} beschrieben: {fault.what}",
                "The norm is not as its schema says.",
            )
        for name, default in (("in_force_from", _FIRST), ("in_force_to", _LAST)):
            if row.get(f"{name}_day", default) != _day(row.get(name), default):
                yield Finding(
                    *places.of(("norms", rule, f"{name}_day")),
                    f"`{name}_day` von `{rule}` ist nicht der Tag von `{name}`; richtig ist"
                    f" {_day(row.get(name), default)}.",
                    f"`{name}_day` is not the day of `{name}`.",
                )


def _undocumented(module: Module, documented: set[str]) -> Iterator[Finding]:
    for name in sorted({rule_name(rule) for rule in module.rules()} - documented):
        if not name.startswith("_"):
            yield Finding(
                module.path,
                module.line_of(name),
                f"Über der öffentlichen Regel `{name}` fehlt METADATA; schreiben Sie es darüber,"
                " oder beginnen Sie den Namen mit `_`.",
                f"The public rule `{name}` lacks METADATA; write it, or begin the name with `_`.",
            )


def _other_than_the_rule(module: Module, block: Block, line: str) -> Iterator[Finding]:
    """The id in a rule's head decides; the block above must speak of the same one."""
    pair, code = _PAIR.search(line), _CODE.search(line)
    if pair is not None:
        same = any((said.rule, said.reason) == pair.groups() for said in block.reasons)
        given = "/".join(pair.groups())
    elif code is not None:
        same, given = code[1] in block.rules, code[1]
    else:
        return
    if not same:
        yield Finding(
            module.path,
            block.line,
            f"Die Regel darunter nennt {given}, METADATA darüber nicht.",
            f"The rule below gives {given}, the METADATA above it does not.",
        )


def _code_below(module: Module, block: Block) -> str:
    """The first line below a block that is no comment: the head of its rule."""
    lines = module.source.split("\n")[block.line - 1 :]
    return next((line for line in lines if not line.startswith("#")), "")


def _first_word(line: str) -> str:
    found = _HEAD.match(line)
    return found[1] if found else ""


def _day(text: Json, default: int) -> int:
    try:
        return (date.fromisoformat(text) - _EPOCH) // timedelta(days=1)
    except (TypeError, ValueError):
        return default
