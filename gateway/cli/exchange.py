"""`datenschleuse exchange`: a partner sends an exchange, or looks at one."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from gateway.client.partner import Partner, load_partner
from gateway.client.sender import Sender, SentAnswer
from gateway.client.wording import describe
from gateway.errors import DependencyFailed, KeysUnavailable, LogRefused, StartRefused
from gateway.model.evidence import Receipt

app = typer.Typer(
    no_args_is_help=True,
    help="Für Partnerbehörden: Daten senden, Vorgänge ansehen. (For partners: send, look.)",
)

_DONE, _FAILED, _USAGE = 0, 1, 2
PartnerFile = Annotated[
    Path, typer.Option("--partner", help="Eigene Zugangsdatei (TOML). (Own access file.)")
]
Machine = Annotated[
    bool, typer.Option("--json", help="Antwort unverändert ausgeben. (Print the answer as it is.)")
]


@app.command(
    epilog="Beispiel (example): datenschleuse exchange send fall.json --partner polizei.toml"
)
def send(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON der Anfrage.")],
    partner: PartnerFile,
    key: Annotated[
        UUID | None,
        typer.Option(help="Schlüssel einer Wiederholung. (Idempotency-Key of a repeat.)"),
    ] = None,
    as_json: Machine = False,
) -> None:
    """Eine Anfrage signieren und senden; 0 zulässig oder wartend, 1 abgelehnt, 2 Aufruf falsch.

    (Sign and send a request; 0 permitted or held, 1 denied or failed, 2 usage.)
    """
    body = file.read_bytes()

    async def call(sender: Sender) -> SentAnswer:
        headers = sender.sign(body, None if key is None else str(key))
        typer.echo(f"Idempotency-Key {headers['idempotency-key']}", err=True)
        return await sender.send_bytes(body, headers)

    answer = _run(partner, call)
    _print(answer, as_json)
    raise typer.Exit(_DONE if answer.permitted or answer.held else _FAILED)


@app.command(
    epilog="Beispiel (example): datenschleuse exchange status 0123456789abcdef0123456789abcdef "
    "--partner polizei.toml"
)
def status(
    exchange_id: Annotated[str, typer.Argument(help="Kennung des Vorgangs. (Exchange id.)")],
    partner: PartnerFile,
    as_json: Machine = False,
) -> None:
    """Entscheidung, Stand und Beleg eines Vorgangs ansehen.

    (Look at decision, state and receipt of an exchange.)
    """
    if not (len(exchange_id) == 32 and set(exchange_id) <= set("0123456789abcdef")):
        raise typer.BadParameter("32 Hexadezimalziffern (32 hex digits)")
    answer = _run(partner, lambda sender: sender.status(exchange_id))
    _print(answer, as_json)
    if not as_json and "state" in answer.json():
        typer.echo(f"  Stand (state): {answer.json()['state']}")
    raise typer.Exit(_DONE if answer.status == 200 else _FAILED)


def _run(file: Path, call: Callable[[Sender], Awaitable[SentAnswer]]) -> SentAnswer:
    try:
        return asyncio.run(_call(load_partner(file), call))
    except (StartRefused, KeysUnavailable) as error:
        _fail("Die Zugangsdatei ist nicht brauchbar (access file unusable)", error, _USAGE)
    except DependencyFailed as error:
        _fail(
            "Keine Antwort; mit demselben Schlüssel noch einmal senden "
            "(no answer; send again with the same key)",
            error,
            _FAILED,
        )
    except LogRefused as error:
        _fail("DER BELEG IST NICHT ECHT (the receipt does not verify)", error, _FAILED)
    raise typer.Exit(_FAILED)


async def _call(partner: Partner, call: Callable[[Sender], Awaitable[SentAnswer]]) -> SentAnswer:
    """Call, and verify the receipt if the partner's file says how."""
    watch = partner.watch()
    async with Sender(partner) as sender:
        answer = await call(sender)
        match answer.json():
            case {"receipt": {"sd_jwt": str(sd_jwt), "proof": str(proof)}} if watch is not None:
                verified = await watch.receipt(Receipt(sd_jwt, proof), sender)
                typer.echo(f"Beleg geprüft: Eintrag {verified.index} (receipt verified)", err=True)
    return answer


def _print(answer: SentAnswer, as_json: bool) -> None:
    typer.echo(answer.body.decode(errors="replace") if as_json else describe(answer))


def _fail(what: str, error: Exception, status: int) -> None:
    typer.echo(f"{what}: {error}", err=True)
    raise typer.Exit(status) from error
