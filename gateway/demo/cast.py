"""The agencies of the demonstration: real kinds of offices, invented data."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.demo.certificates import Authority, write_key

Json = Any
_SIGNING: Mapping[str, Callable[[], PrivateKeyTypes]] = {
    "ecdsa-p256-sha256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa-pss-sha512": lambda: rsa.generate_private_key(65537, 3072),
}
_ENCRYPTION: Mapping[str, tuple[str, Callable[[], PrivateKeyTypes]]] = {
    "P-256": ("ECDH-ES", lambda: ec.generate_private_key(ec.SECP256R1())),
    "X25519": ("ECDH-ES", x25519.X25519PrivateKey.generate),
    "RSA": ("RSA-OAEP-256", lambda: rsa.generate_private_key(65537, 3072)),
}


@dataclass(frozen=True, slots=True)
class Office:
    """One unit: who it is, and with which kinds of keys it works."""

    id: str
    name: str
    short: str
    controller: str
    kind: str
    legal_entity: str
    signing: str
    encryption: str | None


POLICE = Office(
    "pi-lueneburg",
    "Polizeiinspektion Lüneburg/Lüchow-Dannenberg/Uelzen",
    "Polizeiinspektion",
    "pi-lueneburg",
    "POLICE_INSPECTION",
    "Land Niedersachsen",
    "ecdsa-p256-sha256",
    "P-256",
)
ORDER_OFFICE = Office(
    "ordnungsamt-lueneburg",
    "Hansestadt Lüneburg, Ordnungsamt",
    "Ordnungsamt",
    "hansestadt-lueneburg",
    "MUNICIPAL_ORDER",
    "Hansestadt Lüneburg",
    "ed25519",
    "X25519",
)
YOUTH_OFFICE = Office(
    "jugendamt-lueneburg",
    "Hansestadt Lüneburg, Jugendamt",
    "Jugendamt",
    "hansestadt-lueneburg",
    "YOUTH_OFFICE",
    "Hansestadt Lüneburg",
    "ecdsa-p256-sha256",
    "P-256",
)
EXECUTIVE = Office(
    "verwaltungsleitung-lueneburg",
    "Hansestadt Lüneburg, Verwaltungsleitung",
    "Verwaltungsleitung",
    "hansestadt-lueneburg",
    "MUNICIPALITY_EXECUTIVE",
    "Hansestadt Lüneburg",
    "ecdsa-p256-sha256",
    "P-256",
)
LOGISTICS = Office(
    "spedition-heide",
    "Spedition Heide GmbH",
    "Spedition",
    "spedition-heide",
    "PRIVATE_LOGISTICS",
    "Spedition Heide GmbH",
    "rsa-pss-sha512",
    "RSA",
)
FIRE_SERVICE = Office(
    "feuerwehr-lueneburg",
    "Hansestadt Lüneburg, Feuerwehr",
    "Feuerwehr",
    "hansestadt-lueneburg",
    "FIRE_SERVICE",
    "Hansestadt Lüneburg",
    "ecdsa-p256-sha256",
    None,
)
OFFICES = (POLICE, ORDER_OFFICE, YOUTH_OFFICE, EXECUTIVE, LOGISTICS, FIRE_SERVICE)
RECEIVERS = (POLICE, ORDER_OFFICE, YOUTH_OFFICE, EXECUTIVE, LOGISTICS)


def equip(office: Office, folder: Path, authority: Authority, port: int | None) -> dict[str, Json]:
    """Make the keys of *office* in *folder*; return its document for the registry.

    The folder then holds tls.pem, tls.key, signing.pem and, where it receives, encryption.pem.
    """
    pin = authority.issue(folder, office.id)
    signing = _SIGNING[office.signing]()
    write_key(folder / "signing.pem", signing)
    encryption = None
    if office.encryption is not None:
        alg, generate = _ENCRYPTION[office.encryption]
        key = generate()
        write_key(folder / "encryption.pem", key)
        encryption = {"alg": alg, "jwk": public_jwk(key)}
    document = {
        "id": office.id,
        "name": office.name,
        "controller": office.controller,
        "kind": office.kind,
        "country": "DE",
        "status": "active",
        "pins": [pin],
        "signing_key": {"alg": office.signing, "jwk": public_jwk(signing)},
        "encryption_key": encryption,
        "endpoint": None
        if port is None
        else {"url": f"https://localhost:{port}/deliveries", "private_address": True},
        "contract": {"id": f"AVV-DEMO-{office.id}", "date": "2026-01-15"},
        "may_receive": True,
        "keeps_marking": True,
        "commitment_purpose": office.controller == "spedition-heide",
        "verifies_log": False,
        "legal_entity": office.legal_entity,
    }
    (folder / "unit.json").write_text(json.dumps(document, ensure_ascii=False, indent=2))
    return document


def public_jwk(key: object) -> Mapping[str, Json]:
    """Return the public half of a private key as JWK."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return ECKey.import_key(key).as_dict(private=False)
    if isinstance(key, rsa.RSAPrivateKey):
        return RSAKey.import_key(key).as_dict(private=False)
    assert isinstance(key, ed25519.Ed25519PrivateKey | x25519.X25519PrivateKey)
    return OKPKey.import_key(key).as_dict(private=False)
