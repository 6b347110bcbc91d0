"""Finds the unit behind a request: by its certificate's pin, then by its signature.

Names in a certificate count for nothing. The registry is looked at for every request, also on
a kept connection, so that a suspension or a replaced pin works at once.
"""

import hashlib
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from gateway.errors import AuthenticationFailed, KeyRefused, RegistryUnavailable
from gateway.model.exchange import Caller, Message, Moment
from gateway.ports import UnitRegistry
from gateway.signatures import is_signed, verify_request


async def authenticate(
    message: Message, registry: UnitRegistry, moment: Moment, skew_s: int, *, signed: bool
) -> Caller:
    """Return the registered, active unit that sent *message*.

    *signed* says that the call changes something and must carry the unit's signature, made
    within *skew_s* seconds of *moment*; it is then kept as evidence. A call that only reads
    needs one behind a proxy, whose word alone proves nothing; where one is given anyway, it
    must be right.

    Raises:
        AuthenticationFailed: No registered, active unit proves to be the sender.
        RegistryUnavailable: It cannot be known who the sender is.
    """
    if message.certificate is None:
        raise AuthenticationFailed("no client certificate")
    pin = pin_of(message.certificate)
    snapshot = await registry.snapshot()
    unit = snapshot.unit_by_pin(pin)
    if unit is None:
        raise AuthenticationFailed(f"no unit registered the certificate with pin {pin}")
    if not unit.active:
        raise AuthenticationFailed(f"unit {unit.id} is suspended")
    evidence = {}
    if signed or message.proxied or is_signed(message):
        try:
            evidence = verify_request(
                message, unit.signing_key, now=moment.evaluated_at, skew_s=skew_s
            )
        except AuthenticationFailed as error:
            raise AuthenticationFailed(f"unit {unit.id}: {error}") from error
        except KeyRefused as error:
            raise RegistryUnavailable(f"unit {unit.id} has no usable signing key") from error
    return Caller(unit, snapshot.digest, evidence)


@lru_cache(maxsize=4096)
def pin_of(certificate: bytes) -> str:
    """Return the SHA-256 of the certificate's SubjectPublicKeyInfo (RFC 7469 2.4), as hex.

    Raises:
        AuthenticationFailed: Not a DER certificate.
    """
    try:
        key = load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise AuthenticationFailed("the client certificate cannot be read") from error
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()
