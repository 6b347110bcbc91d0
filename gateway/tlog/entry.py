"""The leaf of an entry: the issuer-signed part of an SD-JWT (RFC 9901).

In the clear stand the claims of `Claims` only. Every part of the record is one salted
disclosure; the leaf holds eight digests always, decoys (RFC 9901 4.2.5) filling up, so that
nothing tells how many parts there are. What is logged is the compact JWS as ASCII bytes.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gateway.errors import MalformedJws, MalformedLeaf
from gateway.model.evidence import EntryType, Part
from gateway.tlog.encoding import decode_base64url, encode_base64url
from gateway.tlog.jwk import PublicKey
from gateway.tlog.jws import decode_json, encode_json, open_compact, sign_compact

if TYPE_CHECKING:
    from gateway.ports import Signer

TYP = "datenschleuse-entry-v1+sd-jwt"
DIGESTS = 8

_SALT_BYTES = 16
_DECOY_BYTES = 32
_FORMS = {
    "origin": re.compile(r"[!-*,-~]{1,200}"),
    "id": re.compile(r"[0-9a-f]{32}"),
    "policy_digest": re.compile(r"[0-9a-f]{64}"),
    "registry_digest": re.compile(r"[0-9a-f]{64}"),
    "engine": re.compile(r"[!-~]{1,100}"),
    "gateway": re.compile(r"[!-~]{1,100}"),
}

Json = Any


@dataclass(frozen=True, slots=True)
class Claims:
    """What everyone who sees the leaf may know. `time` is in seconds since 1970.

    `policy_digest` and `registry_digest` are what is in force for this entry; an entry that
    puts a new one in force carries the new one.

    Raises:
        MalformedLeaf: A claim does not have its form.
    """

    origin: str
    type: EntryType
    id: str
    time: int
    policy_digest: str
    registry_digest: str
    engine: str
    gateway: str

    def __post_init__(self) -> None:
        for name, form in _FORMS.items():
            value = getattr(self, name)
            if not isinstance(value, str) or form.fullmatch(value) is None:
                raise MalformedLeaf(f"the claim {name} does not have its form")
        if type(self.time) is not int or not 0 <= self.time < 2**40:
            raise MalformedLeaf("the claim time does not have its form")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A signed leaf with the disclosures of its parts."""

    jws: str
    disclosures: Mapping[Part, str]

    @property
    def entry(self) -> bytes:
        """The bytes that the log appends."""
        return self.jws.encode()


@dataclass(frozen=True, slots=True)
class OpenLeaf:
    """A leaf whose signature and form were checked."""

    claims: Claims
    digests: tuple[str, ...]

    def open_parts(self, disclosures: Iterable[str]) -> dict[Part, Mapping[str, Json]]:
        """Return the parts that *disclosures* show, per RFC 9901 7.1.

        Raises:
            MalformedLeaf: One is malformed, belongs to another leaf or comes twice.
        """
        parts: dict[Part, Mapping[str, Json]] = {}
        for disclosure in disclosures:
            if digest_of(disclosure) not in self.digests:
                raise MalformedLeaf("a disclosure that the leaf does not name")
            part, value = _open_disclosure(disclosure)
            if part in parts:
                raise MalformedLeaf(f"part {part} comes twice")
            parts[part] = value
        return parts


def make_leaf(claims: Claims, parts: Mapping[Part, Mapping[str, Json]], signer: "Signer") -> Leaf:
    """Sign a leaf over *claims* and the digests of *parts*, each freshly salted.

    Raises:
        MalformedLeaf: A part is not an object of I-JSON without fractions.
    """
    disclosures = {Part(part): _disclose(Part(part), value) for part, value in parts.items()}
    digests = sorted([*map(digest_of, disclosures.values()), *_decoys(DIGESTS - len(disclosures))])
    return Leaf(sign_compact(TYP, _payload(claims, digests), signer), disclosures)


def open_leaf(entry: bytes, key: PublicKey) -> OpenLeaf:
    """Return the leaf that `make_leaf` signed with *key*; *entry* is what the log holds.

    Raises:
        MalformedLeaf: Not signed by the key, or not exactly what `make_leaf` would write.
    """
    try:
        payload = open_compact(entry.decode("ascii"), TYP, key)
    except UnicodeDecodeError as error:
        raise MalformedLeaf("a leaf is ASCII") from error
    except MalformedJws as error:
        raise MalformedLeaf(str(error)) from error
    value = decode_json(payload, MalformedLeaf)
    try:
        digests = value.pop("_sd")
        value.pop("_sd_alg")
        claims = Claims(**{**value, "type": EntryType(value["type"])})
        canonical = _payload(claims, digests) == payload and _well_formed(digests)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedLeaf("not the claims of a leaf") from error
    if not canonical:
        raise MalformedLeaf("not in canonical form")
    return OpenLeaf(claims, tuple(digests))


def present(jws: str, disclosures: Iterable[str]) -> str:
    """Return leaf and disclosures as an SD-JWT without key binding (RFC 9901 4)."""
    return "~".join([jws, *sorted(disclosures), ""])


def open_presentation(
    sd_jwt: str, key: PublicKey
) -> tuple[OpenLeaf, dict[Part, Mapping[str, Json]]]:
    """Return the leaf with the parts that `present` put behind it.

    Raises:
        MalformedLeaf: The leaf is not signed by *key*, or a disclosure is not one of its parts.
    """
    jws, *disclosures = sd_jwt.removesuffix("~").split("~")
    if not sd_jwt.isascii() or present(jws, disclosures) != sd_jwt:
        raise MalformedLeaf("not an SD-JWT in canonical form")
    leaf = open_leaf(jws.encode(), key)
    return leaf, leaf.open_parts(disclosures)


def digest_of(disclosure: str) -> str:
    """Return the digest by which a leaf names a disclosure, per RFC 9901 4.2.3."""
    return encode_base64url(sha256(disclosure.encode()).digest())


def _decoys(count: int) -> Iterator[str]:
    """Return digests of nothing but random bytes, per RFC 9901 4.2.5, all drawn at once."""
    fresh = secrets.token_bytes(count * _DECOY_BYTES)
    for start in range(0, len(fresh), _DECOY_BYTES):
        yield encode_base64url(sha256(fresh[start : start + _DECOY_BYTES]).digest())


def _payload(claims: Claims, digests: Iterable[str]) -> bytes:
    return encode_json(
        {
            "_sd": list(digests),
            "_sd_alg": "sha-256",
            "engine": claims.engine,
            "gateway": claims.gateway,
            "id": claims.id,
            "origin": claims.origin,
            "policy_digest": claims.policy_digest,
            "registry_digest": claims.registry_digest,
            "time": claims.time,
            "type": claims.type,
        },
        MalformedLeaf,
    )


def _well_formed(digests: list[str]) -> bool:
    lengths = {len(decode_base64url(digest, MalformedLeaf)) for digest in digests}
    return len(digests) == DIGESTS and lengths == {32} and sorted(set(digests)) == digests


def _disclose(part: Part, value: Mapping[str, Json]) -> str:
    """Return base64url of [salt, name, value], per RFC 9901 4.2.1."""
    salt = encode_base64url(secrets.token_bytes(_SALT_BYTES))
    text = encode_json([salt, part, dict(value)], MalformedLeaf)
    _refuse_reserved_names(text)
    return encode_base64url(text)


def _open_disclosure(disclosure: str) -> tuple[Part, Mapping[str, Json]]:
    text = decode_base64url(disclosure, MalformedLeaf)
    _refuse_reserved_names(text)
    match decode_json(text, MalformedLeaf):
        case [str(salt), str(name), dict(value)] if name in list(Part):
            if len(decode_base64url(salt, MalformedLeaf)) != _SALT_BYTES:
                raise MalformedLeaf("the salt of a disclosure is not 128 bits long")
            return Part(name), value
    raise MalformedLeaf("not the disclosure of a part")


def _refuse_reserved_names(text: bytes) -> None:
    """Refuse members that RFC 9901 keeps for digests; quotes inside a string are escaped."""
    if b'"_sd":' in text or b'"...":' in text:
        raise MalformedLeaf("a member of a part has a name that SD-JWT keeps for itself")
