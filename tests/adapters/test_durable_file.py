"""A new file is written whole, for its owner, and never over another."""

from pathlib import Path

import pytest

from gateway.adapters.durable_file import write_file


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    write_file(tmp_path / "key", b"first", 0o600)
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "key", b"second", 0o600)
    assert (tmp_path / "key").read_bytes() == b"first"


def test_a_file_is_open_to_whom_it_is_meant_for(tmp_path: Path) -> None:
    write_file(tmp_path / "key", b"secret", 0o600)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
