"""Signers on keys that never leave a token: smart cards and security modules (PKCS#11)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pkcs11
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass

from gateway.adapters.file_signer import PublicKey, jwk_of, thumbprint
from gateway.adapters.key_file import Ask
from gateway.adapters.token_uri import TokenUri
from gateway.errors import KeysUnavailable

_ED25519 = frozenset({bytes.fromhex("06032b6570"), b"\x13\x0cedwards25519"})
"""CKA_EC_PARAMS: the OID 1.3.101.112, or the curve's name (PKCS#11 3.0, 2.3.5)."""
_P256 = bytes.fromhex("06082a8648ce3d030107")
_SIGNATURE_BYTES = 64

_WORDS: tuple[tuple[type[pkcs11.PKCS11Error], str, str], ...] = (
    (pkcs11.PinIncorrect, "die PIN ist falsch; das Token zählt mit", "wrong PIN; it is counted"),
    (pkcs11.PinLenRange, "so lang ist keine PIN dieses Tokens", "no PIN here is that long"),
    (pkcs11.PinLocked, "die PIN ist gesperrt", "the PIN is locked"),
    (pkcs11.PinExpired, "die PIN muss erst geändert werden", "the PIN must be changed first"),
    (pkcs11.UserPinNotInitialized, "es hat noch keine PIN", "it has no PIN yet"),
    (pkcs11.DeviceRemoved, "es wurde entfernt", "it was removed"),
    (pkcs11.TokenNotPresent, "es wurde entfernt", "it was removed"),
)


class TokenSigner:
    """Signs with the Ed25519 or P-256 key that *uri* names, through the module in it.

    Each use logs in and out again, so that nobody else finds the token open, and what was
    removed since is noticed. The PIN is asked for once, when the token has been found.
    """

    def __init__(self, uri: TokenUri, ask: Ask) -> None:
        """
        Raises:
            KeysUnavailable: No such library, token or key, or more than one; the PIN is wrong;
                or the key is of another kind, or may not sign.
        """
        self._uri = uri
        with self._told():
            self._token()
            self._pin = ask(f"PIN für Token (PIN of token) {uri.name_of_token}")
            with self._token().open(user_pin=self._pin) as session:
                self._public = self._public_key(session, self._private_key(session))
        self._jwk = jwk_of(self._public)
        self._kid = thumbprint(self._jwk)

    @property
    def kid(self) -> str:
        return self._kid

    @property
    def public_jwk(self) -> dict[str, str]:
        return self._jwk

    def sign(self, data: bytes) -> bytes:
        """
        Raises:
            KeysUnavailable: Token or key are not there any more, or the signature is not one
                of the public key that lies beside it.
        """
        with self._told(), self._token().open(user_pin=self._pin) as session:
            key = self._private_key(session)
            again = self._pin if _always_asks(key) else None
            if isinstance(self._public, ed25519.Ed25519PublicKey):
                signature = key.sign(data, mechanism=Mechanism.EDDSA, pin=again)
            else:
                digest = hashlib.sha256(data).digest()
                signature = key.sign(digest, mechanism=Mechanism.ECDSA, pin=again)
        self._check(signature, data)
        return signature

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the token says into our words."""
        try:
            yield
        except pkcs11.PKCS11Error as error:
            for kind, de, en in _WORDS:
                if isinstance(error, kind):
                    raise self._refused(de, en) from error
            name = type(error).__name__
            raise self._refused(
                f"es meldet {name}; steckt es noch?", f"it says {name}; is it still plugged in?"
            ) from error

    def _refused(self, de: str, en: str) -> KeysUnavailable:
        return KeysUnavailable(f"Token {self._uri.name_of_token}: {de} ({en})")

    def _token(self) -> pkcs11.Token:
        try:
            library = pkcs11.lib(self._uri.module_path)
        except pkcs11.PKCS11Error as error:
            raise KeysUnavailable(
                f"{self._uri.module_path}: kein PKCS#11-Modul, das sich laden lässt "
                f"(no PKCS#11 module that can be loaded): {str(error) or type(error).__name__}"
            ) from error
        uri = self._uri
        found = [
            token
            for token in library.get_tokens(token_label=uri.token)
            if uri.serial in {None, token.serial.decode(errors="replace")}
            and uri.manufacturer in {None, token.manufacturer_id}
            and uri.model in {None, token.model}
        ]
        if not found:
            raise self._refused("nicht gefunden; steckt es?", "not found; is it plugged in?")
        if len(found) > 1:
            raise self._refused("mehrere; nennen Sie serial", "several; name the serial")
        return found[0]

    def _private_key(self, session: pkcs11.Session) -> pkcs11.SignMixin:
        name = self._uri.name_of_key
        wanted: dict[Attribute, object] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
        if self._uri.object is not None:
            wanted[Attribute.LABEL] = self._uri.object
        if self._uri.id is not None:
            wanted[Attribute.ID] = self._uri.id
        found = list(session.get_objects(wanted))
        if not found:
            raise self._refused(f"kein privater Schlüssel {name}", "no such private key")
        if len(found) > 1:
            raise self._refused(
                f"mehrere Schlüssel {name}; nennen Sie id", "several such keys; name the id"
            )
        [key] = found
        if not isinstance(key, pkcs11.SignMixin):
            raise self._refused(f"{name} darf nicht unterschreiben", "the key may not sign")
        return key

    def _public_key(self, session: pkcs11.Session, private: pkcs11.SignMixin) -> PublicKey:
        name = self._uri.name_of_key
        same = Attribute.ID if private[Attribute.ID] else Attribute.LABEL
        wanted = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, same: private[same]}
        found = list(session.get_objects(wanted))
        if len(found) != 1:
            raise self._refused(
                f"neben {name} liegt nicht genau ein öffentlicher Schlüssel",
                "not exactly one public key beside it",
            )
        kind = found[0][Attribute.KEY_TYPE]
        curve = found[0][Attribute.EC_PARAMS] if kind in {KeyType.EC, KeyType.EC_EDWARDS} else b""
        try:
            if curve in _ED25519:
                raw = found[0][Attribute.EC_POINT][-32:]
                return ed25519.Ed25519PublicKey.from_public_bytes(raw)
            if curve == _P256:
                raw = found[0][Attribute.EC_POINT][-65:]
                return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        except ValueError as error:
            raise self._refused(f"{name} ist kein Punkt der Kurve", "no point") from error
        raise self._refused(f"{name} ist weder Ed25519 noch P-256", "neither Ed25519 nor P-256")

    def _check(self, signature: bytes, data: bytes) -> None:
        try:
            if len(signature) != _SIGNATURE_BYTES:
                raise InvalidSignature
            if isinstance(self._public, ed25519.Ed25519PublicKey):
                self._public.verify(signature, data)
                return
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            self._public.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise self._refused(
                "die Unterschrift passt nicht zum öffentlichen Schlüssel",
                "the signature is not one of the public key",
            ) from error


def _always_asks(key: pkcs11.Object) -> bool:
    """Say whether the key wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE)."""
    try:
        return bool(key[Attribute.ALWAYS_AUTHENTICATE])
    except pkcs11.AttributeTypeInvalid:
        return False
