"""The delivery worker: takes what is due, tries many at once, ends what lapsed."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Collection, Iterable

import structlog
from prometheus_client import CollectorRegistry

from gateway.delivery.metrics import DeliveryMetrics
from gateway.errors import DependencyFailed, StartRefused
from gateway.model.evidence import Committed
from gateway.ports import Delivery
from gateway.settings import Settings
from gateway.steps.forward import ForwardPorts, Outcome, Result, expire, forward

_SWEEP_S = 5.0
_SWEEP_LIMIT = 100
_PAUSE_S = 1.0
_STRUGGLING_AT_ONCE = 2
_LEASE_MARGIN_S = 5
_log = structlog.get_logger("worker")


async def run_worker(
    ports: ForwardPorts,
    settings: Settings,
    stop: asyncio.Event,
    metrics: DeliveryMetrics | None = None,
) -> None:
    """Deliver until *stop* is set, then finish what was begun.

    Any number of workers may run on one database. What one of them leaves behind when it is
    killed is taken again by another once its lease has run out.

    Raises:
        StartRefused: An attempt could outlast its lease, so that two workers would push.
    """
    if settings.attempt_timeout_s + _LEASE_MARGIN_S > settings.lease_s:
        raise StartRefused(
            f"lease_s must be at least {_LEASE_MARGIN_S} s longer than attempt_timeout_s"
        )
    worker = _Worker(ports, settings, metrics or DeliveryMetrics(CollectorRegistry()))
    _log.info("worker_started", deliveries_at_once=settings.deliveries_at_once)
    try:
        await worker.run(stop)
    finally:
        await worker.finish()
        _log.info("worker_stopped")


class _Worker:
    """The state of one worker process: what it is trying now, and who is struggling."""

    def __init__(self, ports: ForwardPorts, settings: Settings, metrics: DeliveryMetrics) -> None:
        self._ports = ports
        self._settings = settings
        self._metrics = metrics
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._recipients: Counter[str] = Counter()
        self._struggling: set[str] = set()
        self._sweep_at = 0.0
        self._busy = 0
        self._enough = -1  # wakes when no more than this many are busy
        self._wake = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        stopped = asyncio.create_task(stop.wait(), name="stop")
        stopped.add_done_callback(lambda _: self._wake.set())
        try:
            await self._work(stop)
        finally:
            stopped.cancel()

    async def _work(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            pause_s, more = self._settings.worker_poll_s, False
            try:
                if time.monotonic() >= self._sweep_at:
                    await self._sweep()
                    self._sweep_at = time.monotonic() + _SWEEP_S
                more = await self._fill()
            except DependencyFailed as error:
                self._unavailable(error)
                pause_s = max(pause_s, _PAUSE_S)
            await self._rest(pause_s, more=more)
            self._reap()

    async def finish(self) -> None:
        """Wait for the attempts that run; each has a deadline of its own."""
        if self._tasks:
            await asyncio.wait(
                self._tasks.values(), timeout=self._settings.attempt_timeout_s + _LEASE_MARGIN_S
            )
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _fill(self) -> bool:
        """Start what is due; say whether more may be waiting than could be started."""
        free = self._settings.deliveries_at_once - len(self._tasks)
        if free <= 0:
            return True
        now = self._ports.clock.now().evaluated_at
        due = await self._ports.outbox.due(now, free, await self._not_now(), self._tasks.keys())
        self._start(due, free)
        return len(due) == free

    async def _not_now(self) -> Collection[str]:
        """Return the units to leave out: those with an inbox, and busy ones that struggle."""
        units = (await self._ports.registry.snapshot()).units.values()
        inboxes = {
            unit.id for unit in units if unit.active and unit.may_receive and unit.endpoint is None
        }
        return inboxes | {unit for unit in self._struggling if not self._has_room(unit)}

    def _start(self, deliveries: Iterable[Delivery], free: int) -> None:
        for delivery in deliveries:
            if free == 0:
                return
            if delivery.id in self._tasks or not self._has_room(delivery.recipient):
                continue
            task = asyncio.create_task(self._try(delivery), name=delivery.id)
            task.add_done_callback(self._ended)
            self._tasks[delivery.id] = task
            self._busy += 1
            self._recipients[delivery.recipient] += 1
            free -= 1
        self._metrics.in_flight(len(self._tasks))

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._busy -= 1
        if self._busy <= self._enough:
            self._wake.set()

    def _has_room(self, recipient: str) -> bool:
        """A recipient that fails may not take up the slots of those that answer."""
        return (
            recipient not in self._struggling or self._recipients[recipient] < _STRUGGLING_AT_ONCE
        )

    async def _try(self, delivery: Delivery) -> None:
        try:
            outcome = await forward(delivery, self._ports)
        except DependencyFailed as error:
            self._unavailable(error)
            await asyncio.sleep(_PAUSE_S)
            return
        finally:
            self._recipients[delivery.recipient] -= 1
        if outcome.result is Result.RETRY:
            self._struggling.add(delivery.recipient)
        elif outcome.result is Result.DELIVERED:
            self._struggling.discard(delivery.recipient)
        self._report(delivery, outcome)

    def _report(self, delivery: Delivery, outcome: Outcome) -> None:
        age_s = self._ports.clock.now().evaluated_at - delivery.created_at
        overdue = outcome.result is Result.RETRY and age_s >= self._settings.warn_after_s
        self._metrics.ended(outcome, overdue=overdue)
        if outcome.result is Result.DELIVERED:
            return
        _log.log(
            30 if overdue else 20,  # logging.WARNING, logging.INFO
            "delivery_overdue" if overdue else "delivery_not_made",
            delivery_id=delivery.id,
            exchange_id=delivery.exchange_id,
            recipient=delivery.recipient,
            result=outcome.result.value,
            code=outcome.code,
            age_s=age_s,
        )

    async def _sweep(self) -> None:
        """End holds that nobody released, and deliveries that must not be tried any more."""
        moment = self._ports.clock.now()
        now = moment.evaluated_at
        for held in await self._ports.outbox.overdue_holds(now, _SWEEP_LIMIT):
            if isinstance(await expire(held, self._ports), Committed):
                self._metrics.expired()
                _log.info("hold_expired", exchange_id=held.exchange_id)
        oldest = now - self._settings.give_up_after_s
        lapsed = await self._ports.outbox.lapsed(now, oldest, moment.evaluated_on, _SWEEP_LIMIT)
        self._start(lapsed, self._settings.deliveries_at_once - len(self._tasks))

    async def _rest(self, pause_s: float, *, more: bool) -> None:
        """Wait for the next poll; with *more* waiting only until half of the slots are free."""
        self._enough = self._settings.deliveries_at_once // 2 if more else -1
        if self._busy <= self._enough:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._wake.wait()
        self._wake.clear()

    def _reap(self) -> None:
        """Forget what is done; an error that is no failed dependency ends the worker."""
        for delivery_id, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[delivery_id]
                task.result()
        self._metrics.in_flight(len(self._tasks))

    def _unavailable(self, error: DependencyFailed) -> None:
        self._metrics.failed()
        _log.warning("worker_waits", error=type(error).__name__, what=str(error))
