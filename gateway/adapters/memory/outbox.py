"""The `Outbox` port in memory, with the effects that a log in memory carries out on it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from gateway.errors import LogUnavailable
from gateway.model.evidence import DeliveryState, Lease, NewDelivery, Settle
from gateway.ports import Delivery

_WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.PARKED})


@dataclass(slots=True)
class _Row:
    delivery: Delivery
    token: str | None = None
    until: int = 0


@dataclass(slots=True)
class MemoryOutbox:
    """Deliveries in a dictionary. While `broken`, everything that is asked of it fails."""

    broken: bool = False
    _rows: dict[str, _Row] = field(default_factory=dict)

    def insert(self, new: NewDelivery, index: int, exchange_id: str, bucket: str | None) -> None:
        """Put a sealed payload in, as the log does with the entry of its decision."""
        self._rows[new.id] = _Row(
            Delivery(
                id=new.id,
                index=index,
                exchange_id=exchange_id,
                bucket=bucket,
                recipient=new.recipient,
                sender=new.sender,
                jwe=new.jwe,
                state=new.state,
                attempts=0,
                failures_logged=False,
                next_at=new.due_at,
                created_at=new.due_at,
                expires_at=new.expires_at,
                delete_at_day=new.delete_at_day,
            )
        )

    def apply(self, effect: Lease | Settle) -> bool:
        """Carry *effect* out, as the log does with its entry; False: another came first."""
        row = self._rows.get(effect.delivery_id)
        if row is None:
            return False
        return self._lease(row, effect) if isinstance(effect, Lease) else self._settle(row, effect)

    async def due(
        self,
        now: int,
        limit: int,
        but_for: Collection[str] = (),
        begun: Collection[str] = (),
    ) -> Sequence[Delivery]:
        def is_due(row: _Row) -> bool:
            delivery = row.delivery
            left_out = delivery.recipient in but_for or delivery.id in begun
            return delivery.next_at <= now and not left_out

        found = self._free(now, {DeliveryState.QUEUED}, is_due)
        return sorted(found, key=lambda delivery: (delivery.next_at, delivery.index))[:limit]

    async def overdue_holds(self, now: int, limit: int) -> Sequence[Delivery]:
        def is_overdue(row: _Row) -> bool:
            return row.delivery.expires_at <= now

        return self._free(now, {DeliveryState.HELD}, is_overdue)[:limit]

    async def lapsed(
        self, now: int, created_until: int, today: int, limit: int
    ) -> Sequence[Delivery]:
        def is_over(row: _Row) -> bool:
            last_day = row.delivery.delete_at_day
            too_late = last_day is not None and last_day < today
            return row.delivery.created_at <= created_until or too_late

        return self._free(now, _WAITING, is_over)[:limit]

    async def take(self, leases: Sequence[Lease]) -> Sequence[Delivery]:
        self._work()
        return [self._rows[lease.delivery_id].delivery for lease in leases if self.apply(lease)]

    async def postpone(self, delivery_id: str, token: str, next_at: int) -> None:
        self._work()
        row = self._rows.get(delivery_id)
        if row is not None and row.token == token:
            row.token = None
            row.delivery = replace(row.delivery, next_at=next_at)

    async def put_off(self, delivery_id: str, now: int, next_at: int) -> None:
        def is_it(row: _Row) -> bool:
            return row.delivery.id == delivery_id

        for found in self._free(now, {DeliveryState.QUEUED}, is_it):
            self._rows[found.id].delivery = replace(found, next_at=next_at)

    async def of_exchange(self, index: int) -> Delivery | None:
        self._work()
        return next(
            (row.delivery for row in self._rows.values() if row.delivery.index == index), None
        )

    def state_of(self, index: int) -> DeliveryState | None:
        """Return where the payload of the decision at *index* stands."""
        states = (row.delivery.state for row in self._rows.values() if row.delivery.index == index)
        return next(states, None)

    async def find(self, delivery_id: str) -> Delivery | None:
        self._work()
        row = self._rows.get(delivery_id)
        return None if row is None else row.delivery

    async def waiting_for(
        self, recipient: str, now: int, after: int, limit: int, max_bytes: int
    ) -> Sequence[Delivery]:
        def is_theirs(row: _Row) -> bool:
            delivery = row.delivery
            return delivery.recipient == recipient and delivery.index > after

        found: list[Delivery] = []
        total = 0
        for delivery in self._free(now, _WAITING, is_theirs)[:limit]:
            total += len(delivery.jwe or b"")
            if found and total > max_bytes:
                break
            found.append(delivery)
        return found

    def _free(
        self, now: int, states: Collection[DeliveryState], wanted: Callable[[_Row], bool]
    ) -> list[Delivery]:
        self._work()
        found = [
            row.delivery
            for row in self._rows.values()
            if row.delivery.state in states
            and (row.token is None or row.until <= now)
            and wanted(row)
        ]
        return sorted(found, key=lambda delivery: delivery.index)

    def _lease(self, row: _Row, lease: Lease) -> bool:
        taken = row.token is not None and row.until > lease.now
        if taken or row.delivery.state not in _WAITING:
            return False
        if row.delivery.attempts != lease.attempt - 1:
            return False
        row.token, row.until = lease.token, lease.until
        row.delivery = replace(row.delivery, attempts=row.delivery.attempts + 1)
        return True

    def _settle(self, row: _Row, settle: Settle) -> bool:
        ours = settle.token is None or row.token == settle.token
        if not ours or row.delivery.state is not settle.from_state:
            return False
        row.token = None
        row.delivery = replace(
            row.delivery,
            state=settle.state,
            failures_logged=row.delivery.failures_logged or settle.failure_logged,
            next_at=row.delivery.next_at if settle.next_at is None else settle.next_at,
            jwe=row.delivery.jwe if settle.keep_payload else None,
            acknowledged=settle.acknowledged or row.delivery.acknowledged,
        )
        return True

    def _work(self) -> None:
        if self.broken:
            raise LogUnavailable("the outbox cannot be reached")
