"""Serves the signed bundle to the OPA server, over mutual TLS on a listener of its own.

Who has the newest bundle may wait for the next one (OPA calls it long polling), so that new rules
are there at once.
"""

import asyncio
import contextlib
import re
import ssl
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from gateway.errors import StartRefused

BUNDLE = "datenschleuse"
PATH = f"/bundles/{BUNDLE}.tar.gz"
LONGEST_WAIT_S = 20
_LONG_POLLING = "application/vnd.openpolicyagent.bundles"
"""The content type by which OPA knows that it may wait for the next bundle."""

_WAIT = re.compile(r"(?:^|[;, ])wait=([0-9]{1,4})(?:$|[;, ])")


class BundleServer:
    """Hands out the newest bundle. Only who holds a certificate of the OPA's authority gets in."""

    def __init__(self, context: ssl.SSLContext, host: str, port: int) -> None:
        self._context, self._host, self._port = context, host, port
        self._bundle, self._tag = b"", ""
        self._next = asyncio.Event()
        self.handed_out = self.waiting = 0
        self._runner: web.AppRunner | None = None

    def publish(self, bundle: bytes) -> None:
        """Hand out *bundle* from now on."""
        self._bundle, self._tag = bundle, f'"{sha256(bundle).hexdigest()}"'
        self._tell()

    @property
    def port(self) -> int:
        """The TCP port: the one asked for or, where that is 0, the one that the system gave."""
        return self._port

    async def start(self) -> None:
        """Listen.

        Raises:
            StartRefused: The address cannot be had.
        """
        app = web.Application(client_max_size=0)
        app.router.add_get(PATH, self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, ssl_context=self._context)
        try:
            await site.start()
        except OSError as error:
            await self.close()
            raise StartRefused(
                f"cannot listen for OPA on {self._host}, port {self._port}: {error.strerror}"
            ) from error
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        runner, self._runner = self._runner, None
        self._tell()
        if runner is not None:
            await runner.cleanup()

    def _tell(self) -> None:
        """Answer everyone who waits for another bundle than the one he has."""
        told, self._next = self._next, asyncio.Event()
        told.set()

    async def _wait(self, limit_s: float) -> None:
        """Wait for another bundle, or for the end of the time."""
        self.waiting += 1
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(limit_s):
                    await self._next.wait()
        finally:
            self.waiting -= 1

    async def _answer(self, request: web.Request) -> web.Response:
        known = request.headers.get("If-None-Match")
        wait = _WAIT.search(request.headers.get("Prefer", ""))
        if known == self._tag and wait is not None:
            await self._wait(min(int(wait[1]), LONGEST_WAIT_S))
        headers = {"ETag": self._tag, "Content-Type": _LONG_POLLING}
        if known == self._tag:
            return web.Response(status=304, headers=headers)
        self.handed_out += 1
        return web.Response(body=self._bundle, headers=headers)


def bundle_context(client_ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Return the listener's TLS settings: 1.3, and a client certificate with every connection.

    Raises:
        StartRefused: A file is missing or not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(client_ca)
    except OSError as error:  # ssl.SSLError is one
        raise StartRefused(f"TLS needs {client_ca}, {certificate}, {key}: {error}") from error
    return context
