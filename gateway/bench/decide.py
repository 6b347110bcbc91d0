"""What one decision costs the process of the policy engine, kind by kind."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import product
from statistics import median
from typing import Any, Protocol, Self

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from gateway.adapters.embedded_engine import ENTRYPOINT
from gateway.adapters.engine_answer import read_answer
from gateway.adapters.engine_session import EngineSession
from gateway.bench.twins import with_twins
from gateway.policy.policy_set import PolicySet

Json = Any
Say = Callable[[str], object]

_CPU_OF_A_PROCESS = 2  # CPUCLOCK_SCHED: user and system time of all threads, by the scheduler
_GIVEN = {"permit", "hold"}
_DAY = 20_779  # 2026-11-22
_WARM_UP = 30
_COLUMNS = {
    "Felder": "members",
    "ein, B": "input",
    "aus, B": "answer",
    "CPU µs": "CPU",
    "× 2 µs": "doubled",
}

# Whatever a condition of a legal basis may ask for; the rules decide what of it counts.
_FACTS: Mapping[str, Json] = {
    "art9_exception": True,
    "audit_subject_link": True,
    "available_without_coercion": True,
    "azr_sufficient": False,
    "benefit_risk": False,
    "case_reference": True,
    "danger_facts": True,
    "danger_level": "concrete",
    "factual_indications": True,
    "guardians_cooperate": False,
    "head_decision": True,
    "immediate_action": True,
    "is_bulk": False,
    "is_periodic": False,
    "judicial_order": True,
    "justification_present": True,
    "obtainable_elsewhere": False,
    "offence_class": "significant",
    "prior_notice": True,
    "proceedings_outcome": "final_conviction",
    "prosecutor_decision": True,
    "prosecutor_order": True,
    "prosecutor_permission": True,
    "protected_interest_contra": False,
    "purpose_text_specific": True,
    "recipient_commitment_purpose": True,
    "recipient_task_competence": True,
    "regional_border_crime": True,
    "reliability_link": True,
    "request": {"complete": True},
    "request_age_days": 3,
    "request_mode": "spontaneous",
    "review_date": _DAY + 180,
    "review_date_set": True,
    "special_provision": True,
    "statutory_duty": True,
    "strictly_necessary_reason": True,
    "talks_with_guardians_failed": True,
    "third_party_collection_reason": "task_endangered_otherwise",
    "weighty_indications": True,
}


class Engine(Protocol):
    """An engine with one policy set, whose CPU time can be read."""

    def decide(self, given: bytes) -> bytes:
        """Return the decision on an input, both as JSON."""

    def cpu_s(self) -> float:
        """Return the CPU time of whatever decides, so far."""


class Embedded:
    """The OPA library in a child of its own, as the gateway runs it."""

    def __init__(self, policy_set: PolicySet) -> None:
        self._session = EngineSession()
        try:
            for path, source in policy_set.modules.items():
                self._session.add_module(path, source)
            self._session.add_data(policy_set.data_json)
        except BaseException:
            self._session.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__(None, None, None)

    def decide(self, given: bytes) -> bytes:
        return self._session.answer(ENTRYPOINT, given)

    def cpu_s(self) -> float:
        return time.clock_gettime(~self._session.pid << 3 | _CPU_OF_A_PROCESS)


@dataclass(frozen=True, slots=True)
class Cost:
    """One kind: all fields of its schema, on one route. Microseconds of CPU, and bytes.

    `verdict` is no permit where no route of the kind permits such a request.
    """

    kind: str
    verdict: str
    members: int
    input_bytes: int
    answer_bytes: int
    cpu_us: float
    doubled_us: float


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
    def worst(self) -> Cost:
        return max(self.kinds, key=lambda it: it.cpu_us)

    @property
    def ratio_doubled(self) -> float:
        """How much the median of twice as many kinds and rules is above that of the set."""
        return median(it.doubled_us for it in self.kinds) / self.median_us

    def document(self) -> dict[str, Json]:
        return {
            "median_us": self.median_us,
            "worst": asdict(self.worst),
            "ratio_doubled": self.ratio_doubled,
            "kinds": [asdict(it) for it in self.kinds],
            "decisions_per_round": self.decisions,
            "rounds": self.rounds,
        }


def bench_decide(policy_set: PolicySet, rounds: int, decisions: int, say: Say) -> Costs:
    """Measure each kind in turn, round by round, and keep the least: noise only adds."""
    with Embedded(policy_set) as engine, Embedded(with_twins(policy_set)) as doubled:
        inputs = {
            kind: _a_permitted_input(kind, policy_set, engine)
            for kind in sorted(policy_set.data["necessity"])
        }
        engines: tuple[Engine, Engine] = (engine, doubled)
        least: dict[tuple[str, int], float] = {}
        for number in range(1, rounds + 1):
            say(f"Runde {number} von {rounds} (round)")
            for (kind, given), (place, each) in product(inputs.items(), enumerate(engines)):
                spent = _cpu_us(each, _encoded(given), decisions)
                least[kind, place] = min(spent, least.get((kind, place), spent))
        kinds = tuple(
            _cost(kind, given, engine, least[kind, 0], least[kind, 1])
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
            f"{it.cpu_us:.0f}",
            f"{it.doubled_us:.0f}",
        )
    console.print(table)
    console.print(
        f"Median {costs.median_us:.0f} µs, am meisten (most) {costs.worst.kind} "
        f"{costs.worst.cpu_us:.0f} µs; mit doppelt so vielen Arten und Regeln "
        f"(twice the kinds and rules) × {costs.ratio_doubled:.2f}"
    )


def _cost(kind: str, given: Json, engine: Engine, cpu_us: float, doubled_us: float) -> Cost:
    question = _encoded(given)
    answer = engine.decide(question)
    verdict = read_answer(answer)["verdict"]
    members = len(given["members"])
    return Cost(kind, verdict, members, len(question), len(answer), cpu_us, doubled_us)


def _cpu_us(engine: Engine, given: bytes, decisions: int) -> float:
    for _ in range(min(_WARM_UP, decisions)):
        engine.decide(given)
    before = engine.cpu_s()
    for _ in range(decisions):
        engine.decide(given)
    return (engine.cpu_s() - before) / decisions * 1e6


def _a_permitted_input(kind: str, policy_set: PolicySet, engine: Engine) -> dict[str, Json]:
    """The first input that is permitted, with no more bases than carry it; else the last one."""
    given: dict[str, Json] = {}
    for given in _candidates(kind, policy_set):
        decision = read_answer(engine.decide(_encoded(given)))
        if decision["verdict"] in _GIVEN:
            applied = set(decision["rules_applied"])
            carrying = [it for it in given["legal_basis_claimed"] if it in applied]
            lean = {**given, "legal_basis_claimed": carrying}
            again = read_answer(engine.decide(_encoded(lean)))
            return lean if again["verdict"] in _GIVEN else given
    return given


def _candidates(kind: str, policy_set: PolicySet) -> Iterator[dict[str, Json]]:
    """Inputs on each route of a kind, for each task of the recipient, from each purpose."""
    data = policy_set.data
    bases = sorted(name for name, row in data["legal_bases"].items() if row["effect"] == "permit")
    for sender, recipients in sorted(data["routes"][kind].items()):
        for recipient, route in sorted(recipients.items()):
            for purpose in route["recipient_purposes"]:
                originals = (purpose, *sorted(data["purposes"]["vocabulary"]))
                for original, asked, reason in product(originals, (False, True), (False, True)):
                    yield {
                        "exchange_kind": kind,
                        "sender_kind": sender,
                        "recipient_kind": recipient,
                        "legal_basis_claimed": bases,
                        "purpose": purpose,
                        "original_purpose": original,
                        "sender_controller": "bench",
                        "evaluated_at": _DAY * 86_400 + 43_200,
                        "evaluated_on": _DAY,
                        "case_file": True,
                        "facts": {
                            **_FACTS,
                            **(_second_door(data, recipient, purpose) if asked else {}),
                        },
                        "members": _all_members(data, kind, reason),
                    }


def _second_door(data: Mapping[str, Json], recipient: str, purpose: str) -> dict[str, Json]:
    """The facts of an answer to a request, with a norm of the recipient where it has one."""
    groups = set(data["agency_kinds"][recipient]["groups"])
    norms = (
        norm
        for norm, row in sorted(data["collection_bases"].items())
        if groups & set(row["recipients"]) and purpose in row["purposes"]
    )
    return {"request_mode": "on_request", "recipient_collection_basis": next(norms, "")}


def _all_members(data: Mapping[str, Json], kind: str, reason: bool) -> dict[str, dict[str, Json]]:
    role = min(role for role, row in data["roles"].items() if row["flags"] == ["labelled"])
    reasoned: dict[str, Json] = {"necessity_reason": True} if reason else {}
    return {
        name: {"data_subject_role": role, **reasoned} if mark["role_needed"] else reasoned
        for name, mark in data["members"][kind].items()
    }


def _encoded(given: Json) -> bytes:
    return json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()
