"""A policy set with twice as many kinds and rules, to see whether a decision feels it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.policy.lookups import lookup_of
from gateway.policy.policy_set import PolicySet

Json = Any

_BY_KIND = ("routes", "necessity", "members")
_TWIN = "_TWIN"
_RULE = re.compile(r"^(deny|withhold|obligation|obligation_always|stop) contains", re.MULTILINE)


def with_twins(policy_set: PolicySet) -> PolicySet:
    """Give each kind a twin with the same tables, and each public rule one that is the twins' own.

    The rules of the twins begin as rules of one kind do: with a look at `input.exchange_kind`.
    """
    tables = {
        name: {**table, **{f"{kind}{_TWIN}": row for kind, row in table.items()}}
        for name, table in policy_set.data.items()
        if name in _BY_KIND
    }
    data = {**policy_set.data, **tables}
    data["lookup"] = lookup_of(data, data["members"])
    twin = f"{min(policy_set.data['necessity'])}{_TWIN}"
    modules = {path: _with_rules(source, twin) for path, source in policy_set.modules.items()}
    return replace(policy_set, data=data, modules=modules)


def _with_rules(source: str, kind: str) -> str:
    rules = (_rule(found[1], number, kind) for number, found in enumerate(_RULE.finditer(source)))
    return "\n".join([source, *rules])


def _rule(name: str, number: int, kind: str) -> str:
    says: Mapping[str, str] = {
        "withhold": '"reason": "twin", "members": input.found.offered',
        "obligation": '"code": "OB-TWIN", "parameters": {}',
        "obligation_always": '"code": "OB-TWIN", "parameters": {}',
    }
    said = says.get(name, '"reason": "twin"')
    return (
        f'{name} contains {{"rule": "TWIN-{number}", {said}}} if {{\n'
        f'\tinput.exchange_kind == "{kind}"\n'
        "\tinput.found.asks_personal == true\n}\n"
    )
