"""Fills the log of a gateway that has no other with invented exchanges."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gateway.adapters.sql_concerns import units_concerned
from gateway.adapters.sql_database import open_database, read_only
from gateway.app import open_ports
from gateway.ports import Signer
from gateway.settings import Settings
from gateway.synthetic.carrying import AT_ONCE, Carried, Carrier, Told
from gateway.synthetic.guard import refuse_a_real_gateway
from gateway.synthetic.keys import approver_key, document_of, keys_for, keys_in
from gateway.synthetic.units import demo_units
from gateway.synthetic.varying import Storyteller
from gateway.synthetic.writing import Writer

Json = Any
Register = Callable[[Signer, Sequence[Mapping[str, Json]]], None]
"""Writes the units into the registry; the signer is that of their own approver."""

FOLDER = "demo-data"
_EPOCH = date(1970, 1, 1)
_PATIENCE_S = 30.0  # a crowd of questions waits in front of few children


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of the exchanges, and how many entries the log has more."""

    carried: Carried
    entries: int


async def fill(settings: Settings, seed: int, count: int, register: Register, told: Told) -> Filled:
    """Let *register* write the invented units that lack, then carry *count* exchanges of *seed*.

    Raises:
        StartRefused: The gateway knows other units, or is not in order.
        GatewayError: An exchange was not decided: none should be left out.
    """
    folder: Path = settings.home / FOLDER
    async with open_ports(_hurried(settings)) as ports:
        policies = ports.policies()
        units = demo_units(policies.data["agency_kinds"])
        known = (await ports.registry.snapshot()).units
        concerned = await asyncio.to_thread(_concerned, settings)
        refuse_a_real_gateway(known, concerned, keys_in(units, folder))
        keys = keys_for(units, folder)
        lacking = [document_of(it, keys[it.id]) for it in units if it.id not in known]
        if lacking:
            await asyncio.to_thread(register, approver_key(folder), lacking)
        before = (await ports.log.head()).size
        today = _EPOCH + timedelta(days=ports.clock.now().evaluated_on)
        writer = Writer(policies, units, today)
        carrier = Carrier(ports, settings.public_url, keys, Storyteller(policies), writer)
        carried = await carrier.carry(seed, count, told)
        return Filled(carried, (await ports.log.head()).size - before)


def _hurried(settings: Settings) -> Settings:
    """The settings with all cores for the rules, and no rate: nobody else calls."""
    return settings.model_copy(
        update={
            "engine": "embedded",
            "engine_children": os.cpu_count() or 1,
            "engine_deadline_s": _PATIENCE_S,
            "engine_queue": 2 * AT_ONCE,
            "calls_per_minute": 0,
            "calls_per_day": 0,
        }
    )


def _concerned(settings: Settings) -> frozenset[str]:
    database = open_database(settings.database, settings.database_busy_s)
    try:
        with read_only(database).begin() as connection:
            return units_concerned(connection)
    finally:
        database.dispose()
