"""Figures of the partner API for the operations port."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class HttpMetrics:
    """Counts answers and failed handshakes. Labels are closed sets; no unit and no id is one."""

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

    def answered(self, route: str, status: int, seconds: float) -> None:
        self._answers.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def handshake_failed(self, reason: str) -> None:
        self._handshakes.labels(reason).inc()
