"""Base64 of RFC 4648 as its encoder writes it: no other alphabet, padding or spare bits."""

import base64
import binascii

from gateway.errors import GatewayError

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def encode_base64(data: bytes) -> str:
    """Return the standard encoding with padding (RFC 4648 4)."""
    return base64.b64encode(data).decode()


def decode_base64(text: str, refuse: type[GatewayError]) -> bytes:
    """Return the bytes that `encode_base64` turned into *text*; *refuse* for any other text."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise refuse("not Base64") from error
    if encode_base64(data) != text:
        raise refuse("not Base64 in canonical form")
    return data


def encode_base64url(data: bytes) -> str:
    """Return the URL-safe encoding without padding (RFC 4648 5, as RFC 7515 2 uses it)."""
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE, b"=").decode()


def decode_base64url(text: str, refuse: type[GatewayError]) -> bytes:
    """Return the bytes that `encode_base64url` turned into *text*; *refuse* for any other text."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise refuse("not base64url") from error
    if encode_base64url(data) != text:
        raise refuse("not base64url in canonical form")
    return data
