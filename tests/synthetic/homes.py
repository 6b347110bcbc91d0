"""Gateways that no unit knows yet."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.cli.init import toml_of
from gateway.founding import found
from tests.builders import ORIGIN, PUBLIC_URL
from tests.gateways import register, settings_for


def an_empty_home(home: Path) -> Path:
    """Found a gateway in *home*."""
    files = ("tls_certificate", "tls_key", "client_ca", "partner_ca")
    given = {"origin": ORIGIN, "public_url": PUBLIC_URL, **dict.fromkeys(files, "none.pem")}
    found(settings_for(home), toml_of(given))
    return home


def registering(home: Path) -> Callable[[Sequence[Mapping[str, Any]]], None]:
    """Return what writes units into the registry of *home*."""

    def write(documents: Sequence[Mapping[str, Any]]) -> None:
        for document in documents:
            register(home, document)

    return write
