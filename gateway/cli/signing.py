"""The key with which a person signs on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.adapters import person_key
from gateway.cli.passphrase import passphrase_from
from gateway.ports import Signer

SIGNS = "Ihr Schlüssel: Datei (PEM) oder pkcs11:-Verweis. Your key: file or token."
"""What help says of the key of a person, wherever one signs."""

Key = Annotated[str, typer.Option(help=SIGNS)]


def open_key(reference: str, passphrase_file: Path | None = None) -> Signer:
    """Open the key that a person named, with the passphrase as `passphrase_from` finds it.

    Raises:
        KeysUnavailable: It cannot be had; the message says why.
    """
    return person_key.open_key(reference, passphrase_from(passphrase_file))
