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
    """What is measured in a round: as much as it can, or steadily half of what the gateway can."""

    PROXY = "proxy"
    GATEWAY = "gateway"
    LARGE = "20 KiB"
    STEADY_PROXY = "proxy ½"
    STEADY_GATEWAY = "gateway ½"


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
class Comparison:
    """One figure of two ways, *over* ÷ *under*."""

    over: Way
    under: Way
    figure: str


COMPARISONS: Mapping[str, Comparison] = {
    **{figure: Comparison(Way.GATEWAY, Way.PROXY, figure) for figure in FIGURES},
    "p99_answered_at_the_same_load": Comparison(
        Way.STEADY_GATEWAY, Way.STEADY_PROXY, "p99_answered"
    ),
    "cpu_20_kib_over_4_kib": Comparison(Way.LARGE, Way.GATEWAY, "cpu_per_exchange"),
}
"""What the ratios compare. At saturation the p99 of a closed loop follows from the rate; at the
same load it says how long a request is kept."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Of each round the two ways beside each other, then their median."""

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

    def ratio(self, name: str) -> Ratio:
        """Return the ratio of that name in COMPARISONS."""
        it = COMPARISONS[name]
        value = FIGURES[it.figure]
        pairs = zip(_of(it.over, self.rounds), _of(it.under, self.rounds), strict=True)
        ratios = [value(over) / value(under) for over, under in pairs]
        return Ratio(median(ratios), min(ratios), max(ratios))

    def document(self) -> dict[str, Json]:
        """Return it all as JSON members."""
        return {
            "agrees": not self.counts.disagreements(),
            "ratios": {name: asdict(self.ratio(name)) for name in COMPARISONS},
            "medians": {
                way.value: {figure: self.median(way, figure) for figure in FIGURES} for way in Way
            },
            "rounds": [asdict(it) for it in self.rounds],
            "counts": asdict(self.counts),
            "plan": dict(self.plan),
            "machine": dict(self.machine),
        }


def _of(way: Way, rounds: Iterable[Round]) -> list[Round]:
    return sorted((it for it in rounds if it.way is way), key=lambda it: it.number)
