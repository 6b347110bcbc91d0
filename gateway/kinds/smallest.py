"""The smallest input of an exchange kind that the rules permit."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from gateway.policy.permitted_inputs import candidates

Json = Any
Given = dict[str, Json]
Decide = Callable[[Given], Json]

_GIVEN = ("permit", "hold")
_REQUEST = "0" * 32
_CELL = 100
_OWN = {"sender", "computed", "registry"}
"""Sources of the facts of an exchange that answers no request."""


@dataclass(frozen=True, slots=True)
class Smallest:
    """An input from which nothing can be taken away, and what it takes beside it.

    `asked` is true where the kind is permitted only as the answer to a request; `unconfirmed`
    are the norms that it rests on and that the controller must have confirmed.
    """

    given: Given
    verdict: str
    asked: bool
    unconfirmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """What is known of a kind: tables of the rules, sources of facts, members that are files."""

    data: Mapping[str, Json]
    sources: Mapping[str, str]
    files: Collection[str]


def smallest_input(kind: str, tables: Tables, decide: Decide, day: int) -> Smallest | None:
    """Return the smallest input that *decide* permits on *day*, or None if it permits none.

    Unasked goes before asked, the purpose of collection before another one, and norms that
    nobody need confirm before others.
    """
    every = [it for it in candidates(kind, tables.data, day) if _with_a_reason(it)]
    for asked, kept, confirmed in product((False, True), (True, False), (False, True)):
        tried = [
            _as_it_comes(it, tables.sources, asked=asked, confirmed=confirmed)
            for it in every
            if (it["facts"]["request_mode"] == "on_request") is asked
            and (it["purpose"] == it["original_purpose"]) is kept
        ]
        found = _first(tried, tables.data["members"][kind], decide)
        if found is None:
            continue
        given = _least(_with_one_member(found, tables, decide), tables.sources, decide)
        norms = tables.data["norms"]
        return Smallest(
            {key: value for key, value in given.items() if key != "case_file"},
            decide(given)["verdict"],
            asked,
            tuple(sorted(it for it in given["legal_basis_claimed"] if norms[it]["status"] in "OU")),
        )
    return None


def _with_a_reason(candidate: Given) -> bool:
    return any("necessity_reason" in said for said in candidate["members"].values())


def _first(tried: Iterable[Given], marks: Mapping[str, Json], decide: Decide) -> Given | None:
    """The first that is permitted, or else the first that a human would have to release."""
    held = None
    for candidate in tried:
        for members in _offers(candidate["members"], marks):
            given = {**candidate, "members": members}
            verdict = decide(given)["verdict"]
            if verdict == "permit":
                return given
            if verdict == "hold":
                held = held or given
    return held


def _as_it_comes(
    candidate: Given, sources: Mapping[str, str], *, asked: bool, confirmed: bool
) -> Given:
    """The candidate with the facts alone that the API would have."""
    kept = _OWN | ({"requester"} if asked else set())
    facts = {name: it for name, it in candidate["facts"].items() if sources.get(name) in kept}
    given = {**candidate, "facts": facts, "case_file": confirmed}
    return {**given, "in_reply_to": _REQUEST} if asked else given


def _offers(members: Mapping[str, Json], marks: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """All members, and those alone that concern nobody; tables with cells that are large enough."""
    every = {
        name: {**said, "cell_min": _CELL} if marks[name]["category"] == "AGGREGATE" else said
        for name, said in members.items()
    }
    yield every
    yield {name: said for name, said in every.items() if not marks[name]["role_needed"]}


def _with_one_member(given: Given, tables: Tables, decide: Decide) -> Given:
    """The input with one member of those that are released, if it may be a needed one, no file."""
    outcomes = decide(given)["outcomes"]
    released = [it["members"] for it in outcomes if it["action"] != "withhold"]
    rows = tables.data["necessity"][given["exchange_kind"]][given["recipient_kind"]]

    def place(name: str) -> tuple[bool, bool, bool, str]:
        role = "data_subject_role" in given["members"][name]
        return (name in tables.files, rows[name]["need"] != "needed", role, name)

    alone = [
        {**given, "members": {name: given["members"][name]}}
        for name in sorted((name for names in released for name in names), key=place)
    ]
    verdicts = [decide(it)["verdict"] for it in alone]
    for wanted in _GIVEN:
        if wanted in verdicts:
            return alone[verdicts.index(wanted)]
    return given


def _least(given: Given, sources: Mapping[str, str], decide: Decide) -> Given:
    """Take away one thing after the other for as long as the verdict does not get worse."""
    verdicts = _GIVEN[: 1 + _GIVEN.index(decide(given)["verdict"])]
    for lean in (_without_basis, _without_fact, _without_words):
        for name in lean(given, "", sources)[1]:
            less, _ = lean(given, name, sources)
            if decide(less)["verdict"] in verdicts:
                given = less
    return given


def _without_basis(given: Given, name: str, _: Mapping[str, str]) -> tuple[Given, list[str]]:
    claimed = given["legal_basis_claimed"]
    return {**given, "legal_basis_claimed": [it for it in claimed if it != name]}, list(claimed)


def _without_fact(given: Given, name: str, sources: Mapping[str, str]) -> tuple[Given, list[str]]:
    """The date of review and that there is one are one thing; what is computed stays."""
    gone = {name, *({"review_date_set"} if name == "review_date" else ())}
    facts = {key: it for key, it in given["facts"].items() if key not in gone}
    names = [it for it in given["facts"] if sources[it] != "computed" and it != "request_mode"]
    return {**given, "facts": facts}, names


def _without_words(given: Given, name: str, _: Mapping[str, str]) -> tuple[Given, list[str]]:
    """What the sender says of the members."""
    members = {
        member: {key: it for key, it in said.items() if key != name}
        for member, said in given["members"].items()
    }
    words = {key for said in given["members"].values() for key in said if key != "cell_min"}
    return {**given, "members": members}, sorted(words)
