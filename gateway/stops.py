"""A stop's document: read strictly, written canonically; it lies in the registry."""

import re
from collections.abc import Mapping
from typing import Any

import rfc8785

from gateway.errors import RegistryRefused
from gateway.model.stop import Stop
from gateway.registry import document_id, exact_members, text_in

Json = Any
STOP = "stop/"
"""What the keys of stops' documents in the registry begin with."""

_MEMBERS = {"id", "reason", "by", "since"}
_SCOPES = (
    {"all"},
    {"unit"},
    {"exchange_kind"},
    {"exchange_kind", "sender_kind", "recipient_kind"},
)
_ID = re.compile(r"[0-9a-f]{32}")
_KIND = re.compile(r"[A-Z][A-Z0-9_]{0,39}")


def stop_key(stop_id: str) -> str:
    """Return the key of a stop's document in the registry."""
    return f"{STOP}{stop_id}"


def parse_stop(document: Mapping[str, Any]) -> Stop:
    """Return the stop that *document* describes.

    Raises:
        RegistryRefused: A member is missing, unknown or not of its form, or it is not said in
            exactly one way what is stopped.
    """
    if not isinstance(document, Mapping):
        raise RegistryRefused("stop: an object is needed")
    scope = document.keys() - _MEMBERS
    if scope not in _SCOPES:
        raise RegistryRefused("stop: one unit, one kind, one route, or all")
    exact_members(document, _MEMBERS | scope, "stop")
    if not isinstance(document["id"], str) or not _ID.fullmatch(document["id"]):
        raise RegistryRefused("id: 32 lower-case hex digits")
    since = document["since"]
    if not isinstance(since, int) or isinstance(since, bool) or since < 0:
        raise RegistryRefused("since: seconds since 1970")
    if document.get("all", True) is not True:
        raise RegistryRefused("all: true")
    kinds = {name: _kind(document[name], name) for name in scope - {"all", "unit"}}
    return Stop(
        id=document["id"],
        reason=stop_reason(document["reason"]),
        by=document_id(document["by"], "by"),
        since=since,
        unit=document_id(document["unit"], "unit") if "unit" in scope else None,
        **kinds,
    )


def stop_reason(value: object) -> str:
    """Return a reason that everyone reads whom the stop concerns.

    Raises:
        RegistryRefused: It is none, or too long.
    """
    text = text_in(value, "reason")
    if not text.strip():
        raise RegistryRefused("reason: why is it stopped?")
    return text


def canonical_stop(document: Mapping[str, Any]) -> bytes:
    """Return the bytes (RFC 8785) that the registry keeps, after a strict look at them.

    Raises:
        RegistryRefused: As `parse_stop`, or a text holds half of a surrogate pair.
    """
    parse_stop(document)
    try:
        return rfc8785.dumps(dict(document))
    except rfc8785.CanonicalizationError as error:
        raise RegistryRefused("stop: a text that is no Unicode") from error


def _kind(value: object, where: str) -> str:
    if not isinstance(value, str) or not _KIND.fullmatch(value):
        raise RegistryRefused(f"{where}: a kind such as PREMISES_HAZARD_NOTICE or YOUTH_OFFICE")
    return value


def scope_words(stop: Stop) -> tuple[str, str]:
    """Say what a stop covers, in German and in English."""
    if stop.unit is not None:
        return f"Stelle {stop.unit}", f"unit {stop.unit}"
    if stop.sender_kind is not None:
        kinds = f"{stop.sender_kind} → {stop.recipient_kind}"
        return f"Weg {stop.exchange_kind}: {kinds}", f"route {stop.exchange_kind}: {kinds}"
    if stop.exchange_kind is not None:
        return f"Art {stop.exchange_kind}", f"kind {stop.exchange_kind}"
    return "alles", "everything"
