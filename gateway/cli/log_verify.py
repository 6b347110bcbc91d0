"""`datenschleuse log verify`: an auditor re-derives a log copy."""

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.errors import KeyRefused, LogRefused
from gateway.tlog.encoding import encode_base64
from gateway.tlog.jwk import PublicKey
from gateway.verify import Verified, verify_export

VERIFIED, REFUSED, USAGE = 0, 1, 2


def verify(folder: Path, root_pub: Path, *, as_json: bool = False, quiet: bool = False) -> int:
    """Verify the log copy in *folder* under the root key in *root_pub*; return the exit status.

    Status 0: verified; 1: refused; 2: there is no such folder or key. The bar and what was
    refused go to stderr, the result to stdout. *quiet* leaves out the bar and the result in
    words, never a refusal.
    """
    if not folder.is_dir():
        return _fail(f"Kein Ordner: {folder}", f"Not a folder: {folder}", USAGE)
    try:
        root_key = PublicKey.from_pem(root_pub.read_bytes())
    except (OSError, KeyRefused):
        return _fail(
            f"Kein Wurzelschlüssel (Ed25519, SPKI, PEM): {root_pub}",
            f"Not a root key (Ed25519, SPKI, PEM): {root_pub}",
            USAGE,
        )
    bar = _bar(quiet or as_json)
    task = bar.add_task("Einträge", total=None)
    try:
        with bar:
            verified = verify_export(
                folder, root_key, lambda done, total: bar.update(task, completed=done, total=total)
            )
    except LogRefused as refusal:
        if as_json:
            print(_refusal_json(refusal))
        return _fail(_in_german(refusal), f"Refused: {refusal}", REFUSED)
    if as_json:
        print(_json(verified))
    elif not quiet:
        print(_in_words(verified))
    return VERIFIED


def _bar(hidden: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=hidden,
    )


def _fail(german: str, english: str, status: int) -> int:
    print(german, english, sep="\n", file=sys.stderr)
    return status


def _in_german(refusal: LogRefused) -> str:
    place = [] if refusal.file is None else [f"Datei {refusal.file}"]
    place += [] if refusal.index is None else [f"Eintrag {refusal.index}"]
    return f"Abgelehnt: {', '.join(place)}. Diese Kopie des Protokolls beweist nichts."


def _in_words(verified: Verified) -> str:
    size, root = verified.size, encode_base64(verified.root)
    return (
        f"Das Protokoll {verified.origin} ist unverändert: {size} Einträge, Wurzel {root}\n"
        f"The log {verified.origin} is unaltered: {size} entries, root {root}"
    )


def _json(verified: Verified) -> str:
    document = {
        "verified": True,
        "origin": verified.origin,
        "size": verified.size,
        "root": encode_base64(verified.root),
        "entries": dict(sorted(verified.entries.items())),
    }
    return json.dumps(document)


def _refusal_json(refusal: LogRefused) -> str:
    document = {
        "verified": False,
        "file": refusal.file,
        "index": refusal.index,
        "reason": refusal.what,
    }
    return json.dumps(document)
