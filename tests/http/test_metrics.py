"""Figures of the partner API."""

from prometheus_client import CollectorRegistry

from gateway.http.metrics import HttpMetrics


def test_answers_are_counted_and_timed_by_route_and_status() -> None:
    registry = CollectorRegistry()
    metrics = HttpMetrics(registry)

    metrics.answered("/v1/exchanges", 201, 0.003)
    metrics.answered("/v1/exchanges", 201, 0.3)
    metrics.answered("/v1/exchanges", 403, 0.3)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, {"route": "/v1/exchanges"} | labels)

    assert value("datenschleuse_http_answers_total", status="201") == 2
    assert value("datenschleuse_http_answers_total", status="403") == 1
    assert value("datenschleuse_http_seconds_count") == 3
    assert value("datenschleuse_http_seconds_bucket", le="0.005") == 1


def test_failed_handshakes_are_counted_by_reason() -> None:
    registry = CollectorRegistry()

    HttpMetrics(registry).handshake_failed("UNSUPPORTED_PROTOCOL")

    name = "datenschleuse_tls_handshakes_failed_total"
    assert registry.get_sample_value(name, {"reason": "UNSUPPORTED_PROTOCOL"}) == 1
