"""Kills for as long as one likes: `python -m tests.faults --minutes 30 [--seed 1]`.

Round after round of kills, each on a gateway of its own and with its own seed. It ends with
status 1 at the first thing that must not be, and says with which seed it came.
"""

import argparse
import secrets
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.faults.kills import run_kills

A_ROUND = 200


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--minutes", type=float, default=10)
    given.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    told = given.parse_args()
    end = time.monotonic() + told.minutes * 60
    seed, rounds, killed = told.seed, 0, Counter[str]()
    while time.monotonic() < end:
        print(f"seed {seed} begins", flush=True)
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            done = run_kills(Path(folder), seed, A_ROUND, until=end)
        print(f"  {done}", flush=True)
        killed += done.killed
        seed, rounds = seed + 1, rounds + 1
    print(f"{rounds} rounds, {killed.total()} kills {dict(killed)}, nothing lost, nothing doubled")


if __name__ == "__main__":
    main()
