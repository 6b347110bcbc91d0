"""Findings: what is wrong with a policy set, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.errors import PolicySetRefused


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend. The path is relative to the repository; line 0 means the whole file."""

    path: str
    line: int
    de: str
    en: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.de} ({self.en})"


def refuse(findings: Iterable[Finding]) -> None:
    """Raise PolicySetRefused when there is any finding; its text has one line for each."""
    lines = [str(finding) for finding in sorted(set(findings))]
    if lines:
        raise PolicySetRefused("\n".join(lines))
