"""A hundred thousand generated requests through the first steps, some of them to the decision."""

import os
import secrets
from base64 import b64encode

import pytest

from tests.fuzz.generator import CANARY, Generator
from tests.fuzz.in_process import VALID, Course, a_course
from tests.fuzz.watch import resident_bytes, watched

REQUESTS = 100_000
PARTS = 4
DECIDED_OF = 20
GROWTH = 64 << 20
SEED = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(10**9))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def run(course: Course, seed: int, requests: int) -> None:
    """Carry so many requests; a failure says which one it was."""
    generator = Generator(seed)
    for number in range(requests):
        body = generator.body()
        try:
            if course.first_steps(body) and course.statuses[VALID] % DECIDED_OF == 0:
                await course.decide(body)
        except BaseException as error:
            error.add_note(f"seed {seed}, request {number}: {b64encode(body[:9000]).decode()}")
            raise


@pytest.mark.parametrize("part", range(PARTS))
async def test_whatever_comes_is_taken_or_refused_and_never_repeated(part: int) -> None:
    """No error but those raised on purpose, no canary, no traceback, memory bounded."""
    seed = SEED + part
    print(f"seed {seed}")
    with watched() as seen:
        async with a_course() as course:
            await run(course, seed, REQUESTS // PARTS // 5)
            before = resident_bytes()
            await run(course, seed + PARTS, REQUESTS // PARTS * 4 // 5)
            grown = resident_bytes() - before
            leaves = await course.leaves()

    assert sum(course.statuses[status] for status in (VALID, 400, 413, 422)) >= REQUESTS // PARTS
    assert course.statuses[VALID] > REQUESTS // PARTS // 20
    assert course.statuses[400] > REQUESTS // PARTS // 20
    assert course.statuses[422] > REQUESTS // PARTS // 20
    assert course.statuses[201] > 5
    assert course.statuses[403] > 100
    assert CANARY.encode() not in leaves
    assert seen.with_a(CANARY) == []
    assert seen.with_a_traceback() == []
    assert grown < GROWTH


def test_the_same_seed_gives_the_same_requests() -> None:
    first, second = Generator(7), Generator(7)

    assert [first.body() for _ in range(200)] == [second.body() for _ in range(200)]
