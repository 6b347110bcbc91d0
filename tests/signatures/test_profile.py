"""The profile of RFC 9421, with another implementation as its judge."""

import datetime
import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import http_message_signatures as library
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import AuthenticationFailed, KeyRefused
from gateway.model.exchange import Message
from gateway.model.unit import SigningKey
from gateway.signatures import (
    ALGORITHMS,
    COMPONENTS,
    LABEL,
    READING_COMPONENTS,
    TAG,
    RequestSigner,
    algorithm_of,
    content_digest,
    is_signed,
    public_key,
    sign_reading,
    sign_request,
    verify_request,
)

URI = "https://schleuse.example/v1/exchanges"
NOW = 1_795_000_000
BODY = '{"recipient": "ordnungsamt", "note": "Grüße"}'.encode()
SIGNERS = [
    RequestSigner(ec.generate_private_key(ec.SECP256R1())),
    RequestSigner(ed25519.Ed25519PrivateKey.generate()),
    RequestSigner(rsa.generate_private_key(65537, 3072)),
]
each_algorithm = pytest.mark.parametrize(
    "signer", SIGNERS, ids=lambda signer: algorithm_of(signer.public_jwk)
)


@dataclass
class Request:
    """A request as the library wants it."""

    method: str = "POST"
    url: str = URI
    headers: dict[str, str] = field(default_factory=dict)


class Keys(library.HTTPSignatureKeyResolver):
    def __init__(self, signer: RequestSigner, private_key: Any = None) -> None:
        self._signer, self._private_key = signer, private_key

    def resolve_public_key(self, key_id: str) -> Any:
        return public_key(self._signer.public_jwk) if key_id == self._signer.kid else None

    def resolve_private_key(self, key_id: str) -> Any:
        return self._private_key


def key_of(signer: RequestSigner) -> SigningKey:
    return SigningKey(algorithm_of(signer.public_jwk), signer.public_jwk, signer.kid)


def signed(signer: RequestSigner = SIGNERS[0], **changes: Any) -> Message:
    told = {
        "method": "POST",
        "target_uri": URI,
        "content_type": "application/json",
        "idempotency_key": "3f2b0a52-8f0e-4f7e-9a65-0a4f4f1c2d3e",
        "body": BODY,
        "created": NOW,
    } | changes
    headers = sign_request(signer, **told)
    return Message(told["method"], told["target_uri"], tuple(headers.items()), told["body"], None)


def with_field(message: Message, name: str, value: str) -> Message:
    kept = tuple(pair for pair in message.headers if pair[0] != name)
    return replace(message, headers=(*kept, (name, value)))


def verify(message: Message, signer: RequestSigner = SIGNERS[0], now: int = NOW) -> dict[str, str]:
    return verify_request(message, key_of(signer), now=now, skew_s=300)


@each_algorithm
def test_what_is_signed_verifies_and_comes_back_as_evidence(signer: RequestSigner) -> None:
    message = signed(signer)

    assert verify(message, signer) == {
        name: message.header(name) for name in ("signature-input", "signature", "content-digest")
    }


@each_algorithm
def test_the_library_verifies_what_we_sign(signer: RequestSigner) -> None:
    message = signed(signer, created=int(datetime.datetime.now().timestamp()))
    verifier = library.HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[algorithm_of(signer.public_jwk)], key_resolver=Keys(signer)
    )

    [result] = verifier.verify(
        Request(headers=dict(message.headers)),
        expect_tag=TAG,
        expect_label=LABEL,
        require_components=COMPONENTS,
        body=BODY,
    )

    assert result.body == BODY
    assert list(result.covered_components)[:-1] == [f'"{name}"' for name in COMPONENTS]


@pytest.mark.parametrize("kind", ["ec", "ed25519", "rsa"])
def test_we_verify_what_the_library_signs(kind: str) -> None:
    key: Any = {
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "rsa": lambda: rsa.generate_private_key(65537, 3072),
    }[kind]()
    signer = RequestSigner(key)
    request = Request(headers={"Content-Type": "application/json", "Idempotency-Key": "a key"})
    library.HTTPMessageSigner(
        signature_algorithm=ALGORITHMS[algorithm_of(signer.public_jwk)],
        key_resolver=Keys(signer, key),
    ).sign(
        request,
        key_id=signer.kid,
        created=datetime.datetime.fromtimestamp(NOW, tz=datetime.UTC),
        label=LABEL,
        tag=TAG,
        covered_component_ids=COMPONENTS,
        body=BODY,
    )
    headers = tuple((name.lower(), value) for name, value in request.headers.items())

    assert verify(Message("POST", URI, headers, BODY, None), signer)


@given(
    content_type=st.sampled_from(["application/json", "application/json; charset=utf-8"]),
    idempotency_key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    query=st.sampled_from(["", "?a=1", "?from=1&to=2"]),
    body=st.binary(max_size=200),
)
def test_we_build_the_same_signature_base_as_the_library(
    content_type: str, idempotency_key: str, query: str, body: bytes
) -> None:
    signer = SIGNERS[1]
    target = {"target_uri": URI + query, "content_type": content_type}
    message = signed(signer, idempotency_key=idempotency_key, body=body, **target)
    judge = library.HTTPMessageSigner(signature_algorithm=ALGORITHMS["ed25519"])
    request = Request(url=URI + query, headers=dict(message.headers))

    prepared = judge.prepare(
        request,
        key_id=signer.kid,
        created=datetime.datetime.fromtimestamp(NOW, tz=datetime.UTC),
        label=LABEL,
        tag=TAG,
        covered_component_ids=COMPONENTS,
        use_existing_digest=True,
    )

    assert f"{LABEL}={prepared.signature_params}" == message.header("signature-input")
    assert signer.sign(prepared.signature_base) == _signature(message)


def _signature(message: Message) -> bytes:
    return b64decode((message.header("signature") or "")[len("sig1=:") : -1])


@pytest.mark.parametrize(
    "vector",
    json.loads(Path("tests/vectors/rfc9530/digests.json").read_text()),
    ids=["without newline", "with newline"],
)
def test_the_published_digests(vector: dict[str, str]) -> None:
    assert content_digest(vector["body"].encode()) == f"sha-256=:{vector['sha-256']}:"


def digests(body: bytes, **values: bytes) -> str:
    return ", ".join(
        f"{name.replace('_', '-')}=:{b64encode(value).decode()}:" for name, value in values.items()
    )


def resigned(field_value: str) -> Message:
    """Sign a request whose Content-Digest is not the one that we would write."""
    signer = SIGNERS[1]
    message = signed(signer)
    headers = dict(message.headers) | {"content-digest": field_value}
    parameters = (message.header("signature-input") or "").removeprefix("sig1=")
    lines = ['"@method": POST', f'"@target-uri": {URI}']
    lines += [f'"{name}": {headers[name]}' for name in COMPONENTS[2:]]
    base = "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
    headers["signature"] = f"sig1=:{b64encode(signer.sign(base)).decode()}:"
    return replace(message, headers=tuple(headers.items()))


def test_a_second_digest_beside_sha_256_may_stand_if_it_matches() -> None:
    both = digests(
        BODY, sha_512=hashlib.sha512(BODY).digest(), sha_256=hashlib.sha256(BODY).digest()
    )

    assert verify(resigned(both), SIGNERS[1])


@pytest.mark.parametrize(
    "field_value",
    [
        digests(BODY, sha_512=hashlib.sha512(BODY).digest()),
        digests(BODY, sha_256=hashlib.sha256(BODY).digest(), sha_512=b"\x00" * 64),
        digests(BODY, sha_256=hashlib.sha256(b"other").digest()),
        digests(BODY, sha_256=hashlib.sha256(BODY).digest()[:31]),
        digests(BODY, sha_256=hashlib.sha256(BODY).digest(), md5=hashlib.md5(BODY).digest()),
        content_digest(BODY) + ", " + content_digest(BODY),
        "sha-256=abc",
        "sha-256",
        "",
    ],
)
def test_a_digest_that_does_not_prove_the_body_is_refused(field_value: str) -> None:
    with pytest.raises(AuthenticationFailed, match="digest"):
        verify(resigned(field_value), SIGNERS[1])


def test_white_space_around_a_field_does_not_count() -> None:
    message = signed()
    padded = with_field(message, "content-type", " application/json\t")

    assert verify(padded)


@pytest.mark.parametrize("value", ["application/json\x00", "application/jsön", "a\nb", "a\tb"])
def test_a_field_with_other_than_printable_ascii_is_refused(value: str) -> None:
    with pytest.raises(AuthenticationFailed, match="content-type"):
        verify(with_field(signed(), "content-type", value))


@pytest.mark.parametrize("seconds", [-300, 300])
def test_300_seconds_each_way_are_allowed(seconds: int) -> None:
    assert verify(signed(), now=NOW + seconds)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_301_seconds_are_not(seconds: int) -> None:
    with pytest.raises(AuthenticationFailed, match="300 s are allowed"):
        verify(signed(), now=NOW + seconds)


def test_parameters_may_stand_in_any_order() -> None:
    """What is signed is the field as it was sent."""
    signer = SIGNERS[1]
    message = signed(signer)
    given_input = message.header("signature-input") or ""
    covered, *parameters = given_input.removeprefix("sig1=").split(";")
    turned = ";".join([covered, *reversed(parameters)])
    lines = ['"@method": POST', f'"@target-uri": {URI}']
    lines += [f'"{name}": {message.header(name)}' for name in COMPONENTS[2:]]
    base = "\n".join([*lines, f'"@signature-params": {turned}']).encode()
    message = with_field(message, "signature-input", f"sig1={turned}")
    message = with_field(message, "signature", f"sig1=:{b64encode(signer.sign(base)).decode()}:")

    assert verify(message, signer)


def test_an_operator_is_told_what_is_wrong() -> None:
    message = signed()
    cases = {
        "keyid or alg": (message, SIGNERS[1]),
        "does not match the request": (replace(message, method="PUT"), SIGNERS[0]),
        "content digest does not match": (replace(message, body=b"{}"), SIGNERS[0]),
        "idempotency-key stands there 0 times": (
            replace(message, headers=message.headers[:1] + message.headers[2:]),
            SIGNERS[0],
        ),
        "signature stands there 2 times": (
            replace(message, headers=(*message.headers, message.headers[-1])),
            SIGNERS[0],
        ),
    }
    for told, (wrong, signer) in cases.items():
        with pytest.raises(AuthenticationFailed, match=told):
            verify(wrong, signer)


def test_a_registered_key_that_is_none_is_not_the_senders_fault() -> None:
    broken = replace(key_of(SIGNERS[0]), jwk={"kty": "EC", "crv": "P-256"})

    with pytest.raises(KeyRefused):
        verify_request(signed(), broken, now=NOW, skew_s=300)


@given(place=st.integers(0, 2000), bit=st.integers(0, 7))
def test_no_bit_of_a_covered_field_can_be_turned(place: int, bit: int) -> None:
    """Flip one bit in one of the fields, or in the body: it is refused, whatever it was."""
    message = signed(SIGNERS[1])
    everything = [value.encode() for _, value in message.headers] + [message.body]
    which = place % len(everything)
    data = bytearray(everything[which])
    data[place // len(everything) % len(data)] ^= 1 << bit
    everything[which] = bytes(data)
    headers = tuple(
        (name, value.decode("latin-1"))
        for (name, _), value in zip(message.headers, everything[:-1], strict=True)
    )
    turned = replace(message, headers=headers, body=everything[-1])

    with pytest.raises(AuthenticationFailed):
        verify(turned, SIGNERS[1])


# --- calls that only read -----------------------------------------------------------


def a_reading(
    signer: RequestSigner = SIGNERS[0], method: str = "GET", created: int = NOW
) -> Message:
    headers = sign_reading(signer, method=method, target_uri=URI, created=created)
    return Message(method, URI, tuple(headers.items()), b"", None)


@each_algorithm
def test_a_signed_reading_verifies_and_has_no_digest(signer: RequestSigner) -> None:
    message = a_reading(signer)

    assert verify(message, signer) == dict(message.headers)
    assert is_signed(message)
    assert not is_signed(replace(message, headers=()))


@each_algorithm
def test_the_library_verifies_a_reading_that_we_sign(signer: RequestSigner) -> None:
    message = a_reading(signer, created=int(datetime.datetime.now().timestamp()))
    verifier = library.HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[algorithm_of(signer.public_jwk)], key_resolver=Keys(signer)
    )

    [result] = verifier.verify(
        Request("GET", headers=dict(message.headers)),
        expect_tag=TAG,
        expect_label=LABEL,
        require_components=READING_COMPONENTS,
    )

    assert list(result.covered_components)[:-1] == [f'"{name}"' for name in READING_COMPONENTS]


@pytest.mark.parametrize(
    "altered",
    [
        lambda m: replace(m, method="HEAD"),
        lambda m: replace(m, target_uri=URI + "?x=1"),
        lambda m: replace(m, body=b"{}"),
        lambda m: replace(m, method="POST"),
        lambda m: replace(m, headers=m.headers[:1]),
        lambda m: replace(m, headers=(*m.headers, m.headers[0])),
    ],
    ids=["method", "address", "body", "a change", "no signature", "two inputs"],
)
def test_a_signed_reading_holds_for_nothing_else(altered: Any) -> None:
    with pytest.raises(AuthenticationFailed):
        verify(altered(a_reading()))


def test_the_signature_of_a_change_is_none_of_a_reading() -> None:
    with pytest.raises(AuthenticationFailed, match="other components"):
        verify(signed(method="GET", body=b""))
