"""A ballot counts for exactly one state of one change set, and with its voter's key alone."""

import hashlib
import json

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from gateway.adapters.file_signer import FileSigner
from gateway.errors import VoteRefused
from gateway.lifecycle.ballot import Cast, Vote, ballot, challenge, open_ballot, sign_ballot
from gateway.tlog.encoding import decode_base64url, encode_base64url
from tests.changing import NOW, a_change, a_person, people_of
from tests.governing import signer_of
from tests.soft_passkey import SoftPasskey

CHANGE = a_change()
CONTENT = ballot(CHANGE, Vote.AGREE, "anna", NOW, "gelesen")
P256 = FileSigner(ec.derive_private_key(11, ec.SECP256R1()))
ED25519 = FileSigner(ed25519.Ed25519PrivateKey.from_private_bytes(b"a" * 32))
KEYS = pytest.mark.parametrize("signer", [P256, ED25519], ids=["P-256", "Ed25519"])


def anna(signer, **changes):
    """Return the people in force: anna with that key, and emre."""
    key = {"kind": "key", "jwk": dict(signer.public_jwk)}
    return people_of(a_person("anna", key=key, **changes), a_person("emre"))


def test_a_ballot_names_all_that_is_voted_on():
    assert {
        "ballot": "datenschleuse-ballot-v1",
        "origin": "log.example/2026",
        "change": "registry",
        "change_id": "c" * 32,
        "number": 2,
        "digest_before": "b" * 64,
        "digest_after": "a" * 64,
        "draft_digest": CHANGE.digest,
        "report_digest": CHANGE.report_digest,
        "vote": "agree",
        "voter": "anna",
        "time": NOW,
        "reason": "gelesen",
    } == CONTENT


@KEYS
def test_a_signed_ballot_says_who_says_what_and_when(signer):
    signed = sign_ballot(CONTENT, signer)
    assert open_ballot(signed, CHANGE, anna(signer)) == Cast("anna", Vote.AGREE, NOW, "gelesen")


OTHERS = {
    "ballot": "datenschleuse-ballot-v2",
    "origin": "log.example/2027",
    "change": "policy",
    "change_id": "d" * 32,
    "number": 3,
    "digest_before": "c" * 64,
    "digest_after": "c" * 64,
    "draft_digest": "c" * 64,
    "report_digest": "c" * 64,
    "vote": "reject",
    "voter": "emre",
    "time": NOW + 1,
    "reason": "nicht gelesen",
}


@KEYS
@pytest.mark.parametrize("member", CONTENT)
def test_a_ballot_that_was_altered_after_it_was_signed_is_refused(signer, member):
    signed = sign_ballot(CONTENT, signer)
    signed["ballot"][member] = OTHERS[member]
    with pytest.raises(VoteRefused):
        open_ballot(signed, CHANGE, anna(signer))


ABOUT = [name for name in CONTENT if name not in ("vote", "voter", "time", "reason")]


@KEYS
@pytest.mark.parametrize("member", ABOUT)
def test_a_ballot_that_was_signed_about_something_else_is_stale(signer, member):
    signed = sign_ballot({**CONTENT, member: OTHERS[member]}, signer)
    with pytest.raises(VoteRefused, match=f"another {member}"):
        open_ballot(signed, CHANGE, anna(signer))


@pytest.mark.parametrize(
    "changed",
    [
        {"vote": "abstain"},
        {"vote": None},
        {"voter": 7},
        {"voter": ["anna"]},
        {"time": "heute"},
        {"time": True},
        {"time": -1},
        {"time": 2**60},
        {"time": None},
        {"number": 2.0},
        {"reason": None},
        {"reason": "\ud800"},
        {"seal": "yes"},
    ],
    ids=str,
)
def test_a_ballot_that_does_not_have_its_form_is_refused(changed):
    content = {**CONTENT, **changed}
    forged = {**sign_ballot(CONTENT, ED25519), "ballot": content}
    with pytest.raises(VoteRefused):
        open_ballot(forged, CHANGE, anna(ED25519))


@pytest.mark.parametrize("member", CONTENT)
def test_a_ballot_without_one_of_its_members_is_refused(member):
    content = {name: value for name, value in CONTENT.items() if name != member}
    with pytest.raises(VoteRefused, match="form"):
        open_ballot(sign_ballot(content, ED25519), CHANGE, anna(ED25519))


@pytest.mark.parametrize(
    "changed",
    [
        {"ballot": None},
        {"ballot": []},
        {"kid": None},
        {"kid": P256.kid},
        {"signature": None},
        {"signature": ""},
        {"signature": "ä"},
        {"signature": encode_base64url(bytes(64))},
        {"signature": encode_base64url(bytes(63))},
        {"client_data": "e30"},
        {"authenticator_data": "AA", "client_data": "e30"},
    ],
    ids=str,
)
@KEYS
def test_what_is_no_signed_ballot_is_refused(signer, changed):
    if changed.get("kid") == signer.kid:
        changed = {"kid": ED25519.kid}
    with pytest.raises(VoteRefused):
        open_ballot({**sign_ballot(CONTENT, signer), **changed}, CHANGE, anna(signer))


@KEYS
def test_another_persons_signature_is_refused(signer):
    signed = sign_ballot(CONTENT, signer_of("emre"))
    with pytest.raises(VoteRefused, match="not signed with the key of anna"):
        open_ballot(signed, CHANGE, anna(signer))
    with pytest.raises(VoteRefused, match="is wrong"):
        open_ballot({**signed, "kid": signer.kid}, CHANGE, anna(signer))


def test_whoever_is_not_enrolled_or_has_ended_signs_nothing():
    signed = sign_ballot(CONTENT, ED25519)
    with pytest.raises(VoteRefused, match="not enrolled, or has ended"):
        open_ballot(signed, CHANGE, people_of(a_person("emre")))
    with pytest.raises(VoteRefused, match="not enrolled, or has ended"):
        open_ballot(signed, CHANGE, anna(ED25519, status="ended"))


# --- passkeys, with another verifier beside ours -------------------------------------

PASSKEYS = [
    SoftPasskey(ec.derive_private_key(13, ec.SECP256R1())),
    SoftPasskey(ed25519.Ed25519PrivateKey.from_private_bytes(b"p" * 32)),
]
OTHER_KEYS = [
    SoftPasskey(ec.derive_private_key(17, ec.SECP256R1())),
    SoftPasskey(ed25519.Ed25519PrivateKey.from_private_bytes(b"q" * 32)),
]
EACH = pytest.mark.parametrize("which", [0, 1], ids=["ES256", "EdDSA"])
OTHER_BALLOT = {**CONTENT, "vote": "reject"}


def ours(passkey, signed):
    """Say whether our verifier accepts."""
    people = people_of(a_person("anna", key=passkey.document))
    try:
        open_ballot(signed, CHANGE, people)
    except VoteRefused:
        return False
    return True


def test_a_passkey_is_asked_for_the_digest_of_the_ballot():
    assert challenge(CONTENT) == hashlib.sha256(rfc8785.dumps(CONTENT)).digest()


@EACH
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"client": {"other_keys_can_be_added_here": "1.5"}},
        {"client": {"crossOrigin": None}},
        {"flags": 0x1D},
        {"flags": 0x85, "rest": b"\xa0"},
    ],
    ids=["as usual", "another member", "no crossOrigin", "backed up", "extensions"],
)
def test_a_passkeys_ballot_is_accepted_by_both_verifiers(which, how):
    passkey = PASSKEYS[which]
    signed = passkey.sign(CONTENT, **how)

    assert ours(passkey, signed)
    assert passkey.accepted_by_webauthn(signed, CONTENT)


@EACH
@pytest.mark.parametrize(
    "how",
    [
        {"client": {"challenge": encode_base64url(bytes(32))}},
        {"client": {"challenge": encode_base64url(challenge(OTHER_BALLOT))}},
        {"client": {"challenge": ""}},
        {"client": {"origin": "https://desk.example.evil"}},
        {"client": {"origin": "http://desk.example"}},
        {"client": {"type": "webauthn.create"}},
        {"rp_id": "evil.example"},
        {"flags": 0x04},
        {"flags": 0x01},
        {"flags": 0x00},
        {"rest": b"\x00"},
    ],
    ids=str,
)
def test_a_passkeys_ballot_for_anything_else_is_refused_by_both_verifiers(which, how):
    passkey = PASSKEYS[which]
    signed = passkey.sign(CONTENT, **how)

    assert not ours(passkey, signed)
    assert not passkey.accepted_by_webauthn(signed, CONTENT)


@EACH
def test_another_key_is_refused_by_both_verifiers(which):
    passkey = PASSKEYS[which]
    signed = passkey.sign(CONTENT, by=OTHER_KEYS[which])

    assert not ours(passkey, signed)
    assert not passkey.accepted_by_webauthn(signed, CONTENT)


@EACH
def test_a_passkeys_signature_on_another_ballot_is_refused_by_both_verifiers(which):
    passkey = PASSKEYS[which]
    signed = {**passkey.sign(OTHER_BALLOT), "ballot": CONTENT}

    assert not ours(passkey, signed)
    assert not passkey.accepted_by_webauthn(signed, CONTENT)


@EACH
@pytest.mark.parametrize("member", ["signature", "client_data", "authenticator_data"])
def test_a_flipped_bit_is_refused_by_both_verifiers(which, member):
    passkey = PASSKEYS[which]
    good = passkey.sign(CONTENT)
    raw = bytearray(decode_base64url(good[member], VoteRefused))
    raw[len(raw) // 2] ^= 1
    signed = {**good, member: encode_base64url(bytes(raw))}

    assert not ours(passkey, signed)
    assert not passkey.accepted_by_webauthn(signed, CONTENT)


@EACH
def test_a_page_inside_another_page_is_refused_here_though_the_library_lets_it_pass(which):
    passkey = PASSKEYS[which]
    signed = passkey.sign(CONTENT, client={"crossOrigin": True})

    assert not ours(passkey, signed)
    assert passkey.accepted_by_webauthn(signed, CONTENT)


@EACH
@pytest.mark.parametrize(
    "client", [b"", b"{", b"[]", b"7", b"{}", b'{"type": "webauthn.get"}', b"[" * 100_000]
)
def test_client_data_that_are_none_are_refused(which, client):
    signed = PASSKEYS[which].sign(CONTENT)
    assert not ours(PASSKEYS[which], {**signed, "client_data": encode_base64url(client)})


@EACH
@pytest.mark.parametrize("length", [0, 31, 32, 36])
def test_authenticator_data_that_are_cut_off_are_refused(which, length):
    signed = PASSKEYS[which].sign(CONTENT)
    device = decode_base64url(signed["authenticator_data"], VoteRefused)[:length]
    assert not ours(PASSKEYS[which], {**signed, "authenticator_data": encode_base64url(device)})


@EACH
def test_a_passkeys_bare_signature_is_no_ballot(which):
    passkey = PASSKEYS[which]
    signed = passkey.sign(CONTENT)
    bare = {name: signed[name] for name in ("ballot", "kid", "signature")}

    assert not ours(passkey, bare)
    assert not ours(passkey, sign_ballot(CONTENT, FileSigner(passkey.key)))


def test_a_signed_ballot_survives_its_way_through_json():
    signed = json.loads(json.dumps(PASSKEYS[0].sign(CONTENT)))
    assert ours(PASSKEYS[0], signed)
