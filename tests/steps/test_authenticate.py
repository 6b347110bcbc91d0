"""Certificate to pin to unit; then the signature."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.errors import AuthenticationFailed, RegistryUnavailable
from gateway.model.exchange import Message, Moment
from gateway.model.unit import RegistrySnapshot, SigningKey, snapshot_of
from gateway.signatures import sign_reading, sign_request
from gateway.steps.authenticate import authenticate, pin_of
from tests.partners import Member, Pki, a_snapshot

URI = "https://schleuse.example/v1/exchanges"
NOW = Moment(1_795_000_000, 20_775)
BODY = b"{}"


class Units:
    def __init__(self, snapshot: RegistrySnapshot | None) -> None:
        self.current = snapshot

    async def snapshot(self) -> RegistrySnapshot:
        if self.current is None:
            raise RegistryUnavailable("locked")
        return self.current


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def police(tmp_path_factory: pytest.TempPathFactory) -> Member:
    return Pki(tmp_path_factory.mktemp("pki")).member("polizei", "https://schleuse.example")


def der(member: Member) -> bytes:
    pem = Path(member.partner.certificate).read_bytes()
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def a_message(
    member: Member, certificate: bytes | None, created: int = NOW.evaluated_at
) -> Message:
    headers = sign_request(
        member.signer,
        method="POST",
        target_uri=URI,
        content_type="application/json",
        idempotency_key="k",
        body=BODY,
        created=created,
    )
    return Message("POST", URI, tuple(headers.items()), BODY, certificate)


async def test_a_caller_carries_unit_digest_signature(police: Member) -> None:
    message = a_message(police, der(police))

    caller = await authenticate(message, Units(a_snapshot(police)), NOW, 300, signed=True)

    assert caller.unit == police.unit
    assert caller.registry_digest == "0" * 64
    assert caller.signature == {
        name: message.header(name) for name in ("signature-input", "signature", "content-digest")
    }


async def test_a_reading_call_needs_no_signature(police: Member) -> None:
    message = Message("GET", URI, (), b"", der(police))

    caller = await authenticate(message, Units(a_snapshot(police)), NOW, 300, signed=False)

    assert caller.unit.id == "polizei"
    assert caller.signature == {}


async def test_behind_a_proxy_a_reading_call_needs_a_signature(police: Member) -> None:
    units = Units(a_snapshot(police))
    unsigned = Message("GET", URI, (), b"", der(police), proxied=True)
    headers = sign_reading(police.signer, method="GET", target_uri=URI, created=NOW.evaluated_at)
    signed = replace(unsigned, headers=tuple(headers.items()))

    caller = await authenticate(signed, units, NOW, 300, signed=False)

    assert caller.unit.id == "polizei"
    assert caller.signature == headers
    with pytest.raises(AuthenticationFailed, match="unit polizei"):
        await authenticate(unsigned, units, NOW, 300, signed=False)


async def test_a_signature_that_is_not_needed_must_be_right_if_it_is_there(
    police: Member,
) -> None:
    message = Message("GET", URI, (("signature", "sig1=:AAAA:"),), b"", der(police))

    with pytest.raises(AuthenticationFailed):
        await authenticate(message, Units(a_snapshot(police)), NOW, 300, signed=False)


async def test_the_second_pin_counts_like_the_first(police: Member) -> None:
    pins = {"pins": ["ab" * 32, *police.document["pins"]]}
    units = Units(a_snapshot(police, polizei=pins))

    caller = await authenticate(a_message(police, der(police)), units, NOW, 300, signed=True)

    assert caller.unit.id == "polizei"


@pytest.mark.parametrize("signed", [True, False])
async def test_a_suspended_unit_is_nobody(police: Member, signed: bool) -> None:
    units = Units(a_snapshot(police, polizei={"status": "suspended"}))

    with pytest.raises(AuthenticationFailed, match="polizei is suspended"):
        await authenticate(a_message(police, der(police)), units, NOW, 300, signed=signed)


@pytest.mark.parametrize("signed", [True, False])
async def test_a_pin_that_nobody_registered_is_nobody(police: Member, signed: bool) -> None:
    units = Units(snapshot_of("0" * 64, {}))

    with pytest.raises(AuthenticationFailed, match=police.document["pins"][0]):
        await authenticate(a_message(police, der(police)), units, NOW, 300, signed=signed)


@pytest.mark.parametrize("certificate", [None, b"", b"no certificate"])
async def test_without_a_readable_certificate_there_is_nobody(
    police: Member, certificate: bytes | None
) -> None:
    with pytest.raises(AuthenticationFailed, match="certificate"):
        await authenticate(
            a_message(police, certificate), Units(a_snapshot(police)), NOW, 300, signed=False
        )


async def test_a_bad_signature_names_the_unit_for_the_operator(police: Member) -> None:
    message = a_message(police, der(police), NOW.evaluated_at - 301)

    with pytest.raises(AuthenticationFailed, match="unit polizei: signed 301 s ago"):
        await authenticate(message, Units(a_snapshot(police)), NOW, 300, signed=True)


async def test_a_registry_that_cannot_be_read_refuses(police: Member) -> None:
    with pytest.raises(RegistryUnavailable):
        await authenticate(a_message(police, der(police)), Units(None), NOW, 300, signed=True)


async def test_a_registered_key_that_is_none_refuses(police: Member) -> None:
    unit = police.unit
    key = SigningKey(unit.signing_key.alg, {"kty": "EC", "crv": "P-256"}, unit.signing_key.kid)
    units = Units(snapshot_of("0" * 64, {unit.id: replace(unit, signing_key=key)}))

    with pytest.raises(RegistryUnavailable, match="polizei"):
        await authenticate(a_message(police, der(police)), units, NOW, 300, signed=True)


def test_a_pin_is_the_key_alone_and_outlives_a_renewed_certificate(tmp_path: Path) -> None:
    """Two certificates of one key have one pin; RFC 7469 2.4."""
    key, issuer = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()

    def certificate(name: str) -> bytes:
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder(
            subject, subject, key.public_key(), x509.random_serial_number()
        )
        now = datetime.now(UTC)
        built = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))
        return built.sign(issuer, None).public_bytes(Encoding.DER)

    assert pin_of(certificate("old")) == pin_of(certificate("new"))
