"""Figures of the partner API for the operations port."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gateway.http.traffic import Traffic

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class HttpMetrics:
    """Counts answers and refusals. Labels are closed sets; no unit and no id is one."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answers = Counter(
            "datenschleuse_http_answers",
            "Answers of the partner API.",
            ["route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "datenschleuse_http_seconds",
            "Time from the request's headers to its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._handshakes = Counter(
            "datenschleuse_tls_handshakes_failed",
            "TLS handshakes that failed, by OpenSSL's reason.",
            ["reason"],
            registry=registry,
        )
        self._refused = Counter(
            "datenschleuse_http_refused",
            "Connections refused or cut before any route was asked.",
            ["kind"],
            registry=registry,
        )
        self._open = Gauge(
            "datenschleuse_http_open",
            "Connections that are open, and bytes of bodies that are held.",
            ["what"],
            registry=registry,
        )

    def watch(self, traffic: Traffic) -> None:
        """Show what is open now."""
        self._open.labels("connections").set_function(lambda: traffic.connections)
        self._open.labels("body_bytes").set_function(lambda: traffic.body_bytes)

    def answered(self, route: str, status: int, seconds: float) -> None:
        self._answers.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def handshake_failed(self, reason: str) -> None:
        self._handshakes.labels(reason).inc()

    def refused(self, kind: str) -> None:
        self._refused.labels(kind).inc()
