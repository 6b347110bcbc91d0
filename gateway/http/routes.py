"""Exchanges over HTTP: parse, call, answer."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.http import problems
from gateway.http.messages import with_json
from gateway.http.reading_caller import reading_caller
from gateway.model.evidence import Answer
from gateway.model.exchange import Caller, Message
from gateway.pipeline import Ports, submit
from gateway.reading import exchange_view, receipt_view

Submit = Callable[[Message, Ports], Awaitable[Answer]]
View = Callable[[Caller, str, Ports], Awaitable[dict[str, Any]]]

_REQUEST = {
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
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}


def exchange_routes(ports: Ports, public_url: str, *, submit: Submit = submit) -> APIRouter:
    """Return the calls of a partner that are about exchanges."""
    router = APIRouter(prefix="/v1/exchanges", tags=["exchanges"])

    @router.post("", summary="Submit an exchange for decision", openapi_extra=_REQUEST)
    async def post_exchange(request: Request) -> Response:
        message = await with_json(request, public_url, ports.limits.max_body_attachments)
        return _answer(await submit(message, ports), public_url)

    @router.get("/{exchange_id}", summary="Decision and receipt, as far as the caller may see it")
    async def get_exchange(request: Request, exchange_id: str) -> Response:
        return await _view(request, exchange_id, exchange_view)

    @router.get("/{exchange_id}/receipt", summary="The caller's receipt alone")
    async def get_receipt(request: Request, exchange_id: str) -> Response:
        return await _view(request, exchange_id, receipt_view)

    async def _view(request: Request, exchange_id: str, view: View) -> Response:
        caller = await reading_caller(request, ports, public_url)
        return _json(200, await view(caller, exchange_id, ports))

    return router


def _answer(answer: Answer, public_url: str) -> Response:
    """Render a decision; a denial is a problem, so that a careless client sees no success."""
    location = f"/v1/exchanges/{answer.exchange_id}"
    headers = {"Location": location}
    if answer.status == problems.DENIED.status:
        members = problems.members_of(problems.DENIED, public_url)
        members |= {"instance": location, **answer.body}
        return problems.answer_problem(problems.DENIED, members, headers)
    return _json(answer.status, dict(answer.body), headers)


def _json(status: int, members: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(problems.encode(members), status, headers, "application/json")
