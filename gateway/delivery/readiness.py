"""Looks whether the worker can deliver now."""

import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from gateway.errors import GatewayError
from gateway.steps.forward import ForwardPorts

_OK = "ok"
_FREE_BYTES = 64 << 20


def readiness_of(ports: ForwardPorts, home: Path) -> Callable[[], Awaitable[Mapping[str, str]]]:
    """Return the check of log, registry, outbox, disk."""

    async def check() -> Mapping[str, str]:
        now = ports.clock.now().evaluated_at
        return {
            "log": await _state(ports.log.check_writable()),
            "registry": await _state(ports.registry.snapshot()),
            "outbox": await _state(ports.outbox.due(now, 1)),
            "disk": _OK if shutil.disk_usage(home).free >= _FREE_BYTES else "DiskFull",
        }

    return check


async def _state(look: Awaitable[object]) -> str:
    try:
        await look
    except GatewayError as error:
        return type(error).__name__
    return _OK
