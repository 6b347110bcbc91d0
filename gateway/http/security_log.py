"""Who was kept out and why: counted all, logged some.

Anyone who reaches the port can cause such an event, so the lines of each kind are limited in a
minute, and the next one says how many were left out.
"""

import time
from collections import Counter
from collections.abc import Callable

import structlog

from gateway.http.metrics import HttpMetrics

_log = structlog.get_logger("partner_api")
_LINES = 20
_MINUTE_S = 60.0


class SecurityLog:
    """Takes what connections and routes report."""

    def __init__(self, metrics: HttpMetrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._metrics = metrics
        self._clock = clock
        self._minute = 0.0
        self._lines: Counter[str] = Counter()

    def handshake_failed(self, reason: str) -> None:
        """A word of OpenSSL, such as `CERTIFICATE_VERIFY_FAILED: certificate has expired`."""
        self._metrics.handshake_failed(reason)
        self._write("tls_handshake_failed", reason=reason)

    def refused(self, kind: str, why: str) -> None:
        """A connection was refused or cut before any route was asked."""
        self._metrics.refused(kind)
        self._write("connection_refused", kind=kind, why=why)

    def not_authenticated(self, why: str) -> None:
        self._write("not_authenticated", why=why)

    def _write(self, event: str, **said: str) -> None:
        now = self._clock()
        if now - self._minute >= _MINUTE_S:
            self._say_left_out()
            self._minute = now
        self._lines[event] += 1
        if self._lines[event] <= _LINES:
            _log.warning(event, **said)

    def _say_left_out(self) -> None:
        for event, count in self._lines.items():
            if count > _LINES:
                _log.warning("lines_left_out", of=event, count=count - _LINES)
        self._lines.clear()
