"""A unit's document is taken exactly, or refused with the name of what is wrong in it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.errors import RegistryRefused
from gateway.model.unit import Unit, UnitStatus
from gateway.registry import canonical_unit, parse_unit, registry_digest
from gateway.registry_snapshot import read_registry
from tests.builders import a_unit, the_police

ED25519 = OKPKey.generate_key("Ed25519").as_dict(private=False)
X25519 = OKPKey.generate_key("X25519").as_dict(private=False)
P256 = ECKey.generate_key("P-256").as_dict(private=False)
P384 = ECKey.generate_key("P-384").as_dict(private=False)
RSA_3072 = RSAKey.import_key(rsa.generate_private_key(65537, 3072)).as_dict(private=False)
RSA_2048 = RSAKey.import_key(rsa.generate_private_key(65537, 2048)).as_dict(private=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return a unit's document with *value* at a path such as `endpoint.url`."""
    document = deepcopy(a_unit())
    *parents, last = path.split(".")
    place = document
    for name in parents:
        place = place[name]
    place[last] = value
    return document


def test_a_document_becomes_the_unit_that_it_describes() -> None:
    unit = parse_unit(a_unit())

    assert (unit.id, unit.kind, unit.controller) == (
        "ordnungsamt",
        "MUNICIPAL_ORDER",
        "ordnungsamt-traeger",
    )
    assert unit.status is UnitStatus.ACTIVE
    assert unit.active
    assert unit.endpoint is not None
    assert unit.endpoint.private_address
    assert (unit.contract.id, unit.contract.date) == ("AVV-1", "2026-01-15")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "Ordnungsamt"),
        ("id", "amt/1"),
        ("id", ""),
        ("id", "a" * 64),
        ("id", "amt\n"),
        ("name", ""),
        ("name", "n" * 201),
        ("controller", "Träger"),
        ("kind", "order_office"),
        ("country", "D"),
        ("country", "de"),
        ("status", "asleep"),
        ("status", ["active"]),
        ("pins", []),
        ("pins", ["a" * 64, "b" * 64, "c" * 64]),
        ("pins", ["A" * 64]),
        ("pins", ["a" * 63]),
        ("pins", "a" * 64),
        ("signing_key", None),
        ("signing_key.alg", "hmac-sha256"),
        ("signing_key.alg", ["ed25519"]),
        ("signing_key.jwk", P384),
        ("signing_key.jwk", ED25519),
        ("signing_key.jwk", {}),
        ("signing_key.jwk", "a key"),
        ("signing_key.jwk", {**P256, "d": "AAAA"}),
        ("signing_key.jwk", {**RSA_3072, "p": "AAAA"}),
        ("signing_key.jwk", {**P256, "kid": "mine"}),
        ("signing_key.jwk", {**P256, "y": 0.5}),
        ("signing_key.jwk", {**P256, "x": "!"}),
        ("signing_key.jwk", {**P256, "x": P256["y"]}),
        ("signing_key.more", 1),
        ("encryption_key.alg", "RSA-OAEP"),
        ("encryption_key.alg", {"RSA": 1}),
        ("encryption_key.jwk", P384),
        ("encryption_key.jwk", ED25519),
        ("encryption_key.jwk", RSA_3072),
        ("encryption_key.jwk", [P256]),
        ("encryption_key.jwk", {"kty": "oct", "k": "AAAA"}),
        ("endpoint.url", "http://amt.example/"),
        ("endpoint.url", "https://user@amt.example/"),
        ("endpoint.url", "https://amt.example/?a=b"),
        ("endpoint.url", "https://amt.example/#a"),
        ("endpoint.url", "https://amt.example/ b"),
        ("endpoint.url", "https://"),
        ("endpoint.private_address", 1),
        ("endpoint.more", 1),
        ("contract.date", "2026-02-30"),
        ("contract.date", "20260115"),
        ("contract.date", "2026-W03-4"),
        ("contract.date", 20260115),
        ("contract.id", ""),
        ("contract", None),
        ("may_receive", "true"),
        ("keeps_marking", None),
        ("commitment_purpose", 0),
        ("verifies_log", "no"),
        ("legal_entity", 3),
    ],
)
def test_a_member_that_does_not_have_its_form_is_named(path: str, value: Any) -> None:
    with pytest.raises(RegistryRefused, match=path.partition(".")[0]):
        parse_unit(changed(path, value))


@pytest.mark.parametrize("member", sorted(a_unit()))
def test_a_missing_member_is_named(member: str) -> None:
    document = {name: value for name, value in a_unit().items() if name != member}
    with pytest.raises(RegistryRefused, match=member):
        parse_unit(document)


def test_an_unknown_member_is_named() -> None:
    with pytest.raises(RegistryRefused, match="unknown is_friend"):
        parse_unit({**a_unit(), "is_friend": True})


@pytest.mark.parametrize("key", [RSA_2048], ids=["2048 bits"])
@pytest.mark.parametrize(
    ("which", "alg"),
    [("signing_key", "rsa-pss-sha512"), ("encryption_key", "RSA-OAEP-256")],
)
def test_a_weak_rsa_key_is_refused(which: str, alg: str, key: dict[str, Any]) -> None:
    with pytest.raises(RegistryRefused, match="3072"):
        parse_unit({**a_unit(), which: {"alg": alg, "jwk": key}})


@pytest.mark.parametrize(
    ("which", "alg", "key"),
    [
        ("signing_key", "ecdsa-p256-sha256", P256),
        ("signing_key", "ed25519", ED25519),
        ("signing_key", "rsa-pss-sha512", RSA_3072),
        ("encryption_key", "ECDH-ES", P256),
        ("encryption_key", "ECDH-ES", X25519),
        ("encryption_key", "RSA-OAEP-256", RSA_3072),
    ],
)
def test_each_algorithm_of_the_design_is_taken(which: str, alg: str, key: dict[str, Any]) -> None:
    unit = parse_unit({**a_unit(), which: {"alg": alg, "jwk": key}})

    found = unit.signing_key if which == "signing_key" else unit.encryption_key
    assert found is not None
    assert (found.alg, dict(found.jwk)) == (alg, key)
    assert len(found.kid) == 43


def paths(document: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in document.items():
        yield before + name
        if isinstance(value, dict) and name not in {"jwk"}:
            yield from paths(value, f"{before}{name}.")


@given(st.sampled_from(list(paths(a_unit()))), JSON)
def test_whatever_stands_in_a_member_is_taken_or_refused_on_purpose(path: str, value: Any) -> None:
    try:
        unit = parse_unit(changed(path, value))
    except RegistryRefused as refused:
        assert path.partition(".")[0] in str(refused)
    else:
        assert isinstance(unit, Unit)


@given(JSON)
def test_whatever_stands_in_a_key_is_taken_or_refused_on_purpose(value: Any) -> None:
    key = {"alg": "ed25519", "jwk": {**ED25519, "x": value}}
    with pytest.raises(RegistryRefused):
        canonical_unit({**a_unit(), "signing_key": key})


# --- canonical form and digest ------------------------------------------------------


def test_the_canonical_form_does_not_depend_on_order_or_spaces() -> None:
    document = a_unit(name="Ordnungsamt Lüneburg")
    turned = dict(reversed(document.items()))

    assert canonical_unit(turned) == canonical_unit(document)
    assert json.loads(canonical_unit(document)) == document
    assert "Lüneburg".encode() in canonical_unit(document)


def test_what_is_not_a_unit_has_no_canonical_form() -> None:
    with pytest.raises(RegistryRefused):
        canonical_unit({"id": "ordnungsamt"})


def test_what_cannot_be_written_canonically_is_refused() -> None:
    """Half of a surrogate pair, which JSON can spell and UTF-8 cannot."""
    with pytest.raises(RegistryRefused):
        canonical_unit(a_unit(name="\ud800"))


def test_the_digest_of_an_empty_registry_is_that_of_an_empty_list() -> None:
    """SHA-256 of `[]`."""
    assert registry_digest({}) == (
        "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    )


def test_the_digest_is_over_ids_and_documents_sorted_by_id() -> None:
    """`[["a","<SHA-256 of {}>"],["b","<SHA-256 of {}>"]]`, whatever the order they came in."""
    assert registry_digest({"b": b"{}", "a": b"{}"}) == registry_digest({"a": b"{}", "b": b"{}"})
    assert registry_digest({"b": b"{}", "a": b"{}"}) == (
        "351ca32804f7d9c4fa1beadb78cd55a299f7dffeb64308e348d5233598228150"
    )


def test_any_change_of_any_unit_changes_the_digest() -> None:
    bodies = {"polizei": canonical_unit(the_police()), "ordnungsamt": canonical_unit(a_unit())}
    digests = {
        registry_digest(bodies),
        registry_digest({**bodies, "polizei": canonical_unit(the_police(name="Anders"))}),
        registry_digest({"polizei": bodies["polizei"]}),
        registry_digest({"polizei": bodies["ordnungsamt"], "ordnungsamt": bodies["polizei"]}),
    }
    assert len(digests) == 4


def test_two_units_must_not_share_a_pin() -> None:
    documents = [the_police(), a_unit(pins=[*a_unit()["pins"], *the_police()["pins"]])]
    bodies = {str(unit["id"]): canonical_unit(unit) for unit in documents}
    with pytest.raises(RegistryRefused, match="polizei and ordnungsamt share a pin"):
        read_registry(bodies)
