"""JSON documents that commands are given as files."""

from pathlib import Path
from typing import Any

from gateway.errors import RegistryRefused
from gateway.policy.strict_json import load_json

Json = Any


def read_document(file: Path) -> Json:
    """Return the JSON in *file*.

    Raises:
        RegistryRefused: There is no such file, or no JSON in it.
    """
    try:
        return load_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise RegistryRefused(f"{file}: {type(error).__name__}: not a JSON file") from error
