"""TLS of the partner API: version 1.3, and a certificate of the client with every connection."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import StartRefused


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: the server's certificate chain and key, and the CAs of the partners."""

    certificate: Path
    key: Path
    client_ca: Path


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """Return the context for which a handshake without a valid client certificate fails.

    Sessions are not resumed: each connection proves its certificate anew.

    Raises:
        StartRefused: A file is missing or not what it should be.
    """

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(files.certificate, files.key)
        context.load_verify_locations(files.client_ca)
    except OSError as error:  # ssl.SSLError is one
        raise StartRefused(
            f"TLS needs {files.certificate}, {files.key} and {files.client_ca}: {error}"
        ) from error
    return context
