"""The key list says which key may sign what, where; only the root key can write it."""

import json

import joserfc.jws
import pytest
from joserfc.jwk import OKPKey

from gateway.errors import GatewayError, KeyRefused
from gateway.tlog.jws import encode_json, sign_compact
from gateway.tlog.keys import TYP, KeyList, KeyRange, KeyUse, open_key_list, sign_key_list
from tests.tlog.memory_log import ORIGIN, KeySigner

ROOT = KeySigner("root")
ENTRY, NEXT_ENTRY, CHECKPOINT = (
    KeySigner(name).public_key for name in ("entry", "next entry", "checkpoint")
)
KEYS = KeyList.of(
    [
        KeyRange(KeyUse.ENTRY, ENTRY, 0, 99),
        KeyRange(KeyUse.ENTRY, NEXT_ENTRY, 101, None),
        KeyRange(KeyUse.CHECKPOINT, CHECKPOINT, 0, None),
    ]
)
JWS = sign_key_list(KEYS, ROOT)


def signed(document):
    """Return a list as the root key would sign it, were it told to."""
    return sign_compact(TYP, encode_json(document, KeyRefused), ROOT)


def documents(**changes):
    """Return one entry of the list as it is written, with changes."""
    entry = {"use": "entry", "jwk": ENTRY.jwk, "first_index": 0, "last_index": None}
    return [{**entry, **changes}]


def test_a_signed_list_opens_under_the_root_key():
    assert open_key_list(JWS, ROOT.public_key) == KEYS
    assert open_key_list(signed([]), ROOT.public_key) == KeyList(())


def test_another_library_reads_it():
    key = OKPKey.import_key(dict(ROOT.public_jwk))
    opened = joserfc.jws.deserialize_compact(JWS, key, algorithms=["Ed25519"])

    assert json.loads(opened.payload)[1] == {
        "use": "entry",
        "jwk": ENTRY.jwk,
        "first_index": 0,
        "last_index": 99,
    }


@pytest.mark.parametrize(
    ("index", "key"), [(0, ENTRY), (99, ENTRY), (101, NEXT_ENTRY), (10**12, NEXT_ENTRY)]
)
def test_each_index_has_the_key_whose_range_it_is_in(index, key):
    assert KEYS.key_at(KeyUse.ENTRY, index) == key


@pytest.mark.parametrize("index", [-1, 100])
def test_an_index_in_no_range_has_no_key(index):
    with pytest.raises(KeyRefused):
        KEYS.key_at(KeyUse.ENTRY, index)


def test_a_checkpoint_is_signed_by_the_key_of_its_last_entry():
    keys = KeyList.of(
        [
            KeyRange(KeyUse.CHECKPOINT, CHECKPOINT, 0, 9),
            KeyRange(KeyUse.CHECKPOINT, ENTRY, 10, None),
        ]
    )
    assert keys.checkpoint_key(ORIGIN, 0).public_key == CHECKPOINT
    assert keys.checkpoint_key(ORIGIN, 10).public_key == CHECKPOINT
    assert keys.checkpoint_key(ORIGIN, 11).public_key == ENTRY


@pytest.mark.parametrize(
    "ranges",
    [
        [KeyRange(KeyUse.ENTRY, ENTRY, 0, 9), KeyRange(KeyUse.ENTRY, NEXT_ENTRY, 9, None)],
        [KeyRange(KeyUse.ENTRY, ENTRY, 0, None), KeyRange(KeyUse.ENTRY, NEXT_ENTRY, 9, None)],
        [KeyRange(KeyUse.ENTRY, ENTRY, 0, 9), KeyRange(KeyUse.ENTRY, ENTRY, 10, None)],
        [KeyRange(KeyUse.ENTRY, ENTRY, 0, None), KeyRange(KeyUse.CHECKPOINT, ENTRY, 0, None)],
    ],
    ids=["one index", "open end", "one key twice", "one key for two uses"],
)
def test_ranges_that_overlap_or_share_a_key_are_refused(ranges):
    with pytest.raises(KeyRefused):
        KeyList.of(ranges)


def test_a_list_out_of_order_is_refused():
    with pytest.raises(KeyRefused):
        KeyList(KEYS.ranges[::-1])


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(KeyRefused):
        KeyRange(KeyUse.ENTRY, ENTRY, 5, 4)


def test_a_list_by_another_key_is_refused():
    with pytest.raises(KeyRefused):
        open_key_list(JWS, KeySigner("another").public_key)


def test_a_list_that_gives_the_root_key_another_use_is_refused():
    with pytest.raises(KeyRefused):
        open_key_list(signed(documents(jwk=ROOT.public_key.jwk)), ROOT.public_key)


def test_a_leaf_signed_by_the_root_key_is_no_key_list():
    with pytest.raises(KeyRefused):
        open_key_list(sign_compact("other", encode_json([], KeyRefused), ROOT), ROOT.public_key)


@pytest.mark.parametrize(
    "document",
    [
        {},
        5,
        "text",
        None,
        ["text"],
        [{}],
        documents(use="root"),
        documents(use=5),
        documents(jwk="text"),
        documents(jwk={}),
        documents(first_index=-1),
        documents(first_index="0"),
        documents(first_index=True),
        documents(first_index=None),
        documents(last_index="9"),
        documents(more=1),
    ],
    ids=str,
)
def test_another_document_is_refused_even_if_the_root_key_signed_it(document):
    with pytest.raises(KeyRefused):
        open_key_list(signed(document), ROOT.public_key)


def test_a_list_with_a_changed_character_is_refused():
    for at, was in enumerate(JWS):
        changed = JWS[:at] + ("A" if was != "A" else "B") + JWS[at + 1 :]
        with pytest.raises(GatewayError):
            open_key_list(changed, ROOT.public_key)
