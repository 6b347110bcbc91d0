"""What a change of the registry does: whether it only tightens, and whose routes it touches."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gateway.lifecycle.registry_change import Documents, changed
from gateway.lifecycle.tightening import PERSON, only_tightens
from gateway.model.person import Role
from gateway.model.unit import RegistrySnapshot
from gateway.registry_snapshot import read_registry
from gateway.stops import STOP, parse_stop

Json = Any
Routes = Mapping[str, Mapping[str, Mapping[str, Json]]]
"""Exchange kind -> kind of the sender -> kind of the recipient -> row."""

FORM = "datenschleuse-impact-v1"


def registry_report(
    changes: Documents, known: Mapping[str, bytes], routes: Routes
) -> dict[str, Json]:
    """Return the report that people vote on: the effect of *changes* on the documents *known*.

    What does not only tighten releases more, whatever it is.

    Raises:
        RegistryRefused: The changes break a rule of the registry.
    """
    changed(known, changes)
    loosening = loosened(changes, known)
    touched = _touched_by(
        loosening or changes,
        changes,
        known,
        lambda key: routes if loosening or key.startswith(STOP) else {},
    )
    return {
        "report": FORM,
        "kind": "registry",
        "effect": {
            "releases_more": bool(loosening),
            "tightens_only": not loosening,
            "controllers": sorted(touched),
            "why": [_why(key) for key in sorted(loosening)],
        },
    }


def loosened(changes: Documents, known: Mapping[str, bytes]) -> list[str]:
    """Return the keys of the *changes* that do more than tighten."""
    return [
        key for key, after in changes.items() if not only_tightens(key, _read(known, key), after)
    ]


def surely_touched(changes: Documents, known: Mapping[str, bytes]) -> set[str]:
    """Return the controllers that loosening *changes* touch whatever the routes are.

    That is what a verifier knows, who has the registry of a log but not its rules.
    """
    return _touched_by(loosened(changes, known), changes, known, lambda _key: {})


def _touched_by(
    keys: Iterable[str],
    changes: Documents,
    known: Mapping[str, bytes],
    routes_of: Callable[[str], Routes],
) -> set[str]:
    before, touched = read_registry(known), set[str]()
    for key in keys:
        found = [doc for doc in (_read(known, key), changes[key]) if doc is not None]
        touched |= {*_touched(key, found, before, routes_of(key))}
    return touched


def _read(known: Mapping[str, bytes], key: str) -> Mapping[str, Json] | None:
    return json.loads(known[key]) if key in known else None


def _touched(
    key: str, documents: list[Mapping[str, Json]], before: RegistrySnapshot, routes: Routes
) -> Iterator[str]:
    """The controllers that are in force already and whose data, keys or say it concerns."""
    if key.startswith(PERSON):
        grants = [grant for document in documents for grant in document["roles"]]
        named = {grant["controller"] for grant in grants if "controller" in grant}
        named |= {
            before.units[g["unit"]].controller for g in grants if g.get("unit") in before.units
        }
        spoken_for = frozenset[str]().union(
            *(person.of(Role.APPROVER) for person in before.people.values())
        )
        yield from named & spoken_for
    elif key.startswith(STOP):
        yield from _stopped(documents[0], before, routes)
    else:
        mine = {document["controller"] for document in documents}
        yield from mine & {unit.controller for unit in before.units.values()}
        for document in documents:
            yield from _sending(before, _sender_kinds(document["kind"], routes))


def _sender_kinds(recipient_kind: str, routes: Routes) -> set[str]:
    return {
        sender
        for senders in routes.values()
        for sender, recipients in senders.items()
        if recipient_kind in recipients
    }


def _stopped(
    document: Mapping[str, Json], before: RegistrySnapshot, routes: Routes
) -> Iterable[str]:
    """The controllers whose sending a stop stops; all where it does not say it more narrowly.

    A unit that is stopped sends nothing, and nobody sends it anything.
    """
    stop = parse_stop(document)
    unit = before.units.get(stop.unit or "")
    if unit is not None:
        return {unit.controller, *_sending(before, _sender_kinds(unit.kind, routes))}
    if stop.exchange_kind is not None:
        senders = routes.get(stop.exchange_kind, {})
        return _sending(before, {stop.sender_kind} if stop.sender_kind else senders)
    return {unit.controller for unit in before.units.values()}


def _sending(before: RegistrySnapshot, kinds: Iterable[str]) -> set[str]:
    wanted = {*kinds}
    return {unit.controller for unit in before.units.values() if unit.kind in wanted}


def _why(key: str) -> dict[str, str]:
    if key.startswith(PERSON):
        name = key.removeprefix(PERSON)
        return {
            "code": "person",
            "de": f"{name}: wer mitentscheidet, ändert sich",
            "en": f"{name}: who may decide changes",
        }
    if key.startswith(STOP):
        return {
            "code": "stop_lifted",
            "de": f"Die Sperre {key.removeprefix(STOP)} wird aufgehoben",
            "en": f"The stop {key.removeprefix(STOP)} is lifted",
        }
    return {
        "code": "unit",
        "de": f"{key}: die Stelle kommt hinzu oder kann mehr als bisher",
        "en": f"{key}: the unit is new, or can do more than before",
    }
