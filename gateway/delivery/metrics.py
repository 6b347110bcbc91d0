"""Figures of the worker for the operations port."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from gateway.steps.forward import Outcome


class DeliveryMetrics:
    """Counts what became of attempts. Labels are closed sets; no unit and no id is one."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._attempts = Counter(
            "datenschleuse_delivery_attempts",
            "Attempts to deliver, by how they ended.",
            ["result"],
            registry=registry,
        )
        self._overdue = Counter(
            "datenschleuse_delivery_overdue",
            "Failed attempts of deliveries that are older than the warning age.",
            registry=registry,
        )
        self._failures = Counter(
            "datenschleuse_worker_failures",
            "Times that log, registry or keys were unavailable to the worker.",
            registry=registry,
        )
        self._expired = Counter(
            "datenschleuse_holds_expired",
            "Held exchanges that nobody released in time.",
            registry=registry,
        )
        self._in_flight = Gauge(
            "datenschleuse_deliveries_in_flight",
            "Deliveries that this worker is trying now.",
            registry=registry,
        )

    def ended(self, outcome: Outcome, *, overdue: bool) -> None:
        self._attempts.labels(outcome.result.value).inc()
        if overdue:
            self._overdue.inc()

    def failed(self) -> None:
        self._failures.inc()

    def expired(self) -> None:
        self._expired.inc()

    def in_flight(self, count: int) -> None:
        self._in_flight.set(count)
