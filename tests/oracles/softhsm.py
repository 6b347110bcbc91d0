"""SoftHSM 2, a PKCS#11 token in software: as installed, else out of Debian's packages.

Nothing is installed: the two packages are unpacked into a cache outside the tree.
"""

import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.oracles.judges import JudgeMissing, cache, run

_FOLDERS = ("lib", "lib64", "local/lib")
_PACKAGES = ("softhsm2", "libsofthsm2")


@dataclass(frozen=True)
class SoftHsm:
    """The library that is a token, and the program that makes one."""

    module: Path
    program: Path


def softhsm() -> SoftHsm:
    """Return SoftHSM, fetched on first use where it is not installed.

    Raises:
        JudgeMissing: It is neither installed nor to be had from Debian's packages.
    """
    installed = shutil.which("softhsm2-util")
    if installed is not None:
        return SoftHsm(_module(Path("/usr")), Path(installed))
    root = cache() / "softhsm"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may want to fetch it, too
        if not (root / "usr").exists():
            _fetch(root)
    return SoftHsm(_module(root / "usr"), root / "usr" / "bin" / "softhsm2-util")


def _module(usr: Path) -> Path:
    for folder in _FOLDERS:
        module = usr / folder / "softhsm" / "libsofthsm2.so"
        if module.exists():
            return module
    raise JudgeMissing(f"softhsm2-util is there, but no libsofthsm2.so below {usr}")


def _fetch(root: Path) -> None:
    """Let apt download and check the packages, with lists of its own: the machine's may be old."""
    if shutil.which("apt-get") is None:
        raise JudgeMissing("SoftHSM 2 is not installed, and there is no apt-get to fetch it with")
    with tempfile.TemporaryDirectory(dir=root) as name:
        work = Path(name)
        for folder in ("lists/partial", "archives/partial", "new", "downloads"):
            (work / folder).mkdir(parents=True)
        options = ["-qq", "-o", f"Dir::State::lists={work}/lists"]
        options += ["-o", f"Dir::Cache={work}/archives", "-o", "APT::Sandbox::User="]
        run(["apt-get", *options, "update"], os.environ)
        there = ["env", "-C", str(work / "downloads")]  # it downloads to where it is called
        run([*there, "apt-get", *options, "download", *_PACKAGES], os.environ)
        for package in (work / "downloads").glob("*.deb"):
            run(["dpkg-deb", "-x", str(package), str(work / "new")], os.environ)
        (work / "new" / "usr").replace(root / "usr")
