"""The decision log over HTTP (DESIGN 5.5; c2sp.org/tlog-tiles): parse, call, answer."""

import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.errors import Fault, InvalidRequest, MalformedTile, NotFound
from gateway.http.problems import encode
from gateway.http.reading_caller import reading_caller
from gateway.model.unit import Unit
from gateway.pipeline import Ports
from gateway.tlog import tiles
from gateway.tlog.encoding import encode_base64
from gateway.tlog.proof import LogProof

_NUMBER = re.compile("0|[1-9][0-9]{0,17}", re.ASCII)
_TEXT = "text/plain; charset=utf-8"


def log_routes(ports: Ports, public_url: str) -> APIRouter:
    """Return the calls for every registered unit.

    Entry bundles are for units that verify the log: times and types of all entries would show
    a partner the rhythm of the police. To a partner they do not exist.
    """
    router = APIRouter(prefix="/v1/log", tags=["log"])
    log = ports.log

    async def registered(request: Request) -> Unit:
        return (await reading_caller(request, ports, public_url)).unit

    @router.get("/checkpoint", summary="The newest checkpoint (c2sp.org/tlog-checkpoint)")
    async def get_checkpoint(request: Request) -> Response:
        await registered(request)
        return Response((await log.head()).checkpoint, media_type=_TEXT)

    @router.get("/tile/{path:path}", summary="A hash tile (c2sp.org/tlog-tiles)")
    async def get_tile(request: Request, path: str) -> Response:
        unit = await registered(request)
        try:
            tile = tiles.parse_path(f"tile/{path}")
        except MalformedTile as error:
            raise NotFound("no tile has this name") from error
        if tile.level != tiles.ENTRIES:
            data = await log.hash_tile(tile.level, tile.n, tile.width)
        elif unit.verifies_log:
            data = await log.entry_bundle(tile.n, tile.width)
        else:
            raise NotFound("entry bundles are for units that verify the log")
        if data is None:
            raise NotFound("the log has no such tile")
        return Response(data, media_type="application/octet-stream")

    @router.get("/proof/{index}", summary="Inclusion proof (c2sp.org/tlog-proof)")
    async def get_proof(request: Request, index: str) -> Response:
        await registered(request)
        size = (await log.head()).size
        if not _NUMBER.fullmatch(index) or int(index) >= size:
            raise NotFound("the log has no such entry")
        checkpoint, hashes = await log.receipt_proof(int(index), size)
        return Response(LogProof(int(index), hashes, checkpoint).format(), media_type=_TEXT)

    @router.get("/consistency", summary="Consistency proof (RFC 6962 2.1.2), ?from=&to= in entries")
    async def get_consistency(request: Request) -> Response:
        await registered(request)
        size = (await log.head()).size
        old, new = _number(request, "from"), _number(request, "to")
        if not 0 < old <= new <= size:
            raise InvalidRequest([Fault("from, to", "0 < from <= to <= size of the log")])
        hashes = [encode_base64(value) for value in await log.consistency(old, new)]
        document = {"from": old, "to": new, "hashes": hashes}
        return Response(encode(document), media_type="application/json")

    return router


def _number(request: Request, name: str) -> int:
    values = request.query_params.getlist(name)
    if len(values) != 1 or not _NUMBER.fullmatch(values[0]):
        raise InvalidRequest([Fault(name, "one number of entries is needed")])
    return int(values[0])
