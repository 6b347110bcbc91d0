"""The bare proxy that the gateway is measured against: it forwards, and does nothing else.

FastAPI on uvicorn, aiohttp to the recipient, mutual TLS 1.3 on both sides. Run as
`python -m gateway.bench.proxy FOLDER PORT RECIPIENT`; the folder holds `tls.pem`, `tls.key`
and `ca.pem`, the recipient is an address such as `https://localhost:9443`.
"""

import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import Response

from gateway.adapters.https_destination import push_context
from gateway.http.tls import TlsFiles, server_context

_OF_ONE_CONNECTION = {"host", "connection", "keep-alive", "content-length", "transfer-encoding"}
_KEEP_S = 60


def proxy_app(recipient: str, context: ssl.SSLContext) -> FastAPI:
    """Return the application that forwards every POST to *recipient*, and its answer back."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        connector = aiohttp.TCPConnector(ssl=context, limit=0, keepalive_timeout=_KEEP_S)
        async with aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        ) as session:
            app.state.session = session
            yield

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)

    @app.post("/{path:path}")
    async def forward(request: Request) -> Response:
        headers = {
            name: value for name, value in request.headers.items() if name not in _OF_ONE_CONNECTION
        }
        async with request.app.state.session.post(
            f"{recipient}{request.url.path}", data=await request.body(), headers=headers
        ) as answer:
            return Response(await answer.read(), answer.status, media_type=answer.content_type)

    return app


def serve(folder: Path, port: int, recipient: str) -> None:
    """Serve until the process is ended."""
    ca, certificate, key = (folder / name for name in ("ca.pem", "tls.pem", "tls.key"))
    inbound = server_context(TlsFiles(certificate, key, ca))
    uvicorn.run(
        proxy_app(recipient, push_context(ca, certificate, key)),
        host="127.0.0.1",
        port=port,
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        ssl_context_factory=lambda _config, _default: inbound,
        timeout_keep_alive=_KEEP_S,
    )


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
