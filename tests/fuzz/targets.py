"""What reads bytes of strangers, each as a function that raises only for a bug.

A reader may refuse with its own error; what it accepts must be exactly what would be written.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from gateway.errors import (
    AuthenticationFailed,
    CallerError,
    MalformedCheckpoint,
    MalformedLeaf,
    MalformedNote,
    MalformedProof,
    MalformedTile,
)
from gateway.model.evidence import Part
from gateway.model.exchange import Message, Moment
from gateway.model.unit import SigningKey
from gateway.signatures import RequestSigner, sign_request, verify_request
from gateway.steps.receive import receive
from gateway.tlog import tiles
from gateway.tlog.checkpoint import Checkpoint
from gateway.tlog.entry import open_presentation
from gateway.tlog.note import Note, VerifierKey
from gateway.tlog.proof import LogProof
from tests.fuzz.generator import Generator
from tests.fuzz.http_target import http_seeds, read_http
from tests.tlog.memory_log import ORIGIN, KeySigner, a_log

Json = Any
VECTORS = Path("tests/vectors")
_ADDRESS = "https://gateway.example"


@dataclass(frozen=True)
class Target:
    """A reader, and bytes that are worth beginning with."""

    read: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


# --- JSON ---------------------------------------------------------------------------


def read_json(data: bytes) -> None:
    try:
        document = receive(data, Moment(0, 0), 1 << 16, 16)
    except CallerError:
        return
    assert document.value == json.loads(data)
    assert json.loads(json.dumps(document.value)) == document.value
    assert not any(isinstance(value, float) for value in _values(document.value))


def json_seeds() -> list[bytes]:
    cases = json.loads((VECTORS / "json/parsing.json").read_text("utf-8"))
    generator = Generator(1)
    return [f'{{"a": {text}}}'.encode(errors="surrogatepass") for _, text in cases] + [
        generator.body() for _ in range(50)
    ]


def _values(value: Json) -> Iterator[Json]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _values(each)


# --- notes, checkpoints, proofs, tiles ----------------------------------------------


def read_note(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(MalformedNote):
        note = Note.parse(text)
        assert note.format() == text
        with suppress(MalformedCheckpoint):
            assert Checkpoint.parse(note.text).format() == note.text
    with suppress(MalformedNote):
        assert VerifierKey.parse(text).format() == text


def note_seeds() -> list[bytes]:
    published = json.loads((VECTORS / "signed_note/go_sumdb_note.json").read_text("utf-8"))
    found = [text for text in _values(published) if isinstance(text, str)]
    found += [
        (VECTORS / name).read_text("utf-8")
        for name in (
            "signed_note/c2sp_example.txt",
            "tlog_checkpoint/c2sp_example.txt",
        )
    ]
    return [text.encode() for text in found]


def read_proof(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(MalformedProof):
        assert LogProof.parse(text).format() == text


def proof_seeds() -> list[bytes]:
    published = json.loads((VECTORS / "tlog_proof/formats_proof.json").read_text("utf-8"))
    example = (VECTORS / "tlog_proof/c2sp_example.txt").read_text("utf-8")
    texts = [text for text in _values(published) if isinstance(text, str)]
    return [text.encode() for text in [*texts, example]]


def read_tile(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(MalformedTile):
        assert tiles.parse_path(text).path == text
    with suppress(MalformedTile):
        width = data[0] + 1 if data else 1
        assert tiles.encode_bundle(tiles.decode_bundle(data[1:], width)) == data[1:]


def tile_seeds() -> list[bytes]:
    paths = [b"tile/0/000", b"tile/1/x001/234.p/5", b"tile/entries/000.p/255", b"tile/63/999"]
    return [*paths, b"\x01" + tiles.encode_bundle([b"one", b"two"]), b"\x00\x00\x00"]


# --- leaves and signatures ----------------------------------------------------------

_ENTRY = KeySigner("entry").public_key


def read_presentation(data: bytes) -> None:
    """What a partner is handed as a receipt."""
    text = data.decode(errors="replace")
    with suppress(MalformedLeaf):
        leaf, parts = open_presentation(text, _ENTRY)
        assert leaf.claims.origin == ORIGIN
        assert len(parts) <= len(Part)


def presentation_seeds() -> list[bytes]:
    log = a_log(3)
    return [log.receipt(index).sd_jwt.encode() for index in range(3)]


_SIGNER = RequestSigner(ed25519.Ed25519PrivateKey.from_private_bytes(b"fuzz".ljust(32, b".")))
_KEY = SigningKey("ed25519", _SIGNER.public_jwk, _SIGNER.kid)
_BODY = b"{}"
_NAMES = ("content-type", "idempotency-key", "content-digest", "signature-input", "signature")


def read_signature(data: bytes) -> None:
    """The fields that a signature covers, one a line; nobody can make another that holds."""
    values = data.decode("latin-1").split("\n")
    fields = tuple(zip(_NAMES, values, strict=False))
    message = Message("POST", f"{_ADDRESS}/v1/exchanges", fields, _BODY, None)
    with suppress(AuthenticationFailed):
        evidence = verify_request(message, _KEY, now=1000, skew_s=300)
        assert evidence["signature"].strip(" \t") == _SIGNED["signature"]


_SIGNED = sign_request(
    _SIGNER,
    method="POST",
    target_uri=f"{_ADDRESS}/v1/exchanges",
    content_type="application/json",
    idempotency_key="0b1d0d5e-0000-4000-8000-000000000000",
    body=_BODY,
    created=1000,
)


def signature_seeds() -> list[bytes]:
    return ["\n".join(_SIGNED[name] for name in _NAMES).encode()]


TARGETS: Mapping[str, Target] = {
    "json": Target(read_json, json_seeds),
    "note": Target(read_note, note_seeds),
    "proof": Target(read_proof, proof_seeds),
    "tile": Target(read_tile, tile_seeds),
    "presentation": Target(read_presentation, presentation_seeds),
    "signature": Target(read_signature, signature_seeds),
    "http": Target(read_http, http_seeds),
}
