import json

import pytest

from gateway.adapters.clock import moment_at
from gateway.policy.case_files import CaseFileUnusable
from gateway.policy.explained_file import Sides, input_of_request, read_case
from tests.builders import NOW, an_envelope, an_exchange
from tests.policy.explanations import CASES, the_reading, worked_case

SIDES = Sides("POLICE_INSPECTION", "MUNICIPAL_ORDER")


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "fall.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


def test_one_case_of_a_file_is_chosen_by_its_id():
    assert read_case(CASES, "V08") == worked_case("V08")


def test_the_only_case_of_a_file_needs_no_choice(file):
    row = {**worked_case("V08").request}

    assert read_case(file([row]), None).id == "V08"
    assert read_case(file(row), None).id == "V08"


def test_a_case_by_itself_needs_no_expectation_and_no_id(file):
    row = {**worked_case("V08").request}
    del row["expected"], row["id"]

    assert read_case(file(row), None).request["exchange_kind"] == "SOCIAL_DATA_REQUEST"


@pytest.mark.parametrize("case_id", [None, "V99"])
def test_a_choice_among_several_names_them(case_id):
    with pytest.raises(CaseFileUnusable, match="V01, V02"):
        read_case(CASES, case_id)


def test_a_request_is_seen_as_the_gateway_sees_it(file):
    path = file(an_envelope())
    assert read_case(path, None) is None

    given = input_of_request(path, SIDES, moment_at(NOW), the_reading().policy_set)

    sent = an_exchange()
    assert given["members"] == {name: dict(facts) for name, facts in sent.member_facts.items()}
    assert given["facts"] == dict(sent.facts)
    assert given["sender_kind"] == "POLICE_INSPECTION"
    assert "Beispielufer" not in json.dumps(given)


def test_what_the_gateway_would_not_accept_is_told_with_its_place(file):
    path = file(an_envelope(payload={"no_such_member": "x"}))

    with pytest.raises(CaseFileUnusable, match="/payload") as refused:
        input_of_request(path, SIDES, moment_at(NOW), the_reading().policy_set)

    assert "no_such_member" not in str(refused.value)


@pytest.mark.parametrize("content", ["{}", "3", '{"recipient": 3}'])
def test_neither_case_nor_request_is_told(file, content):
    path = file(content)
    assert read_case(path, None) is None

    with pytest.raises(CaseFileUnusable, match="weder ein Fall"):
        input_of_request(path, SIDES, moment_at(NOW), the_reading().policy_set)
