"""First every scene as it stands, then changed ones; the same number is the same scene."""

from gateway.synthetic.scene import Scene, all_scenes
from gateway.synthetic.varying import Storyteller, dice_for
from tests.builders import the_policies

STORY = Storyteller(the_policies())
FIRST = len(all_scenes())


def told(seed: int, numbers: range) -> list[Scene]:
    return [STORY.scene(number, dice_for(seed, number)) for number in numbers]


def test_the_scenes_come_first_as_they_are_written() -> None:
    assert told(7, range(FIRST)) == list(all_scenes())


def test_the_same_seed_tells_the_same_and_another_one_something_else() -> None:
    numbers = range(FIRST, FIRST + 50)
    assert told(1, numbers) == told(1, numbers)
    assert told(1, numbers) != told(2, numbers)


def test_a_scene_does_not_depend_on_those_before_it() -> None:
    assert told(1, range(FIRST, FIRST + 9))[8] == told(1, range(FIRST + 8, FIRST + 9))[0]


def test_a_changed_scene_offers_something_that_its_kind_has() -> None:
    known = the_policies().data["members"]
    for scene in told(3, range(FIRST, FIRST + 500)):
        assert scene.members
        assert {name for name, _ in scene.members} <= known[scene.exchange_kind].keys()


def test_chance_changes_bases_facts_members_and_purpose() -> None:
    by_title = {scene.title: scene for scene in all_scenes()}
    scenes = told(4, range(FIRST, FIRST + 500))
    for part in ("purpose", "legal_basis", "facts", "members", "partnership"):
        assert any(getattr(it, part) != getattr(by_title[it.title], part) for it in scenes), part
        assert any(getattr(it, part) == getattr(by_title[it.title], part) for it in scenes), part
