"""`Client-Cert` (RFC 9440): a trusted proxy's word, and nobody else's."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from starlette.requests import Request

from gateway.http.client_certificate import certificate_of, without_claims
from gateway.signatures import sign_reading
from tests.http.edge import EXCHANGE_ID, Edge, a_limits, running_edge
from tests.http.raw import a_get, raw
from tests.http.wire import BODY, connected, signed
from tests.partners import Member, Pki, a_snapshot

PATH = f"/v1/exchanges/{EXCHANGE_ID}"
CHECKPOINT = "/v1/log/checkpoint"


@dataclass
class Proxied:
    edge: Edge
    proxy: Member


@pytest.fixture(scope="module")
def _proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    made: list[Member] = []

    def proxies(pki: Pki) -> frozenset[str]:
        made.append(pki.member("proxy", "https://localhost"))
        return frozenset({made[0].pin})

    limits = a_limits(connections_per_certificate=2, connections_per_address=10)
    with running_edge(tmp_path_factory.mktemp("proxied"), limits, proxies) as edge:
        yield Proxied(edge, made[0])


@pytest.fixture
def proxied(_proxied: Proxied) -> Proxied:
    _proxied.edge.reset()
    return _proxied


def named(member: Member) -> str:
    """Return the field that names a unit's certificate."""
    return f":{b64encode(member.certificate).decode()}:"


def reading(edge: Edge, path: str, *, created: int | None = None) -> dict[str, str]:
    """Return the headers of a signed call that only reads, of the police."""
    at = edge.clock.at if created is None else created
    target = f"{edge.public_url}{path}"
    return sign_reading(edge.police.signer, method="GET", target_uri=target, created=at)


def get(proxied: Proxied, path: str, headers: dict[str, str]) -> int:
    with connected(proxied.edge, proxied.proxy) as connection:
        return connection.request("GET", path, headers).status


# --- from a trusted proxy -----------------------------------------------------------


def test_the_unit_is_the_one_whose_certificate_the_proxy_names(proxied: Proxied) -> None:
    edge = proxied.edge
    with connected(edge, proxied.proxy) as connection:
        reply = connection.post(signed(edge) | {"client-cert": named(edge.police)})

    assert reply.status == 201
    assert [unit for unit, _ in edge.submitted] == ["polizei"]


def test_one_connection_of_a_proxy_carries_many_units(proxied: Proxied) -> None:
    edge = proxied.edge
    by_office = signed(edge, signer=edge.office.signer)
    with connected(edge, proxied.proxy) as connection:
        statuses = [
            connection.post(signed(edge) | {"client-cert": named(edge.police)}).status,
            connection.post(by_office | {"client-cert": named(edge.office)}).status,
            connection.post(by_office | {"client-cert": named(edge.police)}).status,
        ]

    assert statuses == [201, 201, 401]
    assert [unit for unit, _ in edge.submitted] == ["polizei", "ordnungsamt"]


WRONG = {
    "none": [],
    "an empty one": [""],
    "no byte sequence": ["abc"],
    "a text": ['"abc"'],
    "no bytes": ["::"],
    "no certificate": [":AAAA:"],
    "a list": [":AAAA:, :AAAA:"],
    "a parameter": [":AAAA:;a=1"],
}


@pytest.mark.parametrize("values", WRONG.values(), ids=WRONG.keys())
def test_a_proxy_that_names_no_certificate_proves_nobody(
    proxied: Proxied, values: list[str]
) -> None:
    edge = proxied.edge
    headers = [*signed(edge).items(), *(("client-cert", value) for value in values)]
    with connected(edge, proxied.proxy) as connection:
        assert connection.post(headers).status == 401
    assert edge.submitted == []
    assert edge.complaints == []


def test_two_certificates_prove_nobody(proxied: Proxied) -> None:
    edge = proxied.edge
    twice = [("client-cert", named(edge.police))] * 2
    with connected(edge, proxied.proxy) as connection:
        assert connection.post([*signed(edge).items(), *twice]).status == 401


def test_a_proxy_is_no_unit_by_itself(proxied: Proxied) -> None:
    headers = {"client-cert": named(proxied.proxy)} | reading(proxied.edge, CHECKPOINT)

    assert get(proxied, CHECKPOINT, headers) == 401
    assert get(proxied, CHECKPOINT, reading(proxied.edge, CHECKPOINT)) == 401


def test_a_unit_behind_a_proxy_can_be_suspended(proxied: Proxied) -> None:
    edge = proxied.edge
    headers = {"client-cert": named(edge.police)} | reading(edge, CHECKPOINT)
    before = get(proxied, CHECKPOINT, headers)
    edge.units.current = a_snapshot(edge.police, polizei={"status": "suspended"})

    assert (before, get(proxied, CHECKPOINT, headers)) == (200, 401)


# --- reading behind a proxy ---------------------------------------------------------


@pytest.mark.parametrize("path", [PATH, f"{PATH}/receipt", CHECKPOINT])
def test_behind_a_proxy_reading_must_be_signed_too(proxied: Proxied, path: str) -> None:
    edge = proxied.edge
    certificate = {"client-cert": named(edge.police)}

    assert get(proxied, path, certificate) == 401
    assert get(proxied, path, certificate | reading(edge, path)) in {200, 404}


def test_a_signature_is_for_one_address(proxied: Proxied) -> None:
    edge = proxied.edge
    certificate = {"client-cert": named(edge.police)}
    consistency = "/v1/log/consistency?from=1&to=3"

    assert get(proxied, CHECKPOINT, certificate | reading(edge, PATH)) == 401
    assert get(proxied, consistency, certificate | reading(edge, consistency)) == 200
    other = consistency.replace("to=3", "to=2")
    assert get(proxied, other, certificate | reading(edge, consistency)) == 401


@pytest.mark.parametrize("age", [-301, 301])
def test_a_signature_of_another_time_does_not_hold(proxied: Proxied, age: int) -> None:
    edge = proxied.edge
    headers = reading(edge, CHECKPOINT, created=edge.clock.at - age)

    assert get(proxied, CHECKPOINT, {"client-cert": named(edge.police)} | headers) == 401


def test_neither_kind_of_signature_stands_for_the_other(proxied: Proxied) -> None:
    """One over less never makes a change; one over more is not what a reading call has."""
    edge = proxied.edge
    certificate = {"client-cert": named(edge.police)}
    less = reading(edge, "/v1/exchanges")
    with connected(edge, proxied.proxy) as connection:
        posted = connection.post(signed(edge) | less | certificate)

    assert posted.status == 401
    assert get(proxied, CHECKPOINT, certificate | signed(edge)) == 401
    assert edge.submitted == []


def test_the_refusal_says_what_a_reading_signature_covers(proxied: Proxied) -> None:
    with connected(proxied.edge, proxied.proxy) as connection:
        reply = connection.request("GET", CHECKPOINT)

    assert reply.headers["accept-signature"].startswith('sig1=("@method" "@target-uri");created;')


# --- from everyone else -------------------------------------------------------------


def test_from_everyone_else_the_field_is_not_believed(proxied: Proxied) -> None:
    """Neither does it make one unit another, nor does it hurt who sends it."""
    edge = proxied.edge
    as_police = signed(edge) | {"client-cert": named(edge.police)}
    as_office = signed(edge) | {"client-cert": named(edge.office)}
    with connected(edge, edge.office) as office, connected(edge) as police:
        statuses = office.post(as_police).status, police.post(as_office).status

    assert statuses == (401, 201)
    assert [unit for unit, _ in edge.submitted] == ["polizei"]


def test_a_stranger_does_not_become_a_unit_by_the_field(proxied: Proxied) -> None:
    edge = proxied.edge
    stranger = edge.pki.member("kein-proxy", "https://localhost")
    headers = signed(edge) | {"client-cert": named(edge.police)}
    with connected(edge, stranger) as connection:
        posted = connection.post(headers).status
        read = connection.request(
            "GET", CHECKPOINT, {"client-cert": named(edge.police)} | reading(edge, CHECKPOINT)
        ).status

    assert (posted, read) == (401, 401)


def test_without_a_proxy_a_reading_signature_may_be_there_and_is_then_checked(
    proxied: Proxied,
) -> None:
    edge = proxied.edge
    with connected(edge) as connection:
        statuses = [
            connection.request("GET", CHECKPOINT).status,
            connection.request("GET", CHECKPOINT, reading(edge, CHECKPOINT)).status,
            connection.request("GET", CHECKPOINT, reading(edge, PATH)).status,
            connection.request("GET", CHECKPOINT, {"signature": "sig1=:AAAA:"}).status,
        ]

    assert statuses == [200, 200, 401, 401]


def test_a_proxy_may_have_more_connections_than_a_unit(proxied: Proxied) -> None:
    edge = proxied.edge
    edge.settle()
    with ExitStack() as stack:
        clients = [stack.enter_context(raw(edge, proxied.proxy)) for _ in range(12)]
        for client in clients:
            client.send(a_get())
        statuses = [client.read().status for client in clients]

    assert statuses == [200] * 12


# --- as values ----------------------------------------------------------------------


def a_request(*, proxy: bool) -> Request:
    state = {"client_certificate": b"the connection's", "proxy": proxy}
    return Request({"type": "http", "headers": [], "state": state})


def test_nothing_behind_the_edge_sees_what_is_claimed() -> None:
    fields = (("client-cert", ":AAAA:"), ("client-cert-chain", ":AAAA:"), ("x", "1"))

    assert without_claims(fields) == (("x", "1"),)
    assert certificate_of(a_request(proxy=False), fields) == b"the connection's"
    assert certificate_of(a_request(proxy=True), fields) == b"\x00\x00\x00"


def test_what_is_signed_is_sent_as_it_was(proxied: Proxied) -> None:
    """The field itself is no part of a signature: a proxy adds it afterwards."""
    assert "client-cert" not in signed(proxied.edge, BODY)["signature-input"]
