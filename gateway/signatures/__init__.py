"""Signed requests between agencies, gateway and recipients: one profile of RFC 9421."""

from gateway.signatures.keys import ALGORITHMS, RequestSigner, algorithm_of, public_key
from gateway.signatures.profile import (
    COMPONENTS,
    LABEL,
    TAG,
    content_digest,
    sign_request,
    verify_request,
)

__all__ = [
    "ALGORITHMS",
    "COMPONENTS",
    "LABEL",
    "TAG",
    "RequestSigner",
    "algorithm_of",
    "content_digest",
    "public_key",
    "sign_request",
    "verify_request",
]
