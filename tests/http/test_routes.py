"""What a partner gets back for an exchange."""

import pytest

from gateway.errors import Stopped
from gateway.model.evidence import Answer
from gateway.model.stop import Stop
from tests.http.edge import EXCHANGE_ID, Edge
from tests.http.wire import BODY, connected, signed
from tests.partners import a_snapshot

MALFORMED = {
    "duplicate member": b'{"a": 1, "a": 2}',
    "duplicate member written as an escape": b'{"a": 1, "\\u0061": 2}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "fraction": b'{"a": 1.5}',
    "exponent": b'{"a": 1e3}',
    "too large an integer": b'{"a": 9007199254740992}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "NUL": b'{"a": "\\u0000"}',
    "byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "invalid UTF-8": b'{"a": "\xff"}',
    "array at the top": b"[1]",
    "nothing": b"",
    "cut off": b'{"a": ',
    "something after the object": b'{"a": 1} {}',
    "nested too deeply": b'{"a": ' + b"[" * 16 + b"]" * 16 + b"}",
    "brackets without end": b"[" * 10_000,
}


@pytest.mark.parametrize("status", [201, 202])
def test_a_decision_comes_with_its_location(edge: Edge, status: int) -> None:
    edge.answers = Answer(status, EXCHANGE_ID, {"verdict": "permit", "note": "für alle"})

    with connected(edge) as connection:
        reply = connection.post(signed(edge))

    assert reply.status == status
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["location"] == f"/v1/exchanges/{EXCHANGE_ID}"
    assert reply.json() == {"verdict": "permit", "note": "für alle"}
    assert edge.submitted == [("polizei", {"recipient": "ordnungsamt"})]


def test_a_denial_is_a_problem_with_the_decision_in_it(edge: Edge) -> None:
    edge.answers = Answer(403, EXCHANGE_ID, {"verdict": "deny", "receipt": {"sd_jwt": "x"}})

    with connected(edge) as connection:
        reply = connection.post(signed(edge))

    assert reply.status == 403
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["location"] == f"/v1/exchanges/{EXCHANGE_ID}"
    assert reply.json() == {
        "type": f"{edge.public_url}/problems/exchange-denied",
        "status": 403,
        "title": "Die Übermittlung ist nicht zulässig",
        "title_en": "The exchange is not permitted",
        "detail": "Die Gründe stehen unter denials, jeder mit seiner Rechtsgrundlage.",
        "detail_en": "The reasons are given under denials, each with its legal basis.",
        "instance": f"/v1/exchanges/{EXCHANGE_ID}",
        "verdict": "deny",
        "receipt": {"sd_jwt": "x"},
    }


def test_a_stop_is_a_problem_of_its_own_and_no_failure_of_the_gateway(edge: Edge) -> None:
    edge.answers = Stopped(Stop("a" * 32, "Verdacht", "anna", 1, unit="ordnungsamt"))

    with connected(edge) as connection:
        reply = connection.post(signed(edge))

    problem = reply.json()
    assert reply.status == 503
    assert reply.headers["retry-after"] == "300"
    assert problem["type"] == f"{edge.public_url}/problems/stopped"
    assert problem["stop"] == {
        "id": "a" * 32,
        "reason": "Verdacht",
        "since": 1,
        "unit": "ordnungsamt",
    }
    assert "anna" not in reply.body.decode()


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_body_is_400_and_says_where(edge: Edge, body: bytes) -> None:
    with connected(edge) as connection:
        reply = connection.post(signed(edge, body), body)

    problem = reply.json()
    assert reply.status == 400
    assert problem["type"] == f"{edge.public_url}/problems/malformed-request"
    assert problem["position"]["line"] == 1
    assert "Zeile 1" in problem["detail"]
    assert edge.submitted == []


def test_a_certificate_that_nobody_registered_is_401(edge: Edge) -> None:
    stranger = edge.pki.member("unbekannt", "https://localhost")
    with connected(edge, stranger) as connection:
        reply = connection.post(signed(edge))

    assert reply.status == 401
    assert reply.json()["type"] == f"{edge.public_url}/problems/authentication-failed"
    assert reply.headers["www-authenticate"].startswith("Signature ")
    assert '"content-digest"' in reply.headers["accept-signature"]


def test_a_suspended_unit_gets_the_same_answer_as_an_unknown_one(edge: Edge) -> None:
    stranger = edge.pki.member("niemand", "https://localhost")
    edge.units.current = a_snapshot(edge.police, polizei={"status": "suspended"})
    with connected(edge) as suspended, connected(edge, stranger) as unknown:
        replies = suspended.post(signed(edge)), unknown.post(signed(edge))

    assert [reply.status for reply in replies] == [401, 401]
    assert replies[0].body == replies[1].body


def test_a_unit_suspended_while_its_connection_is_kept_gets_401(edge: Edge) -> None:
    with connected(edge) as connection:
        before = connection.post(signed(edge))
        edge.units.current = a_snapshot(edge.police, polizei={"status": "suspended"})
        after = connection.post(signed(edge))

    assert (before.status, after.status) == (201, 401)


def test_a_pin_replaced_while_the_connection_is_kept_gets_401(edge: Edge) -> None:
    with connected(edge) as connection:
        before = connection.post(signed(edge))
        edge.units.current = a_snapshot(edge.police, polizei={"pins": ["ab" * 32]})
        after = connection.post(signed(edge))

    assert (before.status, after.status) == (201, 401)


def test_a_name_in_the_certificate_counts_for_nothing(edge: Edge) -> None:
    namesake = edge.pki.member("polizei-zwei", "https://localhost")
    edge.units.current = a_snapshot(edge.police)
    with connected(edge, namesake) as connection:
        reply = connection.post(signed(edge))

    assert reply.status == 401


def test_a_kept_connection_serves_on_after_every_kind_of_refusal(edge: Edge) -> None:
    with connected(edge) as connection:
        statuses = [
            connection.post(signed(edge, b"["), b"[").status,
            connection.post(signed(edge) | {"content-type": "text/plain"}).status,
            connection.post(signed(edge), BODY + b" ").status,
            connection.post(signed(edge)).status,
        ]

    assert statuses == [400, 415, 401, 201]


@pytest.mark.parametrize("path", ["", "/receipt"])
@pytest.mark.parametrize("exchange_id", [EXCHANGE_ID, "x", "..%2f..", "%00"])
def test_what_is_not_there_for_the_caller_is_404(edge: Edge, exchange_id: str, path: str) -> None:
    with connected(edge) as connection:
        reply = connection.request("GET", f"/v1/exchanges/{exchange_id}{path}")

    assert reply.status == 404


@pytest.mark.parametrize("path", ["", "/receipt"])
def test_who_is_not_registered_cannot_even_ask(edge: Edge, path: str) -> None:
    stranger = edge.pki.member("neugierig", "https://localhost")
    with connected(edge, stranger) as connection:
        reply = connection.request("GET", f"/v1/exchanges/{EXCHANGE_ID}{path}")

    assert reply.status == 401
