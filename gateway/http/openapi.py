"""The OpenAPI document of the partner API: what each call takes, and all that it can answer.

Addresses, parameters and summaries come from the routes; what stands here is the rest. A route
without a row here is refused when the document is made, so that none is forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.http import problems
from gateway.http.openapi_components import Components, exchange_request
from gateway.http.openapi_examples import EXAMPLES
from gateway.http.own_forms import own_forms
from gateway.http.problems import Problem
from gateway.policies import Policies

Json = Any

_JSON = "application/json"
_TEXT = "text/plain"
_BYTES = "application/octet-stream"
_HTML = "text/html"
_ALWAYS = (
    problems.NOT_HTTP,
    problems.TIMED_OUT,
    problems.TOO_MANY_CONNECTIONS,
    problems.HEAD_TOO_LARGE,
    problems.UNAVAILABLE,
)
_OF_A_UNIT = (problems.AUTHENTICATION, problems.TOO_MANY)
_OF_A_BODY = (problems.MALFORMED, problems.TOO_LARGE, problems.MEDIA, problems.INVALID)
_ABOUT = """Machine-to-machine API of the gateway. Every connection is mutual TLS 1.3; the
public key of the client's certificate is registered for the unit. Every call that changes
something carries an RFC 9421 signature under the label `sig1`, over exactly
`@method`, `@target-uri`, `content-type`, `content-digest` and `idempotency-key`, with the
parameters `created`, `keyid`, `alg` and `tag="datenschleuse-v1"`. Behind a proxy that ends TLS
reading calls are signed too, over `@method` and `@target-uri`.

A denial is 403 with the decision and its receipt. 503 means *unknown*: send it again with the
same key; only `stopped` says that nothing was decided, and what is in the way. The type of each
problem is the address of a page that says what to do."""
_SIGNED = {
    "Content-Digest": "RFC 9530, SHA-256 of the body as it is sent.",
    "Signature-Input": "RFC 9421, one signature under the label sig1.",
    "Signature": "RFC 9421, one signature under the label sig1.",
}
_HEADERS: Mapping[int, Mapping[str, str]] = {
    201: {"Location": "Where decision and receipt can be read again."},
    202: {"Location": "Where decision and receipt can be read again."},
    401: {
        "WWW-Authenticate": "Signature",
        "Accept-Signature": "What a signature must cover (RFC 9421 5.1).",
    },
    403: {"Location": "Where decision and receipt can be read again."},
    429: {"Retry-After": "Seconds to wait."},
    503: {"Retry-After": "Seconds to wait."},
}


@dataclass(frozen=True, slots=True)
class _Call:
    """What one call takes and answers; `answers` is status -> (media type, schema's name)."""

    answers: Mapping[int, tuple[str, str]]
    refusals: tuple[Problem, ...] = ()
    takes: str | None = None
    of_a_unit: bool = True
    examples: Mapping[int, str] = field(default_factory=dict)


_DECISION = (_JSON, "Decision")
_NOT_FOUND = (problems.NOT_FOUND,)
_INVALID = (problems.INVALID,)
_CALLS: Mapping[tuple[str, str], _Call] = {
    ("post", "/v1/exchanges"): _Call(
        {201: _DECISION, 202: _DECISION, 403: (problems.MEDIA_TYPE, "Denial")},
        (problems.CONFLICT, problems.STOPPED, *_NOT_FOUND),
        takes="ExchangeRequest",
        examples={201: "permitted", 202: "held", 403: "denied"},
    ),
    ("get", "/v1/exchanges"): _Call({200: (_JSON, "ExchangeList")}, _INVALID),
    ("get", "/v1/exchanges/{exchange_id}"): _Call({200: (_JSON, "Exchange")}, _NOT_FOUND),
    ("get", "/v1/exchanges/{exchange_id}/receipt"): _Call({200: (_JSON, "Receipt")}, _NOT_FOUND),
    ("get", "/v1/events"): _Call({200: (_JSON, "EventList")}, _INVALID),
    ("get", "/v1/inbox"): _Call({200: (_JSON, "InboxPage")}, (*_INVALID, *_NOT_FOUND)),
    ("post", "/v1/inbox/{delivery_id}/ack"): _Call(
        {200: (_JSON, "Acknowledged")}, _NOT_FOUND, takes="Acknowledgement"
    ),
    ("get", "/v1/kinds"): _Call({200: (_JSON, "KindList")}),
    ("get", "/v1/kinds/{kind}"): _Call({200: (_JSON, "Kind")}, _NOT_FOUND),
    ("get", "/v1/requests"): _Call({200: (_JSON, "DataRequestList")}, _INVALID),
    ("post", "/v1/requests"): _Call(
        {201: (_JSON, "DataRequestRecorded")},
        (problems.CONFLICT, problems.STOPPED),
        takes="DataRequest",
    ),
    ("get", "/v1/requests/{request_id}"): _Call({200: (_JSON, "DataRequestView")}, _NOT_FOUND),
    ("post", "/v1/requests/{request_id}/decline"): _Call(
        {201: (_JSON, "Declined")},
        (problems.CONFLICT, problems.STOPPED, *_NOT_FOUND),
        takes="Decline",
    ),
    ("get", "/v1/self-test"): _Call({200: (_JSON, "SelfTest")}, _INVALID),
    ("post", "/v1/self-test/decryption"): _Call({200: (_JSON, "Check")}, takes="ChallengeAnswer"),
    ("post", "/v1/self-test/delivery"): _Call({200: (_JSON, "Check")}, takes="Nothing"),
    ("get", "/v1/log/checkpoint"): _Call({200: (_TEXT, "")}),
    ("get", "/v1/log/tile/{path}"): _Call({200: (_BYTES, "")}, _NOT_FOUND),
    ("get", "/v1/log/proof/{index}"): _Call({200: (_TEXT, "")}, _NOT_FOUND),
    ("get", "/v1/log/consistency"): _Call({200: (_JSON, "Consistency")}, _INVALID),
    ("get", "/problems/{slug}"): _Call({200: (_HTML, "")}, _NOT_FOUND, of_a_unit=False),
}


def openapi_document(app: FastAPI, policies: Policies) -> dict[str, Json]:
    """Describe every route of *app*, with the schemas of *policies* and those of our answers.

    Raises:
        KeyError: A route has no row in the table of calls.
    """
    document: dict[str, Json] = get_openapi(
        title=app.title, version=app.version, description=_ABOUT, routes=app.routes
    )
    files = {**policies.policy_set.schemas, **own_forms()}
    components = Components(files)
    _add_answers(components)
    exchange_request(components, files, sorted(policies.schemas.payloads))
    document["paths"] = dict(sorted(document["paths"].items()))
    for path, item in document["paths"].items():
        for method, operation in item.items():
            _describe(operation, method, _CALLS[method, path], components)
    document["security"] = [{"mutualTLS": []}]
    document["components"] = {
        "schemas": dict(sorted(components.schemas.items())),
        "securitySchemes": {
            "mutualTLS": {
                "type": "mutualTLS",
                "description": "TLS 1.3 with a client certificate whose key is registered.",
            }
        },
    }
    return document


def _describe(operation: dict[str, Json], method: str, call: _Call, parts: Components) -> None:
    refusals = [*_ALWAYS, *call.refusals]
    if call.of_a_unit:
        refusals += _OF_A_UNIT
    if call.takes is not None:
        refusals += _OF_A_BODY
        operation["requestBody"] = _body(call.takes, parts)
        operation["parameters"] = _signed_parameters(operation.get("parameters", []))
    answers = {
        status: _response(status, media_type, _schema(name, media_type, parts), "")
        for status, (media_type, name) in call.answers.items()
    }
    for status, example in call.examples.items():
        media_type = call.answers[status][0]
        answers[status]["content"][media_type]["example"] = EXAMPLES[example]
    by_status: dict[int, list[Problem]] = {}
    for problem in dict.fromkeys(refusals):
        by_status.setdefault(problem.status, []).append(problem)
    for status, kinds in by_status.items():
        answers.setdefault(status, _refusal(status, kinds, parts))
    operation["responses"] = {str(status): answers[status] for status in sorted(answers)}


def _body(name: str, parts: Components) -> dict[str, Json]:
    content: dict[str, Json] = {"schema": _schema(name, _JSON, parts)}
    if name in EXAMPLES:
        content["example"] = EXAMPLES[name]
    return {"required": True, "content": {_JSON: content}}


def _signed_parameters(given: list[Json]) -> list[Json]:
    """Return the parameters with the headers of a signed call, each once."""
    named: dict[str, Json] = {parameter["name"]: parameter for parameter in given}
    key = {
        "type": "string",
        "format": "uuid",
        "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    }
    headers = {"Idempotency-Key": ("One for each call; the same to repeat it.", key)}
    headers |= {name: (text, {"type": "string"}) for name, text in _SIGNED.items()}
    for name, (text, schema) in headers.items():
        named[name] = {
            "name": name,
            "in": "header",
            "required": True,
            "description": text,
            "schema": schema,
        }
    return list(named.values())


def _schema(name: str, media_type: str, parts: Components) -> Json:
    if media_type == _BYTES:
        return {"type": "string", "format": "binary"}
    if not name:
        return {"type": "string"}
    if name in parts.schemas:
        return {"$ref": f"#/components/schemas/{name}"}
    return parts.ref(f"urn:datenschleuse:answers:1#/$defs/{name}")


def _response(status: int, media_type: str, schema: Json, text: str) -> dict[str, Json]:
    said = {200: "As asked.", 201: "Permitted.", 202: "Held for a named official.", 403: "Denied."}
    headers = {**_HEADERS.get(status, {}), "Cache-Control": "no-store"}
    return {
        "description": text or said[status],
        "headers": {
            name: {"description": why, "schema": {"type": "string"}}
            for name, why in headers.items()
        },
        "content": {media_type: {"schema": schema}},
    }


def _refusal(status: int, kinds: list[Problem], parts: Components) -> dict[str, Json]:
    text = "; ".join(f"{kind.title_en} (`{kind.slug}`)" for kind in kinds)
    schema = _schema("Problem", _JSON, parts)
    response = _response(status, problems.MEDIA_TYPE, schema, f"{text}.")
    response["content"][problems.MEDIA_TYPE]["examples"] = {
        kind.slug: {"value": problems.members_of(kind, "https://gateway.example")} for kind in kinds
    }
    return response


def _add_answers(parts: Components) -> None:
    """Add what is put together when an answer is made: a part of the record and a receipt."""
    parts.ref("urn:datenschleuse:problem:1")
    receipt = parts.ref("urn:datenschleuse:receipt:1")
    for name, part in (("DataRequestRecorded", "request_sender"), ("Declined", "request_declined")):
        parts.ref(f"urn:datenschleuse:record:1#/$defs/{part}")
        parts.add(name, _with(parts.schemas[f"Record.{part}"], {"receipt": receipt}))
    parts.ref("urn:datenschleuse:data-request:1")
    state = parts.ref("urn:datenschleuse:answers:1#/$defs/State")
    parts.ref("urn:datenschleuse:record:1#/$defs/decision_sender")
    parts.ref("urn:datenschleuse:record:1#/$defs/decision_recipient")
    sender = parts.schemas.pop("Record.decision_sender")
    recipient = parts.schemas.pop("Record.decision_recipient")
    parts.add("Decision", _with(sender, {"receipt": receipt}))
    problem = {"$ref": "#/components/schemas/Problem"}
    decision = {**_with(sender, {"receipt": receipt}), "additionalProperties": True}
    parts.add("Denial", {"allOf": [problem, decision]})
    read_again = {"receipt": receipt, "state": state}
    held = _with(sender, read_again)
    held["properties"]["stop"] = parts.ref("urn:datenschleuse:problem:1#/$defs/stop")
    parts.add("Exchange", {"anyOf": [held, _with(recipient, read_again)]})


def _with(schema: Mapping[str, Json], members: Mapping[str, Json]) -> dict[str, Json]:
    return {
        **schema,
        "required": [*schema["required"], *members],
        "properties": {**schema["properties"], **members},
    }
