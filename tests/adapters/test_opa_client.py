"""The client of the OPA server: what it asks, and which answers it can read."""

import json

import pytest

from gateway.adapters import opa_client
from gateway.adapters.opa_client import OpaClient, UnreadableAnswer
from gateway.errors import PolicyUnavailable
from tests.adapters.scripted_opa import question, says, scripted_opa


async def ask(folder, talk, given=None):
    async with scripted_opa(folder, talk) as address:
        client = OpaClient(address, 4, 5.0)
        await client.open()
        try:
            return await client.query_rule(given or {}, "a.b", "c", {"provenance": "true"})
        finally:
            await client.close_connection()


async def test_it_asks_for_the_document_and_for_no_compression(tmp_path):
    heads = []

    async def talk(reader, writer):
        heads.append(await question(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    assert await ask(tmp_path, talk) == {}
    assert heads[0].startswith("POST /v1/data/a/b/c?provenance=true ")
    assert "\r\naccept-encoding: identity\r\n" in heads[0].lower()


async def test_a_large_answer_is_read_whole(tmp_path):
    answer = {"x": "y" * 1_000_000}

    assert await ask(tmp_path, says(answer)) == answer


@pytest.mark.parametrize(
    "body",
    [b'{"x": 0.5}', b'{"x": 1e3}', b'{"x": NaN}', b'{"x": Infinity}', b"[]", b"1", b"", b"\xff"],
)
async def test_an_answer_that_no_decision_has_cannot_be_read(tmp_path, body):
    with pytest.raises(ValueError):
        await ask(tmp_path, says(body))


async def test_an_answer_without_end_is_not_read_on(tmp_path, monkeypatch):
    monkeypatch.setattr(opa_client, "MAX_ANSWER", 1000)

    with pytest.raises(UnreadableAnswer):
        await ask(tmp_path, says(json.dumps({"x": "y" * 2000}).encode()))


async def test_an_input_that_is_too_long_is_not_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(opa_client, "MAX_INPUT", 1000)

    with pytest.raises(PolicyUnavailable):
        await ask(tmp_path, says({}), {"x": "ü" * 500})
