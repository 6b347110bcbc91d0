import re
from pathlib import Path

import opa_bindings
import pytest

from gateway.adapters.engine_child import ADD_DATA
from gateway.adapters.engine_session import EngineSession
from gateway.errors import PolicySetRefused, PolicyUnavailable

SLOW = """package a

slow := count([1 | some i in numbers.range(1, 4000); some j in numbers.range(1, 4000); i * j == 7])
"""


def value_of(answer):
    return answer["result"][0]["expressions"][0]["value"]


def test_rules_and_data_are_loaded_and_evaluated():
    with EngineSession() as engine:
        engine.add_module("a.rego", "package a\n\nr := [input.x, data.t.y]\n")
        engine.add_data(b'{"t": {"y": 2}}')

        assert value_of(engine.evaluate("a.r", {"x": 1})) == [1, 2]


def test_the_library_was_built_from_opa_1_20_2():
    library = Path(opa_bindings.__file__).with_name("libopabridge.so").read_bytes()

    assert set(re.findall(rb"open-policy-agent/opa@v([0-9.]+)/", library)) == {b"1.20.2"}


def test_a_module_that_is_no_rego_is_refused():
    with EngineSession() as engine, pytest.raises(PolicySetRefused, match=r"a\.rego:2"):
        engine.add_module("a.rego", "package a\nr := [1 2]\n")


def test_a_nul_in_a_module_is_refused_and_does_not_cut_it_short():
    with EngineSession() as engine, pytest.raises(PolicySetRefused, match="NUL"):
        engine.add_module("a.rego", "package a\nr := 1\n\0broken")


def test_data_that_conflict_are_refused():
    with EngineSession() as engine:
        engine.add_data(b'{"a": 1}')
        with pytest.raises(PolicySetRefused, match="a"):
            engine.add_data(b'{"a": 2}')


def test_a_question_that_takes_too_long_ends_the_session():
    with EngineSession(limit_s=0.5) as engine:
        engine.add_module("a.rego", SLOW)
        with pytest.raises(PolicyUnavailable):
            engine.evaluate("a.slow", {})


def test_an_unknown_operation_is_an_error():
    with EngineSession() as engine:
        assert b"unknown operation" in engine._ask(b"x", b"a\0b")
        assert b'"result":true' in engine._ask(ADD_DATA, b"{}")


def test_many_inputs_in_one_frame_are_answered_as_each_alone():
    with EngineSession() as engine:
        engine.add_module("a.rego", "package a\n\nr := input.x\n")
        alone = [engine.answer("a.r", given) for given in (b'{"x":1}', b"{}", b'{"x":"\\u0000"}')]

        spent_s, answers = engine.answers("a.r", [b'{"x":1}', b"{}", b'{"x":"\\u0000"}'])

        assert answers == alone
        assert spent_s > 0
        assert engine.answers("a.r", [b'{"x":3}'])[1] == [engine.answer("a.r", b'{"x":3}')]
