"""Runs one reader under atheris, which looks for inputs that reach new code.

`python -m tests.fuzz.readers TARGET CORPUS -runs=N -seed=S`; the flags are libFuzzer's.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gateway"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    name, corpus, *flags = sys.argv[1:]
    target = TARGETS[name]
    folder = Path(corpus)
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (folder / f"seed-{number:04}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *flags, str(folder)], target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
