"""The scenes are read as they are written, and each is about something that there is."""

from collections import Counter

from gateway.synthetic.scene import all_scenes, scene_of
from tests.builders import the_policies

ROW = {
    "title": "A visit",
    "exchange_kind": "STATISTICS",
    "sender_kind": "POLICE_INSPECTION",
    "recipient_kind": "MUNICIPALITY_EXECUTIVE",
    "purpose": "STATISTICS",
    "original_purpose": "STATISTICS",
    "legal_basis": ["NPOG-41"],
    "facts": {"is_periodic": True},
    "members": [["trend_text", {}], ["trend_text", {"category": "PREMISES"}]],
}


def test_a_scene_has_what_its_row_says() -> None:
    scene = scene_of(ROW)
    assert (scene.title, scene.legal_basis, scene.weight) == ("A visit", ("NPOG-41",), 1)
    assert scene.members == (("trend_text", {}), ("trend_text", {"category": "PREMISES"}))


def test_every_scene_is_of_a_kind_between_agencies_that_the_tables_know() -> None:
    data = the_policies().data
    for scene in all_scenes():
        assert scene.exchange_kind in data["members"], scene.title
        assert {scene.sender_kind, scene.recipient_kind} <= data["agency_kinds"].keys()
        known = data["members"][scene.exchange_kind]
        assert {name for name, _ in scene.members} <= known.keys()


def test_every_kind_has_a_scene_and_no_title_stands_twice() -> None:
    scenes = all_scenes()
    assert {scene.exchange_kind for scene in scenes} == the_policies().data["routes"].keys()
    assert {title for title, times in Counter(it.title for it in scenes).items() if times > 1} == (
        set()
    )


def test_facts_and_attributes_of_scenes_are_those_of_the_tables() -> None:
    schemas = the_policies().schemas
    for scene in all_scenes():
        assert scene.facts.keys() <= schemas.facts.keys(), scene.title
        for name, said in scene.members:
            assert said.keys() <= schemas.member_facts.keys(), (scene.title, name)
