"""A gateway in which everything has happened once; tests damage copies of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from gateway.delivery_entry import DeliveryEntries, Event, Happening
from gateway.errors import MalformedRequest
from gateway.model.evidence import DeliveryState, Lease, Settle
from tests.builders import NOW, deny_all, release_all
from tests.gateways import SqlGateway, make_home, open_gateway
from tests.readings.deliveries import deliver

ENOUGH_FOR_A_TILE = 260


@pytest.fixture(scope="session")
def _lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("lived") / "gateway"
    make_home(home)
    anyio.run(_live, home)
    return home


@pytest.fixture
def lived(_lived: Path, tmp_path: Path) -> Iterator[Path]:
    """The folder of a gateway with decisions, refusals and deliveries of every kind."""
    yield shutil.copytree(_lived, tmp_path / "lived")


async def _live(home: Path) -> None:
    async with open_gateway(home) as gateway:
        gateway.engine.rule = release_all
        for _ in range(5):
            await gateway.submit()
        delivered, failed, parked, withdrawn, _waiting = await gateway.deliveries()
        await deliver(gateway, delivered)
        await _happens(gateway, failed.id, Event.FAILED, DeliveryState.QUEUED, keep=True)
        await _happens(gateway, parked.id, Event.PARKED, DeliveryState.PARKED, keep=True)
        await _happens(gateway, withdrawn.id, Event.WITHDRAWN, DeliveryState.WITHDRAWN)
        gateway.engine.rule = deny_all
        await gateway.submit()
        with pytest.raises(MalformedRequest):
            await gateway.submit(body=b"{")
        while (await gateway.ports.log.head()).size < ENOUGH_FOR_A_TILE:
            for draft in await gateway.drafts(40, bucket=None):
                await gateway.ports.log.append(draft)


async def _happens(
    gateway: SqlGateway, delivery_id: str, event: Event, state: DeliveryState, *, keep: bool = False
) -> None:
    """Let a delivery be tried, and the attempt end so."""
    delivery = await gateway.ports.outbox.find(delivery_id)
    assert delivery is not None
    entries = DeliveryEntries(gateway.ports.drafter, gateway.ports.log)
    moment = gateway.clock.now()
    await entries.write(
        delivery,
        Happening(Event.ATTEMPT, moment, 1),
        [Lease(delivery_id, 1, "worker", NOW, NOW + 60)],
    )
    settle = Settle(
        delivery_id, "worker", DeliveryState.QUEUED, state, None, keep, event is Event.FAILED
    )
    await entries.write(delivery, Happening(event, moment, 1, "http_404"), [settle])
