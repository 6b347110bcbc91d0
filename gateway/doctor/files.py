"""Examines the home folder: who may read it, which keys lie there, how much room is left."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from gateway.adapters.file_signer import FileSigner
from gateway.doctor.diagnosis import Diagnosis, bad, note, well
from gateway.errors import GatewayError, KeyRefused, KeysUnavailable
from gateway.settings import Settings
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyUse, open_key_list

_LEAST_FREE = 64 << 20
_LITTLE_FREE = 1 << 30
_PUBLIC = {"root.pub", "keys.jws"}


def examine_files(settings: Settings, size: int | None) -> Iterator[Diagnosis]:
    """Look at the folder of a gateway; *size* is that of its log, if it is known."""
    yield _readable(settings.home)
    yield _away(settings.home)
    yield _listed(settings, size)
    yield _room(settings.home)


def _readable(home: Path) -> Diagnosis:
    """Nobody but the gateway's own user may read or write what is not public."""
    open_files = sorted(
        str(path.relative_to(home)) or "."
        for path in (home, *_private_files(home))
        if _is_open(path)
    )
    if not open_files:
        return well(
            "permissions",
            "Schlüssel, Datenbank und Einstellungen liest nur das eigene Konto.",
            "Keys, database and settings are readable by the own account only.",
        )
    names = ", ".join(open_files[:8]) + (" …" if len(open_files) > 8 else "")
    return bad(
        "permissions",
        f"Andere Konten können lesen oder schreiben: {names}.",
        f"Other accounts can read or write: {names}.",
        f"chmod -R go= {home}; danach klären, wer darauf zugegriffen haben kann.",
        f"chmod -R go= {home}; then find out who may have had access.",
    )


def _private_files(home: Path) -> Iterator[Path]:
    if _mode(home) & 0o077 == 0:
        return  # nobody else gets in at all
    yield from (
        path
        for path in home.rglob("*")
        if path.name not in _PUBLIC and (path.is_dir() or path.is_file())
    )


def _is_open(path: Path) -> bool:
    status = path.stat()
    return bool(stat.S_IMODE(status.st_mode) & 0o077) or status.st_uid not in (0, os.getuid())


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _away(home: Path) -> Diagnosis:
    """Look for the keys that must not be on this machine."""
    there = sorted(path.name for path in (home / "offline").glob("*.pem"))
    if not there:
        return well(
            "offline_keys",
            "Der Wurzelschlüssel liegt nicht bei der Datenschleuse.",
            "The root key does not lie with the gateway.",
        )
    names = ", ".join(there)
    return note(
        "offline_keys",
        f"Auf diesem Rechner liegen noch: {names}. Wer sie hat, kann Schlüssel erklären.",
        f"Still on this machine: {names}. Whoever has them can declare keys.",
        f"{home / 'offline'} auf einen Datenträger verschieben, der nicht an diesem Rechner "
        "hängt, und hier löschen.",
        f"Move {home / 'offline'} to a medium that is not at this machine, and delete it here.",
    )


def _listed(settings: Settings, size: int | None) -> Diagnosis:
    """The keys in use must be those that the root key signed for."""
    try:
        root = PublicKey.from_pem((settings.home / "root.pub").read_bytes())
        keys = open_key_list((settings.home / "keys.jws").read_text("ascii").strip(), root)
        wrong = [
            use.value
            for use in KeyUse
            if keys.key_at(use, size or 0).kid
            != FileSigner.load(settings.keys_dir / f"{use.value}.pem").kid
        ]
    except (OSError, ValueError, KeyRefused, KeysUnavailable) as error:
        return _not_listed(str(error) if isinstance(error, GatewayError) else type(error).__name__)
    if wrong:
        return _not_listed(", ".join(wrong))
    return well(
        "keys",
        "Die Schlüssel sind die, die der Wurzelschlüssel erklärt hat.",
        "The keys are those that the root key declared.",
    )


def _not_listed(what: str) -> Diagnosis:
    return bad(
        "keys",
        f"Schlüssel und Schlüsselliste passen nicht zusammen: {what}.",
        f"Keys and key list do not fit together: {what}.",
        "Die Datenschleuse nicht starten: was sie unterschriebe, könnte niemand prüfen. keys/ und "
        "keys.jws aus der Sicherung holen.",
        "Do not start the gateway: nobody could verify what it signs. Get keys/ and keys.jws from "
        "the backup.",
    )


def _room(home: Path) -> Diagnosis:
    free = shutil.disk_usage(home).free
    mib = free >> 20
    german, english = f"Frei sind {mib} MiB.", f"{mib} MiB are free."
    todo = (
        "Platz schaffen; ist die Platte voll, wird jede Anfrage mit 503 beantwortet.",
        "Make room; on a full disk every request is answered 503.",
    )
    if free < _LEAST_FREE:
        return bad("disk", german, english, *todo)
    if free < _LITTLE_FREE:
        return note("disk", german, english, *todo)
    return well("disk", german, english)
