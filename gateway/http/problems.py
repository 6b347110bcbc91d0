"""The one table from errors to answers (RFC 9457)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from gateway.errors import (
    AuthenticationFailed,
    DependencyFailed,
    GatewayError,
    IdempotencyConflict,
    InvalidRequest,
    MalformedRequest,
    NotFound,
    RequestTooLarge,
    Stopped,
    TooManyRequests,
    UnsupportedMediaType,
)
from gateway.http.json_faults import IN_GERMAN
from gateway.signatures import COMPONENTS, LABEL, READING_COMPONENTS, TAG
from gateway.steps.receive import NotStrictJson

Json = Any
MEDIA_TYPE = "application/problem+json"
_SHOWN = 100
"""Of more faults than this, the first."""

_STOPPED_S = 300
"""When to ask again whether a stop is lifted: two people have to agree, which takes a while."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: German first, English second. Never a word about a single request."""

    status: int
    slug: str
    title: str
    title_en: str
    detail: str
    detail_en: str


MALFORMED = Problem(
    400,
    "malformed-request",
    "Die Anfrage ist nicht wohlgeformt",
    "The request is not well formed",
    "Der Inhalt ist kein zulässiges JSON.",
    "The body is not admissible JSON.",
)
NOT_HTTP = Problem(
    400,
    "malformed-http",
    "Die Anfrage ist kein zulässiges HTTP",
    "The request is not admissible HTTP",
    "Kopf, Adresse oder Rahmung der Anfrage sind nicht zulässig.",
    "Head, address or framing of the request are not admissible.",
)
AUTHENTICATION = Problem(
    401,
    "authentication-failed",
    "Die Stelle ist nicht nachgewiesen",
    "The unit is not proven",
    "Zertifikat oder Signatur weisen keine angemeldete, aktive Stelle nach.",
    "Certificate or signature do not prove a registered, active unit.",
)
DENIED = Problem(
    403,
    "exchange-denied",
    "Die Übermittlung ist nicht zulässig",
    "The exchange is not permitted",
    "Die Gründe stehen unter denials, jeder mit seiner Rechtsgrundlage.",
    "The reasons are given under denials, each with its legal basis.",
)
NOT_FOUND = Problem(
    404,
    "not-found",
    "Nicht gefunden",
    "Not found",
    "Unter dieser Adresse gibt es für diese Stelle nichts.",
    "There is nothing for this unit at this address.",
)
METHOD = Problem(
    405,
    "method-not-allowed",
    "Methode nicht erlaubt",
    "Method not allowed",
    "Diese Adresse nimmt die Methode nicht an.",
    "This address does not take the method.",
)
TIMED_OUT = Problem(
    408,
    "request-timed-out",
    "Die Anfrage kam zu langsam",
    "The request came too slowly",
    "Kopf oder Inhalt der Anfrage waren nach der zulässigen Zeit nicht vollständig.",
    "Head or body of the request were not complete within the time allowed.",
)
CONFLICT = Problem(
    409,
    "idempotency-conflict",
    "Der Schlüssel steht für eine andere Anfrage",
    "The key stands for another request",
    "Dieser Idempotency-Key wurde schon mit anderem Inhalt verwendet.",
    "This Idempotency-Key was used before with another body.",
)
TOO_LARGE = Problem(
    413,
    "request-too-large",
    "Die Anfrage ist zu groß",
    "The request is too large",
    "Der Inhalt überschreitet die zulässige Größe.",
    "The body exceeds the size that is allowed.",
)
MEDIA = Problem(
    415,
    "unsupported-media-type",
    "Das Format wird nicht angenommen",
    "The format is not taken",
    "Angenommen wird application/json, ohne Kompression.",
    "Only application/json is taken, without compression.",
)
INVALID = Problem(
    422,
    "invalid-request",
    "Die Anfrage hat nicht die verlangte Form",
    "The request does not have the form required",
    "Was zu ändern ist, steht unter faults.",
    "What must change is given under faults.",
)
TOO_MANY = Problem(
    429,
    "too-many-requests",
    "Zu viele Anfragen",
    "Too many requests",
    "Diese Stelle fragt öfter, als ihr Anteil erlaubt.",
    "This unit asks more often than its share allows.",
)
TOO_MANY_CONNECTIONS = Problem(
    429,
    "too-many-connections",
    "Zu viele Verbindungen",
    "Too many connections",
    "Mit diesem Zertifikat sind schon so viele Verbindungen offen, wie zulässig sind.",
    "As many connections as are allowed are open with this certificate already.",
)
HEAD_TOO_LARGE = Problem(
    431,
    "headers-too-large",
    "Der Kopf der Anfrage ist zu groß",
    "The head of the request is too large",
    "Es sind zu viele Felder, ein Feld ist zu lang, oder alle zusammen sind es.",
    "There are too many fields, one of them is too long, or all of them together are.",
)
INTERNAL = Problem(
    500,
    "internal-error",
    "Interner Fehler",
    "Internal error",
    "",
    "",
)
UNAVAILABLE = Problem(
    503,
    "temporarily-unavailable",
    "Zurzeit nicht verfügbar",
    "Temporarily unavailable",
    "Ob entschieden wurde, ist ungewiss: mit demselben Idempotency-Key noch einmal senden.",
    "Whether it was decided is unknown: send it again with the same Idempotency-Key.",
)
STOPPED = Problem(
    503,
    "stopped",
    "Das ist zurzeit angehalten",
    "This is stopped at present",
    "Ein Mensch hat diesen Weg angehalten; stop nennt Grund und Zeit. Es wurde nichts entschieden.",
    "A person has stopped this way; stop gives reason and time. Nothing was decided.",
)

PROBLEMS: Mapping[type[GatewayError], Problem] = {
    MalformedRequest: MALFORMED,
    AuthenticationFailed: AUTHENTICATION,
    NotFound: NOT_FOUND,
    IdempotencyConflict: CONFLICT,
    RequestTooLarge: TOO_LARGE,
    UnsupportedMediaType: MEDIA,
    InvalidRequest: INVALID,
    TooManyRequests: TOO_MANY,
    DependencyFailed: UNAVAILABLE,
    Stopped: STOPPED,
}
BY_STATUS: Mapping[int, Problem] = {404: NOT_FOUND, 405: METHOD}
EARLY = (NOT_HTTP, TIMED_OUT, TOO_MANY_CONNECTIONS, HEAD_TOO_LARGE, UNAVAILABLE)
"""What the connection itself answers, before any route is asked."""
ALL = tuple(dict.fromkeys((*PROBLEMS.values(), *EARLY, DENIED, METHOD, INTERNAL)))


def _challenge(components: Sequence[str]) -> Mapping[str, str]:
    covered = " ".join(f'"{name}"' for name in components)
    return {
        "WWW-Authenticate": 'Signature realm="datenschleuse"',
        "Accept-Signature": f'{LABEL}=({covered});created;keyid;alg;tag="{TAG}"',
    }


_READING_CHALLENGE = _challenge(READING_COMPONENTS)
_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: _challenge(COMPONENTS),
    429: {"Retry-After": "60"},
    503: {"Retry-After": "5"},
}


def problem_of(error: GatewayError) -> Problem:
    """Return the row of *error*, or that of its nearest base class; a bare 500 without one."""
    rows = (PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    return next(rows, INTERNAL)


def answer_error(error: GatewayError, public_url: str, *, reading: bool = False) -> Response:
    """Return the answer to *error*: its row, with what the sender needs to put it right.

    *reading* says that the call only reads, so that its signature would cover less.
    """
    problem = problem_of(error)
    members = members_of(problem, public_url)
    if isinstance(error, NotStrictJson):
        place = {"line": error.line, "column": error.column, "byte": error.byte}
        members["detail"] = (
            f"{IN_GERMAN[error.fault]}: Zeile {error.line}, Spalte {error.column}, "
            f"Byte {error.byte}."
        )
        members["detail_en"] = (
            f"The body has {error.fault}: line {error.line}, column {error.column}, "
            f"byte {error.byte}."
        )
        members |= {"fault": error.fault.name.lower(), "position": place}
    if isinstance(error, InvalidRequest):
        members["faults"] = [
            {"pointer": fault.pointer, "what": fault.what} for fault in error.faults[:_SHOWN]
        ]
    headers = {}
    if isinstance(error, Stopped):
        members["stop"] = error.stop.shown()
        headers["Retry-After"] = str(_STOPPED_S)
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, AuthenticationFailed) and reading:
        headers |= _READING_CHALLENGE
    return answer_problem(problem, members, headers)


def members_of(problem: Problem, public_url: str) -> dict[str, Json]:
    """Return the members that every answer of this kind has; a bare 500 has no detail."""
    members = {
        "type": f"{public_url}/problems/{problem.slug}",
        "status": problem.status,
        "title": problem.title,
        "title_en": problem.title_en,
    }
    if problem.detail:
        members |= {"detail": problem.detail, "detail_en": problem.detail_en}
    return members


def answer_problem(
    problem: Problem, members: Mapping[str, Json], headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        encode(members), problem.status, {**headers_of(problem), **(headers or {})}, MEDIA_TYPE
    )


def headers_of(problem: Problem) -> Mapping[str, str]:
    """Return what an answer of this kind has beside its body."""
    return _HEADERS.get(problem.status, {})


def encode(members: Mapping[str, Json]) -> bytes:
    """Return the body of an answer; members are sorted, so that a repeated answer is the same."""
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
