"""What a partner checks before it acknowledges."""

import json
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.memory.destination import MemoryDestination
from gateway.client.delivery_folder import DeliveryFolder
from gateway.client.receive import DeliveryRefused, Receiver, Trust
from gateway.errors import AuthenticationFailed
from gateway.model.exchange import Message
from gateway.sealing import seal
from gateway.signatures import sign_request
from gateway.steps.forward import forward
from gateway.tlog.keys import KeyList, KeyUse
from tests.delivery.world import (
    NOON,
    ORIGIN,
    PRIVATE_KEYS,
    StoppedClock,
    World,
    a_unit,
    key_list,
    make_home,
    open_world,
    unit_of,
)

URL = "https://ordnungsamt.example/lieferungen"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    make_home(tmp_path / "gateway")
    async with open_world(tmp_path / "gateway", StoppedClock()) as opened:
        await opened.register(a_unit())
        await opened.register(a_unit("jugendamt"))
        yield opened


@pytest.fixture
def trust(world: World) -> Trust:
    return Trust(ORIGIN, key_list(world.home), "ordnungsamt", PRIVATE_KEYS["ecdh-p256"])


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def receiver(trust: Trust, inbox: Path) -> Receiver:
    return Receiver(trust, DeliveryFolder(inbox))


async def a_push(world: World, recipient: str = "ordnungsamt", **queued: Any) -> dict[str, Any]:
    """Return the body that the gateway would push."""
    destination = MemoryDestination()
    delivery_id = await world.queue(recipient, **queued)
    await forward(await world.delivery(delivery_id), world.ports(destination))
    push: dict[str, Any] = json.loads(destination.arrived[0].body)
    return push


def signed(world: World, body: bytes, *, at: int = NOON, key: Path | None = None) -> Message:
    """Return *body* as a request signed with the gateway's transport key."""
    signer = FileSigner.load(key or world.home / "keys/transport.pem")
    headers = sign_request(
        signer,
        method="POST",
        target_uri=URL,
        content_type="application/json",
        idempotency_key="0b7a0c54-39be-4c0a-9c3b-6f5f5e8f2a11",
        body=body,
        created=at,
    )
    return Message("POST", URL, tuple(headers.items()), body, None)


def files(inbox: Path) -> list[str]:
    return sorted(path.name for path in inbox.iterdir())


def refuse(receiver: Receiver, message: Message) -> str:
    """Offer a message that must be refused, and return why."""
    with pytest.raises(DeliveryRefused) as refused:
        receiver.accept(message, NOON)
    return refused.value.reason


async def test_a_delivery_is_checked_opened_and_kept(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    push = await a_push(world, payload={"premises_address": "Am Sande 1"})

    accepted = receiver.accept(signed(world, json.dumps(push).encode()), NOON)

    kept = json.loads((inbox / f"{push['delivery_id']}.json").read_text())
    assert accepted.acknowledgement().keys() == {"delivery_id", "jwe_sha256"}
    assert (accepted.delivery_id, accepted.repeat) == (push["delivery_id"], False)
    assert kept["exchange"]["payload"] == {"premises_address": "Am Sande 1"}
    assert kept["record"]["recipient"] == "ordnungsamt"
    assert kept["receipt"] == push["receipt"]
    assert stat.S_IMODE((inbox / f"{push['delivery_id']}.json").stat().st_mode) == 0o600


async def test_a_repeat_is_acknowledged_alike_and_kept_once(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    message = signed(world, json.dumps(await a_push(world)).encode())
    first = receiver.accept(message, NOON)
    before = [path.read_bytes() for path in inbox.iterdir()]

    second = receiver.accept(message, NOON + 100)

    assert second.repeat
    assert second.acknowledgement() == first.acknowledgement()
    assert [path.read_bytes() for path in inbox.iterdir()] == before


async def test_a_repeat_is_recognised_after_a_restart(
    world: World, trust: Trust, receiver: Receiver, inbox: Path
) -> None:
    message = signed(world, json.dumps(await a_push(world)).encode())
    receiver.accept(message, NOON)

    again = Receiver(trust, DeliveryFolder(inbox)).accept(message, NOON)

    assert again.repeat


@pytest.mark.parametrize("kind", ["ecdh-p256", "ecdh-x25519", "rsa"])
async def test_every_kind_of_key_that_a_unit_may_register_opens(
    world: World, trust: Trust, inbox: Path, kind: str
) -> None:
    alg = "RSA-OAEP-256" if kind == "rsa" else "ECDH-ES"
    jwk = PRIVATE_KEYS[kind].as_dict(private=False)
    await world.register(a_unit(encryption_key={"alg": alg, "jwk": jwk}, contract=_other()))
    receiver = Receiver(replace(trust, private_key=PRIVATE_KEYS[kind]), DeliveryFolder(inbox))

    receiver.accept(signed(world, json.dumps(await a_push(world)).encode()), NOON)

    assert len(files(inbox)) == 1


def _other() -> dict[str, str]:
    return {"id": "AVV-2", "date": "2026-02-02"}


async def test_a_request_that_the_gateway_did_not_sign_is_refused(
    world: World, receiver: Receiver, inbox: Path, tmp_path: Path
) -> None:
    """Neither a stranger's key nor another key of the same log will do."""
    body = json.dumps(await a_push(world)).encode()
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(_fresh_pem())

    for key in (stranger, world.home / "keys/entry.pem", world.home / "keys/checkpoint.pem"):
        with pytest.raises(AuthenticationFailed):
            receiver.accept(signed(world, body, key=key), NOON)
    assert files(inbox) == []


def _fresh_pem() -> bytes:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


async def test_an_altered_body_is_refused(world: World, receiver: Receiver, inbox: Path) -> None:
    body = json.dumps(await a_push(world)).encode()
    message = replace(signed(world, body), body=body.replace(b'"jwe"', b'"JWE"'))

    with pytest.raises(AuthenticationFailed):
        receiver.accept(message, NOON)
    assert files(inbox) == []


@pytest.mark.parametrize("skew", [-301, 301])
async def test_an_old_or_future_signature_is_refused(
    world: World, receiver: Receiver, skew: int
) -> None:
    message = signed(world, json.dumps(await a_push(world)).encode(), at=NOON + skew)

    with pytest.raises(AuthenticationFailed):
        receiver.accept(message, NOON)


async def test_a_transport_key_that_had_ended_is_refused(
    world: World, trust: Trust, inbox: Path
) -> None:
    """A key signs for no entry after the last one that the root key gave it."""
    push = await a_push(world)
    ended = KeyList.of(
        replace(entry, last_index=0) if entry.use is KeyUse.TRANSPORT else entry
        for entry in trust.keys.ranges
    )
    receiver = Receiver(replace(trust, keys=ended), DeliveryFolder(inbox))

    with pytest.raises(AuthenticationFailed):
        receiver.accept(signed(world, json.dumps(push).encode()), NOON)
    assert files(inbox) == []


async def test_a_receipt_of_another_delivery_is_refused(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    push, other = await a_push(world), await a_push(world)
    mixed = {**push, "receipt": other["receipt"]}

    assert refuse(receiver, signed(world, json.dumps(mixed).encode())) == "receipt_refused"
    assert files(inbox) == []


async def test_a_receipt_of_another_log_is_refused(
    world: World, receiver: Receiver, tmp_path: Path
) -> None:
    make_home(tmp_path / "other")
    async with open_world(tmp_path / "other", StoppedClock()) as other:
        await other.register(a_unit())
        push = await a_push(other)

    assert refuse(receiver, signed(world, json.dumps(push).encode())) == "receipt_refused"


async def test_an_altered_receipt_is_refused(world: World, receiver: Receiver) -> None:
    push = await a_push(world)
    for name in ("sd_jwt", "proof"):
        text = push["receipt"][name]
        altered = text.replace("A", "B", 1) if "A" in text else text[::-1]
        body = json.dumps({**push, "receipt": {**push["receipt"], name: altered}}).encode()

        assert refuse(receiver, signed(world, body)) == "receipt_refused"


async def test_a_delivery_for_another_unit_is_refused(world: World, receiver: Receiver) -> None:
    push = await a_push(world, "jugendamt")

    assert refuse(receiver, signed(world, json.dumps(push).encode())) == "receipt_refused"


async def test_what_is_sealed_to_another_key_is_refused(
    world: World, trust: Trust, inbox: Path
) -> None:
    receiver = Receiver(
        replace(trust, private_key=PRIVATE_KEYS["ecdh-x25519"]), DeliveryFolder(inbox)
    )

    push = await a_push(world)

    assert refuse(receiver, signed(world, json.dumps(push).encode())) == "seal_refused"
    assert files(inbox) == []


async def test_a_payload_other_than_the_one_decided_is_refused(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    """Anyone can seal to the recipient's public key; the log says what was released."""
    push = await a_push(world)
    key = unit_of(a_unit()).encryption_key
    forged = seal(b'{"exchange_id":"x","payload":{}}', key)

    body = json.dumps({**push, "jwe": forged.decode()}).encode()

    assert refuse(receiver, signed(world, body)) == "payload_differs"
    assert files(inbox) == []


async def test_another_payload_under_a_known_id_is_refused(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    push = await a_push(world)
    receiver.accept(signed(world, json.dumps(push).encode()), NOON)
    key = unit_of(a_unit()).encryption_key
    forged = {**push, "jwe": seal(b"{}", key).decode()}

    assert refuse(receiver, signed(world, json.dumps(forged).encode())) == "another_delivery"
    assert len(files(inbox)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda push: {**push, "more": 1},
        lambda push: {**push, "delivery_id": "../../etc/passwd"},
        lambda push: {**push, "delivery_id": push["delivery_id"].upper() + "A"},
        lambda push: {**push, "jwe": "ä"},
        lambda push: {**push, "receipt": {}},
        lambda push: {**push, "receipt": {**push["receipt"], "more": 1}},
        lambda push: {"delivery_id": push["delivery_id"]},
        lambda push: [push],
    ],
)
async def test_a_body_of_another_form_is_refused(
    world: World, receiver: Receiver, inbox: Path, change: Any
) -> None:
    push = await a_push(world)

    assert refuse(receiver, signed(world, json.dumps(change(push)).encode())) == "malformed"
    assert files(inbox) == []


async def test_a_duplicate_member_is_refused(world: World, receiver: Receiver) -> None:
    text = json.dumps(await a_push(world))

    body = (text[:-1] + ', "delivery_id": "' + "0" * 32 + '"}').encode()

    assert refuse(receiver, signed(world, body)) == "malformed"


async def test_nothing_is_acknowledged_that_could_not_be_kept(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    """A folder that is gone stands for a full disk: the gateway will try again."""
    message = signed(world, json.dumps(await a_push(world)).encode())
    inbox.rmdir()

    with pytest.raises(OSError, match="No such file"):
        receiver.accept(message, NOON)


# --- trials -------------------------------------------------------------------------


def a_trial(world: World, key: str = "ecdh-p256", **changes: Any) -> bytes:
    """Return the body with which a gateway tries the way here."""
    delivery_id = "a" * 32
    unit = unit_of(a_unit(encryption_key=_encryption(key)))
    plaintext = {"self_test": True, "delivery_id": delivery_id}
    jwe = seal(json.dumps(plaintext).encode(), unit.encryption_key).decode()
    return json.dumps(
        {"delivery_id": delivery_id, "jwe": jwe, "self_test": True, **changes}
    ).encode()


def _encryption(key: str) -> dict[str, Any]:
    alg = "RSA-OAEP-256" if key == "rsa" else "ECDH-ES"
    return {"alg": alg, "jwk": PRIVATE_KEYS[key].as_dict(private=False)}


async def test_a_trial_is_acknowledged_and_not_kept(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    accepted = receiver.accept(signed(world, a_trial(world)), NOON)
    assert accepted.trial
    assert accepted.delivery_id == "a" * 32
    assert list(inbox.iterdir()) == []


async def test_a_trial_that_the_gateway_did_not_sign_is_refused(
    world: World, receiver: Receiver
) -> None:
    with pytest.raises(AuthenticationFailed):
        receiver.accept(signed(world, a_trial(world), key=world.home / "keys" / "entry.pem"), NOON)


async def test_a_trial_for_another_key_is_refused(world: World, receiver: Receiver) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        receiver.accept(signed(world, a_trial(world, "ecdh-x25519")), NOON)
    assert refused.value.reason == "seal_refused"


@pytest.mark.parametrize(
    "changes", [{"receipt": {}}, {"delivery_id": "b" * 32}, {"jwe": "ä"}, {"jwe": 1}]
)
async def test_a_trial_of_another_form_is_refused(
    world: World, receiver: Receiver, changes: dict[str, Any]
) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        receiver.accept(signed(world, a_trial(world, **changes)), NOON)
    assert refused.value.reason == "malformed"


async def test_a_delivery_does_not_pass_as_a_trial(
    world: World, receiver: Receiver, inbox: Path
) -> None:
    """Marked as one, it is refused, and is neither kept nor acknowledged."""
    push = await a_push(world)
    del push["receipt"]
    body = json.dumps({**push, "self_test": True}).encode()
    with pytest.raises(DeliveryRefused):
        receiver.accept(signed(world, body), NOON)
    assert list(inbox.iterdir()) == []


async def test_a_trial_is_no_item_of_an_inbox(world: World, receiver: Receiver) -> None:
    with pytest.raises(DeliveryRefused):
        receiver.fetched(json.loads(a_trial(world)), NOON)
