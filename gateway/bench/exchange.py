"""Measures exchanges: rounds through proxy and gateway in turn, from one run."""

import gc
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from gateway.bench.bodies import BODY_BYTES, LARGE_BYTES, notices
from gateway.bench.figures import Counts, Latency, Result, Round, Way
from gateway.bench.load import Load
from gateway.bench.outbox_watch import OutboxWatch
from gateway.bench.processes import core_seconds, cpu_seconds, paused
from gateway.bench.recipient import COUNTS
from gateway.bench.requests import Requests
from gateway.bench.set_up import set_up
from gateway.bench.stage import RECIPIENT, Stage
from gateway.bench.ways import Carried, Carrier, GatewayWay, ProxyWay

BODIES = 1000
_WARM_UP = 4  # exchanges for each connection, twice
_STEADY = 0.5  # of what the gateway carries in the same round
_PROXY = ("proxy",)
_GATEWAY = ("serve", "worker")

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each round lasts, how many there are for each way, over how many connections."""

    seconds: float = 5.0
    rounds: int = 3
    connections: int = 32


@dataclass(frozen=True, slots=True)
class _Contestant:
    """A way with its requests, its processes, and the other way's, which rest meanwhile."""

    carrier: Carrier
    requests: Mapping[Way, Requests]
    port: int
    pids: Mapping[str, int]
    resting: Mapping[str, int]


def bench_exchange(plan: Plan, say: Progress = lambda _what: None) -> Result:
    """Build everything in a temporary folder, measure, and leave nothing behind.

    Raises:
        BenchFailed: Something did not come up, or an answer was not 201.
    """
    with set_up(say) as bench:
        measuring = _measure(plan, bench.stage, bench.watch, say)
        rounds, counts = bench.runner.run(measuring)
    sizes = {"body_bytes": BODY_BYTES, "large_bytes": LARGE_BYTES, "steady": _STEADY}
    given = {**asdict(plan), "bodies": BODIES, **sizes}
    return Result(tuple(rounds), counts, given, bench.machine)


async def _measure(
    plan: Plan, stage: Stage, watch: OutboxWatch, say: Progress
) -> tuple[list[Round], Counts]:
    key = stage.sender_key()
    usual, large = (notices(BODIES, RECIPIENT.id, size=size) for size in (BODY_BYTES, LARGE_BYTES))
    proxy, gateway = ProxyWay(), GatewayWay(watch)
    to_proxy = Requests(stage.url("proxy"), key, usual)
    to_gateway = Requests(stage.url("gateway"), key, usual)
    contestants = [
        _Contestant(
            proxy,
            {Way.PROXY: to_proxy, Way.STEADY_PROXY: to_proxy},
            stage.ports["proxy"],
            stage.pids(*_PROXY),
            stage.pids(*_GATEWAY),
        ),
        _Contestant(
            gateway,
            {
                Way.GATEWAY: to_gateway,
                Way.LARGE: Requests(stage.url("gateway"), key, large),
                Way.STEADY_GATEWAY: to_gateway,
            },
            stage.ports["gateway"],
            stage.pids(*_GATEWAY),
            stage.pids(*_PROXY),
        ),
    ]
    rounds: list[Round] = []
    for number in range(1, plan.rounds + 1):
        pace: float | None = None
        for way in Way:
            [contestant] = [it for it in contestants if way in it.requests]
            say(f"Runde (round) {number}/{plan.rounds}: {way.value}")
            steady = pace if way in {Way.STEADY_PROXY, Way.STEADY_GATEWAY} else None
            with paused(contestant.resting.values()):
                rounds.append(await _round(number, way, contestant, plan, stage, steady))
            if way is Way.GATEWAY:
                pace = rounds[-1].per_second * _STEADY
    return rounds, await _counts(proxy, gateway, watch, stage)


async def _round(
    number: int,
    way: Way,
    contestant: _Contestant,
    plan: Plan,
    stage: Stage,
    pace: float | None,
) -> Round:
    """Warm up, sign as many requests as the time is likely to take, and carry them."""
    carrier, requests = contestant.carrier, contestant.requests[way]
    async with Load(contestant.port, stage.sender_tls(), plan.connections) as load:
        for _ in range(2):  # the first also opens connections; the second says how fast it goes
            warm_up = requests.make(_WARM_UP * plan.connections)
            begun = time.perf_counter()
            carrier.check(warm_up, await carrier.carry(warm_up, load))
        per_second = pace or len(warm_up) / (time.perf_counter() - begun)

        exchanges = requests.make(max(plan.connections, round(per_second * plan.seconds)))
        with _no_garbage_collection():
            before = _Clocks.read(contestant.pids, stage)
            answers = await carrier.carry(exchanges, load, pace)
            after = _Clocks.read(contestant.pids, stage)
    return _figures(number, way, carrier.check(exchanges, answers), before, after)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep pauses of the client out of the measured times."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _figures(
    number: int, way: Way, carried: Sequence[Carried], begun: "_Clocks", ended: "_Clocks"
) -> Round:
    count = len(carried)
    seconds = max(it.complete for it in carried) - min(it.begun for it in carried)
    cpu_us = {
        name: (spent - begun.cpu.get(name, 0.0)) / count * 1e6 for name, spent in ended.cpu.items()
    }
    there = ended.there - begun.there
    busy = sum(cpu_us.values()) * count / 1e6 / there
    measured_busy = (ended.measured_busy - begun.measured_busy) / there
    return Round(
        number=number,
        way=way,
        exchanges=count,
        seconds=seconds,
        per_second=count / seconds,
        cpu_us=sum(cpu_us.values()),
        cpu_us_by_process=cpu_us,
        answered=Latency.of([it.answered - it.begun for it in carried]),
        complete=Latency.of([it.complete - it.begun for it in carried]),
        busy=busy,
        others=max(0.0, measured_busy - busy),
        beside_busy=(ended.beside_busy - begun.beside_busy) / there,
        beside_us=(ended.beside - begun.beside) / count * 1e6,
    )


@dataclass(frozen=True, slots=True)
class _Clocks:
    """Seconds: CPU of the processes of the way, CPU of client and recipient, how long both
    cores were busy and how long they have been there."""

    cpu: Mapping[str, float]
    beside: float
    measured_busy: float
    beside_busy: float
    there: float

    @classmethod
    def read(cls, pids: Mapping[str, int], stage: Stage) -> "_Clocks":
        busy, there = core_seconds(stage.cores.measured)
        recipient = sum(cpu_seconds(stage.pids("recipient")).values())
        return cls(
            cpu=cpu_seconds(pids),
            beside=time.process_time() + recipient,
            measured_busy=busy,
            beside_busy=core_seconds(stage.cores.beside)[0],
            there=there,
        )


async def _counts(proxy: ProxyWay, gateway: GatewayWay, watch: OutboxWatch, stage: Stage) -> Counts:
    """Count again in the end: what was sent, what the database says, what the recipient got."""
    question = f"GET {COUNTS} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode()
    async with Load(stage.ports["recipient"], stage.sender_tls(), 1) as load:
        answer = (await load.send([question]))[0]
    at_recipient = json.loads(answer.body)
    return Counts(
        gateway_sent=gateway.sent,
        gateway_acknowledged=watch.count_acknowledged(),
        gateway_received=at_recipient["deliveries"],
        proxy_sent=proxy.sent,
        proxy_received=at_recipient["others"],
        repeats=at_recipient["repeats"],
    )
