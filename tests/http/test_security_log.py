"""Who was kept out is counted always, and written down up to a number of lines."""

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from gateway.http.metrics import HttpMetrics
from gateway.http.security_log import SecurityLog


class Watch:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def log(watch: Watch, registry: CollectorRegistry) -> SecurityLog:
    return SecurityLog(HttpMetrics(registry), watch)


def test_each_event_says_what_it_is(log: SecurityLog) -> None:
    with capture_logs() as lines:
        log.handshake_failed("NO_SHARED_CIPHER")
        log.refused("slow-reader", "answers are not read")
        log.not_authenticated("unit polizei is suspended")

    assert [{k: v for k, v in line.items() if k != "log_level"} for line in lines] == [
        {"event": "tls_handshake_failed", "reason": "NO_SHARED_CIPHER"},
        {"event": "connection_refused", "kind": "slow-reader", "why": "answers are not read"},
        {"event": "not_authenticated", "why": "unit polizei is suspended"},
    ]


def test_a_flood_fills_no_log_and_is_counted(
    log: SecurityLog, watch: Watch, registry: CollectorRegistry
) -> None:
    with capture_logs() as lines:
        for _ in range(1000):
            log.handshake_failed("CLIENT_LEFT")
        log.not_authenticated("of another kind")
        watch.at += 60
        log.handshake_failed("CLIENT_LEFT")

    events = [line["event"] for line in lines]
    assert events.count("tls_handshake_failed") == 21
    assert events.count("not_authenticated") == 1
    [left_out] = [line for line in lines if line["event"] == "lines_left_out"]
    assert (left_out["of"], left_out["count"]) == ("tls_handshake_failed", 980)
    name = "datenschleuse_tls_handshakes_failed_total"
    assert registry.get_sample_value(name, {"reason": "CLIENT_LEFT"}) == 1001
