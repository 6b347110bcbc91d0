"""Lists of what concerns the calling unit: parse, call, answer."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from gateway.errors import Fault, InvalidRequest
from gateway.http.problems import encode
from gateway.http.queries import number, position, read_query, time_of_query
from gateway.http.reading_caller import reading_caller
from gateway.model.exchange_state import ExchangeState
from gateway.pipeline import Ports
from gateway.readings.arrivals import Arrivals
from gateway.readings.events import read_events
from gateway.readings.listing import ListQuery, list_exchanges

PAGE = 50
LARGEST_PAGE = 200
LONGEST_WAIT_S = 30

_LIST = ("state", "since", "after", "limit")
_EVENTS = ("after", "limit", "wait")


def list_routes(ports: Ports, public_url: str, arrivals: Arrivals | None = None) -> APIRouter:
    """Return the calls that list; what they show is the caller's own part, and no more."""
    router = APIRouter(prefix="/v1", tags=["lists"])
    known_arrivals = arrivals or Arrivals(ports.log)

    @router.get(
        "/exchanges", summary="The caller's exchanges, newest last", openapi_extra=_of(_LIST)
    )
    async def get_exchanges(request: Request) -> Response:
        caller = await reading_caller(request, ports, public_url)
        query = read_query(request, _LIST)
        wanted = ListQuery(
            _state(query.get("state")),
            time_of_query(query, "since"),
            position(query),
            number(query, "limit", PAGE, 1, LARGEST_PAGE),
        )
        return _json(await list_exchanges(caller, wanted, ports))

    @router.get("/events", summary="What concerns the caller", openapi_extra=_of(_EVENTS))
    async def get_events(request: Request) -> Response:
        caller = await reading_caller(request, ports, public_url)
        query = read_query(request, _EVENTS)
        after = position(query)
        limit = number(query, "limit", PAGE, 1, LARGEST_PAGE)
        wait_s = number(query, "wait", 0, 0, LONGEST_WAIT_S)
        waiting = asyncio.create_task(
            read_events(caller, after, limit, wait_s, known_arrivals, ports)
        )
        page = await _unless_left(waiting, request)
        return _json(page or await read_events(caller, after, limit, 0, known_arrivals, ports))

    return router


async def _unless_left(
    waiting: "asyncio.Task[dict[str, Any]]", request: Request
) -> dict[str, Any] | None:
    """Return what is waited for, or None if the server ends before it is there.

    Raises:
        ClientDisconnect: The client has left, and nobody is there to read it.
    """
    closing: asyncio.Event = request.scope["state"]["closing"]
    leaving, ending = asyncio.create_task(_left(request)), asyncio.create_task(closing.wait())
    try:
        await asyncio.wait({waiting, leaving, ending}, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        if leaving.done():
            raise ClientDisconnect
        return None
    finally:
        for task in (waiting, leaving, ending):
            task.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _state(text: str | None) -> ExchangeState | None:
    if text is None:
        return None
    if text not in set(ExchangeState):
        raise InvalidRequest([Fault("state", f"one of {', '.join(ExchangeState)}")])
    return ExchangeState(text)


def _of(names: tuple[str, ...]) -> dict[str, Any]:
    """Describe query parameters for the OpenAPI document."""
    schemas: dict[str, dict[str, Any]] = {
        "state": {"type": "string", "enum": list(ExchangeState)},
        "since": {"type": "string", "description": "epoch seconds or RFC 3339"},
        "after": {"type": "integer", "minimum": -1, "description": "`next` of the page before"},
        "limit": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
        "wait": {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT_S, "default": 0},
    }
    return {
        "parameters": [{"name": name, "in": "query", "schema": schemas[name]} for name in names]
    }


def _json(members: dict[str, Any]) -> Response:
    return Response(encode(members), media_type="application/json")
