"""A partner sends over mutual TLS."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from gateway.client.sender import Sender, SentAnswer
from gateway.errors import DependencyFailed, StartRefused
from gateway.model.evidence import Answer
from tests.http.edge import EXCHANGE_ID, Edge

EXCHANGE = {"recipient": "ordnungsamt", "payload": {"note": "Grüße"}}
KEY = "3f2b0a52-8f0e-4f7e-9a65-0a4f4f1c2d3e"


def call(edge: Edge, what: Callable[[Sender], Awaitable[SentAnswer]], **how: object) -> SentAnswer:
    async def run() -> SentAnswer:
        told = {"now": lambda: edge.clock.at} | how
        async with Sender(edge.police.partner, **told) as sender:  # type: ignore[arg-type]
            return await what(sender)

    return asyncio.run(run())


def test_an_exchange_is_signed_sent_answered(edge: Edge) -> None:
    answer = call(edge, lambda sender: sender.send(EXCHANGE))

    assert answer.permitted
    assert answer.headers["location"] == f"/v1/exchanges/{EXCHANGE_ID}"
    assert answer.json() == {"verdict": "permit", "note": "für alle"}
    assert edge.submitted == [("polizei", EXCHANGE)]


def test_each_exchange_has_a_key_of_its_own_unless_it_is_repeated(edge: Edge) -> None:
    sender = Sender(edge.police.partner)

    keys = {sender.sign(b"{}")["idempotency-key"] for _ in range(3)}

    assert len(keys) == 3
    assert sender.sign(b"{}", KEY)["idempotency-key"] == KEY


def test_a_held_exchange_is_neither_permitted_nor_denied(edge: Edge) -> None:
    edge.answers = Answer(202, EXCHANGE_ID, {"verdict": "hold"})

    answer = call(edge, lambda sender: sender.send(EXCHANGE))

    assert (answer.permitted, answer.held, answer.denied) == (False, True, False)


def test_only_a_403_with_a_receipt_is_a_denial(edge: Edge) -> None:
    edge.answers = Answer(403, EXCHANGE_ID, {"verdict": "deny", "receipt": {}})

    answer = call(edge, lambda sender: sender.send(EXCHANGE))

    assert answer.denied
    assert not SentAnswer(403, {}, b"<html>from a proxy</html>").denied


def test_a_body_altered_after_signing_is_refused(edge: Edge) -> None:
    body = json.dumps(EXCHANGE).encode()

    answer = call(
        edge,
        lambda sender: sender.send_bytes(
            body.replace(b"ordnungsamt", b"jugendamt"), sender.sign(body)
        ),
    )

    assert answer.status == 401


def test_another_units_key_is_refused(edge: Edge) -> None:
    answer = call(edge, lambda sender: sender.send(EXCHANGE), signer=edge.office.signer)

    assert answer.status == 401


def test_a_body_over_the_limit_is_told_so(edge: Edge) -> None:
    answer = call(edge, lambda sender: sender.send({"text": "x" * 3_000_000}))

    assert answer.status == 413


def test_the_checkpoint_comes_as_text(edge: Edge) -> None:
    async def run() -> str:
        async with Sender(edge.police.partner) as sender:
            return await sender.checkpoint()

    assert asyncio.run(run()) == "note\n"


def test_a_consistency_proof_comes_as_hashes(edge: Edge) -> None:
    async def run() -> object:
        async with Sender(edge.police.partner) as sender:
            return await sender.consistency(1, 3)

    assert asyncio.run(run()) == (b"\x01" * 32, b"\x03" * 32)


@pytest.mark.parametrize("sizes", [(3, 1), (1, 9)])
def test_without_a_proof_nothing_is_claimed(edge: Edge, sizes: tuple[int, int]) -> None:
    async def run() -> object:
        async with Sender(edge.police.partner) as sender:
            return await sender.consistency(*sizes)

    with pytest.raises(DependencyFailed):
        asyncio.run(run())


def test_who_is_not_served_is_told_that_no_answer_came(edge: Edge) -> None:
    """The handshake fails when the certificate is of an unknown authority."""
    stranger = edge.pki.member("fremde", edge.public_url, ca=edge.pki.other_ca)

    async def run() -> SentAnswer:
        async with Sender(stranger.partner) as sender:
            return await sender.send(EXCHANGE)

    with pytest.raises(DependencyFailed):
        asyncio.run(run())


def test_a_gateway_with_another_certificate_is_not_spoken_to(edge: Edge) -> None:
    other_ca = edge.pki.folder / "other-ca.pem"
    edge.pki.other_ca.cert_pem.write_to_path(str(other_ca))
    partner = replace(edge.police.partner, ca=other_ca)

    async def run() -> SentAnswer:
        async with Sender(partner) as sender:
            return await sender.send(EXCHANGE)

    with pytest.raises(DependencyFailed):
        asyncio.run(run())
    assert edge.submitted == []


def test_a_missing_file_is_said_before_anything_is_sent(edge: Edge) -> None:
    partner = replace(edge.police.partner, certificate=edge.pki.folder / "missing.pem")

    async def run() -> None:
        async with Sender(partner):
            pass

    with pytest.raises(StartRefused, match=r"missing\.pem"):
        asyncio.run(run())


def test_reading_is_signed_if_the_partner_says_so(edge: Edge) -> None:
    """Checked by the gateway: a call signed by another's key is refused."""
    signing = replace(edge.police.partner, sign_reads=True)

    async def read(signer: object) -> int:
        told = {"now": lambda: edge.clock.at, "signer": signer}
        async with Sender(signing, **told) as sender:  # type: ignore[arg-type]
            return (await sender.get("/v1/log/consistency?from=1&to=3")).status

    assert asyncio.run(read(edge.police.signer)) == 200
    assert asyncio.run(read(edge.office.signer)) == 401
