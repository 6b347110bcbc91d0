"""A leaf is an SD-JWT that any reader can check, and shows no more than it must."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.verifier import SDJWTVerifier

from gateway.errors import MalformedLeaf
from gateway.model.evidence import Part
from gateway.tlog.encoding import encode_base64url
from gateway.tlog.entry import (
    DIGESTS,
    TYP,
    digest_of,
    make_leaf,
    open_leaf,
    open_presentation,
    present,
)
from gateway.tlog.jws import encode_json, sign_compact
from tests.tlog.memory_log import KeySigner, claims

VECTOR = json.loads(
    (Path(__file__).parents[1] / "vectors/sd_jwt/rfc9901_disclosures.json").read_text()
)

SIGNER = KeySigner("entry")
KEY = SIGNER.public_key
PARTS = {
    Part.SENDER: {"verdict": "deny", "members": ["a", "ä"]},
    Part.AUDIT: {"n": 5, "nested": {"null": None, "yes": True}},
}
LEAF = make_leaf(claims(1), PARTS, SIGNER)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=9).filter(lambda name: name not in ("_sd", "...")), inner, max_size=3
        )
    ),
    max_leaves=9,
)
all_parts = st.dictionaries(
    st.sampled_from(Part),
    st.dictionaries(st.text(max_size=9).filter(lambda name: name not in ("_sd", "...")), values),
)


def payload_of(jws):
    return json.loads(urlsafe_b64decode(jws.split(".")[1] + "=="))


def signed(**changes):
    """Return a leaf as the entry key would sign it, were it told to."""
    return sign_compact(
        TYP, encode_json({**payload_of(LEAF.jws), **changes}, MalformedLeaf), SIGNER
    ).encode()


def read_by_sd_jwt(presentation):
    """Return the claims as the reference library reads them."""
    reader = SDJWTVerifier(presentation, lambda issuer, header: JWK(**KEY.jwk))
    return reader.get_verified_payload()


def test_a_leaf_opens_under_its_key_with_its_claims():
    leaf = open_leaf(LEAF.entry, KEY)
    assert leaf.claims == claims(1)
    assert leaf.open_parts(LEAF.disclosures.values()) == PARTS


def test_a_leaf_shows_its_clear_claims_and_eight_digests_and_nothing_else():
    payload = payload_of(LEAF.jws)
    assert set(payload) == {
        "origin",
        "type",
        "id",
        "time",
        "policy_digest",
        "registry_digest",
        "engine",
        "gateway",
        "_sd_alg",
        "_sd",
    }
    assert len(payload["_sd"]) == 8
    assert payload["_sd"] == sorted(payload["_sd"])


@pytest.mark.parametrize("parts", [{}, PARTS, {part: {} for part in Part}], ids=len)
def test_the_number_of_parts_cannot_be_told_from_the_leaf(parts):
    leaf = make_leaf(claims(1), parts, SIGNER)
    assert len(payload_of(leaf.jws)["_sd"]) == DIGESTS
    assert len(leaf.entry) == len(LEAF.entry)


def test_the_same_parts_never_have_the_same_digests():
    again = make_leaf(claims(1), PARTS, SIGNER)
    assert not set(payload_of(again.jws)["_sd"]) & set(payload_of(LEAF.jws)["_sd"])


def test_the_header_names_type_and_key():
    header = json.loads(urlsafe_b64decode(LEAF.jws.split(".")[0] + "=="))
    assert header == {"alg": "Ed25519", "kid": KEY.kid, "typ": "datenschleuse-entry-v1+sd-jwt"}


def test_the_digest_of_a_disclosure_is_the_published_one():
    assert digest_of(VECTOR["disclosure"]) == VECTOR["digest"]
    assert (
        encode_base64url(encode_json(VECTOR["value"], MalformedLeaf))
        == VECTOR["without_white_space"]
    )


@settings(deadline=None)
@given(all_parts, st.sets(st.sampled_from(Part)))
def test_a_reader_sees_the_parts_he_was_given_in_both_libraries(parts, given_to_him):
    leaf = make_leaf(claims(1), parts, SIGNER)
    shown = {part: value for part, value in parts.items() if part in given_to_him}
    presentation = present(leaf.jws, [leaf.disclosures[part] for part in shown])

    opened, his_parts = open_presentation(presentation, KEY)
    theirs = read_by_sd_jwt(presentation)

    assert his_parts == shown
    assert opened.claims == claims(1)
    assert {name: value for name, value in theirs.items() if name in list(Part)} == shown
    assert theirs["policy_digest"] == "a" * 64


def test_a_changed_disclosure_shows_in_both_libraries():
    """The reference library leaves out what the leaf does not name; ours refuses it."""
    disclosure = LEAF.disclosures[Part.SENDER]
    changed = encode_base64url(urlsafe_b64decode(disclosure + "===").replace(b'"deny"', b'"pass"'))
    presentation = present(LEAF.jws, [changed])

    assert "sender" not in read_by_sd_jwt(presentation)
    with pytest.raises(MalformedLeaf):
        open_presentation(presentation, KEY)


def test_a_leaf_by_another_key_is_refused_in_both_libraries():
    forged = make_leaf(claims(1), PARTS, KeySigner("another"))
    with pytest.raises(InvalidJWSSignature):
        read_by_sd_jwt(present(forged.jws, []))
    with pytest.raises(MalformedLeaf):
        open_presentation(present(forged.jws, []), KEY)


def test_a_leaf_with_a_flipped_bit_is_refused():
    for bit in range(8 * len(LEAF.entry)):
        changed = bytearray(LEAF.entry)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(MalformedLeaf):
            open_leaf(bytes(changed), KEY)


def test_a_disclosure_with_a_changed_character_is_refused():
    disclosure = LEAF.disclosures[Part.SENDER]
    for at, was in enumerate(disclosure):
        changed = disclosure[:at] + ("A" if was != "A" else "B") + disclosure[at + 1 :]
        with pytest.raises(MalformedLeaf):
            open_presentation(present(LEAF.jws, [changed]), KEY)


def test_a_disclosure_of_another_leaf_is_refused():
    other = make_leaf(claims(1), PARTS, SIGNER)
    with pytest.raises(MalformedLeaf):
        open_presentation(present(LEAF.jws, other.disclosures.values()), KEY)


ONE, TWO = sorted(LEAF.disclosures.values())


@pytest.mark.parametrize(
    "presentation",
    [
        LEAF.jws,
        f"{LEAF.jws}~{ONE}",
        f"{LEAF.jws}~{TWO}~{ONE}~",
        f"{LEAF.jws}~{ONE}~{ONE}~",
        f"{LEAF.jws}~~",
        f"{LEAF.jws}~{ONE}~~",
        f"~{LEAF.jws}~",
        f"{LEAF.jws}~ä~",
        f"{LEAF.jws}~\ud800~",
        "",
        "~",
    ],
    ids=range(11),
)
def test_another_form_of_presentation_is_refused(presentation):
    with pytest.raises(MalformedLeaf):
        open_presentation(presentation, KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 1},
        {"origin": "a b"},
        {"origin": ""},
        {"origin": 5},
        {"type": "unknown"},
        {"type": None},
        {"id": "a" * 31},
        {"id": "A" * 32},
        {"time": -1},
        {"time": "1"},
        {"time": True},
        {"time": 2**45},
        {"policy_digest": "a" * 63},
        {"registry_digest": "g" * 64},
        {"engine": "two words"},
        {"gateway": "x" * 101},
        {"_sd_alg": "sha-512"},
        {"_sd": []},
        {"_sd": None},
        {"_sd": "text"},
        {"_sd": [5] * 8},
        {"_sd": payload_of(LEAF.jws)["_sd"][:7]},
        {"_sd": payload_of(LEAF.jws)["_sd"][::-1]},
        {"_sd": payload_of(LEAF.jws)["_sd"][:1] * 8},
        {"_sd": sorted(["AAAA", *payload_of(LEAF.jws)["_sd"][:7]])},
    ],
    ids=range(25),
)
def test_a_leaf_that_we_would_not_write_is_refused_even_if_its_key_signed_it(changes):
    with pytest.raises(MalformedLeaf):
        open_leaf(signed(**changes), KEY)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"5", b"null", b"{}", b'{"a":1,"a":1}', b'{ "a": 1 }'], ids=str
)
def test_a_payload_that_is_no_leaf_is_refused_even_if_its_key_signed_it(payload):
    with pytest.raises(MalformedLeaf):
        open_leaf(sign_compact(TYP, payload, SIGNER).encode(), KEY)


def test_a_leaf_with_other_white_space_is_refused_even_if_its_key_signed_it():
    spaced = json.dumps(payload_of(LEAF.jws)).encode()
    with pytest.raises(MalformedLeaf):
        open_leaf(sign_compact(TYP, spaced, SIGNER).encode(), KEY)


SALT = encode_base64url(bytes(16))


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"5",
        b"{}",
        b"text",
        encode_json([SALT, "sender"], MalformedLeaf),
        encode_json([SALT, "sender", {}, {}], MalformedLeaf),
        encode_json([SALT, "other", {}], MalformedLeaf),
        encode_json([SALT, "origin", {}], MalformedLeaf),
        encode_json([SALT, "_sd", {}], MalformedLeaf),
        encode_json([SALT, "sender", []], MalformedLeaf),
        encode_json([SALT, "sender", "text"], MalformedLeaf),
        encode_json(["AAAA", "sender", {}], MalformedLeaf),
        encode_json([5, "sender", {}], MalformedLeaf),
        encode_json([SALT, "sender", {"_sd": []}], MalformedLeaf),
        encode_json([SALT, "sender", {"a": [{"...": "x"}]}], MalformedLeaf),
        b'["' + SALT.encode() + b'","sender",{"a":1,"a":1}]',
        b'["' + SALT.encode() + b'","sender",{"a":1.5}]',
    ],
    ids=str,
)
def test_a_disclosure_that_we_would_not_write_is_refused_even_if_the_leaf_names_it(content):
    disclosure = encode_base64url(content)
    digests = sorted([digest_of(disclosure), *payload_of(LEAF.jws)["_sd"][:7]])
    jws = signed(_sd=digests).decode()
    with pytest.raises(MalformedLeaf):
        open_presentation(present(jws, [disclosure]), KEY)


def test_a_part_that_the_leaf_names_twice_is_refused():
    twice = [
        encode_base64url(
            encode_json([encode_base64url(bytes([n]) * 16), "sender", {"n": n}], MalformedLeaf)
        )
        for n in range(2)
    ]
    digests = sorted([*map(digest_of, twice), *payload_of(LEAF.jws)["_sd"][:6]])
    with pytest.raises(MalformedLeaf):
        open_presentation(present(signed(_sd=digests).decode(), twice), KEY)


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1.5},
        {"a": float("nan")},
        {"a": 2**53},
        {"a": "\ud800"},
        {"_sd": 1},
        {"a": {"...": 1}},
        {"a": b"bytes"},
        {"a": {1, 2}},
    ],
    ids=str,
)
def test_a_part_that_no_reader_could_open_is_not_signed(value):
    with pytest.raises(MalformedLeaf):
        make_leaf(claims(1), {Part.AUDIT: value}, SIGNER)


@pytest.mark.parametrize("changes", [{"origin": "a b"}, {"time": 1.5}, {"id": "x"}], ids=str)
def test_claims_that_no_leaf_has_cannot_be_made(changes):
    with pytest.raises(MalformedLeaf):
        claims(1, **changes)
