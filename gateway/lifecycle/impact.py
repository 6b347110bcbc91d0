"""The impact report on a draft of the rules: what everyone who votes has before them (DESIGN 9).

The same draft, cases and history give the same bytes: nothing in it says when or how fast it was
made. Its canonical form is that of RFC 8785, and its digest stands in every ballot.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.lifecycle.policy_effect import PolicyChange, Weighed
from gateway.lifecycle.registry_effect import FORM
from gateway.policy.set_differences import Difference
from gateway.policy.table_differences import Change

Json = Any


def impact_report(
    change: PolicyChange,
    weighed: Weighed,
    difference: Difference,
    tests: Mapping[str, Json],
) -> dict[str, Json]:
    """Return the report on *change*.

    *tests* says by engine which cases passed, and which Rego tests (`Tried.document`). The
    budget of evaluation is kept when every probe and every case is decided within the deadline.
    """
    history = change.history
    return {
        "report": FORM,
        "kind": "policy",
        "digest_before": change.before.policy_set.digest,
        "digest_after": change.after.policy_set.digest,
        "tests": dict(tests),
        "evaluation_budget": {
            "probes": weighed.probes,
            "cases": weighed.cases,
            "undecided": weighed.undecided,
            "kept": weighed.undecided == 0,
        },
        "difference": [{"de": each.de, "en": each.en} for each in _in_words(difference)],
        "effect": weighed.effect.document(),
        "replay": None if history is None else {**history.document(), "digest": history.digest},
    }


def _in_words(difference: Difference) -> Iterator[Change]:
    yield from difference.tables
    yield from difference.rules
    yield from difference.schemas
    for case in difference.cases:
        yield from _of_case(case.id, case.changes)


def _of_case(name: str, changes: Iterable[Change]) -> Iterator[Change]:
    for change in changes:
        yield Change(f"Fall {name}: {change.de}", f"case {name}: {change.en}")
