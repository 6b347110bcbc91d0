"""How two decisions of one case differ: verdict, denials, each member, obligations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.policy.explanation_words import ACTIONS, VERDICTS
from gateway.policy.table_differences import Change, plain_changes

Json = Any
Decision = Mapping[str, Json]
Pair = tuple[str, str]

_REST = {
    "accountable": ("Verantwortlich", "accountable"),
    "log_class": ("Protokollklasse", "log class"),
    "neutral": ("Neutrale Antwort", "neutral answer"),
    "regime": ("Rechtsregime", "regime"),
    "struck_out": ("Gestrichene Grundlagen", "struck out bases"),
}


def decision_changes(before: Decision | None, after: Decision | None) -> Iterator[Change]:
    """Say from what to what a decision changed; None stands for no decision at all."""
    if before is None or after is None:
        if before is not after:
            was, now = _verdict(before), _verdict(after)
            yield Change(f"{was[0]} → {now[0]}", f"{was[1]} → {now[1]}")
        return
    changes = list(_of_documents(before, after))
    yield from changes
    if not changes:
        yield from plain_changes(
            before.get("rules_applied"),
            after.get("rules_applied"),
            ("Angewandte Regeln",),
            ("rules applied",),
        )


def _of_documents(before: Decision, after: Decision) -> Iterator[Change]:
    """What differs but for the list of rules, which follows from the rest."""
    was, now = _verdict(before), _verdict(after)
    if was != now:
        yield Change(f"{was[0]} → {now[0]}", f"{was[1]} → {now[1]}")
    yield from _came_and_went(
        _pairs(before["denials"]),
        _pairs(after["denials"]),
        ("Gründe der Ablehnung", "denials"),
    )
    yield from _members(before, after)
    yield from _obligations(before["obligations"], after["obligations"])
    for part, (de, en) in _REST.items():
        yield from plain_changes(before.get(part), after.get(part), (de,), (en,))
    yield from _needs(before.get("needs", ()), after.get("needs", ()))


def _verdict(decision: Decision | None) -> tuple[str, str]:
    if decision is None:
        return "keine Entscheidung", "no decision"
    return VERDICTS[decision["verdict"]]


def _members(before: Decision, after: Decision) -> Iterator[Change]:
    """Members that share what became of them stand together.

    A denial withholds every member for its own reason, so beside one only the action counts.
    """
    denied = "deny" in (before["verdict"], after["verdict"])
    old, new = _placed(before, denied), _placed(after, denied)
    shared: dict[tuple[str, str], list[str]] = {}
    for name in sorted({*old, *new}):
        was, now = old.get(name, ("–", "–")), new.get(name, ("–", "–"))
        if was != now:
            change = (f"{was[0]} → {now[0]}", f"{was[1]} → {now[1]}")
            shared.setdefault(change, []).append(name)
    for (de, en), names in shared.items():
        yield Change(f"{', '.join(names)}: {de}", f"{', '.join(names)}: {en}")


def _placed(decision: Decision, denied: bool) -> dict[str, tuple[str, str]]:
    """What becomes of each member, with its reasons unless there is a denial."""
    placed = {}
    for outcome in decision["outcomes"]:
        de, en = ACTIONS[outcome["action"]]
        why = [f"{rule}/{reason}" for rule, reason in _pairs(outcome["reasons"])]
        more = f" ({', '.join(why)})" if why and not denied else ""
        for name in outcome["members"]:
            placed[name] = (f"{de}{more}", f"{en}{more}")
    return placed


def _obligations(before: Json, after: Json) -> Iterator[Change]:
    old, new = ({(o["rule"], o["code"]): o["parameters"] for o in each} for each in (before, after))
    yield from _came_and_went(old, new, ("Auflagen", "obligations"))
    for pair in sorted({*old} & {*new}):
        name = pair[1]
        yield from plain_changes(
            old[pair], new[pair], (f"Auflage {name}",), (f"obligation {name}",)
        )


def _needs(before: Json, after: Json) -> Iterator[Change]:
    """Which reasons other facts would change than before."""
    old, new = ({f"{n['rule']}/{n['reason']}": n for n in each} for each in (before, after))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield Change(
                f"Was {name} ändern würde, ist anderes",
                f"what would change {name} is something else",
            )


def _came_and_went(
    before: Iterable[Pair], after: Iterable[Pair], what: tuple[str, str]
) -> Iterator[Change]:
    old, new = (["/".join(pair) for pair in sorted(set(each))] for each in (before, after))
    yield from plain_changes(old, new, (what[0],), (what[1],))


def _pairs(items: Iterable[Mapping[str, str]]) -> list[Pair]:
    return [(item["rule"], item["reason"]) for item in items]
