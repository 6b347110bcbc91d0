"""`datenschleuse partner`: the receiving side of an agency."""

import asyncio
import json
import signal
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gateway import technical_log
from gateway.client.delivery_folder import DeliveryFolder
from gateway.client.history import HistoryCheck
from gateway.client.inbox import Fetched, Inbox
from gateway.client.partner import Partner, load_partner
from gateway.client.receive import Accepted, Receiver, Trust
from gateway.client.receive_server import Listening, ReceiveServer, receive_context
from gateway.client.self_test import Check, self_test
from gateway.client.sender import Sender
from gateway.errors import GatewayError, LogRefused, StartRefused
from gateway.sealing import load_private_key
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list

app = typer.Typer(
    no_args_is_help=True,
    help="Für Partnerbehörden: Lieferungen empfangen oder abholen. (For partners.)",
)

_EXAMPLE = (
    "Beispiel (example): datenschleuse partner receive --partner ordnungsamt.toml "
    "--url https://ordnungsamt.example:9443/lieferungen --listen 0.0.0.0:9443 "
    "--decryption-key entschluesseln.pem --into eingang"
)
_FETCH_EXAMPLE = (
    "Beispiel (example): datenschleuse partner fetch --partner ordnungsamt.toml "
    "--decryption-key entschluesseln.pem --into eingang"
)
_SELF_TEST_EXAMPLE = (
    "Beispiel (example): datenschleuse partner self-test --partner ordnungsamt.toml "
    "--decryption-key entschluesseln.pem"
)


@app.callback()
def partner_group() -> None:
    """Für Partnerbehörden: Lieferungen empfangen oder abholen.

    (For partners: receive deliveries, or fetch them.)
    """


@app.command(epilog=_EXAMPLE)
def receive(
    partner: Annotated[Path, typer.Option(help="Eigene Zugangsdatei (TOML). (Own access file.)")],
    url: Annotated[str, typer.Option(help="Adresse wie im Verzeichnis. (Address as registered.)")],
    decryption_key: Annotated[
        Path, typer.Option(help="Eigener Schlüssel zum Öffnen (PEM). (Own decryption key.)")
    ],
    into: Annotated[
        Path, typer.Option(help="Ordner für die Lieferungen. (Folder for deliveries.)")
    ],
    listen: Annotated[
        str, typer.Option(help="Adresse und Port des Empfangs. (Host and port.)")
    ] = "127.0.0.1:9443",
    certificate: Annotated[
        Path | None,
        typer.Option(help="Zertifikat des Empfangs, sonst das eigene. (Else the access file's.)"),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="Schlüssel dazu (PEM). (The certificate's key.)")
    ] = None,
    gateway_pin: Annotated[
        list[str] | None,
        typer.Option(help="SHA-256 (hex) des Schlüssels der Schleuse. (Pin of the gateway.)"),
    ] = None,
) -> None:
    """Lieferungen annehmen: prüfen, entschlüsseln, ablegen, bestätigen. Bis SIGTERM kommt.

    (Accept deliveries: check, decrypt, keep, acknowledge. Until SIGTERM comes.)
    """
    technical_log.configure()
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise typer.BadParameter("--listen ist HOST:PORT (is HOST:PORT)")
    try:
        own = load_partner(partner)
        receiver = Receiver(_trust(own, decryption_key), DeliveryFolder(into))
        context = receive_context(own.ca, certificate or own.certificate, key or own.key)
        listening = Listening(host, int(port), url, frozenset(gateway_pin or ()))
        asyncio.run(_serve(own, receiver, listening, context))
    except (GatewayError, OSError) as error:
        typer.echo(f"Der Empfang startet nicht. (Does not start.)\n{error}", err=True)
        raise typer.Exit(1) from error


@app.command(epilog=_FETCH_EXAMPLE)
def fetch(
    partner: Annotated[Path, typer.Option(help="Eigene Zugangsdatei (TOML). (Own access file.)")],
    decryption_key: Annotated[
        Path, typer.Option(help="Eigener Schlüssel zum Öffnen (PEM). (Own decryption key.)")
    ],
    into: Annotated[
        Path, typer.Option(help="Ordner für die Lieferungen. (Folder for deliveries.)")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Eine JSON-Zeile je Lieferung. (A line each.)")
    ] = False,
) -> None:
    """Das Postfach leeren: abholen, prüfen, entschlüsseln, ablegen, bestätigen.

    (Empty the inbox: fetch, check, decrypt, keep, acknowledge. Exit status 1 if a delivery was
    refused, 2 if the inbox could not be read.)
    """
    try:
        own = load_partner(partner)
        receiver = Receiver(_trust(own, decryption_key), DeliveryFolder(into))
        whole = asyncio.run(_fetch(own, receiver, as_json=as_json))
    except (GatewayError, OSError) as error:
        typer.echo(f"Abgeholt ist nicht alles. (Not all was fetched.)\n{error}", err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(0 if whole else 1)


@app.command("self-test", epilog=_SELF_TEST_EXAMPLE)
def run_self_test(
    partner: Annotated[Path, typer.Option(help="Eigene Zugangsdatei (TOML). (Own access file.)")],
    decryption_key: Annotated[
        Path | None, typer.Option(help="Eigener Schlüssel zum Öffnen (PEM). (Own decryption key.)")
    ] = None,
    trial: Annotated[
        bool, typer.Option(help="Eine Probelieferung schicken lassen. (Ask for a trial delivery.)")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Die eigene Anbindung prüfen lassen: Zertifikat, Signatur, Uhr, Schlüssel, Empfang.

    (Have the own connection tested. Exit status 1 if something must be put right, 2 if the
    gateway could not be asked.)
    """

    async def tested() -> list[Check]:
        key = None if decryption_key is None else load_private_key(decryption_key.read_bytes())
        async with Sender(replace(load_partner(partner), sign_reads=True)) as sender:
            return [check async for check in self_test(sender, key, trial=trial)]

    try:
        checks = asyncio.run(tested())
    except (GatewayError, OSError) as error:
        typer.echo(f"Nicht geprüft (not tested): {error}", err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(checks, ensure_ascii=False))
    else:
        for check in checks:
            _print_check(check)
    raise typer.Exit(1 if any(check["ok"] is False for check in checks) else 0)


def _print_check(check: Check) -> None:
    mark = {True: "gut    ", False: "FEHLER ", None: "offen  "}[check["ok"]]
    typer.echo(f"{mark}  {check['check']}: {check['de']}\n         {check['en']}")
    if check["todo"] and check["ok"] is not True:
        typer.echo(f"         Was tun: {check['todo']}\n         What to do: {check['todo_en']}")


async def _fetch(own: Partner, receiver: Receiver, *, as_json: bool) -> bool:
    """Fetch everything; say whether all of it was taken, and is of one history of the log."""
    watch = own.watch()
    assert watch is not None  # _trust refused otherwise
    whole, newest = True, None
    async with Sender(own) as sender:
        async for fetched in Inbox(sender, receiver).fetch():
            _report(fetched, as_json=as_json)
            whole = whole and fetched.problem is None
            newest = (fetched.accepted and fetched.accepted.checkpoint) or newest
        if newest is not None:
            try:
                await watch.checkpoint(newest, sender)
            except LogRefused as error:
                _alarm(str(error))
                return False
    return whole


def _report(fetched: Fetched, *, as_json: bool) -> None:
    if as_json:
        accepted = fetched.accepted
        line = {
            "delivery_id": fetched.delivery_id,
            "exchange_id": None if accepted is None else accepted.exchange_id,
            "repeat": accepted is not None and accepted.repeat,
            "problem": fetched.problem,
        }
        typer.echo(json.dumps(line))
        return
    if fetched.accepted is not None:
        _say(fetched.accepted)
    if fetched.problem is not None:
        german = "Nicht bestätigt" if fetched.accepted else "Nicht angenommen"
        typer.echo(f"{german}: Lieferung {fetched.delivery_id}: {fetched.problem}", err=True)


def _trust(own: Partner, decryption_key: Path) -> Trust:
    """Return what the access file says about the log; receiving is not possible without."""
    if own.origin is None or own.root_key is None or own.keys is None:
        raise StartRefused("the access file needs origin, root_key and keys to receive")
    root = PublicKey.from_pem(own.root_key.read_bytes())
    keys = open_key_list(own.keys.read_text("ascii").strip(), root)
    return Trust(own.origin, keys, own.unit, load_private_key(decryption_key.read_bytes()))


async def _serve(
    own: Partner, receiver: Receiver, listening: Listening, context: ssl.SSLContext
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    watch = own.watch()
    assert watch is not None  # _trust refused otherwise
    async with Sender(own) as sender, HistoryCheck(watch, sender, _alarm) as history:

        def accepted(what: Accepted) -> None:
            _say(what)
            if what.checkpoint is not None:
                history.saw(what.checkpoint)

        async with ReceiveServer(receiver, listening, context, accepted) as server:
            typer.echo(
                f"Empfang bereit: {listening.public_url}, Port {server.port} (ready to receive)"
            )
            await stop.wait()


def _say(accepted: Accepted) -> None:
    if accepted.trial:
        typer.echo("Probe angenommen, nicht abgelegt (trial accepted, not kept)")
        return
    german, english = (
        ("Wiederholung erkannt", "repeat recognised")
        if accepted.repeat
        else ("Angenommen", "accepted")
    )
    typer.echo(f"{german}: Vorgang {accepted.exchange_id} ({english})")


def _alarm(what: str) -> None:
    typer.echo(f"DAS PROTOKOLL ZEIGT ZWEI VERLÄUFE: {what}", err=True)
