"""What one policy set releases more than another one: computed from decisions, not claimed.

Any change of Rego, of capabilities, of schemas or of the facts' sources counts as more. Of a
change of the tables both sets decide probes of every kind and route, cases and past decisions. A
place of the tables whose effect nothing shows is not proven to tighten, so it counts as more.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from gateway.errors import PolicySetRefused, PolicyUnavailable
from gateway.lifecycle import effect_words as words
from gateway.lifecycle.effect import Effect, Why, an_effect
from gateway.lifecycle.replay_report import ReplayReport
from gateway.lifecycle.two_sets import Answer, Batch, Engines, Shown, ask_both, shown_alone
from gateway.model.unit import Unit
from gateway.policy.case_files import Case
from gateway.policy.case_input import input_of_case
from gateway.policy.changed_places import Place, applied, changed_places
from gateway.policy.loading import Reading
from gateway.policy.policy_files import is_test
from gateway.policy.probes import (
    Answered,
    beside,
    closest,
    cores,
    further_ways,
    near,
    through_doors,
    tries_of,
    unlike,
    ways,
)
from gateway.policy.unread_rows import READ_BY_GATEWAY

Json = Any
Questions = list[Answer]


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """Two policy sets, the units registered, and what the sets are to be asked besides probes."""

    before: Reading
    after: Reading
    units: Collection[Unit]
    cases: Sequence[Case] = ()
    history: ReplayReport | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """An effect, and how many questions showed it. `undecided` are those of the second set."""

    effect: Effect
    probes: int
    cases: int
    undecided: int


async def policy_effect(change: PolicyChange, engines: Engines) -> Weighed:
    """Decide probes and cases by both sets and say what the second one releases more.

    Raises:
        PolicySetRefused: A set does not load, or the replay is one of other sets.
        PolicyUnavailable: The engine did not come up.
    """
    before, after = change.before.policy_set, change.after.policy_set
    if change.history is not None and (
        (change.history.digest_before, change.history.digest_after) != (before.digest, after.digest)
    ):
        raise PolicySetRefused("the replay is one of other policy sets")
    files = [*_files_beyond_tables(change)]
    places = _places(change)
    deciding = [place for place in places if not place.wording]
    async with engines(before) as old, engines(after) as new:
        answers = await _asked(change, deciding, old, new)
        alone = [] if files else await _each_alone(change, deciding, old, answers, engines)
    found = _Found(change, files, places, list(zip(deciding, alone, strict=False)), answers)
    return Weighed(
        found.effect(),
        probes=sum(not answer.name for answer in answers),
        cases=len(change.cases),
        undecided=found.undecided,
    )


def _places(change: PolicyChange) -> tuple[Place, ...]:
    trees = [tree for tree in (*change.before.trees, *change.after.trees) if not is_test(tree.path)]
    return changed_places(change.before.policy_set.data, change.after.policy_set.data, trees)


def _files_beyond_tables(change: PolicyChange) -> Iterator[str]:
    """The files that decide, that no table is, and that are not the same bytes in both sets."""
    old, new = (
        {path: data for path, data in files.hashed() if path not in dict(files.data())}
        for files in (change.before.files, change.after.files)
    )
    yield from (path for path in sorted({*old, *new}) if old.get(path) != new.get(path))


async def _asked(
    change: PolicyChange,
    places: Sequence[Place],
    old: Batch,
    new: Batch,
) -> Questions:
    """Each way, then the inputs close to what the places speak of, then the cases."""
    sets = change.before.policy_set, change.after.policy_set
    closely = {place.kind for place in places if place.kind}
    if not closely or any(place.kind is None for place in places):
        kinds = {kind for rules in sets for kind in rules.data["routes"]}
    else:
        kinds = closely
    first = unlike(chain.from_iterable(ways(rules.data, closely) for rules in sets))
    answers = await ask_both(old, new, first)
    known = _answered(answers, kinds)
    further = unlike(chain.from_iterable(further_ways(it.data, known, kinds) for it in sets))
    answers += await ask_both(old, new, further)
    tries, facts = tries_of(places), sets[1].schemas["facts.json"]
    doors = {word for it in sets for word in {*tries.words} & {*it.data["collection_bases"]}}
    found = cores(_answered(answers, kinds))
    found = unlike([*found, *through_doors(found, sorted(doors))])
    steps = chain(
        chain.from_iterable(beside(core, facts, tries) for core in found),
        chain.from_iterable(near(core, facts, tries) for core in closest(found, places)),
    )
    asked = [*first, *further]
    more = unlike([*asked, *steps])[len(asked) :]
    answers += await ask_both(old, new, more)
    inputs = [input_of_case(case, sets[0]) for case in change.cases]
    return answers + await ask_both(old, new, inputs, [case.id for case in change.cases])


def _answered(answers: Questions, kinds: Collection[str]) -> list[Answered]:
    return [
        (it.given, (it.before, it.after)) for it in answers if it.given["exchange_kind"] in kinds
    ]


async def _each_alone(
    change: PolicyChange,
    places: Sequence[Place],
    old: Batch,
    answers: Questions,
    engines: Engines,
) -> list[Shown]:
    """What each place shows without the others, so that none hides behind another one."""
    if len(places) == 1:
        return [_weightiest(answer.shown for answer in answers)]
    before, found = change.before.policy_set, []
    for place in places:
        asked = [it for it in answers if place.kind in (None, it.given["exchange_kind"])]
        changed = replace(before, data=applied(before.data, place))
        try:
            async with engines(changed) as new:
                found.append(await shown_alone(old, new, asked))
        except (PolicySetRefused, PolicyUnavailable):
            found.append(Shown.NOTHING)  # it means nothing without the others
    return found


def _weightiest(shown: Iterable[Shown]) -> Shown:
    found = {*shown}
    return next((each for each in Shown if each in found), Shown.NOTHING)


class _Found:
    """Everything that was found, and the effect that follows from it."""

    def __init__(
        self,
        change: PolicyChange,
        files: Sequence[str],
        places: Sequence[Place],
        alone: Sequence[tuple[Place, Shown]],
        answers: Questions,
    ) -> None:
        self._change = change
        self._files = files
        self._places = places
        self._alone = alone
        self._more = [answer for answer in answers if answer.shown is Shown.MORE]
        self._less = [answer for answer in answers if answer.shown is Shown.LESS]
        self._differing = [answer for answer in answers if answer.shown is not Shown.NOTHING]
        self.undecided = sum(answer.after is None for answer in answers)

    def effect(self) -> Effect:
        shown = [(place, self._proven(place, shown)) for place, shown in self._alone]
        more = [
            *map(words.of_file, self._files),
            *words.of_answers("probe_loosened", [it for it in self._more if not it.name]),
            *words.of_answers("case_loosened", [it for it in self._more if it.name]),
            *words.of_history("history_loosened", self._history("loosened")),
            *(words.of_place("loosens", it) for it, each in shown if each is Shown.MORE),
            *(words.of_place("effect_not_shown", it) for it, each in shown if _unseen(each)),
            *(words.of_place("otherwise", it) for it, each in shown if each is Shown.OTHERWISE),
            *([words.whole("undecided")] if self.undecided else []),
        ]
        less = [
            *(words.of_place("tightens", it) for it, each in shown if each is Shown.LESS),
            *words.of_answers("probe_tightened", [it for it in self._less if not it.name]),
            *words.of_answers("case_tightened", [it for it in self._less if it.name]),
            *words.of_history("history_tightened", self._history("tightened")),
        ]
        return an_effect(more, less, self._beside(), self._controllers(shown))

    def _beside(self) -> Iterator[Why]:
        """What is neither more nor less."""
        yield from (words.of_place("wording", place) for place in self._places if place.wording)
        if not self._files and not self._places:
            sets = self._change.before.policy_set, self._change.after.policy_set
            yield words.whole("nothing" if sets[0].digest == sets[1].digest else "layout")

    def _proven(self, place: Place, shown: Shown) -> Shown:
        """What is shown of a place. Of what no decision shows in full, nothing tightens."""
        shown = self._with_history(shown)
        in_full = not place.adds and not any(
            f"data.{place}.".startswith(f"{name}.") for name in READ_BY_GATEWAY
        )
        return shown if in_full or shown is not Shown.LESS else Shown.NOTHING

    def _with_history(self, shown: Shown) -> Shown:
        """What history shows of a place that is the only one."""
        if len(self._alone) > 1 or shown in (Shown.MORE, Shown.LESS):
            return shown
        if self._history("loosened"):
            return Shown.MORE
        return Shown.LESS if self._history("tightened") else shown

    def _history(self, which: str) -> Mapping[tuple[str, ...], int]:
        return self._change.history.found[which] if self._change.history else {}

    def _controllers(self, shown: Sequence[tuple[Place, Shown]]) -> set[str]:
        """Those with units whose sending is decided otherwise; all where that is not known."""
        every = {unit.controller for unit in self._change.units}
        if self._files or self.undecided:
            return every
        named = {place.controller for place, _ in shown}
        if named and None not in named:
            return every & named
        if any(_unseen(each) for _, each in shown):
            return every
        rows = (*self._history("loosened"), *self._history("tightened"))
        kinds = {it.given["sender_kind"] for it in self._differing}
        kinds |= {sender for _, sender, _ in rows}
        senders = {unit.controller for unit in self._change.units if unit.kind in kinds}
        return senders | (every & {*named, *(controller for _, _, controller in rows)})


def _unseen(shown: Shown) -> bool:
    return shown is Shown.NOTHING
