"""Places are counted in and out, by connection, address, certificate, and bytes of bodies."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from gateway.http import problems
from gateway.http.traffic import Traffic
from tests.http.edge import Edge, a_limits, running_edge
from tests.http.raw import Raw, a_get, a_post, raw
from tests.waiting import within

HERE = "192.0.2.1"


def some_traffic(**limits: float) -> Traffic:
    return Traffic(a_limits(**limits))


def test_a_place_is_given_back_once() -> None:
    traffic = some_traffic()
    place = traffic.admit(HERE)
    assert place is not None
    place.of_certificate("ab")
    counted = (traffic.connections, traffic.by_address[HERE], traffic.by_certificate["ab"])

    place.give_back()
    place.give_back()

    assert counted == (1, 1, 1)
    assert traffic.connections == 0
    assert not traffic.by_address
    assert not traffic.by_certificate


def test_over_the_limit_of_all_a_few_are_told_and_the_rest_is_not_taken() -> None:
    traffic = some_traffic(connections=2, connections_per_address=1000)
    places = [traffic.admit(HERE) for _ in range(2 + 32 + 3)]

    refusals = [place.refusal for place in places if place is not None]
    assert refusals == [None] * 2 + [problems.UNAVAILABLE] * 32
    assert places[-3:] == [None] * 3


def test_an_address_has_a_limit_of_its_own() -> None:
    traffic = some_traffic(connections_per_address=2)

    assert [traffic.admit(HERE) is None for _ in range(3)] == [False, False, True]
    assert traffic.admit("192.0.2.2") is not None


def test_a_certificate_has_a_limit_of_its_own() -> None:
    traffic = some_traffic(connections_per_certificate=1)
    places = [place for _ in range(3) if (place := traffic.admit(HERE))]
    for place, pin in zip(places, ["ab", "ab", "cd"], strict=True):
        place.of_certificate(pin)

    assert [place.refusal for place in places] == [None, problems.TOO_MANY_CONNECTIONS, None]


def test_a_proxy_does_not_count_to_its_address() -> None:
    traffic = some_traffic(connections_per_address=1)
    for _ in range(5):
        place = traffic.admit(HERE)
        assert place is not None
        place.of_proxy()

    assert traffic.connections == 5


def test_bodies_are_held_up_to_the_limit_and_dropped_again() -> None:
    traffic = some_traffic(bodies_bytes=100)

    assert [traffic.hold(60), traffic.hold(41), traffic.hold(40)] == [True, False, True]
    traffic.drop(60)
    assert traffic.hold(60)


# --- over the wire ------------------------------------------------------------------


@pytest.fixture(scope="module")
def _narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    limits = a_limits(connections=6, connections_per_certificate=3, connections_per_address=40)
    with running_edge(tmp_path_factory.mktemp("narrow"), limits) as edge:
        yield edge


@pytest.fixture
def narrow(_narrow: Edge) -> Edge:
    _narrow.settle()
    _narrow.reset()
    return _narrow


def served(client: Raw) -> int:
    client.send(a_get())
    return client.read().status


def test_the_certificate_with_too_many_connections_is_told_so(narrow: Edge) -> None:
    with ExitStack() as stack:
        kept = [stack.enter_context(raw(narrow)) for _ in range(3)]
        one_more = stack.enter_context(raw(narrow))
        other = stack.enter_context(raw(narrow, narrow.office))
        one_more.send(a_post(narrow))
        refused = one_more.read()

        assert refused.status == 429
        assert refused.fields["retry-after"] == "60"
        assert refused.fields["connection"] == "close"
        slug = json.loads(refused.body)["type"].rpartition("/")[2]
        assert slug == "too-many-connections"
        assert [served(client) for client in kept] == [200, 200, 200]
        assert served(other) == 200
    assert narrow.submitted == []


def test_a_place_that_is_given_back_can_be_had_again(narrow: Edge) -> None:
    for _ in range(3):
        with ExitStack() as stack:
            clients = [stack.enter_context(raw(narrow)) for _ in range(3)]
            assert [served(client) for client in clients] == [200, 200, 200]
        narrow.settle()


def test_when_all_places_are_taken_a_new_client_is_told_so(narrow: Edge) -> None:
    """Those who are connected are served on."""
    with ExitStack() as stack:
        police = [stack.enter_context(raw(narrow)) for _ in range(3)]
        office = [stack.enter_context(raw(narrow, narrow.office)) for _ in range(3)]
        third = narrow.pki.member("jugendamt", narrow.public_url)
        late = stack.enter_context(raw(narrow, third))
        late.send(a_get())
        refused = late.read()

        assert refused.status == 503
        assert refused.fields["retry-after"] == "5"
        assert [served(client) for client in [*police, *office]] == [200] * 6


def test_past_that_a_connection_is_closed_before_its_handshake(narrow: Edge) -> None:
    with ExitStack() as stack:
        for _ in range(6 + 32):
            stack.enter_context(socket.create_connection(("127.0.0.1", narrow.port)))
        client = stack.enter_context(socket.create_connection(("127.0.0.1", narrow.port)))
        client.settimeout(5)

        assert client.recv(1) == b""
        within(5, lambda: "no-place" in narrow.log.refusals)
