"""Counts what is open now: connections in all, by address, by certificate, and their bodies.

A connection over the limit of all or of its certificate still gets one clear refusal, but only
so many of them at once; past that, and past the limit of its address, it is closed before
anything is spent on it.
"""

from collections import Counter

from gateway.http import problems
from gateway.http.limits import EdgeLimits
from gateway.http.problems import Problem

_REFUSED_AT_ONCE = 32


class Traffic:
    """The counts of one process."""

    def __init__(self, limits: EdgeLimits) -> None:
        self.limits = limits
        self.connections = 0
        self.body_bytes = 0
        self.by_address: Counter[str] = Counter()
        self.by_certificate: Counter[str] = Counter()

    def admit(self, address: str) -> "Place | None":
        """Count a new connection in, or say that there is no place for it."""
        limits = self.limits
        if (
            self.connections >= limits.connections + _REFUSED_AT_ONCE
            or self.by_address[address] >= limits.connections_per_address
        ):
            return None
        return Place(self, address)

    def hold(self, size: int) -> bool:
        """Count *size* bytes of a body in, unless all bodies together would be too large."""
        if self.body_bytes + size > self.limits.bodies_bytes:
            return False
        self.body_bytes += size
        return True

    def drop(self, size: int) -> None:
        self.body_bytes -= size


class Place:
    """One connection's place in the counts, until it is given back.

    `refusal` is what the connection gets instead of answers, if it is over a limit.
    """

    def __init__(self, traffic: Traffic, address: str) -> None:
        self.traffic = traffic
        self._address: str | None = address
        self._pin: str | None = None
        self._given_back = False
        traffic.connections += 1
        traffic.by_address[address] += 1
        over = traffic.connections > traffic.limits.connections
        self.refusal: Problem | None = problems.UNAVAILABLE if over else None

    def of_certificate(self, pin: str) -> None:
        """Count the connection to its certificate, too."""
        self._pin = pin
        counts = self.traffic.by_certificate
        counts[pin] += 1
        if counts[pin] > self.traffic.limits.connections_per_certificate:
            self.refusal = self.refusal or problems.TOO_MANY_CONNECTIONS

    def of_proxy(self) -> None:
        """Stop counting by address: behind a trusted proxy many clients share one."""
        _count_out(self.traffic.by_address, self._address)
        self._address = None

    def give_back(self) -> None:
        """Leave all counts; once, however often it is called."""
        if self._given_back:
            return
        self._given_back = True
        self.traffic.connections -= 1
        _count_out(self.traffic.by_address, self._address)
        _count_out(self.traffic.by_certificate, self._pin)


def _count_out(counts: Counter[str], name: str | None) -> None:
    if name is None:
        return
    counts[name] -= 1
    if not counts[name]:
        del counts[name]
