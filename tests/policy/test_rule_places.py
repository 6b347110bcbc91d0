from gateway.policy.rule_places import read_places
from gateway.policy.syntax_tree import Module
from tests.builders import REPOSITORY
from tests.policy.explanations import the_places, the_reading


def test_a_reason_is_found_at_the_block_that_words_it():
    path, line = the_places().of_pair["DOUBLE-DOOR", "second_door_missing"].split(":")

    block = (REPOSITORY / path).read_text("utf-8").split("\n")[int(line) - 1 :][:6]
    assert block[0] == "# METADATA"
    assert "#   id: DOUBLE-DOOR" in block


def test_every_reason_of_the_catalogue_has_a_place():
    assert set(the_reading().policy_set.catalogue.entries) <= set(the_places().of_pair)


def test_an_obligation_is_found_at_the_line_that_gives_it():
    path, line = the_places().of_pair["LOG-1", "OB-LOG"].split(":")

    assert '"OB-LOG"' in (REPOSITORY / path).read_text("utf-8").split("\n")[int(line) - 1]


def test_a_topic_that_only_finds_out_refuses_nothing():
    refuses = {topic.name: topic.refuses for topic in the_places().topics}

    assert refuses["lawfulness"] is True
    assert refuses["minors"] is True
    assert refuses["findings"] is False


def test_tests_beside_the_rules_are_no_place():
    module = Module("policies/exchange/rules/x/x_test.rego", "", {"package": {"path": []}})

    assert read_places([module]).topics == ()
