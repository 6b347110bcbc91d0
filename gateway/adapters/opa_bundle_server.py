"""Serves the signed bundle to the OPA server, over mutual TLS on a listener of its own."""

import ssl
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from gateway.errors import StartRefused

BUNDLE = "datenschleuse"
PATH = f"/bundles/{BUNDLE}.tar.gz"


class BundleServer:
    """Hands out the newest bundle. Only who holds a certificate of the OPA's authority gets in."""

    def __init__(self, context: ssl.SSLContext, host: str, port: int) -> None:
        self._context, self._host, self._port = context, host, port
        self._bundle, self._tag = b"", ""
        self.handed_out = 0
        self._runner: web.AppRunner | None = None

    def publish(self, bundle: bytes) -> None:
        """Hand out *bundle* from now on."""
        self._bundle, self._tag = bundle, f'"{sha256(bundle).hexdigest()}"'

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
        if runner is not None:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        headers = {"ETag": self._tag}
        if request.headers.get("If-None-Match") == self._tag:
            return web.Response(status=304, headers=headers)
        self.handed_out += 1
        return web.Response(body=self._bundle, content_type="application/gzip", headers=headers)


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
