"""Requests for data over HTTPS: asked, read, declined, and answered alike in every byte."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asking import a_data_request
from tests.builders import the_policies
from tests.gateways import SqlGateway
from tests.http.test_openapi import check
from tests.serving import Served, served

DUE_S = the_policies().answer_after_s


@pytest.fixture
async def api(sql_gateway: SqlGateway, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(sql_gateway, tmp_path) as opened:
        yield opened


async def ask(api: Served, kind: str = "CHILD_ENDANGERMENT") -> str:
    body = json.dumps(a_data_request(holder="ordnungsamt", exchange_kind=kind)).encode()
    status, answer = await api.post("/v1/requests", body)
    assert status == 201, answer
    check("DataRequestRecorded", answer)
    return str(answer["request_id"])


async def test_both_sides_read_a_request_each_its_own_part(api: Served) -> None:
    request_id = await ask(api)

    mine = await api.get(f"/v1/requests/{request_id}")
    theirs = await api.get(f"/v1/requests/{request_id}", "ordnungsamt")
    for unit in ("polizei", "ordnungsamt"):
        check("DataRequestList", await api.get("/v1/requests", unit))

    check("DataRequestView", mine)
    check("DataRequestView", theirs)
    assert (mine["state"], mine["answer"]) == ("open", None)
    assert theirs["requester"]["unit"] == "polizei"
    assert "justification" not in mine


async def test_a_decline_changes_no_byte_of_a_neutral_answer(api: Served) -> None:
    declined, left = await ask(api), await ask(api)
    status, answer = await api.post(
        f"/v1/requests/{declined}/decline", b'{"because": "no_data"}', "ordnungsamt"
    )
    assert status == 201
    check("Declined", answer)
    api.gateway.clock.at += DUE_S

    replies = [await api.police.get(f"/v1/requests/{it}") for it in (declined, left)]

    assert {reply.status for reply in replies} == {200}
    bodies = {
        reply.body.replace(it.encode(), b"ID")
        for reply, it in zip(replies, (declined, left), strict=True)
    }
    assert len(bodies) == 1
    assert b"nicht m" in bodies.pop()


async def test_a_request_that_is_none_of_the_callers_is_404(api: Served) -> None:
    request_id = await ask(api)

    assert (await api.police.get(f"/v1/requests/{'0' * 32}")).status == 404
    status, _ = await api.post(f"/v1/requests/{request_id}/decline", b'{"because": "no_data"}')
    assert status == 404


async def test_a_query_that_is_not_known_is_422(api: Served) -> None:
    assert (await api.police.get("/v1/requests?state=open")).status == 422
