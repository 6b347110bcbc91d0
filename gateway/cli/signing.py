"""The key with which a person signs on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.adapters.file_signer import FileSigner
from gateway.ports import Signer

Key = Annotated[Path, typer.Option(help="Schlüssel, mit dem Sie unterschreiben. Your key.")]


def open_key(reference: Path) -> Signer:
    """Return the signer of a key file.

    Raises:
        KeysUnavailable: There is no such file, or no such key in it.
    """
    return FileSigner.load(reference)
