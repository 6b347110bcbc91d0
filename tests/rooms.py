"""Which tests stay together in one worker of a parallel run: those that share running processes.

The marks that `--dist loadgroup` looks for do not reach it under this version of pytest, so the
rooms are told by the names of files.
"""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

ALONE = ("test_killed_anywhere.py", "test_canaries.py", "test_readme.py", "test_disk.py")
"""Files of a shared room that start a gateway of their own."""

SHARED = ("tests/e2e/", "tests/faults/")


def room_of(nodeid: str) -> str:
    """Return the room of a test: its file, or the folder where all files share a gateway."""
    file = nodeid.partition("::")[0]
    if not file.endswith(ALONE):
        for folder in SHARED:
            if file.startswith(folder):
                return folder
    return file


class RoomScheduling(LoadScopeScheduling):
    """Gives each room to one worker, as soon as one is free."""

    def _split_scope(self, nodeid: str) -> str:
        return room_of(nodeid)


def pytest_xdist_make_scheduler(config: Any, log: Any) -> RoomScheduling:
    return RoomScheduling(config, log)
