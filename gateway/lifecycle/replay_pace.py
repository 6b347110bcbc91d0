"""How fast past decisions were decided again: no part of the report, which knows no time."""

from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any

Json = Any


@dataclass(slots=True)
class Pace:
    """Decisions of this run by kind, and what the engine took for them, in seconds of CPU.

    It counts from when it is made, or from the last `begin`.
    """

    decisions: Counter[str] = field(default_factory=Counter)
    engine_s: dict[str, float] = field(default_factory=dict)
    _began: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._began = perf_counter(), process_time()

    def add(self, kind: str, decisions: int, engine_s: float) -> None:
        self.decisions[kind] += decisions
        self.engine_s[kind] = self.engine_s.get(kind, 0.0) + engine_s

    def document(self) -> dict[str, Json]:
        """Return decisions a second: by the clock, of all CPU, of the engine's by kind."""
        total, began_s, began_cpu_s = self.decisions.total(), *self._began
        own_s, engine_s = process_time() - began_cpu_s, sum(self.engine_s.values())
        return {
            "decisions": total,
            "per_second": _rate(total, perf_counter() - began_s),
            "per_second_and_core": _rate(total, own_s + engine_s),
            "of_the_engine": {
                "per_second_and_core": _rate(total, engine_s),
                "kinds": {
                    kind: _rate(decisions, self.engine_s[kind])
                    for kind, decisions in sorted(self.decisions.items())
                },
            },
        }


def _rate(decisions: int, spent_s: float) -> int:
    return round(decisions / spent_s) if spent_s else 0
