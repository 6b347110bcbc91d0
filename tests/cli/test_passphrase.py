"""A passphrase comes from a terminal that does not show it, or from a file for one person."""

import os
import pty
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from gateway.cli.passphrase import new_passphrase, passphrase_from
from gateway.errors import KeysUnavailable

SECRET = "Zwölf Zeichen oder mehr"
ASKING = """
from gateway.cli.passphrase import new_passphrase
given = new_passphrase("Passphrase", None)
print("LENGTH", len(given), given == given.strip())
"""


def a_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "passphrase"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def on_a_terminal(program: str, *lines: str) -> str:
    """Run *program* on a terminal of its own, type *lines*, and return all that it showed."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", program])
    shown, left = b"", list(lines)
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # Linux says so when the child has closed its side
            break
        if not part:
            break
        shown += part
        if part.rstrip().endswith(b":") and left:
            os.write(terminal, left.pop(0).encode() + b"\n")
    os.close(terminal)
    os.waitpid(child, 0)
    return shown.decode()


def test_a_terminal_asks_twice_and_shows_nothing_of_what_is_typed() -> None:
    shown = on_a_terminal(ASKING, SECRET, SECRET)

    assert "Noch einmal (again): Passphrase:" in shown
    assert f"LENGTH {len(SECRET)} True" in shown
    assert SECRET not in shown


def test_two_different_entries_make_none() -> None:
    shown = on_a_terminal(ASKING, SECRET, SECRET + "x")

    assert "the two entries differ" in shown
    assert SECRET not in shown


def test_without_a_terminal_nothing_is_read() -> None:
    """Else what is typed would stand on a screen, or be taken out of a pipe unasked."""
    done = subprocess.run(
        [sys.executable, "-c", ASKING],
        input=f"{SECRET}\n{SECRET}\n",
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "--passphrase-file" in done.stderr
    assert SECRET not in done.stderr


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_file_holds_one_line(tmp_path: Path, end: bytes) -> None:
    file = a_file(tmp_path, SECRET.encode() + end)
    assert passphrase_from(file)("Passphrase") == SECRET
    assert new_passphrase("Passphrase", file) == SECRET


def test_a_letter_typed_in_two_ways_is_one_letter(tmp_path: Path) -> None:
    file = a_file(tmp_path, "Zwo\u0308lf Zeichen oder mehr".encode())
    assert passphrase_from(file)("Passphrase") == SECRET


def test_blanks_belong_to_the_passphrase(tmp_path: Path) -> None:
    assert passphrase_from(a_file(tmp_path, b" two blanks \n"))("Passphrase") == " two blanks "


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (b"", 0o600, "empty"),
        (b"\n", 0o600, "empty"),
        (b"one-secret\ntwo-secret\n", 0o600, "more than one line"),
        (b"secret" * 300, 0o600, "more than one line"),
        (b"secret\xff", 0o600, "no UTF-8"),
        (b"secret", 0o604, "chmod 600"),
        (b"secret", 0o602, "chmod 600"),
    ],
)
def test_another_file_is_refused_without_a_word_of_it(
    tmp_path: Path, content: bytes, mode: int, why: str
) -> None:
    with pytest.raises(KeysUnavailable, match=why) as refused:
        passphrase_from(a_file(tmp_path, content, mode))("Passphrase")
    assert "secret" not in "".join(traceback.format_exception_only(refused.value))
    assert refused.value.__cause__ is None


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeysUnavailable, match=r"nothing.*No such file"):
        passphrase_from(tmp_path / "nothing")("Passphrase")


def test_the_file_of_the_environment_is_taken_unless_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "DATENSCHLEUSE_PASSPHRASE_FILE", str(a_file(tmp_path, b"of the environment"))
    )
    (tmp_path / "other").mkdir()
    other = a_file(tmp_path / "other", b"of the command")

    assert passphrase_from(None)("Passphrase") == "of the environment"
    assert passphrase_from(other)("Passphrase") == "of the command"
