import asyncio
import os
import signal
import time
from contextlib import asynccontextmanager

import pytest

from gateway.adapters.engine_pool import EnginePool, PoolLimits
from gateway.errors import PolicySetRefused, PolicyUnavailable
from tests.policy.sets import a_policy_set

# A loop of about n² steps: 300 is some ten milliseconds, 9000 half a minute.
RULES = """
decision := {"echo": object.get(input, "x", 0), "work": work}

work := count([1 | some i in numbers.range(1, n); some j in numbers.range(1, n); i * j == 7])

n := object.get(input, "n", 1)
"""


@asynccontextmanager
async def a_pool(**limits):
    pool = EnginePool(
        a_policy_set(RULES), "exchange.main.decision", PoolLimits(**{"deadline_s": 5.0, **limits})
    )
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def pids(pool):
    return {child.pid for child in pool._children}


async def test_answers_go_to_the_questions_that_they_answer():
    async with a_pool(children=2) as pool:
        answers = await asyncio.gather(*(pool.ask(b'{"x":%d}' % x) for x in range(100)))

    assert all(b'"echo":%d,' % x in answer for x, answer in enumerate(answers))


async def test_questions_are_taken_in_the_order_in_which_they_came():
    done = []
    async with a_pool(children=1) as pool:
        questions = [pool.ask(b'{"x":%d}' % x) for x in range(20)]
        for number, question in enumerate(questions):
            question.add_done_callback(lambda _, number=number: done.append(number))
        await asyncio.gather(*questions)

    assert done == list(range(20))


async def test_a_full_queue_refuses_at_once():
    async with a_pool(children=1, waiting=3) as pool:
        running = pool.ask(b'{"n":300}')
        waiting = [pool.ask(b"{}") for _ in range(3)]

        with pytest.raises(PolicyUnavailable, match="too many"):
            await pool.ask(b"{}")
        await asyncio.gather(running, *waiting)


async def test_a_question_that_waited_too_long_is_refused_and_kills_nobody():
    async with a_pool(children=1, deadline_s=0.5, waiting=1000) as pool:
        before = pids(pool)
        burst = [pool.ask(b'{"n":300}') for _ in range(1000)]
        results = await asyncio.gather(*burst, return_exceptions=True)
        refused = [result for result in results if isinstance(result, PolicyUnavailable)]

        assert 0 < len(refused) < 1000
        assert {str(error) for error in refused} == {"no policy engine was free in time"}
        assert pids(pool) == before


async def test_a_late_question_is_refused_and_its_child_replaced():
    async with a_pool(children=1, deadline_s=0.3) as pool:
        before = pids(pool)
        started = time.monotonic()
        with pytest.raises(PolicyUnavailable, match="late"):
            await pool.ask(b'{"n":9000}')
        late = time.monotonic() - started
        answer = await pool.ask(b'{"x":5}')

        assert 0.3 <= late < 0.6
        assert b'"echo":5' in answer
        assert not pids(pool) & before


async def test_the_others_go_on_while_a_child_is_replaced():
    async with a_pool(children=2, deadline_s=0.3) as pool:
        late = pool.ask(b'{"n":9000}')
        answers = await asyncio.gather(*(pool.ask(b'{"x":%d}' % x) for x in range(200)))

        assert len(answers) == 200
        with pytest.raises(PolicyUnavailable):
            await late


@pytest.mark.parametrize("question", [b"{}", b'{"n":9000}'])
async def test_a_child_that_crashes_is_replaced_idle_or_busy(question):
    async with a_pool(children=1) as pool:
        asked = pool.ask(question)
        if question == b"{}":
            await asked
        (pid,) = pids(pool)
        os.kill(pid, signal.SIGKILL)
        while pid in pids(pool):
            await asyncio.sleep(0.01)

        assert b'"echo":6' in await pool.ask(b'{"x":6}')
        if question != b"{}":
            with pytest.raises(PolicyUnavailable, match="ended"):
                await asked


async def test_a_caller_who_goes_away_costs_no_child_and_no_answer():
    """The cancelled question's answer must not reach the next one."""
    async with a_pool(children=1) as pool:
        before = pids(pool)
        gone = asyncio.ensure_future(pool.ask(b'{"x":1,"n":300}'))
        waiting = asyncio.ensure_future(pool.ask(b'{"x":2}'))
        await asyncio.sleep(0)
        gone.cancel()
        waiting.cancel()

        assert b'"echo":3' in await pool.ask(b'{"x":3}')
        assert pids(pool) == before


async def test_a_closed_pool_fails_what_is_open_and_ends_its_children():
    async with a_pool(children=1) as pool:
        (pid,) = pids(pool)
        open_questions = [pool.ask(b'{"n":9000}'), pool.ask(b"{}")]
        await pool.close()
        results = await asyncio.gather(*open_questions, return_exceptions=True)

        assert [type(result) for result in results] == [PolicyUnavailable] * 2
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        with pytest.raises(PolicyUnavailable):
            await pool.ask(b"{}")


async def test_a_retired_pool_answers_what_is_queued_and_nothing_new():
    async with a_pool(children=1) as pool:
        queued = [pool.ask(b'{"x":%d,"n":100}' % x) for x in range(5)]
        retiring = asyncio.create_task(pool.retire())
        await asyncio.sleep(0)
        with pytest.raises(PolicyUnavailable):
            await pool.ask(b"{}")
        answers = await asyncio.gather(*queued)
        await retiring

        assert all(b'"echo":%d,' % x in answer for x, answer in enumerate(answers))
        assert pids(pool) == set()


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ("decision := no_such_function(1)", "exchange/main/main.rego:3: rego_type_error"),
        ("decision := {} if undeclared", "exchange/main/main.rego:3: .*undeclared"),
        ("a := b\n\nb := a\n\ndecision := a", "recursive"),
        ("decision := [1 2]", "exchange/main/main.rego:3: rego_parse_error"),
        ("decision := 1 if input.x", "leere Eingabe"),
        ("decision := 1 / 0", "divide by zero"),
    ],
)
async def test_rules_that_do_not_compile_are_refused_with_their_place(rules, why):
    pool = EnginePool(a_policy_set(rules), "exchange.main.decision", PoolLimits(children=2))

    with pytest.raises(PolicySetRefused, match=why):
        await pool.start()

    assert pids(pool) == set()


async def test_a_table_where_a_rule_stands_is_refused():
    policy_set = a_policy_set(data={"exchange": {"main": {"decision": {"verdict": "permit"}}}})
    pool = EnginePool(policy_set, "exchange.main.decision", PoolLimits())

    with pytest.raises(PolicySetRefused, match="conflicting rule"):
        await pool.start()
