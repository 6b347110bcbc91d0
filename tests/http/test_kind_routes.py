"""Exchange kinds over HTTPS: a registered unit reads them, and nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateways import SqlGateway
from tests.http.test_openapi import check
from tests.serving import Served, served


@pytest.fixture
async def api(sql_gateway: SqlGateway, tmp_path: Path) -> AsyncIterator[Served]:
    async with served(sql_gateway, tmp_path) as opened:
        yield opened


async def test_a_unit_reads_all_kinds_and_each_of_them(api: Served) -> None:
    listed = await api.get("/v1/kinds")
    check("KindList", listed)

    for item in listed["kinds"]:
        described = await api.get(f"/v1/kinds/{item['exchange_kind']}", "ordnungsamt")
        assert {name: described[name] for name in item} == item
    assert len(listed["kinds"]) == 21


async def test_a_kind_that_no_rules_are_about_is_404(api: Served) -> None:
    assert (await api.police.get("/v1/kinds/EVERYTHING")).status == 404


async def test_a_suspended_unit_reads_none(api: Served) -> None:
    await api.change("ordnungsamt", status="suspended")

    assert (await api.office.get("/v1/kinds")).status == 401
