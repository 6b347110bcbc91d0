"""Signed requests between agencies, gateway and recipients: one profile of RFC 9421."""

from gateway.signatures.keys import ALGORITHMS, RequestSigner, algorithm_of, public_key
from gateway.signatures.profile import (
    COMPONENTS,
    LABEL,
    READING_COMPONENTS,
    TAG,
    content_digest,
    is_signed,
    sign_reading,
    sign_request,
    verify_request,
)

__all__ = [
    "ALGORITHMS",
    "COMPONENTS",
    "LABEL",
    "READING_COMPONENTS",
    "TAG",
    "RequestSigner",
    "algorithm_of",
    "content_digest",
    "is_signed",
    "public_key",
    "sign_reading",
    "sign_request",
    "verify_request",
]
