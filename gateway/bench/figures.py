"""What the bench measures: rounds, their medians and ratios, and counts that must agree."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from statistics import median
from typing import Any

from gateway.errors import GatewayError

Json = Any


class BenchFailed(GatewayError):
    """The bench cannot give figures; the message says why."""


class Way(StrEnum):
    """What is measured in a round."""

    PROXY = "proxy"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the request's first byte; `p99` is the 99th percentile."""

    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Latency":
        """Return nearest-rank percentiles."""
        ordered = sorted(seconds)
        rank_50, rank_99 = (-(-len(ordered) * percent // 100) - 1 for percent in (50, 99))
        return cls(ordered[rank_50] * 1000, ordered[rank_99] * 1000)


@dataclass(frozen=True, slots=True)
class Round:
    """One round. An exchange is complete when its acknowledgement entry is committed; with the
    proxy, when the recipient's answer came back.

    `cpu_us` is the CPU of all processes of the way for one exchange, in microseconds, and
    `cpu_us_by_process` what each of them had of it. `busy` is the share of the measured core
    that they had, `others` what strangers had of it; `beside_busy` is the load of the core
    with client and recipient, `beside_us` what one exchange costs these two.
    """

    number: int
    way: Way
    exchanges: int
    seconds: float
    per_second: float
    cpu_us: float
    cpu_us_by_process: Mapping[str, float]
    answered: Latency
    complete: Latency
    busy: float
    others: float
    beside_busy: float
    beside_us: float


FIGURES: Mapping[str, Callable[[Round], float]] = {
    "exchanges_per_second": lambda it: it.per_second,
    "cpu_per_exchange": lambda it: it.cpu_us,
    "p99_answered": lambda it: it.answered.p99_ms,
    "p99_complete": lambda it: it.complete.p99_ms,
    "p99_over_p50_answered": lambda it: it.answered.p99_ms / it.answered.p50_ms,
}
"""The figures of a round that are compared."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Gateway ÷ proxy: of each round the two ways beside each other, then their median."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Counts:
    """What was sent, and what of it came where it should, warm-ups included."""

    gateway_sent: int
    gateway_acknowledged: int
    gateway_received: int
    proxy_sent: int
    proxy_received: int
    repeats: int

    def disagreements(self) -> list[str]:
        """Say what does not add up, in German with the English beside it."""
        expected = {
            "bestätigte Zustellungen (acknowledged deliveries)": (
                self.gateway_acknowledged,
                self.gateway_sent,
            ),
            "Zustellungen beim Empfänger (deliveries at the recipient)": (
                self.gateway_received,
                self.gateway_sent,
            ),
            "weitergeleitete Anfragen (proxied requests)": (self.proxy_received, self.proxy_sent),
        }
        return [
            f"{what}: {found} statt (instead of) {wanted}"
            for what, (found, wanted) in expected.items()
            if found != wanted
        ]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that one run gave."""

    rounds: tuple[Round, ...]
    counts: Counts
    plan: Mapping[str, Json]
    machine: Mapping[str, Json]

    def median(self, way: Way, figure: str) -> float:
        return median(FIGURES[figure](it) for it in self.rounds if it.way is way)

    def cpu_by_process(self, way: Way) -> dict[str, float]:
        """Return the median microseconds of each process that had any."""
        rounds = _of(way, self.rounds)
        names = {name: None for it in rounds for name in it.cpu_us_by_process}
        spent = {name: median(it.cpu_us_by_process[name] for it in rounds) for name in names}
        return {name: value for name, value in spent.items() if value > 0}

    def ratio(self, figure: str) -> Ratio:
        value = FIGURES[figure]
        pairs = [value(gateway) / value(proxy) for proxy, gateway in _pairs(self.rounds)]
        return Ratio(median(pairs), min(pairs), max(pairs))

    def document(self) -> dict[str, Json]:
        """Return it all as JSON members."""
        return {
            "agrees": not self.counts.disagreements(),
            "ratios": {figure: asdict(self.ratio(figure)) for figure in FIGURES},
            "medians": {
                way.value: {figure: self.median(way, figure) for figure in FIGURES} for way in Way
            },
            "rounds": [asdict(it) for it in self.rounds],
            "counts": asdict(self.counts),
            "plan": dict(self.plan),
            "machine": dict(self.machine),
        }


def _pairs(rounds: Iterable[Round]) -> list[tuple[Round, Round]]:
    """Put the proxy's and the gateway's round of one number beside each other."""
    by_way = {way: sorted(_of(way, rounds), key=lambda it: it.number) for way in Way}
    return list(zip(by_way[Way.PROXY], by_way[Way.GATEWAY], strict=True))


def _of(way: Way, rounds: Iterable[Round]) -> list[Round]:
    return [it for it in rounds if it.way is way]
