"""The inbox over HTTP: parse, call, answer."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.delivery_entry import DeliveryEntries
from gateway.errors import CallerError
from gateway.http.messages import with_json
from gateway.http.problems import encode
from gateway.http.queries import number, paging, position, read_query
from gateway.http.reading_caller import reading_caller
from gateway.model.exchange import Document, Moment
from gateway.pipeline import Ports, at_hand
from gateway.readings.inbox import LARGEST_PAGE, acknowledge, fetch
from gateway.steps.authenticate import authenticate
from gateway.steps.receive import receive

PAGE = 20
_ACK_BYTES = 4096
_PAGING = paging(PAGE, LARGEST_PAGE)
_ACK = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["delivery_id", "jwe_sha256"],
                    "properties": {
                        "delivery_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                        "jwe_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    },
                    "additionalProperties": False,
                }
            }
        },
    },
}


def inbox_routes(ports: Ports, public_url: str) -> APIRouter:
    """Return the calls of a unit that fetches its deliveries."""
    router = APIRouter(prefix="/v1/inbox", tags=["inbox"])
    skew_s = ports.limits.signature_skew_s
    entries = DeliveryEntries(ports.drafter, ports.log)

    @router.get(
        "", summary="Deliveries that wait for the caller", openapi_extra=paging(PAGE, LARGEST_PAGE)
    )
    async def get_inbox(request: Request) -> Response:
        caller = await reading_caller(request, ports, public_url)
        query = read_query(request, ("after", "limit"))
        limit = number(query, "limit", PAGE, 1, LARGEST_PAGE)
        return _json(await fetch(caller, position(query), limit, ports))

    @router.post("/{delivery_id}/ack", summary="Acknowledge a delivery", openapi_extra=_ACK)
    async def post_ack(request: Request, delivery_id: str) -> Response:
        message = await with_json(request, public_url, _ACK_BYTES)
        moment = ports.clock.now()
        received = _receive(message.body, moment, ports.limits.max_depth)
        caller = await authenticate(message, ports.registry, moment, skew_s, signed=True)
        try:
            ports.admit(caller.unit.id)
            if isinstance(received, CallerError):
                raise received
            return _json(await acknowledge(caller, delivery_id, received.value, ports, entries))
        except CallerError as error:
            await ports.refusals.record(error, caller.unit, moment, at_hand(ports))
            raise

    return router


def _receive(body: bytes, moment: Moment, max_depth: int) -> Document | CallerError:
    """Receive; a fault waits until it is known whose it is, so that it can be recorded."""
    try:
        return receive(body, moment, _ACK_BYTES, max_depth)
    except CallerError as error:
        return error


def _json(members: dict[str, Any]) -> Response:
    return Response(encode(members), media_type="application/json")
