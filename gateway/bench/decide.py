"""What one decision costs the process of the policy engine, kind by kind."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from gateway.adapters.engine_answer import read_answer
from gateway.bench.engines import Embedded, Engine, Served
from gateway.bench.twins import with_twins
from gateway.policy.permitted_inputs import permitted_input
from gateway.policy.policy_set import PolicySet

Json = Any
Say = Callable[[str], object]

_WARM_UP = 30
_COLUMNS = {
    "Felder": "members",
    "ein, B": "input",
    "aus, B": "answer",
    "CPU µs": "CPU",
    "× 2 µs": "doubled",
    "OPA µs": "server",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """One kind: all fields of its schema, on one route. Microseconds of CPU, and bytes.

    `verdict` is no permit where no route of the kind permits such a request. `served_us` is what a
    real OPA server spends, HTTP included, where one was measured.
    """

    kind: str
    verdict: str
    members: int
    input_bytes: int
    answer_bytes: int
    cpu_us: float
    doubled_us: float
    served_us: float | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """All kinds with rules, with the set as it is and with twice as many kinds and rules."""

    kinds: tuple[Cost, ...]
    decisions: int
    rounds: int

    @property
    def median_us(self) -> float:
        return median(it.cpu_us for it in self.kinds)

    @property
    def median_served_us(self) -> float | None:
        """The median of a real OPA server, if one was measured."""
        served = [it.served_us for it in self.kinds if it.served_us is not None]
        return median(served) if served else None

    @property
    def worst(self) -> Cost:
        return max(self.kinds, key=lambda it: it.cpu_us)

    @property
    def ratio_doubled(self) -> float:
        """How much the median of twice as many kinds and rules is above that of the set."""
        return median(it.doubled_us for it in self.kinds) / self.median_us

    def document(self) -> dict[str, Json]:
        return {
            "median_us": self.median_us,
            "median_served_us": self.median_served_us,
            "worst": asdict(self.worst),
            "ratio_doubled": self.ratio_doubled,
            "kinds": [asdict(it) for it in self.kinds],
            "decisions_per_round": self.decisions,
            "rounds": self.rounds,
        }


def bench_decide(
    policy_set: PolicySet, rounds: int, decisions: int, say: Say, opa: Path | None = None
) -> Costs:
    """Measure each kind in turn, round by round, and keep the least: noise only adds.

    With the program *opa* a real OPA server is measured beside the library.

    Raises:
        PolicyUnavailable: The program does not run, or does not take the rules.
    """
    with contextlib.ExitStack() as stack:
        embedded = stack.enter_context(Embedded(policy_set))
        engines: list[Engine] = [embedded, stack.enter_context(Embedded(with_twins(policy_set)))]
        if opa is not None:
            engines.append(stack.enter_context(Served(opa, policy_set)))
        inputs = {
            kind: permitted_input(kind, policy_set.data, _asking(embedded))
            for kind in sorted(policy_set.data["necessity"])
        }
        least: dict[tuple[str, int], float] = {}
        for number in range(1, rounds + 1):
            say(f"Runde {number} von {rounds} (round)")
            for (kind, given), (place, each) in product(inputs.items(), enumerate(engines)):
                spent = _cpu_us(each, _encoded(given), decisions)
                least[kind, place] = min(spent, least.get((kind, place), spent))
        kinds = tuple(
            _cost(kind, given, embedded, [least[kind, place] for place in range(len(engines))])
            for kind, given in inputs.items()
        )
    return Costs(kinds, decisions, rounds)


def print_costs(costs: Costs, console: Console) -> None:
    """Print a row for each kind, then the median, the worst, and what doubling does."""
    table = Table(
        title="CPU der Engine je Entscheidung (CPU of the engine)", box=SIMPLE, padding=(0, 1, 0, 0)
    )
    table.add_column("Art\n[dim]kind[/]", no_wrap=True)
    table.add_column("Ergebnis\n[dim]verdict[/]", no_wrap=True)
    for german, english in _COLUMNS.items():
        table.add_column(f"{german}\n[dim]{english}[/]", justify="right", no_wrap=True)
    for it in costs.kinds:
        table.add_row(
            it.kind,
            it.verdict,
            *(str(number) for number in (it.members, it.input_bytes, it.answer_bytes)),
            *(_whole(spent) for spent in (it.cpu_us, it.doubled_us, it.served_us)),
        )
    console.print(table)
    console.print(
        f"Median {costs.median_us:.0f} µs, am meisten (most) {costs.worst.kind} "
        f"{costs.worst.cpu_us:.0f} µs; mit doppelt so vielen Arten und Regeln "
        f"(twice the kinds and rules) × {costs.ratio_doubled:.2f}"
    )
    if costs.median_served_us is not None:
        console.print(f"OPA-Server (a real OPA server): Median {costs.median_served_us:.0f} µs")


def _whole(spent: float | None) -> str:
    return "–" if spent is None else f"{spent:.0f}"


def _cost(kind: str, given: Json, engine: Engine, spent_us: list[float]) -> Cost:
    question = _encoded(given)
    answer = engine.decide(question)
    verdict = read_answer(answer)["verdict"]
    members = len(given["members"])
    return Cost(kind, verdict, members, len(question), len(answer), *spent_us)


def _cpu_us(engine: Engine, given: bytes, decisions: int) -> float:
    for _ in range(min(_WARM_UP, decisions)):
        engine.decide(given)
    before = engine.cpu_s()
    for _ in range(decisions):
        engine.decide(given)
    return (engine.cpu_s() - before) / decisions * 1e6


def _asking(engine: Engine) -> Callable[[Json], Json]:
    return lambda given: read_answer(engine.decide(_encoded(given)))


def _encoded(given: Json) -> bytes:
    return json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()
