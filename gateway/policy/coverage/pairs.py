"""For each rule of the catalogue a Rego test in which it fires and one in which it does not.

A test is evidence that a rule fires if it fails where the rule is silenced (a set without
conditions: emptied), and that it does not fire if it fails where the rule has no conditions any
more. So what a test is named or says of itself counts for nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from gateway.adapters.opa_parser import located_rules
from gateway.policy.loading import Reading
from gateway.policy.metadata import read_metadata
from gateway.policy.mutation.mutant import Change, Mutant
from gateway.policy.mutation.proof import Proof
from gateway.policy.mutation.prover import Prover
from gateway.policy.mutation.rego_mutants import (
    SourceText,
    emptied,
    name_of,
    opened,
    silenced,
)
from gateway.policy.policy_files import is_test
from gateway.policy.rego_tests import RegoTest, find_rego_tests
from gateway.policy.syntax_tree import Module

Json = Any
Progress = Callable[[int, int], None]

_BASES = ("legal_bases", "collection_bases")
_CONDITIONS = ("conditions", "facts", "order", "purposes", "original_purposes")
_BESIDE_A_BASIS = {
    "legal_bases": "policies/exchange/rules/lawfulness/lawfulness_test.rego",
    "collection_bases": "policies/exchange/rules/recipient/recipient_test.rego",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """The tests that notice; empty where none does. A rule without conditions always fires."""

    fires: str
    stays: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """One rule or row of a rule id, with its two changes and the tests that stand nearest."""

    rule: str
    beside: str
    silenced: Mutant
    opened: Mutant | None


def find_pairs(
    reading: Reading, opa: Path, progress: Progress = lambda _d, _t: None
) -> dict[str, Pair]:
    """Return for each rule id that has a rule or a row of its own what the Rego tests notice.

    Raises:
        PolicyUnavailable: The program *opa*, which says where each condition stands, did not run.
    """
    proof = Proof(reading.policy_set, (), find_rego_tests(reading.trees))
    places = [*_in_rules(reading, opa), *_in_tables(reading)]
    found: dict[str, Pair] = {}
    done = count(1)
    for beside, group in _by_tests(places):
        near = _only(proof, beside, reading.trees)
        with Prover(near) as prover:
            for place in group:
                _add(found, place, near.tests, prover)
                progress(next(done), len(places))
    _look_everywhere(places, found, proof)
    return found


def _add(found: dict[str, Pair], place: _Place, tests: Iterable[RegoTest], prover: Prover) -> None:
    """Join what the tests notice of a place to what is known of its rule."""
    before = found.get(place.rule, Pair("", ""))
    fires = before.fires or prover.first_failing(place.silenced, tests)
    always = before.always or place.opened is None
    stays = before.stays
    if not stays and place.opened is not None:
        stays = prover.first_failing(place.opened, tests)
    found[place.rule] = Pair(fires, stays, always)


def _look_everywhere(places: Iterable[_Place], found: dict[str, Pair], proof: Proof) -> None:
    """Ask all tests where those beside a rule did not notice."""
    open_places = [
        place
        for place in places
        if not found[place.rule].fires or not (found[place.rule].stays or found[place.rule].always)
    ]
    with Prover(proof) as prover:
        for place in open_places:
            _add(found, place, proof.tests, prover)


def _in_rules(reading: Reading, opa: Path) -> Iterator[_Place]:
    for module in reading.trees:
        if is_test(module.path):
            continue
        blocks, _ = read_metadata(module)
        named = [block for block in blocks if block.rules]
        if not named:
            continue
        text = SourceText(module.path, module.source)
        rules = located_rules(opa, module.source)
        beside = module.path.replace(".rego", "_test.rego")
        for block in named:
            rule = next(r for r in rules if r["location"]["row"] > block.line)
            where = name_of(rule)
            changes = [*silenced(text, where, rule)] or [*emptied(text, where, rule)]
            for mutant in changes[:1]:
                for each in block.rules:
                    yield _Place(each, beside, mutant, opened(text, where, rule))


def _in_tables(reading: Reading) -> Iterator[_Place]:
    for table in _BASES:
        for basis, row in reading.policy_set.data.get(table, {}).items():
            path, where = f"policies/{table}/data.json", (table, basis)
            name = ".".join(("data", *where))
            bare = {key: value for key, value in row.items() if key not in _CONDITIONS}
            if table == "legal_bases":
                bare["conditions"] = []
            else:
                bare |= {"facts": [], "purposes": [*_purposes(reading)]}
            yield _Place(
                basis,
                _BESIDE_A_BASIS[table],
                Mutant(path, 1, name, Change.REMOVED, basis, row=where),
                Mutant(path, 1, name, Change.DROPPED, "every condition", row=where, new=bare),
            )


def _purposes(reading: Reading) -> Mapping[str, Json]:
    vocabulary: Mapping[str, Json] = reading.policy_set.data["purposes"]["vocabulary"]
    return vocabulary


def _by_tests(places: Iterable[_Place]) -> Iterator[tuple[str, list[_Place]]]:
    groups: dict[str, list[_Place]] = {}
    for place in places:
        groups.setdefault(place.beside, []).append(place)
    yield from groups.items()


def _only(proof: Proof, beside: str, trees: Iterable[Module]) -> Proof:
    """The tests of one file, with those that it imports: fewer of them compile faster."""
    modules = {module.path: module for module in trees if is_test(module.path)}
    of_package = {".".join(("data", *module.package)): path for path, module in modules.items()}
    wanted, kept = [beside], set[str]()
    while wanted:
        path = wanted.pop()
        if path in modules and path not in kept:
            kept.add(path)
            wanted += [of_package.get(name, "") for name, _ in modules[path].imports()]
    tests = {path: source for path, source in proof.policy_set.tests.items() if path in kept}
    return Proof(
        replace(proof.policy_set, tests=tests),
        (),
        tuple(test for test in proof.tests if test.path == beside),
    )
