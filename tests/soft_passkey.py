"""A passkey in software: answers a challenge as an authenticator and its browser do (WebAuthn)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from webauthn import verify_authentication_response
from webauthn.helpers.exceptions import WebAuthnException

from gateway.adapters.file_signer import jwk_of
from gateway.errors import KeyRefused
from gateway.lifecycle.ballot import challenge
from gateway.person_keys import thumbprint
from gateway.tlog.encoding import decode_base64url, encode_base64url

Json = Any
RP_ID = "desk.example"
ORIGIN = "https://desk.example"
PRESENT_AND_VERIFIED = 0x05


@dataclass(frozen=True)
class SoftPasskey:
    """One credential, on P-256 (ES256) or Ed25519 (EdDSA)."""

    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    credential_id: bytes = b"credential"

    @property
    def jwk(self) -> dict[str, str]:
        return jwk_of(self.key.public_key())

    @property
    def document(self) -> dict[str, Json]:
        """The key as a person's document holds it."""
        return {
            "kind": "passkey",
            "jwk": self.jwk,
            "credential_id": encode_base64url(self.credential_id),
            "rp_id": RP_ID,
            "origin": ORIGIN,
        }

    @property
    def cose(self) -> bytes:
        """The key as the other verifier wants it (RFC 9052)."""
        jwk = self.jwk
        if jwk["kty"] == "OKP":
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: _raw(jwk["x"])})
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: _raw(jwk["x"]), -3: _raw(jwk["y"])})

    def sign(
        self,
        content: Mapping[str, Json],
        *,
        client: Mapping[str, Json] | None = None,
        rp_id: str = RP_ID,
        flags: int = PRESENT_AND_VERIFIED,
        rest: bytes = b"",
        by: "SoftPasskey | None" = None,
    ) -> dict[str, Json]:
        """Return the signed ballot; what is given differs from what a good browser would do."""
        said = {
            "type": "webauthn.get",
            "challenge": encode_base64url(challenge(content)),
            "origin": ORIGIN,
            "crossOrigin": False,
            **(client or {}),
        }
        client_data = json.dumps(said).encode()
        device = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + bytes(4) + rest
        signature = (by or self)._sign(device + hashlib.sha256(client_data).digest())
        return {
            "ballot": dict(content),
            "kid": thumbprint(self.jwk),
            "signature": encode_base64url(signature),
            "client_data": encode_base64url(client_data),
            "authenticator_data": encode_base64url(device),
        }

    def accepted_by_webauthn(self, signed: Mapping[str, Json], content: Mapping[str, Json]) -> bool:
        """Ask the library `webauthn`, which is not ours, about a signed ballot."""
        name = encode_base64url(self.credential_id)
        try:
            verify_authentication_response(
                credential={
                    "id": name,
                    "rawId": name,
                    "type": "public-key",
                    "response": {
                        "clientDataJSON": signed["client_data"],
                        "authenticatorData": signed["authenticator_data"],
                        "signature": signed["signature"],
                    },
                },
                expected_challenge=challenge(content),
                expected_rp_id=RP_ID,
                expected_origin=ORIGIN,
                credential_public_key=self.cose,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except WebAuthnException:
            return False
        return True

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(data)
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


def _raw(text: str) -> bytes:
    return decode_base64url(text, KeyRefused)
