"""Whether of two decisions on the same input the second one releases more (DESIGN 9).

What cannot be ordered counts as more: another parameter, another log class, a duty that is gone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
Document = Mapping[str, Json]
Placed = tuple[int, str, Json]

_VERDICTS = {"deny": 0, "hold": 1, "permit": 2}
_ACTIONS = {"withhold": 0, "pseudonymise": 1, "generalise": 1, "release": 2}
_WITHHELD: Placed = (0, "withhold", {})

_CARRIED = frozenset({"obligation_gone", "obligation_otherwise", "log_class"})
"""What a decision says because of members that it releases, and no longer says without them."""


@dataclass(frozen=True, slots=True)
class Loosening:
    """What is more in the second decision, by code, and whether anything in it is less."""

    more: frozenset[str]
    less: bool

    @property
    def perhaps_with_members(self) -> bool:
        """Whether all that is more can have gone together with members that are less."""
        return self.less and bool(self.more) and self.more <= _CARRIED

    @property
    def loosens(self) -> bool:
        """Whether more is released, without asking what went together with members."""
        return bool(self.more) and not self.perhaps_with_members


def loosening(before: Document, after: Document) -> Loosening:
    """Compare two decision documents that their schema accepts."""
    was, now = _VERDICTS[before["verdict"]], _VERDICTS[after["verdict"]]
    more = {"verdict"} if now > was else set[str]()
    less = now < was
    old, new = _placed(before), _placed(after)
    for name in {*old, *new}:
        one, other = old.get(name, _WITHHELD), new.get(name, _WITHHELD)
        if other[0] > one[0]:
            more.add("member")
        elif other[0] < one[0]:
            less = True
        elif one != other:
            more.add("transformation")
    more |= {*_duties(before, after), *_frame(before, after)}
    return Loosening(frozenset(more), less)


def withdrawn(before: Document, after: Document) -> frozenset[str]:
    """Return the members of which something left before and nothing leaves now."""
    new = _placed(after)
    return frozenset(
        name
        for name, (rank, _, _) in _placed(before).items()
        if rank > 0 and new.get(name, _WITHHELD)[0] == 0
    )


def _placed(decision: Document) -> dict[str, Placed]:
    """What becomes of each member: its rank, its action, how it is changed."""
    return {
        name: (_ACTIONS[outcome["action"]], outcome["action"], outcome["parameters"])
        for outcome in decision["outcomes"]
        for name in outcome["members"]
    }


def _duties(before: Document, after: Document) -> Iterator[str]:
    """A denial releases nothing, so that it needs none of the duties of a release."""
    newly_denied = after["verdict"] == "deny" != before["verdict"]
    old, new = _obligations(before), _obligations(after)
    for duty, parameters in old.items():
        if duty not in new:
            if not newly_denied:
                yield "obligation_gone"
        elif new[duty] != parameters:
            yield "obligation_otherwise"


def _obligations(decision: Document) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for item in decision["obligations"]:
        parameters = repr(sorted(item["parameters"].items()))
        found.setdefault((item["code"], item["rule"]), []).append(parameters)
    return {duty: sorted(parameters) for duty, parameters in found.items()}


def _frame(before: Document, after: Document) -> Iterator[str]:
    if before["log_class"] != after["log_class"]:
        yield "log_class"
    if before["neutral"] and not after["neutral"]:
        yield "neutral"
    if after["verdict"] == "deny":
        return
    for part in ("regime", "accountable"):
        if before[part] != after[part]:
            yield part
