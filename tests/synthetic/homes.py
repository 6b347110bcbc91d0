"""Gateways that no unit knows yet, and people who register the invented ones."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.cli.init import toml_of
from gateway.cli.open_governance import open_governance
from gateway.demo.people import Circle
from gateway.founding import found
from gateway.ports import Signer
from gateway.synthetic.registering import register_units
from tests.builders import ORIGIN, PUBLIC_URL
from tests.gateways import settings_for

Register = Callable[[Signer, Sequence[Mapping[str, Any]]], None]


def an_empty_home(home: Path) -> Circle:
    """Found a gateway in *home*; return its people, whose keys lie beside it."""
    circle = Circle(home.with_name("people"))
    files = ("tls_certificate", "tls_key", "client_ca", "partner_ca")
    given = {"origin": ORIGIN, "public_url": PUBLIC_URL, **dict.fromkeys(files, "none.pem")}
    found(settings_for(home), toml_of(given), circle.founders())
    return circle


def registering(home: Path, circle: Circle) -> Register:
    """Return what writes units into the registry of *home*, agreed on by its first two people."""

    def write(approver: Signer, documents: Sequence[Mapping[str, Any]]) -> None:
        with open_governance(home) as opened:
            register_units(opened.governance, circle.first(), approver, documents)

    return write
