"""Fuzzes for as long as one likes: `python -m tests.fuzz --minutes 30 [--seed 1]`.

Round after round: requests in process, requests over HTTPS, each reader under atheris. It ends
with status 1 at the first thing that must not be, and says with which seed it happens again.
"""

import argparse
import asyncio
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.generator import CANARY
from tests.fuzz.in_process import a_course
from tests.fuzz.over_https import a_target, an_attack
from tests.fuzz.targets import TARGETS
from tests.fuzz.test_in_process import run
from tests.fuzz.watch import resident_bytes, watched

IN_PROCESS = 50_000
OVER_HTTPS = 2_500
READING_S = 15
MEMORY = 1 << 30


async def in_process(seed: int) -> str:
    with watched() as seen:
        async with a_course() as course:
            await run(course, seed, IN_PROCESS)
            leaves = await course.leaves()
    assert CANARY.encode() not in leaves, "the log shows what only the sender may know"
    assert not seen.with_a(CANARY), "a technical log repeats what was sent"
    assert not seen.with_a_traceback(), "a traceback in a log"
    assert resident_bytes() < MEMORY, "the memory grows"
    return f"{IN_PROCESS} in process: {dict(course.statuses)}"


async def over_https(seed: int, folder: Path) -> str:
    with a_target(folder) as stage:
        attack = an_attack(stage, seed)
        await attack.run(OVER_HTTPS)
        grown = resident_bytes(stage.processes["gateway"].pid)
        stage.stop("gateway")
        log = stage.log_text("gateway")
    assert CANARY not in log, "the technical log repeats what was sent"
    assert "Traceback" not in log, "a traceback in the technical log"
    assert '"level": "error"' not in log, "an error in the technical log"
    assert grown < MEMORY, "the memory grows"
    return f"{OVER_HTTPS} over HTTPS: {dict(attack.statuses)}"


def readers(seed: int, corpora: Path, seconds: float) -> str:
    """Give each reader some time; what one found is kept for the next round."""
    each = max(1, int(min(READING_S, seconds / len(TARGETS))))
    for name in TARGETS:
        command = [sys.executable, "-m", "tests.fuzz.readers", name, str(corpora / name)]
        flags = [f"-max_total_time={each}", f"-seed={seed % 2**31}", "-max_len=8192"]
        limits = ["-rss_limit_mb=2048", "-timeout=10", f"-artifact_prefix={corpora}/"]
        done = subprocess.run(
            [*command, *flags, *limits], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{name}: {done.stderr[-4000:]}"
    return f"{len(TARGETS)} readers, {each} s each"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--minutes", type=float, default=10)
    given.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    told = given.parse_args()
    end = time.monotonic() + told.minutes * 60
    corpora = Path(tempfile.mkdtemp(prefix="fuzz-"))
    seed, rounds = told.seed, 0
    while time.monotonic() < end:
        print(f"seed {seed}", flush=True)
        print(f"  {asyncio.run(in_process(seed))}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            print(f"  {asyncio.run(over_https(seed, Path(folder)))}", flush=True)
        print(f"  {readers(seed, corpora, end - time.monotonic())}", flush=True)
        seed, rounds = seed + 1, rounds + 1
    print(f"{rounds} rounds, nothing found; inputs worth keeping are in {corpora}")


if __name__ == "__main__":
    main()
