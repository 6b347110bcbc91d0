"""What a partner checks before it acknowledges a delivery.

The gateway's signature, the receipt under the log's root key, the seal, and that what was
sealed is what the log says was released. Only then is it kept, and only then acknowledged.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.client.delivery_folder import DeliveryFolder
from gateway.errors import AuthenticationFailed, GatewayError, LogRefused
from gateway.model.evidence import EntryType, Part, Receipt
from gateway.model.exchange import Message
from gateway.model.unit import SigningKey
from gateway.sealing import PrivateKey, SealingFailed, unseal
from gateway.signatures import verify_request
from gateway.tlog.jws import decode_json
from gateway.tlog.keys import KeyList, KeyRange, KeyUse
from gateway.tlog.proof import LogProof
from gateway.verify import VerifiedReceipt, verify_receipt

_KEYID = re.compile(r';keyid="([A-Za-z0-9_-]{43})"')
_ID = re.compile(r"[0-9a-f]{32}")
SKEW_S = 300


class DeliveryRefused(GatewayError):
    """What arrived is not a delivery that this recipient may accept; *reason* is a code."""

    def __init__(self, reason: str, what: str) -> None:
        super().__init__(what)
        self.reason = reason


class _Malformed(DeliveryRefused):
    def __init__(self, what: str) -> None:
        super().__init__("malformed", what)


@dataclass(frozen=True, slots=True)
class Trust:
    """What a partner knows beforehand: which log, its keys by the root key, and who he is.

    `unit` is the partner's own id in the registry, `private_key` opens what is sealed to it.
    """

    origin: str
    keys: KeyList
    unit: str
    private_key: PrivateKey = field(repr=False)
    skew_s: int = SKEW_S


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery that is on the disk; *repeat* says that it was there before.

    `checkpoint` is the signed note under which its receipt was verified just now. A *trial*
    is of no exchange, and was not kept.
    """

    delivery_id: str
    exchange_id: str
    jwe_sha256: str
    repeat: bool
    checkpoint: str | None = None
    trial: bool = False

    def acknowledgement(self) -> dict[str, str]:
        return {"delivery_id": self.delivery_id, "jwe_sha256": self.jwe_sha256}


@dataclass(frozen=True, slots=True)
class _Push:
    """The body of a push (DESIGN 11)."""

    delivery_id: str
    jwe: bytes
    receipt: Receipt


class Receiver:
    """Accepts deliveries of one gateway for one unit."""

    def __init__(self, trust: Trust, folder: DeliveryFolder) -> None:
        self._trust = trust
        self._folder = folder

    def accept(self, message: Message, now: int) -> Accepted:
        """Check a push, keep what it brought, and return what to acknowledge.

        A repeat is acknowledged again and kept once.

        Raises:
            AuthenticationFailed: The gateway did not sign this request.
            DeliveryRefused: It did, but what it brought does not hold together.
            OSError: It could not be made durable; the gateway will try again.
        """
        transport = self._authenticate(message, now)
        document = decode_json(message.body, _Malformed)
        if isinstance(document, dict) and document.get("self_test") is True:
            return self._trial(document)
        return self._take(_read(document), now, transport)

    def fetched(self, document: object, now: int) -> Accepted:
        """Check a delivery that was fetched from the inbox, keep it, and say what to acknowledge.

        It has no signature of its own: that it is the gateway's is proved by its receipt,
        which names the delivery, its recipient, and the digest of what is sealed in it.

        Raises:
            DeliveryRefused: It does not hold together.
            OSError: It could not be made durable; fetch it again.
        """
        return self._take(_read(document), now, None)

    def _trial(self, document: Mapping[str, Any]) -> Accepted:
        """Open what the gateway sent to try the way here; nothing of it is kept."""
        match document:
            case {"delivery_id": str(delivery_id), "jwe": str(jwe), "self_test": True, **extra}:
                if extra or not _ID.fullmatch(delivery_id) or not jwe.isascii():
                    raise _Malformed("not a trial")
                sealed = jwe.encode("ascii")
            case _:
                raise _Malformed("not a trial")
        try:
            opened = decode_json(unseal(sealed, self._trust.private_key), _Malformed)
        except SealingFailed as error:
            raise DeliveryRefused("seal_refused", str(error)) from error
        if opened != {"self_test": True, "delivery_id": delivery_id}:
            raise _Malformed("not a trial")
        return Accepted(delivery_id, "", hashlib.sha256(sealed).hexdigest(), False, trial=True)

    def _take(self, push: _Push, now: int, transport: KeyRange | None) -> Accepted:
        digest = hashlib.sha256(push.jwe).hexdigest()
        known = self._folder.known(push.delivery_id)
        if known is not None:
            if known["jwe_sha256"] != digest:
                raise DeliveryRefused("another_delivery", "the id stands for another delivery")
            self._folder.sync()
            return Accepted(push.delivery_id, known["exchange"]["exchange_id"], digest, True)
        verified = self._verify(push, transport)
        exchange = self._open(push, verified)
        document = {
            "delivery_id": push.delivery_id,
            "received_at": now,
            "exchange": exchange,
            "record": dict(verified.parts[Part.RECIPIENT]),
            "receipt": push.receipt.document(),
            "log": {"origin": self._trust.origin, "index": verified.index},
            "jwe_sha256": digest,
        }
        new = self._folder.keep(push.delivery_id, document)
        checkpoint = LogProof.parse(push.receipt.proof).checkpoint
        return Accepted(push.delivery_id, exchange["exchange_id"], digest, not new, checkpoint)

    def _authenticate(self, message: Message, now: int) -> KeyRange:
        """Return the gateway's transport key that signed *message*."""
        named = _KEYID.search(message.header("signature-input") or "")
        for entry in self._trust.keys.ranges:
            if entry.use is KeyUse.TRANSPORT and named and entry.key.kid == named[1]:
                key = SigningKey("ed25519", entry.key.jwk, entry.key.kid)
                verify_request(message, key, now=now, skew_s=self._trust.skew_s)
                return entry
        raise AuthenticationFailed("not signed with a transport key of the gateway")

    def _verify(self, push: _Push, transport: KeyRange | None) -> VerifiedReceipt:
        try:
            verified = verify_receipt(push.receipt, self._trust.keys, self._trust.origin)
        except LogRefused as error:
            raise DeliveryRefused("receipt_refused", str(error)) from error
        ended = None if transport is None else transport.last_index
        if ended is not None and ended < verified.index:
            raise AuthenticationFailed("the transport key had ended before that entry")
        said = verified.parts.get(Part.RECIPIENT)
        if verified.claims.type is not EntryType.DECISION or said is None:
            raise DeliveryRefused("receipt_refused", "not a decision with the recipient's part")
        expected = {
            "delivery_id": push.delivery_id,
            "exchange_id": verified.claims.id,
            "recipient": self._trust.unit,
        }
        if any(said.get(name) != value for name, value in expected.items()):
            raise DeliveryRefused("receipt_refused", "the receipt is for another delivery")
        return verified

    def _open(self, push: _Push, verified: VerifiedReceipt) -> dict[str, Any]:
        said = verified.parts[Part.RECIPIENT]
        try:
            plaintext = unseal(push.jwe, self._trust.private_key)
        except SealingFailed as error:
            raise DeliveryRefused("seal_refused", str(error)) from error
        if hashlib.sha256(plaintext).hexdigest() != said.get("payload_sha256"):
            raise DeliveryRefused("payload_differs", "the payload is not the one that was decided")
        exchange = decode_json(plaintext, _Malformed)
        if not isinstance(exchange, dict) or exchange.get("exchange_id") != verified.claims.id:
            raise DeliveryRefused("payload_differs", "the payload belongs to another exchange")
        return exchange


def _read(document: object) -> _Push:
    """Read a delivery strictly."""
    match document:
        case {"delivery_id": str(delivery_id), "jwe": str(jwe), "receipt": receipt, **extra}:
            if extra or not _ID.fullmatch(delivery_id) or not jwe.isascii():
                raise _Malformed("not a delivery")
            return _Push(delivery_id, jwe.encode("ascii"), _receipt(receipt))
    raise _Malformed("not a delivery")


def _receipt(document: Mapping[str, Any]) -> Receipt:
    match document:
        case {"sd_jwt": str(sd_jwt), "proof": str(proof), **extra} if not extra:
            return Receipt(sd_jwt, proof)
    raise _Malformed("not a receipt")
