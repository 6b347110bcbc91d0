"""`datenschleuse log verify`: an auditor re-derives a log, from a copy or as it is served."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from gateway.cli.progress import bar
from gateway.errors import DependencyFailed, GatewayError, KeyRefused, LogRefused
from gateway.tlog.encoding import encode_base64
from gateway.tlog.jwk import PublicKey
from gateway.verify import Progress, Verified, verify_export

VERIFIED, REFUSED, USAGE = 0, 1, 2


def verify(folder: Path, root_pub: Path, *, as_json: bool = False, quiet: bool = False) -> int:
    """Verify the log copy in *folder* under the root key in *root_pub*; return the exit status.

    Status 0: verified; 1: refused; 2: there is no such folder or key. The bar and what was
    refused go to stderr, the result to stdout. *quiet* leaves out the bar and the result in
    words, never a refusal.
    """
    if not folder.is_dir():
        return _fail(f"Kein Ordner: {folder}", f"Not a folder: {folder}", USAGE)
    root_key = _root_key(root_pub)
    if root_key is None:
        return USAGE
    return _judge(lambda told: verify_export(folder, root_key, told), as_json=as_json, quiet=quiet)


def verify_served(
    url: str, root_pub: Path, access_file: Path, *, as_json: bool = False, quiet: bool = False
) -> int:
    """Verify the log that the gateway at *url* serves to the unit of *access_file*.

    The exit status is as that of `verify`; 2 also where the gateway cannot be asked. The
    checkpoint must be of the history that the unit remembers.
    """
    from gateway.client.partner import load_partner
    from gateway.client.sender import Sender
    from gateway.signatures import RequestSigner, sign_reading
    from gateway.tlog.keys import open_key_list
    from gateway.verify_remote import Gateway, verify_remote

    root_key = _root_key(root_pub)
    if root_key is None:
        return USAGE
    try:
        own = load_partner(access_file)
        if own.keys is None:
            return _fail(
                f"In {access_file} fehlt keys: die Schlüsselliste des Protokolls.",
                f"{access_file} lacks keys: the log's key list.",
                USAGE,
            )
        keys = open_key_list(own.keys.read_text("ascii").strip(), root_key)
        signer, context = RequestSigner.load(own.signing_key), own.tls()
    except (GatewayError, OSError, ValueError) as error:
        return _fail(f"Nicht zu verwenden: {error}", f"Not usable: {error}", USAGE)

    def sign(target: str) -> Mapping[str, str]:
        return sign_reading(signer, method="GET", target_uri=target, created=int(time.time()))

    async def remember(note: str) -> None:
        watch = own.watch()
        if watch is not None:
            async with Sender(own) as sender:
                await watch.checkpoint(note, sender)

    def served(told: Progress) -> Verified:
        with Gateway(url, context, sign if own.sign_reads else None) as gateway:
            verified, note = verify_remote(gateway, keys, told)
        asyncio.run(remember(note))
        return verified

    return _judge(served, as_json=as_json, quiet=quiet)


def _judge(look: Callable[[Progress], Verified], *, as_json: bool, quiet: bool) -> int:
    try:
        with bar("Einträge", hidden=quiet or as_json) as told:
            verified = look(told)
    except LogRefused as refusal:
        if as_json:
            print(_refusal_json(refusal))
        return _fail(_in_german(refusal), f"Refused: {refusal}", REFUSED)
    except DependencyFailed as error:
        return _fail(f"Nicht geprüft: {error}", f"Not verified: {error}", USAGE)
    if as_json:
        print(_json(verified))
    elif not quiet:
        print(_in_words(verified))
    return VERIFIED


def _root_key(root_pub: Path) -> PublicKey | None:
    try:
        return PublicKey.from_pem(root_pub.read_bytes())
    except (OSError, KeyRefused):
        _fail(
            f"Kein Wurzelschlüssel (Ed25519, SPKI, PEM): {root_pub}",
            f"Not a root key (Ed25519, SPKI, PEM): {root_pub}",
            USAGE,
        )
        return None


def _fail(german: str, english: str, status: int) -> int:
    print(german, english, sep="\n", file=sys.stderr)
    return status


def _in_german(refusal: LogRefused) -> str:
    place = [] if refusal.file is None else [f"Datei {refusal.file}"]
    place += [] if refusal.index is None else [f"Eintrag {refusal.index}"]
    return f"Abgelehnt: {', '.join(place)}. Dieses Protokoll beweist so nichts."


def _in_words(verified: Verified) -> str:
    size, root = verified.size, encode_base64(verified.root)
    agreed = (
        ("wer Änderungen zustimmte, steht hier nicht", "who agreed on changes is not shown here")
        if verified.changes is None
        else (
            f"{verified.changes} Änderungen von Regeln und Register, jede mit den nötigen Stimmen",
            f"{verified.changes} changes of rules and registry, each agreed on as it must be",
        )
    )
    return (
        f"Das Protokoll {verified.origin} ist unverändert: {size} Einträge, Wurzel {root}\n"
        f"  {agreed[0]}\n"
        f"The log {verified.origin} is unaltered: {size} entries, root {root}\n"
        f"  {agreed[1]}"
    )


def _json(verified: Verified) -> str:
    document = {
        "verified": True,
        "origin": verified.origin,
        "size": verified.size,
        "root": encode_base64(verified.root),
        "entries": dict(sorted(verified.entries.items())),
        "changes_agreed": verified.changes,
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
