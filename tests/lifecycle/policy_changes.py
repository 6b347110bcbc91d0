"""Changes of the real tables, reduced to a few kinds so that they are weighed in seconds."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

from gateway.adapters.engine_batch import engine_batch
from gateway.lifecycle.policy_effect import PolicyChange, Weighed, policy_effect
from gateway.model.unit import Unit
from gateway.policy.loading import Reading, read_policy_set
from gateway.policy.lookups import MADE, lookup_of
from gateway.registry import parse_unit
from tests.builders import REPOSITORY, a_unit

Json = Any
Edit = Callable[[dict[str, Json]], object]
KINDS = ("PREMISES_HAZARD_NOTICE", "SOCIAL_DATA_REQUEST", "STATISTICS")
FACTS = ("cell_min", "danger_level", "data_subject_role", "request_age_days")
OTHER_DIGEST = "b" * 64


@cache
def the_reading() -> Reading:
    """The rules of the repository with the routes of three kinds and a few facts to vary."""
    whole = read_policy_set(REPOSITORY / "policies", REPOSITORY / "schemas")
    rules = whole.policy_set
    data = {**rules.data, "routes": {kind: rules.data["routes"][kind] for kind in KINDS}}
    facts = {
        part: {name: row for name, row in rows.items() if name in FACTS}
        for part, rows in rules.schemas["facts.json"].items()
        if isinstance(rows, dict)
    }
    schemas = {**rules.schemas, "facts.json": facts}
    return replace(whole, policy_set=replace(rules, data=with_lookup(data), schemas=schemas))


def with_lookup(data: dict[str, Json]) -> dict[str, Json]:
    return {**data, "lookup": lookup_of(data, data["members"])}


def edited(edit: Edit) -> Reading:
    """The same rules with tables that *edit* has changed."""
    reading = the_reading()
    data = {name: deepcopy(it) for name, it in reading.policy_set.data.items() if name not in MADE}
    edit(data)
    data = with_lookup({**data, "members": reading.policy_set.data["members"]})
    return replace(reading, policy_set=replace(reading.policy_set, data=data, digest=OTHER_DIGEST))


def with_file(path: str, more: bytes) -> Reading:
    """The same rules with something more at the end of a file, which is read by nobody here."""
    reading = the_reading()
    contents = {**reading.files.contents, path: reading.files.contents[path] + more}
    return replace(
        reading,
        files=replace(reading.files, contents=contents),
        policy_set=replace(reading.policy_set, digest=OTHER_DIGEST),
    )


def the_units() -> tuple[Unit, ...]:
    """A unit each of police, fire service, youth office and a city that sends nothing here."""
    kinds = {
        "pi-lueneburg": "POLICE_INSPECTION",
        "feuerwehr": "FIRE_SERVICE",
        "jugendamt": "YOUTH_OFFICE",
        "hansestadt-lueneburg": "MUNICIPAL_ORDER",
    }
    return tuple(
        parse_unit(a_unit(f"unit-{place}", controller=controller, kind=kind))
        for place, (controller, kind) in enumerate(kinds.items())
    )


async def weighed(after: Reading, before: Reading | None = None, **more: Json) -> Weighed:
    change = PolicyChange(before or the_reading(), after, the_units(), **more)
    return await policy_effect(change, engine_batch)
