"""The page of each problem type, German first: what it means, what to do."""

import html
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import Response

from gateway.http import problems
from gateway.http.problems import Problem

_STYLE = (
    "body{font:1.05rem/1.55 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    "section+section{border-top:1px solid #767676;margin-top:2rem}"
    "code{font-size:.95em}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
)
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, step by step."""

    de: Sequence[str]
    en: Sequence[str]


ADVICE: Mapping[Problem, Advice] = {
    problems.MALFORMED: Advice(
        (
            "Der Inhalt muss ein JSON-Objekt in UTF-8 sein, ohne Byte-Reihenfolge-Marke.",
            "Jedes Element steht in seinem Objekt nur einmal; Zahlen sind ganze Zahlen bis "
            "±(2^53 - 1); Dezimalzahlen werden als Text gesendet; NaN, NUL und halbe Zeichen "
            "sind nicht zulässig.",
            "position nennt Zeile, Spalte und Byte der Stelle. Den Inhalt dort berichtigen und "
            "die Anfrage neu signiert senden.",
        ),
        (
            "The body must be one JSON object in UTF-8, without a byte order mark.",
            "Each member stands only once in its object; numbers are integers up to "
            "±(2^53 - 1); decimals are sent as text; NaN, NUL and lone surrogates are not "
            "admissible.",
            "position gives line, column and byte. Put it right there and send the request with "
            "a new signature.",
        ),
    ),
    problems.NOT_HTTP: Advice(
        (
            "Verlangt ist HTTP/1.1 mit genau einem Feld Host; die Adresse ist ein Pfad wie "
            "/v1/exchanges.",
            "Nicht angenommen werden: Kompression der Übertragung, Upgrade, Felder nach dem "
            "Inhalt, ein Inhalt bei GET, mehr Anfragen im Voraus, als die Betreiberin zulässt.",
            "Meist genügt es, eine gängige HTTP-Bibliothek ohne Zusätze zu verwenden. Nach dieser "
            "Antwort endet die Verbindung; auf einer neuen noch einmal senden.",
        ),
        (
            "HTTP/1.1 is required, with exactly one field Host; the address is a path such as "
            "/v1/exchanges.",
            "Not taken are: an encoded transfer, an upgrade, fields after the body, a body with "
            "GET, more requests in advance than the operator allows.",
            "An ordinary HTTP library without extras will usually do. The connection ends after "
            "this answer; send again on a new one.",
        ),
    ),
    problems.TIMED_OUT: Advice(
        (
            "Auf einer neuen Verbindung noch einmal senden, mit demselben Idempotency-Key: Es "
            "wurde nichts entschieden.",
            "Bleibt es dabei, die Leitung prüfen oder weniger auf einmal senden; die zulässige "
            "Zeit nennt die Betreiberin.",
        ),
        (
            "Send again on a new connection, with the same Idempotency-Key: nothing was decided.",
            "If it stays, look at the line or send less at once; the operator can tell the time "
            "that is allowed.",
        ),
    ),
    problems.TOO_MANY_CONNECTIONS: Advice(
        (
            "Offene Verbindungen weiter benutzen, statt neue zu öffnen, und nicht mehr benötigte "
            "schließen.",
            "Dann noch einmal senden, mit demselben Idempotency-Key.",
        ),
        (
            "Keep using the connections that are open instead of opening new ones, and close "
            "those that are not needed.",
            "Then send again, with the same Idempotency-Key.",
        ),
    ),
    problems.HEAD_TOO_LARGE: Advice(
        (
            "Nur die Felder senden, die die Schnittstelle verlangt; Cookies und Ähnliches "
            "weglassen.",
            "Die Grenzen für Zahl und Länge der Felder nennt die Betreiberin.",
        ),
        (
            "Send only the fields that the interface requires; leave out cookies and the like.",
            "The operator can tell the limits for number and length of the fields.",
        ),
    ),
    problems.AUTHENTICATION: Advice(
        (
            "Zertifikat: Der Fingerabdruck des öffentlichen Schlüssels (SHA-256 über den SPKI) "
            "muss für die Stelle eingetragen und die Stelle aktiv sein.",
            "Signatur: RFC 9421, genau eine Signatur mit dem Namen sig1, über die Bestandteile "
            "und mit den Parametern, die das Feld Accept-Signature der Antwort nennt, in dieser "
            "Reihenfolge.",
            "keyid ist der Fingerabdruck (RFC 7638) des eingetragenen Signaturschlüssels, alg "
            "sein eingetragenes Verfahren.",
            "Uhr: created darf höchstens 300 Sekunden von der Zeit der Datenschleuse abweichen.",
            "Content-Digest muss die SHA-256-Prüfsumme des gesendeten Inhalts sein; kein Feld "
            "darf doppelt vorkommen.",
            "Hilft das nicht, die Betreiberin ansprechen: Ihr technisches Protokoll nennt den "
            "Grund, den diese Antwort nicht nennt.",
        ),
        (
            "Certificate: the fingerprint of its public key (SHA-256 of the SPKI) must be "
            "registered for the unit, and the unit must be active.",
            "Signature: RFC 9421, exactly one signature named sig1, over the components and with "
            "the parameters that the field Accept-Signature of the answer names, in this order.",
            "keyid is the thumbprint (RFC 7638) of the registered signing key, alg its "
            "registered algorithm.",
            "Clock: created may differ from the gateway's time by 300 seconds at most.",
            "Content-Digest must be the SHA-256 of the body as sent; no field may come twice.",
            "If this does not help, ask the operator: the technical log names the reason that "
            "this answer does not.",
        ),
    ),
    problems.DENIED: Advice(
        (
            "Es wurde nichts übermittelt. Die Ablehnung ist protokolliert, der Beleg liegt bei.",
            "Unter denials steht jeder Grund mit seiner Vorschrift.",
            "Fehlt ein Nachweis oder eine Angabe, mit neuem Idempotency-Key noch einmal senden. "
            "Sonst darf diese Übermittlung nicht stattfinden, auch nicht auf anderem Weg.",
        ),
        (
            "Nothing was sent on. The denial is logged; its receipt comes with it.",
            "Under denials each reason stands with its norm.",
            "If evidence or a statement is missing, send again with a new Idempotency-Key. "
            "Otherwise this exchange must not take place, on no other way either.",
        ),
    ),
    problems.NOT_FOUND: Advice(
        (
            "Die Adresse prüfen.",
            "Vorgänge sieht nur, wer sie gesendet hat, und wer sie erhalten hat.",
        ),
        (
            "Check the address.",
            "An exchange is seen only by the unit that sent it, and by the one that received it.",
        ),
    ),
    problems.METHOD: Advice(
        ("Das Feld Allow der Antwort nennt, was angenommen wird.",),
        ("The field Allow of the answer names what is taken.",),
    ),
    problems.CONFLICT: Advice(
        (
            "Ein Idempotency-Key steht für genau eine Anfrage, Byte für Byte.",
            "Für eine Wiederholung denselben Inhalt senden, für eine neue Anfrage eine neue UUID "
            "nehmen.",
        ),
        (
            "An Idempotency-Key stands for exactly one request, byte for byte.",
            "To repeat, send the same body; for a new request take a new UUID.",
        ),
    ),
    problems.TOO_LARGE: Advice(
        (
            "Zulässig sind in der Regel 1 MiB, bei Arten mit Anlagen 10 MiB.",
            "Nur senden, was der Empfänger braucht; mehrere Vorgänge einzeln senden.",
        ),
        (
            "As a rule 1 MiB is allowed, 10 MiB for kinds with attachments.",
            "Send only what the recipient needs; send several cases one by one.",
        ),
    ),
    problems.MEDIA: Advice(
        ("Content-Type: application/json setzen und Content-Encoding weglassen.",),
        ("Set Content-Type: application/json and leave out Content-Encoding.",),
    ),
    problems.INVALID: Advice(
        (
            "faults nennt zu jedem Fehler die Stelle (JSON Pointer, RFC 6901) und was dort "
            "verlangt ist.",
            "Unbekannte Elemente werden gezählt, aber nicht genannt: Ihr Name kann selbst schon "
            "eine Angabe über jemanden sein.",
            "Berichtigen und neu signiert senden; der Idempotency-Key ist noch frei.",
        ),
        (
            "faults gives for each fault its place (JSON Pointer, RFC 6901) and what is required.",
            "Unknown members are counted, not named: the name itself may tell something about "
            "a person.",
            "Put it right and send it with a new signature; the Idempotency-Key is still free.",
        ),
    ),
    problems.TOO_MANY: Advice(
        ("Warten, wie es das Feld Retry-After nennt, und langsamer senden.",),
        ("Wait as the field Retry-After says, and send more slowly.",),
    ),
    problems.INTERNAL: Advice(
        (
            "Mit demselben Idempotency-Key noch einmal senden. Bleibt der Fehler, die "
            "Betreiberin mit Uhrzeit der Anfrage ansprechen.",
        ),
        (
            "Send it again with the same Idempotency-Key. If it stays, tell the operator the "
            "time of the request.",
        ),
    ),
    problems.UNAVAILABLE: Advice(
        (
            "Mit demselben Idempotency-Key noch einmal senden, zuerst nach der Zeit, die "
            "Retry-After nennt. Es wird nicht zweimal entschieden und nicht zweimal zugestellt.",
            "Eilt es, geht der Weg über Telefon oder Papier, wie das Gesetz ihn erlaubt; danach "
            "wird die Übermittlung nachgemeldet und nachträglich geprüft.",
        ),
        (
            "Send it again with the same Idempotency-Key, first after the time that Retry-After "
            "gives. It is not decided twice and not delivered twice.",
            "If it cannot wait, use telephone or paper as the law allows; then report the "
            "exchange, so that it is decided afterwards.",
        ),
    ),
    problems.STOPPED: Advice(
        (
            "Später mit demselben Idempotency-Key noch einmal senden: Entschieden wurde nichts, "
            "und der Schlüssel ist noch frei. Retry-After sagt, ab wann es sich lohnt.",
            "Die Betreiberin nach der Kennung (stop.id) fragen: Aufgehoben wird eine Sperre nur, "
            "wenn zwei Menschen zustimmen. Was schon freigegeben war, wartet und geht danach von "
            "selbst hinaus, sofern die Frist nicht vorbei ist.",
            "Eilt es, geht der Weg über Telefon oder Papier, wie das Gesetz ihn erlaubt; danach "
            "wird die Übermittlung nachgemeldet und nachträglich geprüft.",
        ),
        (
            "Send it again later with the same Idempotency-Key: nothing was decided, and the key "
            "is still free. Retry-After says from when it is worth it.",
            "Ask the operator about the id (stop.id): a stop is lifted only when two people agree. "
            "What was released already waits, and leaves by itself then, unless its time is over.",
            "If it cannot wait, use telephone or paper as the law allows; then report the "
            "exchange, so that it is decided afterwards.",
        ),
    ),
}
_BY_SLUG = {problem.slug: problem for problem in ADVICE}


def answer_page(slug: str) -> Response | None:
    """Return the page of a problem type, or None if there is no such type."""
    problem = _BY_SLUG.get(slug)
    if problem is None:
        return None
    headers = {"Content-Security-Policy": _POLICY}
    return Response(page(problem), 200, headers, "text/html; charset=utf-8")


def page(problem: Problem) -> str:
    advice = ADVICE[problem]
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{problem.status} {html.escape(problem.title)} – Datenschleuse</title>"
        f"<style>{_STYLE}</style></head><body><main>"
        f"<h1>{html.escape(problem.title)}</h1>"
        f"<section>{_text('h2', 'Was tun', problem.detail, advice.de)}</section>"
        f'<section lang="en"><h2>{html.escape(problem.title_en)}</h2>'
        f"{_text('h3', 'What to do', problem.detail_en, advice.en)}</section>"
        f"<p><code>{problem.status} {problem.slug}</code></p></main></body></html>"
    )


def _text(level: str, heading: str, detail: str, steps: Sequence[str]) -> str:
    items = "".join(f"<li>{html.escape(step)}</li>" for step in steps)
    paragraph = f"<p>{html.escape(detail)}</p>" if detail else ""
    return f"{paragraph}<{level}>{heading}</{level}><ol>{items}</ol>"
