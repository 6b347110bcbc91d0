"""Signatures over the wire: each that is not the unit's own, by the profile, is 401."""

import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.signatures import RequestSigner, algorithm_of, sign_request
from tests.http.edge import Edge
from tests.http.wire import BODY, KEY, connected, signed
from tests.partners import a_snapshot

Alter = Callable[[Edge], tuple[list[tuple[str, str]], bytes]]


def altered(edge: Edge, **fields: tuple[str, str]) -> list[tuple[str, str]]:
    """Sign, then replace a piece of a field."""
    headers = signed(edge)
    for keyword, (old, new) in fields.items():
        name = keyword.replace("_", "-")
        assert old in headers[name]
        headers[name] = headers[name].replace(old, new)
    return list(headers.items())


def own(edge: Edge, **how: object) -> list[tuple[str, str]]:
    return list(signed(edge, **how).items())  # type: ignore[arg-type]


BAD: dict[str, Alter] = {
    "a key that nobody registered": lambda e: (
        own(e, signer=RequestSigner(ec.generate_private_key(ec.SECP256R1()))),
        BODY,
    ),
    "another unit's key": lambda e: (own(e, signer=e.office.signer), BODY),
    "another unit's key under the own keyid": lambda e: (
        [
            (k, v.replace(e.office.signer.kid, e.police.signer.kid))
            for k, v in own(e, signer=e.office.signer)
        ],
        BODY,
    ),
    "the keyid of another key": lambda e: (
        altered(e, signature_input=(e.police.signer.kid, e.office.signer.kid)),
        BODY,
    ),
    "signed 301 seconds ago": lambda e: (own(e, created=e.clock.at - 301), BODY),
    "signed 301 seconds from now": lambda e: (own(e, created=e.clock.at + 301), BODY),
    "an altered body": lambda e: (own(e), BODY.replace(b"ordnungsamt", b"jugendamt!!")),
    "an altered body with its digest": lambda e: (
        [
            (k, dict(own(e, body=b"{}"))["content-digest"] if k == "content-digest" else v)
            for k, v in own(e)
        ],
        b"{}",
    ),
    "a component less": lambda e: (altered(e, signature_input=(' "content-digest"', "")), BODY),
    "a component more": lambda e: (
        altered(e, signature_input=('"idempotency-key")', '"idempotency-key" "host")')),
        BODY,
    ),
    "another order": lambda e: (
        altered(e, signature_input=('"@method" "@target-uri"', '"@target-uri" "@method"')),
        BODY,
    ),
    "a component with a parameter": lambda e: (
        altered(e, signature_input=('"content-type"', '"content-type";sf')),
        BODY,
    ),
    "two labels": lambda e: (
        [
            (k, f"{v}, {v.replace('sig1=', 'sig2=')}" if k.startswith("signature") else v)
            for k, v in own(e)
        ],
        BODY,
    ),
    "another label": lambda e: (
        altered(e, signature_input=("sig1=", "sig2="), signature=("sig1=", "sig2=")),
        BODY,
    ),
    "another tag": lambda e: (
        altered(e, signature_input=("datenschleuse-v1", "datenschleuse-v2")),
        BODY,
    ),
    "another alg": lambda e: (
        altered(e, signature_input=("ecdsa-p256-sha256", "ecdsa-p384-sha384")),
        BODY,
    ),
    "no tag": lambda e: (altered(e, signature_input=(';tag="datenschleuse-v1"', "")), BODY),
    "a further parameter": lambda e: (altered(e, signature_input=(";alg=", ";nonce=1;alg=")), BODY),
    "a parameter twice": lambda e: (
        altered(e, signature_input=(";tag=", f";created={e.clock.at};tag=")),
        BODY,
    ),
    "created as a text": lambda e: (
        altered(e, signature_input=(f"={e.clock.at}", f'="{e.clock.at}"')),
        BODY,
    ),
    "an empty signature": lambda e: (
        [(k, "sig1=::" if k == "signature" else v) for k, v in own(e)],
        BODY,
    ),
    "half a signature": lambda e: (
        [(k, "sig1=:YWJj:" if k == "signature" else v) for k, v in own(e)],
        BODY,
    ),
    "signature that is no Base64": lambda e: (
        [(k, "sig1=:a:" if k == "signature" else v) for k, v in own(e)],
        BODY,
    ),
    "no digest": lambda e: ([(k, v) for k, v in own(e) if k != "content-digest"], BODY),
    "no signature": lambda e: ([(k, v) for k, v in own(e) if k != "signature"], BODY),
    "a digest of another algorithm": lambda e: (
        altered(e, content_digest=("sha-256=", "sha-224=")),
        BODY,
    ),
    "a replaced idempotency key": lambda e: (altered(e, idempotency_key=("3f2b", "3f2c")), BODY),
    "the content type written otherwise": lambda e: (
        altered(e, content_type=("json", "json; charset=utf-8")),
        BODY,
    ),
    "another method": lambda e: (
        list(
            sign_request(
                e.police.signer,
                method="PUT",
                target_uri=f"{e.public_url}/v1/exchanges",
                content_type="application/json",
                idempotency_key=KEY,
                body=BODY,
                created=e.clock.at,
            ).items()
        ),
        BODY,
    ),
    "another address": lambda e: (
        list(
            sign_request(
                e.police.signer,
                method="POST",
                target_uri="https://elsewhere.example/v1/exchanges",
                content_type="application/json",
                idempotency_key=KEY,
                body=BODY,
                created=e.clock.at,
            ).items()
        ),
        BODY,
    ),
    "created before 1970": lambda e: (altered(e, signature_input=("created=", "created=-")), BODY),
    "created with a fraction": lambda e: (
        altered(e, signature_input=(f"={e.clock.at}", f"={e.clock.at}.0")),
        BODY,
    ),
    "created with a zero in front": lambda e: (
        altered(e, signature_input=(f"={e.clock.at}", f"=0{e.clock.at}")),
        BODY,
    ),
    "created after the sun has gone": lambda e: (own(e, created=10**14), BODY),
    "an end of its own": lambda e: (
        altered(e, signature_input=(";keyid=", f";expires={e.clock.at + 9};keyid=")),
        BODY,
    ),
    "the label in capitals": lambda e: (
        altered(e, signature_input=("sig1=", "Sig1="), signature=("sig1=", "Sig1=")),
        BODY,
    ),
    "white space between the components": lambda e: (
        altered(e, signature_input=('"@method" ', '"@method"  ')),
        BODY,
    ),
    "white space between the parameters": lambda e: (
        altered(e, signature_input=(";tag=", "; tag=")),
        BODY,
    ),
    "an escape in a parameter": lambda e: (
        altered(e, signature_input=('tag="datenschleuse-v1"', 'tag="datenschleuse\\-v1"')),
        BODY,
    ),
    "a component twice": lambda e: (
        altered(e, signature_input=('"@method" ', '"@method" "@method" ')),
        BODY,
    ),
    "a component of the answer": lambda e: (
        altered(e, signature_input=('"@method"', '"@method";req')),
        BODY,
    ),
    "no components": lambda e: (
        [
            (k, "sig1=()" + v[v.index(")") + 1 :] if k == "signature-input" else v)
            for k, v in own(e)
        ],
        BODY,
    ),
    "a signature of other bytes": lambda e: (
        [(k, f"sig1=:{'A' * 86}==:" if k == "signature" else v) for k, v in own(e)],
        BODY,
    ),
    "a signature that goes on": lambda e: (
        [(k, v[:-1] + "AAAA:" if k == "signature" else v) for k, v in own(e)],
        BODY,
    ),
    "a digest that goes on": lambda e: (
        [(k, v + ", sha-512=:AAAA:" if k == "content-digest" else v) for k, v in own(e)],
        BODY,
    ),
    "the signature in two fields": lambda e: (
        [*own(e), ("signature", ""), ("signature-input", "")],
        BODY,
    ),
    "the digest twice": lambda e: (
        [*own(e), ("content-digest", dict(own(e))["content-digest"])],
        BODY,
    ),
    "the signature twice": lambda e: ([*own(e), ("signature", dict(own(e))["signature"])], BODY),
    "the signature input twice": lambda e: (
        [*own(e), ("Signature-Input", dict(own(e))["signature-input"])],
        BODY,
    ),
}


@pytest.mark.parametrize("alter", BAD.values(), ids=BAD.keys())
def test_a_signature_that_is_not_right_is_401(edge: Edge, alter: Alter) -> None:
    headers, body = alter(edge)
    with connected(edge) as connection:
        reply = connection.post(headers, body)

    assert reply.status == 401
    assert reply.json()["type"] == f"{edge.public_url}/problems/authentication-failed"
    assert edge.submitted == []


def test_a_query_added_on_the_way_is_401(edge: Edge) -> None:
    with connected(edge) as connection:
        reply = connection.request("POST", "/v1/exchanges?x=1", signed(edge), BODY)

    assert reply.status == 401


@pytest.mark.parametrize("age", [-300, 0, 300])
def test_within_300_seconds_each_way_a_signature_holds(edge: Edge, age: int) -> None:
    with connected(edge) as connection:
        assert connection.post(signed(edge, created=edge.clock.at - age)).status == 201


def test_the_host_header_counts_for_nothing(edge: Edge) -> None:
    """The address that was signed is the gateway's public one, whatever Host says."""
    with connected(edge) as connection:
        assert connection.post(signed(edge) | {"host": "elsewhere.example"}).status == 201


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 3072),
    ],
    ids=["ecdsa-p256-sha256", "ed25519", "rsa-pss-sha512"],
)
def test_each_algorithm_that_a_unit_may_register_is_taken(edge: Edge, key: object) -> None:
    signer = RequestSigner(key)  # type: ignore[arg-type]
    registered = {"alg": algorithm_of(signer.public_jwk), "jwk": dict(signer.public_jwk)}
    edge.units.current = a_snapshot(edge.police, polizei={"signing_key": registered})

    with connected(edge) as connection:
        assert connection.post(signed(edge, signer=signer)).status == 201
        assert connection.post(signed(edge)).status == 401


def test_refusals_take_no_longer_than_they_should(edge: Edge) -> None:
    """A signature field as long as headers may be is refused without work on it."""
    headers = signed(edge) | {"signature-input": "sig1=(" + '"a" ' * 4_000 + ")"}
    with connected(edge) as connection:
        begun = time.perf_counter()
        reply = connection.post(headers)

    assert reply.status == 401
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize("name", ["content-type", "idempotency-key"])
def test_a_covered_field_that_comes_twice_is_refused(edge: Edge, name: str) -> None:
    """Whichever of the two was signed, another program may read the other."""
    headers = signed(edge)
    with connected(edge) as connection:
        reply = connection.post([*headers.items(), (name, headers[name])])

    assert reply.status in {415, 422}
    assert edge.submitted == []


def test_a_key_replaced_while_the_connection_is_kept_counts_at_once(edge: Edge) -> None:
    key = RequestSigner(ec.generate_private_key(ec.SECP256R1()))
    registered = {"alg": algorithm_of(key.public_jwk), "jwk": dict(key.public_jwk)}
    with connected(edge) as connection:
        before = connection.post(signed(edge)).status
        edge.units.current = a_snapshot(edge.police, polizei={"signing_key": registered})
        after = connection.post(signed(edge)).status
        renewed = connection.post(signed(edge, signer=key)).status

    assert (before, after, renewed) == (201, 401, 201)


def test_a_unit_that_is_let_in_again_goes_on_over_its_connection(edge: Edge) -> None:
    with connected(edge) as connection:
        edge.units.current = a_snapshot(edge.police, polizei={"status": "suspended"})
        suspended = connection.post(signed(edge)).status
        edge.units.current = a_snapshot(edge.police)
        active = connection.post(signed(edge)).status
        edge.units.current = a_snapshot(edge.office)
        forgotten = connection.post(signed(edge)).status

    assert (suspended, active, forgotten) == (401, 201, 401)


def test_nobody_learns_from_the_answer_why_it_is_401(edge: Edge) -> None:
    """Unknown, suspended, wrong signature: one and the same answer."""
    stranger = edge.pki.member("fragezeichen", "https://localhost")
    with connected(edge) as police, connected(edge, stranger) as unknown:
        bodies = {
            unknown.post(signed(edge)).body,
            police.post(signed(edge, created=edge.clock.at - 999)).body,
            police.post(own(edge)[:-1]).body,
        }
        edge.units.current = a_snapshot(edge.police, polizei={"status": "suspended"})
        bodies.add(police.post(signed(edge)).body)

    assert len(bodies) == 1
