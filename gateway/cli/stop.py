"""`datenschleuse stop`: halt exchanges at once; go on when two people agree."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_registry import SqlRegistry
from gateway.cli.change import print_proposed
from gateway.cli.open_governance import open_governance
from gateway.cli.passphrase import PassphraseFile
from gateway.cli.signing import Key, open_key
from gateway.lifecycle.governance import Governance
from gateway.lifecycle.stopping import lifted, new_stop
from gateway.model.stop import Stop
from gateway.model.unit import RegistrySnapshot
from gateway.ports import Signer
from gateway.registry_snapshot import read_registry
from gateway.settings import load_settings
from gateway.stops import scope_words

Json = Any
_ROUTE = ("exchange_kind", "sender_kind", "recipient_kind")


def run(
    home: Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")],
    unit: Annotated[
        str | None, typer.Option(help="Eine Stelle, von und zu ihr. One unit, both ways.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="Eine Art von Übermittlung. One exchange kind.")
    ] = None,
    route: Annotated[
        str | None,
        typer.Option(
            metavar="ART:ABSENDER:EMPFÄNGER",
            help="Einen Weg: Art, Art des Absenders, Art des Empfängers. One route.",
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Alles. Everything.")] = False,
    reason: Annotated[
        str,
        typer.Option(
            help="Warum; steht in jeder Antwort, also keine Personen nennen. "
            "Why; stands in every answer, so name no person."
        ),
    ] = "",
    lift: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Schlägt vor, aufzuheben. Proposes to lift it."),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="Zeigt, was angehalten ist. Shows what is stopped.")
    ] = False,
    key: Key = "",
    passphrase_file: PassphraseFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Für Programme. For programs.")] = False,
) -> None:
    """Hält Übermittlungen sofort an; eine Person genügt. Aufheben braucht zwei Stimmen.

    (Stops exchanges at once, one person is enough: from the next decision on, and what waits for
    its recipient. Lifting is a change that two must agree on: `change sign`, then
    `change activate`.)

    Example: datenschleuse stop --unit jugendamt --reason "Schlüssel verloren" --home ./gateway
    --key me.pem
    """
    scopes = _scopes(unit, kind, route, everything=everything)
    wanted = [*scopes, *([lift] if lift is not None else []), *(["list"] if listed else [])]
    if len(wanted) != 1:
        raise typer.BadParameter("genau eines von --unit, --kind, --route, --all, --lift, --list")
    if listed:
        _print_list(
            SqlRegistry(open_database(load_settings(home).database)).snapshot_now(), as_json
        )
        return
    for name, given in (("--key", key), ("--reason", reason.strip())):
        if not given:
            raise typer.BadParameter(f"{name} fehlt (is missing)")
    with open_governance(home) as opened:
        if lift is not None:
            _lift(opened.governance, lift, open_key(key, passphrase_file), reason)
        else:
            _stop(opened.governance, scopes[0], open_key(key, passphrase_file), reason)


def _scopes(
    unit: str | None, kind: str | None, route: str | None, *, everything: bool
) -> list[dict[str, Json]]:
    """Return every scope that was named, as the document of a stop says it."""
    scopes: list[dict[str, Json]] = []
    if unit is not None:
        scopes.append({"unit": unit})
    if kind is not None:
        scopes.append({"exchange_kind": kind})
    if route is not None:
        parts = route.split(":")
        if len(parts) != len(_ROUTE):
            raise typer.BadParameter("--route ART:ABSENDER:EMPFÄNGER (KIND:SENDER:RECIPIENT)")
        scopes.append(dict(zip(_ROUTE, parts, strict=True)))
    if everything:
        scopes.append({"all": True})
    return scopes


def _stop(governance: Governance, scope: dict[str, Json], signer: Signer, reason: str) -> None:
    stop, changes = new_stop(
        scope,
        read_registry(governance.log.documents()),
        governance.routes(),
        governance.clock.now(),
        by=governance.who(signer).id,
        reason=reason,
    )
    german, english = scope_words(stop)
    index = governance.alone(changes, signer, title=f"Anhalten: {german}", reason=reason)
    print(f"Angehalten: {german} (Eintrag {index}). Stopped: {english} (entry {index}).")
    print(f"  Aufheben (lift): datenschleuse stop --lift {stop.id[:12]} …")


def _lift(governance: Governance, stop_id: str, signer: Signer, reason: str) -> None:
    stop, changes = lifted(stop_id, read_registry(governance.log.documents()))
    title = f"Sperre aufheben: {scope_words(stop)[0]}"
    print_proposed(
        governance, governance.propose_registry(changes, signer, title=title, reason=reason)
    )


def _print_list(registry: RegistrySnapshot, as_json: bool) -> None:
    stops = sorted(registry.stops.values(), key=lambda stop: (stop.since, stop.id))
    if as_json:
        rows = [{**stop.shown(), "by": stop.by} for stop in stops]
        print(json.dumps(rows, ensure_ascii=False))
        return
    for stop in stops:
        print("\n".join(_lines(stop)))
    if not stops:
        print("Nichts ist angehalten. Nothing is stopped.")


def _lines(stop: Stop) -> list[str]:
    german, english = scope_words(stop)
    since = datetime.fromtimestamp(stop.since, UTC).isoformat(timespec="minutes")
    return [
        f"{stop.id[:12]}  {german} ({english})",
        f"  seit (since) {since}, von (by) {stop.by}: {stop.reason}",
    ]
