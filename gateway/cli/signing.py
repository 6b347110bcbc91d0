"""The key with which a person signs on the command line."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.person_key import open_key as open_protected
from gateway.cli.passphrase import passphrase_from
from gateway.errors import KeysUnavailable
from gateway.ports import Signer
from gateway.settings import PASSPHRASE_FILE

Key = Annotated[
    str,
    typer.Option(
        help="Ihr Schlüssel: Datei oder pkcs11:-Verweis. Your key: file or URI. "
        f"Passphrase: gefragt (asked), oder die Datei in (or the file in) {PASSPHRASE_FILE}."
    ),
]
_OPEN = (
    "Dieser Schlüssel liegt ohne Passphrase da: `datenschleuse person key` macht einen besseren. "
    "This key has no passphrase."
)


def open_key(reference: str) -> Signer:
    """Return the signer of a person's key.

    The operator's key, as `init` makes it, has no passphrase; it is taken, with a warning.

    Raises:
        KeysUnavailable: The key cannot be had; the message says why.
    """
    given = os.environ.get(PASSPHRASE_FILE)
    try:
        signer = FileSigner.load(Path(reference))
    except KeysUnavailable:
        return open_protected(reference, passphrase_from(Path(given) if given else None))
    print(_OPEN, file=sys.stderr)
    return signer
