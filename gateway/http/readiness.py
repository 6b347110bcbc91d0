"""Looks whether the gateway can carry an exchange now."""

import json
import shutil
from collections.abc import Awaitable, Mapping
from pathlib import Path

from gateway.errors import DependencyFailed, GatewayError, LogUnavailable
from gateway.http.operations import OK, Readiness
from gateway.pipeline import Ports
from gateway.tlog.encoding import decode_base64url

_FREE_BYTES = 64 << 20
_BACK_S = 60


class ClockBehind(DependencyFailed):
    """The newest entry is younger than now: the clock went back."""


def readiness_of(ports: Ports, home: Path) -> Readiness:
    """Return the check of log, registry, engine under the rules in force, clock, disk."""

    async def check() -> Mapping[str, str]:
        return {
            "log": await _state(ports.log.check_writable()),
            "registry": await _state(ports.registry.snapshot()),
            "engine": await _state(_decide(ports)),
            "clock": await _state(_look_at_clock(ports)),
            "disk": _disk(home),
        }

    return check


async def _state(look: Awaitable[object]) -> str:
    try:
        await look
    except GatewayError as error:
        return type(error).__name__
    return OK


async def _decide(ports: Ports) -> None:
    await ports.engine.decide(ports.policies().digest, {})


async def _look_at_clock(ports: Ports) -> None:
    head = await ports.log.head()
    newest = await ports.log.entry(head.size - 1)
    if newest is None:
        raise LogUnavailable("the log has no entry")
    claims = json.loads(decode_base64url(newest.leaf.decode().split(".")[1], LogUnavailable))
    if ports.clock.now().evaluated_at + _BACK_S < claims["time"]:
        raise ClockBehind("the newest entry is of a later time")


def _disk(home: Path) -> str:
    return OK if shutil.disk_usage(home).free >= _FREE_BYTES else "DiskFull"
