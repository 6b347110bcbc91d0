"""A whole run: the mutants of rules and tables, judged side by side, and what they say."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue

from gateway.adapters.opa_parser import located_rules
from gateway.policy.loading import Reading
from gateway.policy.mutation.mutant import Mutant
from gateway.policy.mutation.proof import Proof
from gateway.policy.mutation.prover import Fate, Judgement, Prover
from gateway.policy.mutation.rego_mutants import mutants_of_module
from gateway.policy.mutation.table_mutants import mutants_of_tables

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all mutants of a run."""

    judgements: tuple[Judgement, ...]

    def with_fate(self, fate: Fate) -> tuple[Judgement, ...]:
        return tuple(each for each in self.judgements if each.fate is fate)

    @property
    def score(self) -> float:
        """The share of mutants that something noticed; those that do not compile do not count."""
        killed, survived = self.with_fate(Fate.KILLED), self.with_fate(Fate.SURVIVED)
        return len(killed) / max(1, len(killed) + len(survived))


def all_mutants(reading: Reading, opa: Path) -> Iterator[Mutant]:
    """Give every mutant of the rules, then of the tables, always in the same order.

    Raises:
        PolicyUnavailable: The program *opa*, which says where each condition stands, did not run.
    """
    for path, source in sorted(reading.policy_set.modules.items()):
        yield from mutants_of_module(path, source, located_rules(opa, source))
    yield from mutants_of_tables(reading)


def chosen(mutants: Iterable[Mutant], only: str, sample: int | None, seed: int) -> list[Mutant]:
    """Those of files whose path holds *only*; of them *sample*, drawn by a digest of each.

    So a mutant stays in the sample of a seed when other rules are changed.
    """
    found = [mutant for mutant in mutants if only in mutant.path]
    if sample is None:
        return found
    drawn = sorted(range(len(found)), key=lambda place: _lot(found[place], seed))[:sample]
    return [found[place] for place in sorted(drawn)]


def _lot(mutant: Mutant, seed: int) -> bytes:
    return sha256(repr((seed, mutant.key)).encode()).digest()


def judge_all(
    proof: Proof, mutants: Sequence[Mutant], jobs: int, progress: Progress = lambda _d, _t: None
) -> Outcome:
    """Judge *mutants* with *jobs* provers at a time, each with engine processes of its own.

    Raises:
        ProofBroken: The proof does not hold on the rules as they are.
    """
    idle: SimpleQueue[Prover] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(jobs):
            idle.put(stack.enter_context(Prover(proof)))
        first = idle.get()
        first.check()
        idle.put(first)

        def judge(mutant: Mutant) -> Judgement:
            prover = idle.get()
            try:
                return prover.judge(mutant)
            finally:
                idle.put(prover)

        judged = []
        with ThreadPoolExecutor(jobs) as threads:
            progress(0, len(mutants))
            for judgement in threads.map(judge, mutants):
                judged.append(judgement)
                progress(len(judged), len(mutants))
    return Outcome(tuple(judged))
