"""Processes of their own that append to a gateway's log, all at once."""

import multiprocessing
import time
from pathlib import Path
from typing import Any

import anyio

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.sql_log import SqlAppender
from gateway.model.evidence import Committed
from tests.gateways import open_gateway


def append_many(home: Path, *, processes: int, batches: int, per_batch: int) -> list[list[int]]:
    """Return the indexes that each process got for its entries, in its order."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(processes)
    answers: Any = context.Queue()
    workers = [
        context.Process(target=_append, args=(home, batches, per_batch, start, answers))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    found = [answers.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(60)
    return found


def _append(home: Path, batches: int, per_batch: int, start: Any, answers: Any) -> None:
    answers.put(anyio.run(_appended, home, batches, per_batch, start))


async def _appended(home: Path, batches: int, per_batch: int, start: Any) -> list[int]:
    indexes = []
    async with open_gateway(home) as gateway:
        key = FileSigner.load(home / "keys" / "checkpoint.pem")
        appender = SqlAppender(gateway.database, key)
        prepared = [await gateway.drafts(per_batch) for _ in range(batches)]
        start.wait(60)
        for drafts in prepared:
            fates = appender.append(drafts)
            indexes += [fate.index for fate in fates if isinstance(fate, Committed)]
            time.sleep(0.005)  # let the other one in
    return indexes
