"""The operations port on loopback: `/livez`, `/readyz`, `/metrics`."""

import json
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

OK = "ok"
Readiness = Callable[[], Awaitable[Mapping[str, str]]]
"""Gives each thing that the process needs, with `ok` or with what is wrong with it."""


def operations_app(readiness: Readiness, registry: CollectorRegistry) -> ASGIApp:
    """Return the application; it is for loopback only, since anyone may ask."""

    async def answer(path: str) -> tuple[int, str, bytes]:
        if path == "/livez":
            return 200, "text/plain", b"ok\n"
        if path == "/readyz":
            checks = await readiness()
            ready = all(state == OK for state in checks.values())
            document = json.dumps({"ready": ready, "checks": dict(checks)}).encode()
            return 200 if ready else 503, "application/json", document
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(registry)
        return 404, "text/plain", b"/livez /readyz /metrics\n"

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        status, media_type, body = await answer(scope["path"])
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
