import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.adapters import engine_process
from gateway.adapters.engine_child import ADD_MODULE, EVALUATE
from gateway.adapters.engine_process import EngineProcess
from gateway.errors import PolicyUnavailable

RULES = b"""a.rego\0package a

r := input.x

slow := count([1 | some i in numbers.range(1, 9000); some j in numbers.range(1, 9000); i * j == 7])

long := [x | some i in numbers.range(1, 100); x := sprintf("%d %s", [i, input.text])]
"""


@asynccontextmanager
async def a_child():
    child = await EngineProcess.start()
    try:
        await child.ask_now(ADD_MODULE, RULES, 10)
        yield child
    finally:
        child.kill()
        await child.ended()


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_question_is_answered():
    async with a_child() as child:
        answer = await child.ask_now(EVALUATE, b'a.r\0{"x":7}', 10)

    assert b'"value":7' in answer


async def test_a_late_child_is_killed_at_the_deadline():
    async with a_child() as child:
        started = time.monotonic()
        with pytest.raises(PolicyUnavailable, match="late"):
            await child.ask_now(EVALUATE, b"a.slow\0{}", 0.2)
        await child.ended()

        assert time.monotonic() - started < 0.7
        assert not is_running(child.pid)


async def test_a_late_child_is_killed_also_when_nobody_waits():
    async with a_child() as child:
        asking = asyncio.create_task(child.ask_now(EVALUATE, b"a.slow\0{}", 0.2))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.wait_for(child.ended(), 5)

        assert not is_running(child.pid)


async def test_a_child_that_dies_fails_its_question():
    async with a_child() as child:
        asking = asyncio.create_task(child.ask_now(EVALUATE, b"a.slow\0{}", 30))
        await asyncio.sleep(0.05)
        os.kill(child.pid, signal.SIGKILL)

        with pytest.raises(PolicyUnavailable, match="ended"):
            await asking


async def test_a_dead_child_answers_nothing():
    async with a_child() as child:
        child.kill()
        await child.ended()

        with pytest.raises(PolicyUnavailable, match="ended"):
            await child.ask_now(EVALUATE, b"a.r\0{}", 10)


async def test_an_answer_over_the_limit_ends_the_child(monkeypatch):
    monkeypatch.setattr(engine_process, "MAX_ANSWER", 100_000)
    text = "x" * 10_000
    async with a_child() as child:
        with pytest.raises(PolicyUnavailable, match="too long"):
            await child.ask_now(EVALUATE, f'a.long\0{{"text":"{text}"}}'.encode(), 10)
        await child.ended()

        assert not is_running(child.pid)


async def test_a_child_has_its_own_session_no_secrets_and_leaves_no_core(monkeypatch):
    monkeypatch.setenv("A_SECRET", "canary")
    async with a_child() as child:
        process = Path(f"/proc/{child.pid}")
        environment = (process / "environ").read_bytes().split(b"\0")[:-1]
        limits = (process / "limits").read_text()

        assert os.getsid(child.pid) == child.pid  # Ctrl-C at our terminal does not reach it
        assert sorted(environment) == [
            b"GOGC=1600",
            b"GOMAXPROCS=1",
            b"GOMEMLIMIT=256MiB",
            b"LC_ALL=C.UTF-8",
        ]
        assert "Max core file size        0                    0 " in limits


async def test_a_child_holds_no_file_of_ours_but_its_socket(tmp_path):
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        async with a_child() as child:
            held = {str(path.readlink()) for path in Path(f"/proc/{child.pid}/fd").iterdir()}

    assert not [name for name in held if "secret" in name]


def test_a_busy_child_dies_with_its_parent():
    """Orphans would go on evaluating: the parent is killed without a chance to clean up."""
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent("""
                import asyncio
                from gateway.adapters.engine_child import ADD_MODULE, EVALUATE
                from gateway.adapters.engine_process import EngineProcess
                from tests.adapters.test_engine_process import RULES

                async def main():
                    child = await EngineProcess.start()
                    await child.ask_now(ADD_MODULE, RULES, 10)
                    asyncio.ensure_future(child.ask_now(EVALUATE, b"a.slow\\0{}", 60))
                    await asyncio.sleep(0.1)
                    print(child.pid, flush=True)
                    await asyncio.sleep(60)

                asyncio.run(main())
            """),
        ],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    with parent:
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 5
        while is_running(child) and time.monotonic() < deadline:
            time.sleep(0.02)

    assert not is_running(child)
