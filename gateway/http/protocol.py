"""HTTP/1.1 of the partner API: hands the client's certificate on with every request."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_GOODBYE_S = 1.0
_NOT_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\n"
    b"content-type: application/problem+json\r\n"
    b"cache-control: no-store\r\n"
    b"connection: close\r\n"
    b"content-length: %d\r\n\r\n%b"
)
_BODY = b'{"type":"about:blank","status":400,"title":"Kein HTTP/1.1","title_en":"Not HTTP/1.1"}'


class PartnerProtocol(HttpToolsProtocol):
    """Puts the certificate of the connection into `request.state.client_certificate` (DER)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        tls: Any = transport.get_extra_info("ssl_object")
        certificate = None if tls is None else tls.getpeercert(binary_form=True)
        self.app_state = {**self.app_state, "client_certificate": certificate}

    def shutdown(self) -> None:
        """Close an idle connection, also one whose client does not answer the goodbye of TLS."""
        super().shutdown()
        self.loop.call_later(_GOODBYE_S, self._abort_if_idle)

    def _abort_if_idle(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        self.transport.write(_NOT_HTTP % (len(_BODY), _BODY))
        self.transport.close()
