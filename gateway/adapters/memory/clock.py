"""The `Clock` port in memory: it stands still until it is moved."""

from dataclasses import dataclass

from gateway.adapters.clock import moment_at
from gateway.model.exchange import Moment


@dataclass(slots=True)
class MemoryClock:
    """Shows *at*, in epoch seconds."""

    at: int

    def now(self) -> Moment:
        return moment_at(self.at)

    def pass_time(self, seconds: int) -> None:
        """Let *seconds* go by; a negative number turns the clock back."""
        self.at += seconds
