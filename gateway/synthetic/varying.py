"""Tells scene after scene: first each as it is written, then with something changed by chance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from gateway.policies import Policies
from gateway.synthetic.scene import Scene, all_scenes

Json = Any
_PARTNERSHIP = "demo-sicherheitspartnerschaft"
_AGE = "data_subject_age"
_AGES = range(3, 20)


def dice_for(seed: int, number: int) -> Random:
    """Return the dice of exchange *number*; what the exchanges before it did is no matter."""
    return Random(f"datenschleuse demo {seed} {number}")  # noqa: S311  # invents, hides nothing


class Storyteller:
    """Gives the scene of each number, the same one for the same tables and seed."""

    def __init__(self, policies: Policies) -> None:
        data = policies.data
        self._scenes: Sequence[Scene] = all_scenes()
        self._weights = [scene.weight for scene in self._scenes]
        self._members: Mapping[str, Mapping[str, Json]] = data["members"]
        self._roles = sorted(data["roles"])
        self._purposes = sorted(data["purposes"]["vocabulary"])
        self._bases = sorted(it for it, row in data["legal_bases"].items())
        self._levels = sorted(data["thresholds"]["danger_levels"])

    def scene(self, number: int, dice: Random) -> Scene:
        """Return scene *number*, counted from 0."""
        if number < len(self._scenes):
            return self._scenes[number]
        scene = dice.choices(self._scenes, self._weights)[0]
        return replace(
            scene,
            purpose=dice.choice(self._purposes) if dice.random() < 0.05 else scene.purpose,
            legal_basis=self._claimed(scene, dice),
            facts=dict(self._facts(scene.facts, dice)),
            members=tuple(self._offered(scene, dice)),
            partnership=_PARTNERSHIP if dice.random() < 0.2 else None,
        )

    def _claimed(self, scene: Scene, dice: Random) -> tuple[str, ...]:
        claimed = [it for it in scene.legal_basis if dice.random() < 0.93]
        if dice.random() < 0.05:
            claimed.append(dice.choice(["PARTNERSHIP", *self._bases]))
        return tuple(dict.fromkeys(claimed))

    def _facts(self, facts: Mapping[str, Json], dice: Random) -> Iterator[tuple[str, Json]]:
        for name, value in facts.items():
            if dice.random() < 0.02:
                continue
            if name == "danger_level" and dice.random() < 0.1:
                yield name, dice.choice(self._levels)
            elif isinstance(value, bool) and dice.random() < 0.02:
                yield name, not value
            else:
                yield name, value
        for name in ("justification_present", "purpose_text_specific", "review_date_set"):
            if dice.random() < 0.02:
                yield name, False
        if dice.random() < 0.02:
            yield "is_bulk", True

    def _offered(self, scene: Scene, dice: Random) -> Iterator[tuple[str, Mapping[str, Json]]]:
        """Most of the members, perhaps one more, perhaps about somebody young; never none."""
        kept = [it for it in scene.members if dice.random() < 0.85] or [*scene.members[:1]]
        known = self._members[scene.exchange_kind]
        others = sorted(known.keys() - {name for name, _ in scene.members})
        if others and dice.random() < 0.3:
            kept.append((dice.choice(others), {}))
        young = dice.randrange(len(kept)) if dice.random() < 0.05 else None
        for place, (name, said) in enumerate(kept):
            more: dict[str, Json] = {}
            if known[name]["role_needed"] and dice.random() < 0.05:
                more["data_subject_role"] = dice.choice(self._roles)
            if place == young:
                more[_AGE] = dice.choice(_AGES)
            yield name, {**said, **more}
