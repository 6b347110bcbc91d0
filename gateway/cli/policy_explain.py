"""`datenschleuse policy explain`: the way of one exchange through the rules, in words."""

import time
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gateway.adapters.clock import moment_at
from gateway.cli.policy_options import (
    POLICIES,
    SCHEMAS,
    Machine,
    Policies,
    Schemas,
    print_json,
    unusable,
)
from gateway.errors import PolicySetRefused, PolicyUnavailable
from gateway.model.exchange import Moment
from gateway.policy.case_files import CaseFileUnusable
from gateway.policy.case_input import input_of_case
from gateway.policy.explained_file import Sides, input_of_request, read_case
from gateway.policy.explaining import ask_why
from gateway.policy.explanation import explanation_of
from gateway.policy.explanation_text import lines_of
from gateway.policy.findings import refuse
from gateway.policy.loading import Reading, read_policy_set
from gateway.policy.rule_places import read_places

Json = Any

EXAMPLE = (
    "Beispiele (examples): datenschleuse policy explain cases.json --case V01;"
    " datenschleuse policy explain anfrage.json --sender-kind POLICE_INSPECTION"
    " --recipient-kind MUNICIPAL_ORDER"
)
_NOON = 12


def explain(
    file: Annotated[Path, typer.Argument(help="Fall oder Anfrage, JSON. (Case or request.)")],
    case_id: Annotated[
        str | None, typer.Option("--case", help="Welcher Fall der Datei. (Which case.)")
    ] = None,
    sender_kind: Annotated[
        str | None, typer.Option(help="Art der Stelle, die sendet; für eine Anfrage.")
    ] = None,
    recipient_kind: Annotated[
        str | None, typer.Option(help="Art der Stelle, die empfängt; für eine Anfrage.")
    ] = None,
    recipient_country: Annotated[
        str, typer.Option(help="Land des Empfängers (ISO 3166); für eine Anfrage.")
    ] = "DE",
    controller: Annotated[
        str, typer.Option(help="Verantwortlicher des Absenders, für bestätigte Normen.")
    ] = "unknown",
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Stichtag einer Anfrage, sonst heute. (The day.)"),
    ] = None,
    policies: Policies = POLICIES,
    schemas: Schemas = SCHEMAS,
    as_json: Machine = False,
) -> None:
    """Zeigen, wie die Regeln zu einer Entscheidung kommen: Türen, Sperren, jede Angabe, Auflagen.

    (Show how the rules come to a decision. Nothing is sent, recorded or printed of the payload.)
    A case says everything itself; norms count as confirmed. For a request, as an agency sends
    it, say the kinds of both sides. Exit status 0, or 2 if the file cannot be explained.
    """
    try:
        case = read_case(file, case_id)
        reading = _read(policies, schemas)
        if case is not None:
            given, title = input_of_case(case, reading.policy_set), f"{case.id}  {case.title}"
        else:
            sides = _sides(sender_kind, recipient_kind, recipient_country, controller)
            given, title = (
                input_of_request(file, sides, _moment(on), reading.policy_set),
                file.name,
            )
        document = explained(reading, given)
    except (CaseFileUnusable, PolicySetRefused, PolicyUnavailable) as error:
        unusable(str(error), as_json)
    if as_json:
        print_json(document)
        return
    typer.echo(title.strip())
    for line in lines_of(document):
        typer.echo(line)


def explained(reading: Reading, given: Json) -> dict[str, Json]:
    """Return the explanation of a policy input by the rules that were read.

    Raises:
        PolicySetRefused: The rules do not compile.
        PolicyUnavailable: They leave the input undecided, or the engine gave no answer.
    """
    answers = ask_why(reading.policy_set, given)
    return explanation_of(answers, reading.policy_set, read_places(reading.trees))


def _read(policies: Path, schemas: Path) -> Reading:
    reading = read_policy_set(policies, schemas)
    refuse(reading.findings)
    return reading


def _sides(sender: str | None, recipient: str | None, country: str, controller: str) -> Sides:
    if sender is None or recipient is None:
        raise CaseFileUnusable(
            "Eine Anfrage nennt die Arten der Stellen nicht; sagen Sie --sender-kind und"
            " --recipient-kind. (A request does not name the kinds of both sides.)"
        )
    return Sides(sender, recipient, country, controller)


def _moment(on: datetime | None) -> Moment:
    """Return noon of the day in Berlin, or now."""
    if on is None:
        return moment_at(int(time.time()))
    noon = datetime.combine(date(on.year, on.month, on.day), on.time().replace(hour=_NOON))
    return moment_at(int(noon.replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()))
