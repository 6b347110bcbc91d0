"""Whose certificate counts for a request: the connection's, or the one that a proxy names.

A proxy that ends TLS before us names its client's certificate in `Client-Cert` (RFC 9440). It
is believed only over mutual TLS from a proxy whose pin is set as trusted. From everyone else
the field is dropped, so that nothing behind this module ever sees it; `Client-Cert-Chain` is
dropped from all, since the proxy has verified the chain.
"""

import http_sf
from starlette.requests import Request

Fields = tuple[tuple[str, str], ...]

_FIELD = "client-cert"
_DROPPED = frozenset({_FIELD, "client-cert-chain"})


def certificate_of(request: Request, fields: Fields) -> bytes | None:
    """Return the certificate (DER) that counts, or None: a proxy named none, or not one."""
    certificate: bytes | None = request.scope["state"].get("client_certificate")
    if not came_through_proxy(request):
        return certificate
    named = [value for name, value in fields if name == _FIELD]
    return _bytes_of(named[0]) if len(named) == 1 else None


def came_through_proxy(request: Request) -> bool:
    """Whether the connection is a trusted proxy's."""
    return bool(request.scope["state"].get("proxy"))


def without_claims(fields: Fields) -> Fields:
    """Return the fields without those that speak of certificates."""
    return tuple(field for field in fields if field[0] not in _DROPPED)


def _bytes_of(value: str) -> bytes | None:
    """Return the one byte sequence (RFC 9651 3.3.5) that the field holds."""
    try:
        item = http_sf.parse(value.encode("latin-1"), tltype="item")
    except ValueError:
        return None
    match item:
        case (bytes(der), {**parameters}) if der and not parameters:
            return der
    return None
