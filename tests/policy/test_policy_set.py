import json

from tests.policy.sets import a_policy_set


def test_the_data_document_is_given_as_sorted_json():
    policy_set = a_policy_set(data={"b": {"ü": 1}, "a": [2]})

    assert policy_set.data_json.decode() == '{"a": [2], "b": {"ü": 1}, "members": {}}'
    assert json.loads(policy_set.data_json) == policy_set.data
