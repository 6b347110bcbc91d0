"""`datenschleuse init`: makes keys and an empty gateway."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.documents import read_document
from gateway.founding import found
from gateway.settings import new_settings


def run(
    home: Annotated[Path, typer.Option(help="Ordner des neuen Gateways. Folder to make.")],
    origin: Annotated[str, typer.Option(help="Name des Protokolls, für immer. Name of the log.")],
    public_url: Annotated[str, typer.Option(help="Adresse, die Partner nutzen. https://…")],
    tls_certificate: Annotated[Path, typer.Option(help="Zertifikat des Gateways (PEM).")],
    tls_key: Annotated[Path, typer.Option(help="Schlüssel dazu (PEM).")],
    client_ca: Annotated[Path, typer.Option(help="Aussteller der Partnerzertifikate (PEM).")],
    partner_ca: Annotated[Path, typer.Option(help="Aussteller der Partnerserver (PEM).")],
    approver: Annotated[
        list[Path],
        typer.Option(help="Karte einer ersten freigebenden Person (JSON); zwei oder mehr."),
    ],
    operator: Annotated[
        list[Path] | None,
        typer.Option(help="Karte einer Person, die das Gateway betreibt (JSON). Operator's card."),
    ] = None,
    listen_host: Annotated[str, typer.Option(help="Adresse, an der gelauscht wird.")] = "127.0.0.1",
    listen_port: Annotated[int, typer.Option(help="Port der Partner-Schnittstelle.")] = 8443,
    database_url: Annotated[str, typer.Option(help="SQLAlchemy-URL; leer: SQLite.")] = "",
) -> None:
    """Legt Schlüssel und ein leeres Gateway an. Makes keys and an empty gateway.

    Example: datenschleuse init --home ./gateway --origin gateway.example/2026
    --public-url https://gateway.example --tls-certificate server.pem --tls-key server.key
    --client-ca partners.pem --partner-ca partners.pem --approver anna.json --approver emre.json
    --operator olga.json
    """
    given = {
        "origin": origin,
        "public_url": public_url.rstrip("/"),
        "listen_host": listen_host,
        "listen_port": listen_port,
        "tls_certificate": tls_certificate.resolve(),
        "tls_key": tls_key.resolve(),
        "client_ca": client_ca.resolve(),
        "partner_ca": partner_ca.resolve(),
        "database_url": database_url,
    }
    settings = new_settings(home.resolve(), **given)
    made = found(
        settings, toml_of(given), [read_document(card) for card in (*approver, *(operator or ()))]
    )
    print(f"Das Gateway liegt in {home}. The gateway is in {home}.")
    print(
        f"Nehmen Sie {made.root_key.name} aus {made.root_key.parent} von diesem Rechner: wer ihn "
        "hat, kann Schlüssel erklären."
    )
    print(f"Move it off this machine; auditors get {made.root_public}.")


def toml_of(settings: dict[str, object]) -> str:
    """Return the settings file: numbers bare, all else as basic strings."""
    return "".join(
        f"{name} = {value}\n"
        if isinstance(value, int)
        else '{} = "{}"\n'.format(name, str(value).replace("\\", "\\\\").replace('"', '\\"'))
        for name, value in settings.items()
    )
