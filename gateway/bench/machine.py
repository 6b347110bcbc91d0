"""What the figures were measured on."""

import os
import platform
import ssl
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gateway import __version__
from gateway.bench.processes import Cores

Json = Any
_PACKAGES = (
    "aiohttp",
    "cryptography",
    "fastapi",
    "httptools",
    "opa-golib-python-bindings",
    "sqlalchemy",
    "uvicorn",
    "uvloop",
)


def machine_facts(cores: Cores, folder: Path) -> dict[str, Json]:
    """Return processor, cores, versions, and the file system that *folder* lies on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "core_measured": cores.measured,
        "core_beside": cores.beside,
        "load_before": round(os.getloadavg()[0], 2),
        "kernel": platform.release(),
        "file_system": _file_system(folder),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "gateway": __version__,
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(folder: Path) -> str:
    """Return the kind of the mount that holds *folder*: a commit costs nothing on tmpfs."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    holding = [mount for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    return max(holding, key=lambda mount: len(mount[1]))[2]
