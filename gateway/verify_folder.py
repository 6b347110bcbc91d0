"""The files of a log copy: what may stand in its folder, and nothing else."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gateway.errors import LogRefused
from gateway.tlog import export, tiles
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, open_key_list
from gateway.verify_walk import SMALL_FILE_BYTES, refusing


def open_keys(folder: Path, root_key: PublicKey) -> KeyList:
    """Return the key list of the copy, if it is the one that *root_key* signed."""
    if read(folder, export.ROOT_PUB) != root_key.pem:
        raise LogRefused("not the root key that was given", file=export.ROOT_PUB)
    with refusing(export.KEYS):
        text = read_text(folder, export.KEYS)
        keys = open_key_list(text.removesuffix("\n"), root_key)
        if not text.endswith("\n"):
            raise LogRefused("the last line has no end")
    return keys


def refuse_extra_files(folder: Path, size: int) -> None:
    """Refuse whatever is no file of a copy of *size* entries."""
    for path in _files(folder):
        if path not in export.FILES:
            with refusing(path):
                tile = tiles.parse_path(path)
                if tiles.tile_at(tile.level, tile.n, size) != tile:
                    raise LogRefused(f"not a tile of a log of {size} entries")


def read_text(folder: Path, name: str) -> str:
    try:
        return read(folder, name).decode()
    except UnicodeDecodeError as error:
        raise LogRefused("not UTF-8", file=name) from error


def read(folder: Path, name: str, limit: int = SMALL_FILE_BYTES) -> bytes:
    """Return the content of a plain file that is no longer than *limit*."""
    with refusing(name), open_file(folder, name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise LogRefused("longer than such a file can be", file=name)
    return data


def open_file(folder: Path, name: str) -> BinaryIO:
    path = folder / name
    if not stat.S_ISREG(path.lstat().st_mode):
        raise LogRefused("not a plain file")
    return path.open("rb")


def _files(folder: Path) -> Iterator[str]:
    """Give every file; refuse what is neither a file nor a folder, or a folder without files."""
    below = [""]
    while below:
        parent = below.pop()
        with refusing(parent), os.scandir(folder / parent) as entries:
            names = {entry.name: entry for entry in entries}
        if not names:
            raise LogRefused("an empty folder", file=parent)
        for name, entry in names.items():
            path = parent + name
            if not name.isprintable():  # nor shown to a terminal as it is
                raise LogRefused("not a name in a log copy", file=parent + ascii(name))
            if entry.is_dir(follow_symlinks=False):
                below.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                yield path
            else:
                raise LogRefused("neither a file nor a folder", file=path)
