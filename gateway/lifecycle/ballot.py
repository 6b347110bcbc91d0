"""A ballot: what a person signs about a change set, and how anyone checks that they did.

The bytes that are signed are the ballot in canonical form (RFC 8785). A key on a file or in a
token signs them as they are; a passkey signs them as WebAuthn does, with their SHA-256 as the
challenge (W3C Web Authentication Level 3, 7.2). `log verify` checks ballots with this module.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from gateway.errors import KeyRefused, VoteRefused
from gateway.lifecycle.change_set import ChangeSet
from gateway.model.person import Passkey, Person
from gateway.person_keys import read_public
from gateway.ports import Signer
from gateway.tlog.encoding import decode_base64url, encode_base64url

Json = Any
FORM = "datenschleuse-ballot-v1"
_USER_PRESENT, _USER_VERIFIED, _MORE_FOLLOWS = 0x01, 0x04, 0xC0
_END_OF_TIME = 2**40
_MEMBERS = frozenset(
    {
        *("ballot", "origin", "change", "change_id", "number", "digest_before", "digest_after"),
        *("draft_digest", "report_digest", "vote", "voter", "time", "reason"),
    }
)
_SIGNED = frozenset({"ballot", "kid", "signature"})
_BY_PASSKEY = _SIGNED | {"client_data", "authenticator_data"}


class Vote(StrEnum):
    """What a person says about a change set."""

    PROPOSE = "propose"
    AGREE = "agree"
    REJECT = "reject"
    OPINION_AGREE = "opinion_agree"
    OPINION_OBJECT = "opinion_object"
    WITHDRAW = "withdraw"
    ACTIVATE = "activate"


@dataclass(frozen=True, slots=True)
class Cast:
    """A ballot whose signature is its voter's: who says what, when (epoch seconds), why."""

    voter: str
    vote: Vote
    time: int
    reason: str


def ballot(
    change: ChangeSet, vote: Vote, voter: str, time: int, reason: str = ""
) -> dict[str, Json]:
    """Return what *voter* signs to say *vote* about exactly this *change*."""
    return {**_about(change), "vote": vote.value, "voter": voter, "time": time, "reason": reason}


def sign_ballot(content: Mapping[str, Json], signer: Signer) -> dict[str, Json]:
    """Return the ballot with the signature of a key that is no passkey."""
    signature = signer.sign(rfc8785.dumps(dict(content)))
    return {
        "ballot": dict(content),
        "kid": signer.kid,
        "signature": encode_base64url(signature),
    }


def challenge(content: Mapping[str, Json]) -> bytes:
    """Return the 32 bytes that a passkey is asked to sign for a ballot."""
    return hashlib.sha256(rfc8785.dumps(dict(content))).digest()


def open_ballot(
    signed: Mapping[str, Json], change: ChangeSet, people: Mapping[str, Person]
) -> Cast:
    """Return what a signed ballot says about *change*, once its signature is its voter's.

    Raises:
        VoteRefused: It is about another change or another state of it, its voter is not
            enrolled or has ended, or the signature is not theirs.
    """
    content = signed.get("ballot")
    if not isinstance(content, Mapping) or content.keys() != _MEMBERS:
        raise VoteRefused("a ballot does not have its form")
    about = _about(change)
    other = [name for name, value in about.items() if content[name] != value]
    if other:
        raise VoteRefused(
            f"die Stimme gehört zu einem anderen Stand "
            f"(a ballot is about another {', '.join(other)}: it is stale)"
        )
    voter, vote, time, reason = (content[name] for name in ("voter", "vote", "time", "reason"))
    if vote not in list(Vote) or type(time) is not int or not isinstance(reason, str):
        raise VoteRefused("a ballot does not have its form")
    if not 0 <= time < _END_OF_TIME or type(content["number"]) is not int:
        raise VoteRefused("a ballot does not have its form")
    person = people.get(voter) if isinstance(voter, str) else None
    if person is None or not person.active:
        raise VoteRefused(
            f"{voter} ist nicht eingetragen oder beendet ({voter} is not enrolled, or has ended)"
        )
    if signed.get("kid") != person.key.kid:
        raise VoteRefused(
            f"nicht mit dem Schlüssel von {voter} unterschrieben "
            f"(the ballot of {voter} is not signed with the key of {voter})"
        )
    _check(signed, content, person)
    return Cast(person.id, Vote(vote), time, reason)


def _about(change: ChangeSet) -> dict[str, Json]:
    return {
        "ballot": FORM,
        "origin": change.origin,
        "change": change.kind.value,
        "change_id": change.id,
        "number": change.number,
        "digest_before": change.digest_before,
        "digest_after": change.digest_after,
        "draft_digest": change.digest,
        "report_digest": change.report_digest,
    }


def _check(signed: Mapping[str, Json], content: Mapping[str, Json], person: Person) -> None:
    passkey = person.key.passkey
    if signed.keys() != (_SIGNED if passkey is None else _BY_PASSKEY):
        raise VoteRefused("a signed ballot does not have its form")
    try:
        signature = decode_base64url(signed["signature"], KeyRefused)
        if passkey is None:
            _verify(person, _raw_to_der(person, signature), rfc8785.dumps(dict(content)))
        else:
            client = decode_base64url(signed["client_data"], KeyRefused)
            device = decode_base64url(signed["authenticator_data"], KeyRefused)
            _check_passkey(passkey, client, device, challenge(content))
            _verify(person, signature, device + hashlib.sha256(client).digest())
    except rfc8785.CanonicalizationError as error:
        raise VoteRefused("a ballot with a text that is no Unicode") from error
    except (KeyRefused, InvalidSignature, AttributeError, TypeError) as error:
        raise VoteRefused(f"the signature on the ballot of {person.id} is wrong") from error


def _check_passkey(passkey: Passkey, client: bytes, device: bytes, asked: bytes) -> None:
    """Hold client and authenticator data against what the ballot asks for."""
    try:
        said = json.loads(client)
        fits = (
            said["type"] == "webauthn.get"
            and said["challenge"] == encode_base64url(asked)
            and said["origin"] == passkey.origin
            and not said.get("crossOrigin", False)
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise VoteRefused("a passkey's client data do not have their form") from error
    if not fits:
        raise VoteRefused("a passkey signed something else, or on another page")
    wanted = _USER_PRESENT | _USER_VERIFIED
    if len(device) < 37 or device[:32] != hashlib.sha256(passkey.rp_id.encode()).digest():
        raise VoteRefused("a passkey of another place")
    if len(device) > 37 and not device[32] & _MORE_FOLLOWS:
        raise VoteRefused("a passkey's authenticator data do not have their form")
    if device[32] & wanted != wanted:
        raise VoteRefused("the passkey did not verify that its person was there")


def _raw_to_der(person: Person, signature: bytes) -> bytes:
    """Give an ECDSA signature (r‖s) the form in which it is verified."""
    if person.key.jwk["kty"] != "EC":
        return signature
    if len(signature) != 64:
        raise KeyRefused("a signature on P-256 is 64 bytes long")
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    return encode_dss_signature(r, s)


def _verify(person: Person, signature: bytes, data: bytes) -> None:
    key = read_public(person.key.jwk)
    if isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, data)
    else:
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
