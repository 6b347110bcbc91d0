"""Figures of the worker."""

from prometheus_client import CollectorRegistry

from gateway.delivery.metrics import DeliveryMetrics
from gateway.steps.forward import Outcome, Result


def test_what_became_of_attempts_is_counted() -> None:
    registry = CollectorRegistry()
    metrics = DeliveryMetrics(registry)

    metrics.ended(Outcome(Result.DELIVERED), overdue=False)
    metrics.ended(Outcome(Result.RETRY, "http_500"), overdue=True)
    metrics.ended(Outcome(Result.RETRY, "timeout"), overdue=False)
    metrics.failed()
    metrics.expired()
    metrics.in_flight(3)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"datenschleuse_{name}", labels)

    assert value("delivery_attempts_total", result="delivered") == 1
    assert value("delivery_attempts_total", result="retry") == 2
    assert value("delivery_overdue_total") == 1
    assert value("worker_failures_total") == 1
    assert value("holds_expired_total") == 1
    assert value("deliveries_in_flight") == 3
