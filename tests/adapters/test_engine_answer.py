import json

import pytest

from gateway.adapters.engine_answer import read_answer, read_first, read_loading
from gateway.errors import PolicySetRefused, PolicyUnavailable


def an_error(message, code="eval_error"):
    return json.dumps({"error": {"code": code, "message": message}}).encode()


def a_value(text):
    return f'{{"prints":null,"result":[{{"expressions":[{{"value":{text}}}]}}]}}'.encode()


def test_the_value_is_returned():
    assert read_answer(a_value('{"verdict": "deny", "day": 20779}')) == {
        "verdict": "deny",
        "day": 20779,
    }


@pytest.mark.parametrize(
    "answer",
    [
        b'{"prints":null,"result":null}',
        b'{"prints":null,"result":[]}',
        b"{}",
        b"[]",
        b"",
        b'{"result":',
        a_value("1.5"),
        a_value("NaN"),
        an_error("x"),
    ],
)
def test_everything_else_is_unavailable(answer):
    with pytest.raises(PolicyUnavailable):
        read_answer(answer)


def test_an_error_is_passed_on_without_the_facts_that_it_quotes():
    message = 'policies/a/a.rego:4: eval_builtin_error: time.parse: parsing "geheim"'

    with pytest.raises(PolicyUnavailable) as error:
        read_answer(an_error(message))

    assert "policies/a/a.rego:4 eval_builtin_error" in str(error.value)
    assert "geheim" not in str(error.value)


def test_an_error_without_place_is_passed_on_by_its_code():
    with pytest.raises(PolicyUnavailable) as error:
        read_answer(an_error("geheim", "internal"))

    assert str(error.value) == "the rules gave an error: internal"


def test_a_loading_error_is_passed_on_whole():
    read_loading(b'{"result":true}')
    with pytest.raises(PolicySetRefused, match=r"a\.rego:2: rego_parse_error: x"):
        read_loading(an_error("a.rego:2: rego_parse_error: x", "parse_error"))


def test_the_empty_input_must_have_a_decision():
    read_first(a_value('{"verdict": "deny"}'))
    with pytest.raises(PolicySetRefused, match="leere Eingabe"):
        read_first(b'{"prints":null,"result":null}')
    with pytest.raises(PolicySetRefused, match="undefined function foo"):
        read_first(an_error("a.rego:3: rego_type_error: undefined function foo", "prepare_error"))
