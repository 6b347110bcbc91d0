"""Reads an HTTP request into a message, before anything in it is believed."""

from starlette.requests import ClientDisconnect, Request

from gateway.errors import Fault, InvalidRequest, RequestTooLarge, UnsupportedMediaType
from gateway.http.client_certificate import came_through_proxy, certificate_of, without_claims
from gateway.model.exchange import Message


def bodiless(request: Request, public_url: str) -> Message:
    """Return a request that only reads."""
    return _message(request, b"", public_url)


async def with_json(request: Request, public_url: str, max_bytes: int) -> Message:
    """Return a request that changes something; its body is read up to *max_bytes*.

    Raises:
        UnsupportedMediaType: Another content type than JSON, or a content encoding.
        InvalidRequest: Not exactly one Idempotency-Key.
        RequestTooLarge: The body is longer, or says that it will be.
    """
    headers = request.headers
    media_type, _, parameters = _one(request, "content-type").partition(";")
    if media_type.strip().lower() != "application/json" or parameters.strip().lower() not in {
        "",
        "charset=utf-8",
    }:
        raise UnsupportedMediaType("the content type is not application/json")
    if "content-encoding" in headers:
        raise UnsupportedMediaType("the body has a content encoding")
    if not _one(request, "idempotency-key"):
        raise InvalidRequest([Fault("Idempotency-Key", "one header with a UUID is needed")])
    return _message(request, await _body(request, max_bytes), public_url)


async def _body(request: Request, max_bytes: int) -> bytes:
    """Read no more than *max_bytes*; an honest Content-Length is refused before the first."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 18 or int(announced) > max_bytes:
        raise RequestTooLarge(f"more than {max_bytes} bytes announced")
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        event = await request.receive()
        if event["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        if size > max_bytes:
            raise RequestTooLarge(f"more than {max_bytes} bytes sent")
        chunks.append(chunk)
        more = event.get("more_body", False)
    return b"".join(chunks)


def _one(request: Request, name: str) -> str:
    """Return the only value of a field, or nothing if there is none or more than one."""
    values = request.headers.getlist(name)
    return values[0] if len(values) == 1 else ""


def _message(request: Request, body: bytes, public_url: str) -> Message:
    scope = request.scope
    query: bytes = scope["query_string"]
    target = public_url + scope["raw_path"].decode("ascii")
    fields = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )
    return Message(
        method=scope["method"],
        target_uri=f"{target}?{query.decode('ascii')}" if query else target,
        headers=without_claims(fields),
        body=body,
        certificate=certificate_of(request, fields),
        proxied=came_through_proxy(request),
    )
