"""The log of a real run: exported, judged by us and by a tool that is not ours, then broken."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.demo import exchanges
from gateway.demo.cast import POLICE
from gateway.demo.stage import ORIGIN
from gateway.errors import LogRefused
from gateway.model.evidence import EntryType, Part
from gateway.tlog import export
from gateway.verify import Verified, verify_export
from tests.e2e.log_copy import read_copy
from tests.e2e.running import Running, send, settled
from tests.oracles.fsck import Verdict, judge

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture(scope="module")
def copy(stage: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy made by the command line after some exchanges, with what it shows by default."""
    import asyncio

    async def exchange() -> None:
        for make in (exchanges.emergency_exits, exchanges.person_list, exchanges.statistics):
            sent = (await send(stage, POLICE, make())).json()
            state = "denied" if sent["verdict"] == "deny" else "delivered"
            await settled(stage, POLICE, sent["exchange_id"], state)

    asyncio.run(exchange())
    folder = tmp_path_factory.mktemp("copy") / "export"
    arguments = ["--home", str(stage.home), "--purpose", "Prüfung"]
    done = stage.command("log", "export", str(folder), *arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["folder"] == str(folder)
    return folder


def test_the_command_line_verifies_the_copy_with_the_root_key_alone(
    stage: Running, copy: Path
) -> None:
    key = shutil.copy(stage.home / "root.pub", copy.parent / "root.pub")
    done = stage.command("log", "verify", str(copy), "--key", str(key), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["origin"] == ORIGIN


def test_the_export_itself_is_an_entry_and_opens_no_part_that_names_a_person(
    stage: Running, copy: Path
) -> None:
    log = read_copy(copy, stage.root)
    assert log.entries[-1].claims.type is EntryType.ACCESS
    assert log.entries[-1].parts[Part.AUDIT]["what"] == "log_export"
    assert log.entries[-1].parts[Part.AUDIT]["purpose"] == "Prüfung"
    shown = {part for entry in log.entries for part in entry.parts}
    assert shown == {Part.AUDIT, Part.INPUT}


def test_no_entry_after_a_change_of_the_registry_names_the_older_one(
    stage: Running, copy: Path
) -> None:
    log = read_copy(copy, stage.root)
    digests = [entry.claims.registry_digest for entry in log.entries]
    changes = [entry.index for entry in log.of(EntryType.REGISTRY)]
    changed = [index for index in range(1, len(digests)) if digests[index] != digests[index - 1]]
    assert set(changed) <= set(changes)
    assert len(changes) >= 6


def test_the_judge_accepts_the_copy(stage: Running, copy: Path) -> None:
    verified = verify_export(copy, stage.root)
    assert verified.origin == ORIGIN
    assert judged(copy, verified) is Verdict.ACCEPTED


def judged(folder: Path, verified: Verified) -> Verdict:
    vkey = (folder / export.LOG_VKEY).read_text()
    return judge(folder, vkey, ORIGIN, verified.size, verified.root)


# --- broken copies


def first(folder: Path, path: str) -> Path:
    """Return a file of a copy, or the first file below a folder of it."""
    found = folder / path
    return found if found.is_file() else min(f for f in found.rglob("*") if f.is_file())


def flip(path: str) -> Callable[[Path], None]:
    """Return what alters one bit in the middle of a file."""

    def alter(folder: Path) -> None:
        file = first(folder, path)
        good = file.read_bytes()
        middle = len(good) // 2
        file.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])

    return alter


def cut(path: str) -> Callable[[Path], None]:
    def alter(folder: Path) -> None:
        file = first(folder, path)
        file.write_bytes(file.read_bytes()[:-1])

    return alter


def remove(path: str) -> Callable[[Path], None]:
    return lambda folder: first(folder, path).unlink()


TREE = {
    "a bit of an entry": flip("tile/entries"),
    "a bit of a hash": flip("tile/0"),
    "an entry less": cut("tile/entries"),
    "no entries": remove("tile/entries"),
    "no hashes": remove("tile/0"),
    "no checkpoint": remove("checkpoint"),
    "a bit of the checkpoint": flip("checkpoint"),
}
"""Breakages that the judge must see as well; it knows nothing of our other files."""

OURS = {
    "a bit of a part": flip("parts.jsonl"),
    "no parts": remove("parts.jsonl"),
    "a bit of the key list": flip("keys.jws"),
    "another root key": flip("root.pub"),
    "another log key": flip("log.vkey"),
    "one file more": lambda folder: (folder / "tile" / "extra").write_bytes(b"x"),
    "one empty folder more": lambda folder: (folder / "extra").mkdir(),
}


def broken(copy: Path, folder: Path, alter: Callable[[Path], object]) -> Path:
    shutil.copytree(copy, folder)
    alter(folder)
    return folder


@pytest.mark.parametrize("breakage", [*TREE, *OURS])
def test_a_broken_copy_is_refused_saying_where(
    stage: Running, copy: Path, tmp_path: Path, breakage: str
) -> None:
    folder = broken(copy, tmp_path / "broken", {**TREE, **OURS}[breakage])
    with pytest.raises(LogRefused) as refused:
        verify_export(folder, stage.root)
    assert refused.value.file is not None


def test_the_judge_refuses_what_is_broken_in_the_tree(
    stage: Running, copy: Path, tmp_path: Path
) -> None:
    """All at once, because on some breakages the judge tries again until its time is over."""
    verified = verify_export(copy, stage.root)
    folders = {name: broken(copy, tmp_path / name, alter) for name, alter in TREE.items()}
    with ThreadPoolExecutor(len(folders)) as threads:
        verdicts = threads.map(lambda folder: judged(folder, verified), folders.values())
        assert dict(zip(folders, verdicts, strict=True)) == dict.fromkeys(TREE, Verdict.REFUSED)
