"""How two states of the tables differ, row by row, in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Any
Table = Mapping[str, Json]
Path = tuple[str, ...]

_NEEDS = {
    "needed": ("erforderlich", "needed"),
    "conditional": ("bedingt", "conditional"),
    "withhold": ("zurückhalten", "withhold"),
}
_PARTS = {
    "need": ("Erforderlichkeit", "need"),
    "label_de": ("Bezeichnung", "label"),
    "reason": ("Grund", "reason"),
    "rule": ("Vorschrift", "rule"),
    "suffices": ("Genügt auch", "suffices"),
    "status": ("Status", "status"),
    "in_force_from": ("Gilt ab", "in force from"),
    "in_force_to": ("Gilt bis", "in force to"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise than before, said twice."""

    de: str
    en: str

    def __str__(self) -> str:
        return f"{self.de} ({self.en})"


def necessity_changes(kind: str, before: Table, after: Table, labels: Table) -> Iterator[Change]:
    """Say of each recipient and member of *kind* what the table no longer says as before.

    *labels* is the table of agency kinds, for their German names.
    """
    for recipient in _keys(before, after):
        old, new = before.get(recipient, {}), after.get(recipient, {})
        de = f"{kind} → {_labelled(recipient, labels)}"
        en = f"{kind} → {recipient}"
        if recipient not in after:
            yield Change(
                f"{de}: keine Zeile mehr, nichts wird mehr weitergegeben",
                f"{en}: no row any more, nothing is released",
            )
            continue
        for member in _keys(old, new):
            yield from _row(old.get(member), new.get(member), member, de, en)


def _row(old: Table | None, new: Table | None, member: str, de: str, en: str) -> Iterator[Change]:
    label = (new or old or {}).get("label_de", "")
    de, en = f"{de}: „{label}“ ({member})", f"{en}: {member}"
    if new is None:
        yield Change(
            f"{de}: Zeile entfernt, wird nie weitergegeben", f"{en}: row removed, never released"
        )
    elif old is None:
        need = _NEEDS.get(new.get("need", ""), ("?", "?"))
        yield Change(f"{de}: neue Zeile, {need[0]}", f"{en}: new row, {need[1]}")
    else:
        parts = [part for part in _keys(old, new) if old.get(part) != new.get(part)]
        told = [_part(part, old.get(part), new.get(part)) for part in parts]
        if told:
            yield Change(
                f"{de}: {'; '.join(each.de for each in told)}",
                f"{en}: {'; '.join(each.en for each in told)}",
            )


def _part(part: str, before: Json, after: Json) -> Change:
    """Say of one member of a row from what to what it changed."""
    german, english = _PARTS.get(part, (part, part))
    was, now = _said(part, before), _said(part, after)
    return Change(f"{german} {was[0]} → {now[0]}", f"{english} {was[1]} → {now[1]}")


def _said(part: str, value: Json) -> tuple[str, str]:
    if value is None or value == []:
        return "leer", "empty"
    if part == "need":
        return _NEEDS.get(value, (value, value))
    text = _written(value)
    return text, text


def route_changes(kind: str, before: Table, after: Table, labels: Table) -> Iterator[Change]:
    """Say which routes of *kind* came or went, and for which purposes."""
    for sender in _keys(before, after):
        for recipient in _keys(before.get(sender, {}), after.get(sender, {})):
            old = before.get(sender, {}).get(recipient)
            new = after.get(sender, {}).get(recipient)
            de = f"{kind}: {_labelled(sender, labels)} → {_labelled(recipient, labels)}"
            en = f"{kind}: {sender} → {recipient}"
            if new is None:
                yield Change(f"{de}: Weg entfernt, wird abgelehnt", f"{en}: route removed, denied")
            elif old is None:
                purposes = ", ".join(new.get("recipient_purposes", ()))
                yield Change(f"{de}: neuer Weg für {purposes}", f"{en}: new route for {purposes}")
            else:
                yield from _route(old, new, de, en)


def _route(old: Table, new: Table, de: str, en: str) -> Iterator[Change]:
    was, now = old.get("recipient_purposes", []), new.get("recipient_purposes", [])
    for purpose in was:
        if purpose not in now:
            yield Change(f"{de}: Zweck {purpose} entfernt", f"{en}: purpose {purpose} removed")
    for purpose in now:
        if purpose not in was:
            yield Change(f"{de}: Zweck {purpose} neu", f"{en}: purpose {purpose} is new")
    yield from plain_changes(
        {key: value for key, value in old.items() if key != "recipient_purposes"},
        {key: value for key, value in new.items() if key != "recipient_purposes"},
        (de,),
        (en,),
    )


def plain_changes(before: Json, after: Json, de: Path, en: Path) -> Iterator[Change]:
    """Say of any two values where they differ: what is gone, what is new, what is otherwise."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in _keys(before, after):
            here = (*de, f"`{key}`"), (*en, f"`{key}`")
            if key not in after:
                yield Change(f"{': '.join(here[0])} entfernt", f"{': '.join(here[1])} removed")
            elif key not in before:
                text = _written(after[key])
                yield Change(f"{': '.join(here[0])} neu: {text}", f"{': '.join(here[1])} is new")
            else:
                yield from plain_changes(before[key], after[key], *here)
    elif isinstance(before, list) and isinstance(after, list) and _are_names(before + after):
        gone = [name for name in before if name not in after]
        new = [name for name in after if name not in before]
        for names, german, english in ((gone, "ohne", "without"), (new, "auch", "also")):
            if names:
                told = ", ".join(names)
                yield Change(
                    f"{': '.join(de)} {german} {told}", f"{': '.join(en)} {english} {told}"
                )
        if before != after and not gone and not new:
            yield Change(f"{': '.join(de)} in anderer Folge", f"{': '.join(en)} in another order")
    elif before != after:
        was, now = _written(before), _written(after)
        yield Change(f"{': '.join(de)} {was} → {now}", f"{': '.join(en)} {was} → {now}")


def _are_names(values: list[Json]) -> bool:
    return all(isinstance(value, str) for value in values)


def _labelled(kind: str, labels: Table) -> str:
    row = labels.get(kind)
    label = row.get("label_de", "") if isinstance(row, Mapping) else ""
    return f"{label} ({kind})" if label else kind


def _written(value: Json) -> str:
    if isinstance(value, str):
        return f"„{value}“"
    if isinstance(value, list) and _are_names(value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _keys(before: Table, after: Table) -> list[str]:
    return [*before, *(key for key in after if key not in before)]
