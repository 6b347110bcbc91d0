"""Signs and verifies requests by the one profile of RFC 9421 that is spoken here.

One signature under the label `sig1`, over exactly the components below in exactly this order,
with the parameters `created`, `keyid`, `alg` and `tag`, and over a Content-Digest (RFC 9530)
that holds the SHA-256 of the body as sent.

A request that only reads has no body, and so no content type, no digest and no idempotency
key: its signature covers `@method` and `@target-uri`, with the same parameters. The method
alone says which of the two it is, so that neither can be taken for the other.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING

import http_sf
from cryptography.exceptions import InvalidSignature
from http_message_signatures import ContentDigest
from http_message_signatures import HTTPMessageSignaturesException as SignatureError

from gateway.errors import AuthenticationFailed
from gateway.model.exchange import Message
from gateway.model.unit import SigningKey
from gateway.signatures.keys import ALGORITHMS, algorithm_of, public_key
from gateway.tlog.encoding import decode_base64

if TYPE_CHECKING:
    from gateway.ports import Signer

LABEL = "sig1"
TAG = "datenschleuse-v1"
Components = tuple[str, ...]
COMPONENTS: Components = (
    "@method",
    "@target-uri",
    "content-type",
    "content-digest",
    "idempotency-key",
)
READING_COMPONENTS: Components = COMPONENTS[:2]

_COVERED = {
    components: "(" + " ".join(f'"{name}"' for name in components) + ")"
    for components in (COMPONENTS, READING_COMPONENTS)
}

_READING_METHODS = frozenset({"GET", "HEAD"})
_SIGNATURE_FIELDS = ("signature-input", "signature")
_PARAMETERS = ("alg", "created", "keyid", "tag")
_INPUT = re.compile(LABEL + r'=(\([^()]*\))((?:;[a-z]+=(?:[0-9]{1,15}|"[^"\\]*"))*)', re.ASCII)
_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"]*)"|([0-9]+))', re.ASCII)
_SIGNATURE = re.compile(LABEL + "=:([A-Za-z0-9+/]+={0,2}):", re.ASCII)


def content_digest(body: bytes) -> str:
    """Return the Content-Digest field for *body* (RFC 9530), SHA-256 only."""
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign_request(
    signer: "Signer",
    *,
    method: str,
    target_uri: str,
    content_type: str,
    idempotency_key: str,
    body: bytes,
    created: int,
) -> dict[str, str]:
    """Return every header that a signed request needs, the signature among them.

    *target_uri* is the absolute address as it will be on the wire; *created* is in epoch
    seconds.
    """
    fields = {
        "content-type": content_type,
        "idempotency-key": idempotency_key,
        "content-digest": content_digest(body),
    }
    return fields | _sign(signer, COMPONENTS, method, target_uri, fields, created)


def sign_reading(signer: "Signer", *, method: str, target_uri: str, created: int) -> dict[str, str]:
    """Return the headers of a signed request that only reads."""
    return _sign(signer, READING_COMPONENTS, method, target_uri, {}, created)


def is_signed(message: Message) -> bool:
    """Whether *message* has anything that would be part of a signature."""
    return any(name in _SIGNATURE_FIELDS for name, _ in message.headers)


def _sign(
    signer: "Signer",
    components: Components,
    method: str,
    target_uri: str,
    fields: Mapping[str, str],
    created: int,
) -> dict[str, str]:
    parameters = (
        f'{_COVERED[components]};created={created};keyid="{signer.kid}"'
        f';alg="{algorithm_of(signer.public_jwk)}";tag="{TAG}"'
    )
    base = _signature_base(components, method, target_uri, fields, parameters)
    return {
        "signature-input": f"{LABEL}={parameters}",
        "signature": f"{LABEL}=:{b64encode(signer.sign(base)).decode()}:",
    }


def verify_request(message: Message, key: SigningKey, *, now: int, skew_s: int) -> dict[str, str]:
    """Check that the holder of *key* signed *message* within *skew_s* seconds of *now*.

    Returns the fields `signature-input`, `signature` and, unless the message only reads,
    `content-digest` as they were sent.

    Raises:
        AuthenticationFailed: It did not, or not by the profile; the text says in what.
        KeyRefused: *key* itself is not one that signs requests.
    """
    components = READING_COMPONENTS if message.method in _READING_METHODS else COMPONENTS
    covered = components[len(READING_COMPONENTS) :]
    fields = {name: _only(message, name) for name in (*covered, *_SIGNATURE_FIELDS)}
    parameters = _parameters(components, fields["signature-input"], key, now, skew_s)
    if covered:
        _check_digest(fields["content-digest"], message.body)
    elif message.body:
        raise AuthenticationFailed("a request that only reads has a body")
    base = _signature_base(components, message.method, message.target_uri, fields, parameters)
    try:
        ALGORITHMS[key.alg](public_key=public_key(key.jwk)).verify(
            signature=_signature(fields["signature"]), message=base
        )
    except (InvalidSignature, SignatureError) as error:
        raise AuthenticationFailed("the signature does not match the request") from error
    kept = (*_SIGNATURE_FIELDS, "content-digest") if covered else _SIGNATURE_FIELDS
    return {name: fields[name] for name in kept}


def _only(message: Message, name: str) -> str:
    """Return the one value of a field, without the white space around it (RFC 9421 2.1)."""
    values = [value for field, value in message.headers if field == name]
    if len(values) != 1:
        raise AuthenticationFailed(f"the field {name} stands there {len(values)} times, not once")
    value = values[0].strip(" \t")
    if not (value.isascii() and value.isprintable()):
        raise AuthenticationFailed(f"the field {name} holds other than printable ASCII")
    return value


def _parameters(
    components: Components, signature_input: str, key: SigningKey, now: int, skew_s: int
) -> str:
    """Return the signature parameters as they were sent, every one of them checked."""
    match = _INPUT.fullmatch(signature_input)
    if match is None:
        raise AuthenticationFailed(f"Signature-Input is not one {LABEL} in canonical form")
    covered, parameters = match.groups()
    if covered != _COVERED[components]:
        raise AuthenticationFailed("the signature covers other components or in another order")
    found = [(name, text or number) for name, text, number in _PARAMETER.findall(parameters)]
    if tuple(sorted(name for name, _ in found)) != _PARAMETERS:
        raise AuthenticationFailed(f"the parameters are not exactly {', '.join(_PARAMETERS)}")
    given = dict(found)
    if given["tag"] != TAG:
        raise AuthenticationFailed("the tag is of another application")
    if given["keyid"] != key.kid or given["alg"] != key.alg:
        raise AuthenticationFailed("keyid or alg are not those that the unit registered")
    if f";created={given['created']}" not in parameters:
        raise AuthenticationFailed("created is not an integer")
    age = now - int(given["created"])
    if abs(age) > skew_s:
        raise AuthenticationFailed(f"signed {age} s ago; {skew_s} s are allowed each way")
    return covered + parameters


def _check_digest(field: str, body: bytes) -> None:
    """Accept SHA-256, also beside a second digest if that one matches too."""
    if field == content_digest(body):
        return
    try:
        digests = http_sf.parse(field.encode(), tltype="dictionary")
        ContentDigest.verify(field, body)
    except (ValueError, SignatureError) as error:
        raise AuthenticationFailed("the content digest does not match the body") from error
    if not isinstance(digests, dict) or "sha-256" not in digests:
        raise AuthenticationFailed("the content digest holds no SHA-256")


def _signature(field: str) -> bytes:
    match = _SIGNATURE.fullmatch(field)
    if match is None:
        raise AuthenticationFailed(f"Signature is not one {LABEL}")
    return decode_base64(match[1], AuthenticationFailed)


def _signature_base(
    components: Components,
    method: str,
    target_uri: str,
    fields: Mapping[str, str],
    parameters: str,
) -> bytes:
    """Return what is signed (RFC 9421 2.5): one line a component, the parameters last."""
    values = {**fields, "@method": method, "@target-uri": target_uri}
    lines = [f'"{name}": {values[name]}' for name in components]
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode()
