"""What the README shows of the demonstration is what the demonstration prints."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import REPOSITORY

pytestmark = pytest.mark.xdist_group("demo")

_SHOWN = re.compile(r"<!-- demo -->\n```text\n(.*?)```", re.DOTALL)
_CHANGING = re.compile(r"[A-Za-z0-9+/=_-]{32,}|\d+")
"""Ids, digests and numbers: other ones in each run."""


def lines_of(text: str) -> list[str]:
    """Return the lines without what changes from run to run, nor rules at their end."""
    lines = (_CHANGING.sub("#", line.rstrip(" ─")) for line in text.splitlines())
    return [line for line in lines if line]


def test_the_excerpt_of_the_readme_is_printed_in_that_order(tmp_path: Path) -> None:
    """Where lines are left out the excerpt has a line with three dots."""
    excerpt = _SHOWN.search((REPOSITORY / "README.md").read_text("utf-8"))
    assert excerpt is not None
    shown = [line for line in lines_of(excerpt[1]) if line != "…"]
    assert len(shown) > 20

    run = subprocess.run(
        [sys.executable, "-m", "gateway.demo", "--folder", str(tmp_path / "demo")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    printed = iter(lines_of(run.stdout))
    assert [line for line in shown if line not in printed] == []
