"""A port that breaks on its nth call: it fails, fails but did it, is late, or talks nonsense."""

import asyncio
import inspect
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway import ports
from gateway.errors import (
    DeliveryFailed,
    KeysUnavailable,
    LogUnavailable,
    PolicyUnavailable,
    RegistryUnavailable,
)

EVERY = 0
_LATE_S = 0.005


class Way(StrEnum):
    """How a call breaks."""

    FAILS = "fails"
    DID_IT = "fails but did it"
    LATE = "answers when nobody waits any more"
    GARBAGE = "answers with something else"


ERRORS: Mapping[str, Callable[[], Exception]] = {
    "Clock": lambda: OSError("no time"),
    "Signer": lambda: KeysUnavailable("no key"),
    "UnitRegistry": lambda: RegistryUnavailable("no registry"),
    "PolicyEngine": lambda: PolicyUnavailable("no engine"),
    "SubjectKeys": lambda: KeysUnavailable("no key"),
    "BucketKeys": lambda: KeysUnavailable("no key"),
    "DecisionLog": lambda: LogUnavailable("no log"),
    "Outbox": lambda: LogUnavailable("no outbox"),
    "Destination": lambda: DeliveryFailed("connection_failed"),
}
"""What each port promises to raise; a clock promises nothing."""


def operations() -> Mapping[tuple[str, str], bool]:
    """Return every operation of every protocol in `gateway/ports.py`, and whether it is awaited."""
    return {
        (name, member): inspect.iscoroutinefunction(function)
        for name, protocol in vars(ports).items()
        if getattr(protocol, "_is_protocol", False) and protocol.__module__ == ports.__name__
        for member, function in vars(protocol).items()
        if not member.startswith("_")
    }


@dataclass
class Breaking:
    """What breaks: one operation of one port, on one call or on every one, in one way.

    At first nothing does.
    """

    operation: tuple[str, str] | None = None
    number: int = 0
    way: Way = Way.FAILS
    garbage: Callable[[Any], Any] = lambda answer: answer
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    late: asyncio.Event = field(default_factory=asyncio.Event)
    broke: bool = False

    def mend(self) -> None:
        assert self.broke, "the call that was to break was never made"
        self.operation = None
        self.late = asyncio.Event()

    def _breaks(self, port: str, name: str) -> bool:
        self.calls[port, name] += 1
        number = self.calls[port, name]
        breaks = self.operation == (port, name) and self.number in (number, EVERY)
        self.broke |= breaks
        return breaks

    def at_once(self, port: str, name: str, work: Callable[[], Any]) -> Any:
        if not self._breaks(port, name):
            return work()
        if self.way is not Way.FAILS:
            answer = work()
        if self.way in (Way.FAILS, Way.DID_IT):
            raise ERRORS[port]()
        time.sleep(_LATE_S)
        return answer if self.way is Way.LATE else self.garbage(answer)

    async def awaited(self, port: str, name: str, work: Callable[[], Any]) -> Any:
        if not self._breaks(port, name):
            return await work()
        if self.way is not Way.FAILS:
            answer = await work()
        if self.way in (Way.FAILS, Way.DID_IT):
            raise ERRORS[port]()
        if self.way is Way.LATE:
            self.late.set()
            await asyncio.Event().wait()
        return self.garbage(answer)


class Brittle:
    """Stands before a port, and passes its calls on."""

    def __init__(self, port: str, real: Any, breaking: Breaking) -> None:
        self._port = port
        self._real = real
        self._breaking = breaking

    def __getattr__(self, name: str) -> Any:
        breaking, port = self._breaking, self._port
        found = getattr(type(self._real), name, None)
        if isinstance(found, property):
            return breaking.at_once(port, name, lambda: getattr(self._real, name))
        real = getattr(self._real, name)
        if inspect.iscoroutinefunction(real):

            async def awaited(*given: Any, **named: Any) -> Any:
                return await breaking.awaited(port, name, lambda: real(*given, **named))

            return awaited
        return lambda *given, **named: breaking.at_once(port, name, lambda: real(*given, **named))
