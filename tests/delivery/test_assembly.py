"""The worker's ports, put together from the settings of a gateway."""

from pathlib import Path

import pytest

from gateway.adapters.https_destination import HttpsDestination
from gateway.delivery.assembly import open_forward_ports
from gateway.errors import KeysUnavailable
from tests.adapters.https_recipient import Certificates, make_certificates
from tests.cli.processes import found_gateway


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "certificates")


async def test_the_settings_decide_how_long_a_delivery_is_tried(
    tmp_path: Path, certificates: Certificates
) -> None:
    settings = found_gateway(tmp_path / "gateway", certificates)

    async with open_forward_ports(settings) as ports:
        head = await ports.log.head()
        patience, pause = ports.patience, ports.schedule.next_at(0, 100, None)

    assert head.origin == settings.origin
    assert isinstance(ports.destination, HttpsDestination)
    assert (patience.lease_s, patience.give_up_after_s) == (60, 14 * 86_400)
    assert 1 <= pause <= settings.retry_max_s


async def test_a_gateway_without_its_transport_key_does_not_deliver(
    tmp_path: Path, certificates: Certificates
) -> None:
    settings = found_gateway(tmp_path / "gateway", certificates)
    (settings.keys_dir / "transport.pem").unlink()

    with pytest.raises(KeysUnavailable):
        async with open_forward_ports(settings):
            pass
