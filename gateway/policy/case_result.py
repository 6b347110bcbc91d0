"""A decision held against what a case expects of it; every difference in words."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.policy.case_files import Case
from gateway.policy.case_input import offered_members
from gateway.policy.catalogue import Catalogue

Json = Any
Pair = tuple[str, str]


def differences(case: Case, decision: Mapping[str, Json], catalogue: Catalogue) -> list[str]:
    """Return how *decision*, which its schema accepted, differs from what *case* expects.

    An expected reason must be among those given; further ones count only as wrong where the
    catalogue does not have them. Obligations may be more than expected, never fewer.
    """
    return [
        *_placing(case, decision),
        *_verdict(case, decision),
        *_members(case, decision),
        *_withheld_for(case, decision),
        *_denials(case, decision),
        *_obligations(case, decision),
        *_regimes(case, decision),
        *_unknown_pairs(decision, catalogue),
    ]


def _placing(case: Case, decision: Mapping[str, Json]) -> Iterator[str]:
    placed = [name for outcome in decision["outcomes"] for name in outcome["members"]]
    offered = offered_members(case)
    for name in sorted({*placed, *offered}):
        if placed.count(name) != offered.count(name):
            yield (
                f"`{name}` steht {placed.count(name)}-mal in den Ergebnissen statt"
                f" {offered.count(name)}-mal (placed {placed.count(name)} times)"
            )


def _verdict(case: Case, decision: Mapping[str, Json]) -> Iterator[str]:
    released, offered = _released(decision), set(offered_members(case))
    if decision["verdict"] == "deny":
        outcome = "deny"
    else:
        outcome = "allow" if released == offered else "allow-with-redaction"
    expected = case.expected["decision"]
    if outcome != expected:
        why = f", Gründe {_listed(_pairs(decision['denials']))}" if outcome == "deny" else ""
        yield f"Ergebnis {outcome} statt {expected}{why} (decision {outcome}, not {expected})"
        return
    if outcome == "deny":
        return
    facts = case.request["facts"]
    named_human = any(item["code"] == "OB-HUMAN-APPROVAL" for item in decision["obligations"])
    must_wait = (
        named_human
        and not facts.get("human_approval")
        and facts.get("danger_level") != "present_life_limb_freedom"
    )
    verdict = "hold" if must_wait else "permit"
    if decision["verdict"] != verdict:
        yield f"`verdict` ist {decision['verdict']} statt {verdict} (verdict)"


def _members(case: Case, decision: Mapping[str, Json]) -> Iterator[str]:
    released = _released(decision)
    withheld = set(offered_members(case)) - released
    for what, english, found, key in (
        ("freigegeben", "released", released, "released"),
        ("zurückgehalten", "withheld", withheld, "withheld"),
    ):
        if key not in case.expected:
            continue
        expected = _groups(case, case.expected[key])
        if found - expected:
            yield f"zu Unrecht {what}: {_names(found - expected)} (wrongly {english})"
        if expected - found:
            yield f"nicht {what}: {_names(expected - found)} (not {english})"


def _withheld_for(case: Case, decision: Mapping[str, Json]) -> Iterator[str]:
    if decision["verdict"] == "deny":
        return
    given = {
        name: _pairs(outcome["reasons"])
        for outcome in decision["outcomes"]
        if outcome["action"] == "withhold"
        for name in outcome["members"]
    }
    for item in case.expected.get("redacted", ()):
        pair = (item["reason"], item["rule"])
        for name in sorted(_groups(case, [item["field"]]) & given.keys()):
            if pair not in given[name]:
                yield (
                    f"`{name}` zurückgehalten wegen {_listed(given[name])} statt"
                    f" {_listed([pair])} (withheld for another reason)"
                )


def _denials(case: Case, decision: Mapping[str, Json]) -> Iterator[str]:
    expected = _pairs(case.expected.get("deny_reasons", ()))
    missing = expected - _pairs(decision["denials"])
    if missing:
        yield f"Ablehnungsgrund fehlt: {_listed(missing)} (denial missing)"


def _obligations(case: Case, decision: Mapping[str, Json]) -> Iterator[str]:
    codes = {item["code"] for item in decision["obligations"]}
    missing = set(case.expected.get("obligations", ())) - codes
    if missing:
        yield f"Auflage fehlt: {', '.join(sorted(missing))} (obligation missing)"


def _regimes(case: Case, decision: Mapping[str, Json]) -> Iterator[str]:
    for side in ("sender", "recipient"):
        expected = case.request.get(f"regime_{side}")
        found = decision["regime"][side]
        if expected is not None and found != expected:
            yield f"Rechtsregime ({side}) {found} statt {expected} (regime)"


def _unknown_pairs(decision: Mapping[str, Json], catalogue: Catalogue) -> Iterator[str]:
    pairs = _pairs(decision["denials"])
    for outcome in decision["outcomes"]:
        pairs |= _pairs(outcome["reasons"])
    unknown = [pair for pair in pairs if (pair[1], pair[0]) not in catalogue]
    if unknown:
        yield f"nicht im Katalog: {_listed(unknown)} (not in the catalogue)"


def _groups(case: Case, fields: Iterable[str]) -> set[str]:
    """The expected fields as the policy sees them: a plain name stands for all its groups."""
    offered = offered_members(case)
    found: set[str] = set()
    for field in fields:
        groups = {name for name in offered if field in (name, name.partition("#")[0])}
        found |= groups or {field}
    return found


def _released(decision: Mapping[str, Json]) -> set[str]:
    """What travels, whole or in a coarser form."""
    return {
        name
        for outcome in decision["outcomes"]
        if outcome["action"] != "withhold"
        for name in outcome["members"]
    }


def _pairs(items: Iterable[Mapping[str, str]]) -> set[Pair]:
    return {(item["reason"], item["rule"]) for item in items}


def _listed(pairs: Iterable[Pair]) -> str:
    return ", ".join(f"{rule}/{reason}" for reason, rule in sorted(pairs)) or "–"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
