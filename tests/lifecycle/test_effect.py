"""The effect of a change: more outweighs all else, and only pure tightening is tightening."""

import pytest

from gateway.errors import ChangeRefused
from gateway.lifecycle.effect import Effect, Why, an_effect

MORE, LESS, SAME = (Why(code, f"{code} (de)", f"{code} (en)") for code in ("more", "less", "same"))
EFFECTS = {
    "more": ([MORE], [], [], True, False),
    "more and less": ([MORE], [LESS], [], True, False),
    "less": ([], [LESS], [], False, True),
    "less and wording": ([], [LESS], [SAME], False, False),
    "wording": ([], [], [SAME], False, False),
    "nothing": ([], [], [], False, False),
}


@pytest.mark.parametrize(("more", "less", "same", "releases", "tightens"), EFFECTS.values())
def test_an_effect_follows_from_its_grounds(
    more: list[Why], less: list[Why], same: list[Why], releases: bool, tightens: bool
) -> None:
    effect = an_effect(more, less, same, ["b", "a", "b"])
    assert (effect.releases_more, effect.tightens_only) == (releases, tightens)
    assert effect.controllers == ("a", "b")
    assert effect.why == (*more, *less, *same)


def test_a_document_gives_its_effect_again() -> None:
    effect = an_effect([MORE], [LESS], [], ["b", "a"])
    document = effect.document()
    assert document == {
        "releases_more": True,
        "tightens_only": False,
        "controllers": ["a", "b"],
        "why": [
            {"code": "more", "de": "more (de)", "en": "more (en)"},
            {"code": "less", "de": "less (de)", "en": "less (en)"},
        ],
    }
    assert Effect.read(document) == effect


@pytest.mark.parametrize("why", [7, "more", [7], [{"code": "more", "de": "mehr"}], {}], ids=str)
def test_a_ground_that_is_none_is_refused(why: object) -> None:
    document = an_effect([MORE], [], [], ["a"]).document()
    with pytest.raises(ChangeRefused):
        Effect.read({**document, "why": why})


def test_grounds_may_be_left_out() -> None:
    document = an_effect([MORE], [], [], ["a"]).document()
    del document["why"]
    assert Effect.read(document) == Effect(True, False, ("a",))
