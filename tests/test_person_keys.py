"""A key with which people sign is on P-256 or Ed25519, with its required members only."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from joserfc.jwk import ECKey, OKPKey

from gateway.adapters.file_signer import jwk_of
from gateway.errors import KeyRefused
from gateway.person_keys import read_public, thumbprint
from gateway.tlog.encoding import encode_base64url

P256 = ec.derive_private_key(7, ec.SECP256R1()).public_key()
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
EC_JWK, OKP_JWK = jwk_of(P256), jwk_of(ED25519)
ZERO = encode_base64url(bytes(32))


@pytest.mark.parametrize(("jwk", "key"), [(EC_JWK, P256), (OKP_JWK, ED25519)], ids=["P-256", "Ed"])
def test_a_public_key_is_read_from_its_jwk(jwk, key):
    assert read_public(jwk) == key


@pytest.mark.parametrize(
    ("jwk", "library"), [(EC_JWK, ECKey), (OKP_JWK, OKPKey)], ids=["EC", "OKP"]
)
def test_the_thumbprint_is_that_of_another_implementation(jwk, library):
    assert thumbprint(jwk) == library.import_key(jwk).thumbprint()


def test_the_order_of_the_members_does_not_matter():
    assert thumbprint(dict(reversed(EC_JWK.items()))) == thumbprint(EC_JWK)


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        *({name: value for name, value in EC_JWK.items() if name != left} for left in EC_JWK),
        *({name: value for name, value in OKP_JWK.items() if name != left} for left in OKP_JWK),
        {**EC_JWK, "d": ZERO},
        {**OKP_JWK, "d": ZERO},
        {**EC_JWK, "kid": "k"},
        {**OKP_JWK, "y": EC_JWK["y"]},
        {**EC_JWK, "crv": "P-384"},
        {**OKP_JWK, "crv": "X25519"},
        {**EC_JWK, "kty": "OKP"},
        {**EC_JWK, "x": 7},
        {**EC_JWK, "x": ZERO},
        {**EC_JWK, "x": EC_JWK["x"] + "="},
        {**EC_JWK, "x": EC_JWK["x"][:-4]},
        {**OKP_JWK, "x": OKP_JWK["x"] + "AAAA"},
        {**OKP_JWK, "x": "ä" * 43},
        {"kty": "RSA", "n": ZERO, "e": "AQAB"},
    ],
    ids=str,
)
def test_anything_else_is_refused(jwk):
    with pytest.raises(KeyRefused):
        read_public(jwk)
    with pytest.raises(KeyRefused):
        thumbprint(jwk)
