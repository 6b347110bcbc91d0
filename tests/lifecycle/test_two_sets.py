"""Two policy sets asked alike, and what their decisions show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.lifecycle.two_sets import Shown, ask_both, shown_alone
from tests.builders import a_decision

Json = Any
Given = Mapping[str, Json]
MARK = {"code": "OB-MARK", "rule": "NPOG-38", "parameters": {}}


@dataclass
class MemoryBatch:
    """Decides by a function; None is an input that is not decided."""

    rule: Callable[[Given], Json]
    asked: list[Given] = field(default_factory=list)

    async def decide(self, inputs: Sequence[Given]) -> list[Json]:
        self.asked += inputs
        return [self.rule(given) for given in inputs]


def question(*members: str) -> dict[str, Json]:
    return {"members": {name: {} for name in members}}


def releasing(*withheld: str, **parts: Json) -> Callable[[Given], Json]:
    """Release all members but those *withheld*."""
    return lambda given: {
        **a_decision({*given["members"]} - {*withheld}, {*given["members"]} & {*withheld}),
        **parts,
    }


async def shown(before: Callable[[Given], Json], after: Callable[[Given], Json]) -> Shown:
    (answer,) = await ask_both(MemoryBatch(before), MemoryBatch(after), [question("a", "b")])
    return answer.shown


async def test_equal_decisions_show_nothing() -> None:
    assert await shown(releasing("a"), releasing("a")) is Shown.NOTHING


async def test_more_and_less_are_shown() -> None:
    assert await shown(releasing("a"), releasing()) is Shown.MORE
    assert await shown(releasing(), releasing("a")) is Shown.LESS


async def test_one_more_outweighs_what_is_less() -> None:
    assert await shown(releasing("a"), releasing("b")) is Shown.MORE


async def test_another_reason_shows_neither() -> None:
    other = {"needs": [{"reason": "x"}]}
    assert await shown(releasing("a"), releasing("a", **other)) is Shown.OTHERWISE


async def test_true_in_place_of_one_is_a_difference() -> None:
    one, true = ({"needs": [{"value": value}]} for value in (1, True))
    assert await shown(releasing(**one), releasing(**true)) is Shown.OTHERWISE


def marked_if(member: str, *withheld: str) -> Callable[[Given], Json]:
    """A duty that comes with *member*, as long as it is released."""

    def rule(given: Given) -> Json:
        released = {*given["members"]} - {*withheld}
        duties = [MARK] if member in released else []
        return {**releasing(*withheld)(given), "obligations": duties}

    return rule


async def test_a_duty_that_goes_with_its_member_is_no_loosening() -> None:
    """The first set, asked without the member, asks for no more."""
    assert await shown(marked_if("a"), marked_if("a", "a")) is Shown.LESS


async def test_a_duty_that_goes_beside_another_member_is_a_loosening() -> None:
    """The first set still asks for it when that member is not there."""
    assert await shown(marked_if("a"), releasing("b", obligations=[])) is Shown.MORE


async def test_a_duty_whose_going_cannot_be_asked_for_is_a_loosening() -> None:
    def only_whole(given: Given) -> Json:
        return marked_if("a")(given) if len(given["members"]) == 2 else None

    assert await shown(only_whole, marked_if("a", "a")) is Shown.MORE


async def test_what_was_undecided_and_is_released_now_is_more() -> None:
    assert await shown(lambda _: None, releasing()) is Shown.MORE


async def test_what_is_undecided_now_is_not_taken_for_tightening() -> None:
    assert await shown(releasing(), lambda _: None) is Shown.OTHERWISE
    denial = {"verdict": "deny", "outcomes": [], "obligations": []}
    assert await shown(lambda _: None, lambda _: denial) is Shown.OTHERWISE


async def test_answers_keep_questions_decisions_and_names() -> None:
    asked = [question("a"), question("b")]
    answers = await ask_both(
        MemoryBatch(releasing()), MemoryBatch(releasing("b")), asked, ["C01", "C02"]
    )
    assert [(answer.given, answer.name) for answer in answers] == [
        (asked[0], "C01"),
        (asked[1], "C02"),
    ]
    assert answers[1].before == releasing()(asked[1])
    assert answers[1].after == releasing("b")(asked[1])


async def alone(after: Callable[[Given], Json], count: int = 200) -> tuple[Shown, int]:
    """What one part shows over many questions, and how many were asked for it."""
    before, changed = MemoryBatch(releasing()), MemoryBatch(after)
    questions = [question("a", f"b{number}") for number in range(count)]
    answers = await ask_both(before, MemoryBatch(releasing()), questions)
    return await shown_alone(before, changed, answers), len(changed.asked)


async def test_a_part_alone_is_asked_about_until_it_shows_something() -> None:
    found, asked = await alone(releasing("a"))
    assert found is Shown.LESS
    assert asked < 200


async def test_a_part_alone_that_shows_nothing_was_asked_about_everywhere() -> None:
    assert await alone(releasing()) == (Shown.NOTHING, 200)


async def test_a_part_alone_that_decides_otherwise_says_so_at_the_end() -> None:
    assert await alone(releasing(needs=[{"reason": "x"}])) == (Shown.OTHERWISE, 200)


async def test_a_part_alone_can_show_itself_at_the_last_question() -> None:
    assert await alone(releasing("b199")) == (Shown.LESS, 200)
