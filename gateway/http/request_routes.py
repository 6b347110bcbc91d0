"""Requests for data over HTTP: parse, call, answer."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.asking import ask, decline
from gateway.http.list_routes import LARGEST_PAGE, PAGE
from gateway.http.messages import with_json
from gateway.http.problems import encode
from gateway.http.queries import number, paging, position, read_query
from gateway.http.reading_caller import reading_caller
from gateway.pipeline import Ports
from gateway.readings.data_requests import list_requests, request_view

_BODY_BYTES = 65_536
_PAGING = paging(PAGE, LARGEST_PAGE)


def request_routes(ports: Ports, public_url: str) -> APIRouter:
    """Return the calls with which a unit asks another one for data."""
    router = APIRouter(prefix="/v1/requests", tags=["requests"])

    @router.post("", summary="Ask another unit for data")
    async def post_request(request: Request) -> Response:
        message = await with_json(request, public_url, _BODY_BYTES)
        answer = await ask(message, ports)
        return _json(
            answer.status,
            dict(answer.body),
            {"Location": f"/v1/requests/{answer.exchange_id}"},
        )

    @router.post("/{request_id}/decline", summary="Decline a request, as the unit that was asked")
    async def post_decline(request: Request, request_id: str) -> Response:
        message = await with_json(request, public_url, _BODY_BYTES)
        answer = await decline(message, request_id, ports)
        return _json(answer.status, dict(answer.body))

    @router.get(
        "",
        summary="Requests that the caller made or was asked",
        openapi_extra=paging(PAGE, LARGEST_PAGE),
    )
    async def get_requests(request: Request) -> Response:
        caller = await reading_caller(request, ports, public_url)
        query = read_query(request, ("after", "limit"))
        limit = number(query, "limit", PAGE, 1, LARGEST_PAGE)
        return _json(
            200, await list_requests(caller, position(query), limit, ports, ports.policies())
        )

    @router.get("/{request_id}", summary="A request, as the caller may see it")
    async def get_request(request: Request, request_id: str) -> Response:
        caller = await reading_caller(request, ports, public_url)
        return _json(200, await request_view(caller, request_id, ports, ports.policies()))

    return router


def _json(status: int, members: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(encode(members), status, headers, "application/json")
