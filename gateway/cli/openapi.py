"""`datenschleuse openapi`: the description of the partner API, as it is served."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.http.api import describe
from gateway.pipeline import Limits, Ports
from gateway.policies import Policies, ready
from gateway.policy.loading import load_policy_set
from gateway.settings import Settings


def run(
    policies: Annotated[
        Path, typer.Option(help="Ordner der Regeln. (Folder of the rules.)")
    ] = Settings.model_fields["policies_dir"].default,
    schemas: Annotated[
        Path, typer.Option(help="Ordner der Schemas. (Folder of the schemas.)")
    ] = Settings.model_fields["schemas_dir"].default,
) -> None:
    """Die OpenAPI-Beschreibung der Schnittstelle für Partner ausgeben.

    (Print the OpenAPI document of the partner API.)

    Beispiel (example): datenschleuse openapi > schemas/openapi.json
    """
    loaded = ready(load_policy_set(policies, schemas))
    typer.echo(render(describe(_nobody_calls(loaded))), nl=False)


def render(document: dict[str, Any]) -> str:
    """Return the document as it is checked in."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _nobody_calls(policies: Policies) -> Ports:
    """Return ports of a gateway that nobody calls: its routes are all that is wanted."""
    nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Ports))
    limits = Limits(**{field.name: 0 for field in fields(Limits)})
    return Ports(**{**nothing, "limits": limits, "policies": lambda: policies})
