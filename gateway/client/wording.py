"""Says what the gateway answered, for people: German first, a short English line after it."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.client.sender import SentAnswer

Json = Any


def describe(answer: SentAnswer) -> str:
    """Return a few lines on an answer; values of the payload are not in it anyway."""
    return "\n".join(_lines(answer))


def _lines(answer: SentAnswer) -> Iterable[str]:
    body = answer.json()
    verdict = body.get("verdict")
    if verdict is None:
        yield from _problem(answer.status, body)
        return
    yield f"{_VERDICTS.get(verdict, str(verdict))} – Vorgang {body.get('exchange_id')}"
    if isinstance(body.get("stop"), Mapping):
        yield _stopped(body["stop"])
    for denial in body.get("denials", ()):
        yield f"  Grund: {_said(denial)}"
    if body.get("released"):
        yield f"  Übermittelt: {', '.join(body['released'])}"
    for group in body.get("withheld", ()):
        if verdict != "deny":
            yield f"  Zurückbehalten: {', '.join(group['members'])} – {_said(group)}"
    for need in body.get("needs", ()):
        yield from _needed(need)
    for hit in body.get("free_text", ()):
        yield f"  Freitext {hit['member']} enthält Zurückbehaltenes aus {hit['withheld']}"
    for obligation in body.get("obligations", ()):
        yield f"  Auflage: {obligation.get('code')}"


_VERDICTS = {
    "permit": "Zulässig (permitted)",
    "hold": "Wartet auf einen benannten Menschen (held)",
    "deny": "Nicht zulässig, nichts wurde übermittelt (denied)",
}


def _needed(need: Mapping[str, Json]) -> Iterable[str]:
    """What would take a reason away: one line for each set of facts, with their evidence."""
    concerned = f" für {', '.join(need['members'])}" if need.get("members") else ""
    yield f"  Was daran etwas ändert (needs): {need.get('reason')}{concerned}"
    for facts in need.get("any_of", ()):
        yield "    – " + "; ".join(f"{it['label_de']}: {it['de']}" for it in facts)


def _said(reason: Mapping[str, Json]) -> str:
    return f"{reason.get('norm')}: {reason.get('de')}"


def _stopped(stop: Mapping[str, Json]) -> str:
    """Why it is stopped, and what to ask the operator about."""
    return f"  Sperre (stop) {stop.get('id')}: {stop.get('reason')}"


def _problem(status: int, body: Mapping[str, Json]) -> Iterable[str]:
    yield f"{status} {body.get('title', 'Keine Entscheidung')} ({body.get('title_en', '')})"
    if "detail" in body:
        yield f"  {body['detail']} ({body.get('detail_en', '')})"
    if isinstance(body.get("stop"), Mapping):
        yield _stopped(body["stop"])
    for fault in body.get("faults", ()):
        yield f"  {fault.get('pointer')}: {fault.get('what')}"
    if "type" in body:
        yield f"  Was tun (what to do): {body['type']}"
