"""Passphrases and PINs: asked on the terminal without echo, or read from a file."""

import getpass
import os
import unicodedata
import warnings
from pathlib import Path
from typing import Annotated

import typer

from gateway.adapters.key_file import Ask
from gateway.errors import KeysUnavailable
from gateway.settings import passphrase_file

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        help="Datei mit Passphrase oder PIN; sonst die, welche DATENSCHLEUSE_PASSPHRASE_FILE "
        "nennt; sonst wird gefragt. File with it, else that of the environment, else asked for.",
    ),
]
_LONGEST = 1024


def passphrase_from(file: Path | None) -> Ask:
    """Return what gives the passphrase or PIN of a key.

    It comes from *file*, else from the file that the environment names, else from the terminal.
    """
    named = file or passphrase_file()
    return asked if named is None else lambda _what: _read(named)


def new_passphrase(what: str, file: Path | None) -> str:
    """Return the passphrase of a key that is to be made; on the terminal it is asked for twice.

    Raises:
        KeysUnavailable: It cannot be had, or was not typed alike.
    """
    ask = passphrase_from(file)
    first = ask(what)
    if ask is asked and asked(f"Noch einmal (again): {what}") != first:
        raise KeysUnavailable("die beiden Eingaben sind verschieden (the two entries differ)")
    return first


def asked(what: str) -> str:
    """Ask on the terminal, without echo.

    Raises:
        KeysUnavailable: There is no terminal that can be kept from showing it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return _given(getpass.getpass(f"{what}: "))
    except (getpass.GetPassWarning, EOFError) as error:
        raise KeysUnavailable(
            "keine Passphrase: kein Terminal, auf dem gefragt werden kann; --passphrase-file "
            "nennt eine Datei (no passphrase: no terminal to ask on; name a file)"
        ) from error


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(_LONGEST + 1)
    except OSError as error:
        raise KeysUnavailable(
            f"{file}: kann nicht gelesen werden (cannot be read): {error.strerror}"
        ) from error
    text = content.decode(errors="replace").removesuffix("\n").removesuffix("\r")
    if mode & 0o007:
        raise _unusable(file, "jeder kommt an die Datei heran (everybody may open it): chmod 600")
    if "\ufffd" in text:
        raise _unusable(file, "kein UTF-8 (no UTF-8)")
    if len(content) > _LONGEST or "\n" in text:
        raise _unusable(file, "mehr als eine Zeile (more than one line)")
    return _given(text)


def _unusable(file: Path, why: str) -> KeysUnavailable:
    return KeysUnavailable(f"keine Passphrase in (no passphrase in) {file}: {why}")


def _given(text: str) -> str:
    """Return what was given in one form of Unicode, whichever keyboard typed it."""
    if not text:
        raise KeysUnavailable("die Passphrase ist leer (the passphrase is empty)")
    return unicodedata.normalize("NFC", text)
