"""A gateway without units gets invented ones and their exchanges; any other one is refused."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.people import register
from gateway.errors import StartRefused
from gateway.ports import Signer
from gateway.synthetic.filling import FOLDER, fill
from tests.builders import a_unit
from tests.gateways import settings_for
from tests.synthetic.homes import an_empty_home, registering


def quiet(_done: int, _total: int) -> None:
    """Tell nobody."""


async def test_the_units_are_registered_once(tmp_path: Path) -> None:
    home = tmp_path / "gateway"
    people = an_empty_home(home)
    settings, written = settings_for(home), list[Mapping[str, Any]]()

    def write(approver: Signer, documents: Sequence[Mapping[str, Any]]) -> None:
        written.extend(documents)
        registering(home, people)(approver, documents)

    first = await fill(settings, 1, 20, write, quiet)
    more = await fill(settings, 2, 5, write, quiet)

    assert len({unit["id"] for unit in written}) == len(written)
    assert first.carried.verdicts.total() == 20
    assert first.entries == 20 + first.carried.requests
    assert more.carried.verdicts.total() == 5


async def test_a_gateway_with_a_real_unit_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "gateway"
    people = an_empty_home(home)
    register(home, people, a_unit())
    with pytest.raises(StartRefused, match="ordnungsamt"):
        await fill(settings_for(home), 1, 1, registering(home, people), quiet)
    assert not (home / FOLDER).exists()
