"""Exchange kinds over HTTP: what a request of each needs, and an example."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.http.problems import encode
from gateway.http.reading_caller import reading_caller
from gateway.kinds.making import Kinds, describe_kinds
from gateway.model.exchange import Moment
from gateway.pipeline import Ports


def kind_routes(ports: Ports, public_url: str, kinds: Kinds | None = None) -> APIRouter:
    """Return the calls that say what policies and schemas ask of an exchange."""
    router = APIRouter(prefix="/v1/kinds", tags=["kinds"])
    known = kinds or Kinds(ports.policies, describe_kinds)

    async def asked_at(request: Request) -> Moment:
        await reading_caller(request, ports, public_url)
        return ports.clock.now()

    @router.get("", summary="All exchange kinds with their routes")
    async def get_kinds(request: Request) -> Response:
        moment = await asked_at(request)
        return _json(await known.listed(moment.evaluated_on))

    @router.get("/{kind}", summary="Members, facts, bases, routes and an example of a kind")
    async def get_kind(request: Request, kind: str) -> Response:
        moment = await asked_at(request)
        return _json(await known.described(kind, moment.evaluated_on))

    return router


def _json(members: dict[str, Any]) -> Response:
    return Response(encode(members), media_type="application/json")
