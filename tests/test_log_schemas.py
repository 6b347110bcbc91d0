"""What the code signs and discloses has the form that schemas/leaf.json, record.json promise."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import jsonschema_rs
import pytest

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.cli.log import export
from gateway.delivery_entry import Event, Happening, parts_of
from gateway.errors import InvalidRequest, MalformedLeaf, Stopped
from gateway.model.evidence import Committed, EntryType, Part, StoredEntry
from gateway.reading import part_of
from gateway.refusals import Refusals
from gateway.tlog.encoding import decode_base64url
from gateway.tlog.entry import DIGESTS, TYP
from tests.asking import asked, declined
from tests.builders import REPOSITORY, a_person, a_unit, an_envelope, the_policies
from tests.gateways import SqlGateway

Json = Any
SCHEMAS = REPOSITORY / "schemas"
WRITTEN = {
    EntryType.DECISION: set(Part),
    EntryType.REFUSAL: {Part.SENDER, Part.AUDIT},
    EntryType.REQUEST: set(Part) - {Part.INPUT},
    EntryType.DELIVERY: {Part.SENDER, Part.RECIPIENT, Part.AUDIT},
    EntryType.REGISTRY: {Part.AUDIT},
    EntryType.POLICY: {Part.AUDIT},
    EntryType.STOP: {Part.AUDIT},
    EntryType.KEY: {Part.AUDIT},
    EntryType.ACCESS: {Part.AUDIT},
}
"""Every type that the gateway writes, with the parts that its entries may have."""


def read(name: str) -> dict[str, Json]:
    document: dict[str, Json] = json.loads((SCHEMAS / name).read_text("utf-8"))
    return document


def validator(name: str, place: str = "") -> jsonschema_rs.Draft202012Validator:
    """Return the validator of a schema, or of the definition at *place* in it."""
    shared = [read(other) for other in ("leaf.json", "record.json", "decision.json")]
    shared += [read("policy_input.json")]
    registry = jsonschema_rs.Registry([(document["$id"], document) for document in shared])
    target = {"$ref": f"{read(name)['$id']}{place}"}
    return jsonschema_rs.Draft202012Validator(target, registry=registry, validate_formats=True)


LEAF, HEADER = validator("leaf.json"), validator("leaf.json", "#/$defs/header")
DISCLOSURE, RECORD = validator("leaf.json", "#/$defs/disclosure"), validator("record.json")


@pytest.fixture
async def busy_gateway(sql_gateway: SqlGateway) -> AsyncIterator[SqlGateway]:
    """A gateway whose log has an entry of every type that is written, decided by the real PDP."""
    engine = EmbeddedEngine()
    await engine.start(the_policies().policy_set)
    gateway = sql_gateway.with_ports(engine=engine)
    assert isinstance(gateway, SqlGateway)
    await gateway.register(
        a_unit("pi", kind="POLICE_INSPECTION", controller="pi-lueneburg"),
        a_unit("oa", encryption_key=None, endpoint=None),
    )
    try:
        await exchanges(gateway)
        await requests(gateway)
        await deliveries(gateway)
        await stop(gateway)
        take_a_copy(gateway)
        yield gateway
    finally:
        await engine.close()


async def exchanges(gateway: SqlGateway) -> None:
    """Submit one that is permitted, held, denied, refused, refused above the rate."""
    envelope = an_envelope(
        field_facts={
            "licensee_name": {"data_subject_role": "responsible_person"},
            "guest_names": {"data_subject_role": "bystander"},
            "hazard_facts": {"as_of": "2026-11-18", "reliability": "confirmed"},
        },
        payload={**an_envelope()["payload"], "guest_names": [a_person("Beispielgast")]},
    )
    text = {"hazard_facts": "Gast Beispielgast fand beide Notausgänge verschlossen."}
    held = {**envelope, "payload": {**envelope["payload"], **text}}
    denied = {**envelope, "legal_basis": ["PARTNERSHIP"]}
    statuses = [
        (await gateway.submit(sent, sender="pi")).status for sent in (envelope, held, denied)
    ]
    assert statuses == [201, 202, 403]
    summary = Refusals(gateway.ports.drafter, gateway.ports.log, singly=0)
    for port in (gateway, gateway.with_ports(refusals=summary)):
        with pytest.raises(InvalidRequest):
            await port.submit({**envelope, "recipient": "oa"}, sender="pi")
    await summary.flush(gateway.clock.now(), the_policies(), all_of_them=True)


async def requests(gateway: SqlGateway) -> None:
    """Ask one unit whose decline its requester reads, and one whose answer is neutral."""
    await gateway.register(a_unit("jugendamt", kind="YOUTH_OFFICE"))
    for holder in ("ordnungsamt", "jugendamt"):
        asked_for = await asked(gateway, "pi", holder=holder, exchange_kind="JOINT_CONTROL")
        await declined(gateway, asked_for.exchange_id, "no_data", holder)


async def deliveries(gateway: SqlGateway) -> None:
    """Write an entry for everything that may happen to a delivery."""
    delivery, ports = (await gateway.deliveries())[0], gateway.ports
    head, moment = await ports.log.head(), gateway.clock.now()
    for event in Event:
        for attempt in (0, 1):
            draft = ports.drafter.draft(
                EntryType.DELIVERY,
                moment,
                head.policy_digest,
                head.registry_digest,
                parts_of(delivery, Happening(event, moment, attempt, "connection")),
                bucket=delivery.bucket,
            )
            assert isinstance(await ports.log.append(draft), Committed)


async def stop(gateway: SqlGateway) -> None:
    """Stop a unit, and refuse what it sends."""
    await gateway.stop(unit="pi")
    with pytest.raises(Stopped):
        await gateway.submit(an_envelope(), sender="pi")


def take_a_copy(gateway: SqlGateway) -> None:
    export(gateway.home / "copy", gateway.home, "Prüfung", None, "pi-lueneburg", as_json=True)


async def test_every_leaf_has_the_form_of_its_schema(busy_gateway: SqlGateway) -> None:
    for entry in await busy_gateway.entries():
        header, payload, _ = entry.leaf.decode().split(".")
        LEAF.validate(decoded(payload))
        HEADER.validate(decoded(header))


async def test_every_disclosure_and_record_has_the_form_of_its_schema(
    busy_gateway: SqlGateway,
) -> None:
    for entry in await busy_gateway.entries():
        for disclosure in entry.parts.values():
            DISCLOSURE.validate(decoded(disclosure))
        RECORD.validate(record_of(entry))


async def test_the_log_that_was_looked_at_has_every_type_and_every_part(
    busy_gateway: SqlGateway,
) -> None:
    seen: dict[EntryType, set[Part]] = {}
    for entry in await busy_gateway.entries():
        seen.setdefault(entry.type, set()).update(entry.parts)

    assert seen == WRITTEN
    assert set(read("record.json")["properties"]["type"]["enum"]) == {t.value for t in WRITTEN}


async def test_a_part_with_a_member_that_its_schema_does_not_know_is_refused(
    busy_gateway: SqlGateway,
) -> None:
    for entry in await busy_gateway.entries():
        for part in entry.parts:
            record = record_of(entry)
            record["parts"][part]["note"] = "x"
            assert not RECORD.is_valid(record)


async def test_a_denial_discloses_nothing_to_the_recipient(busy_gateway: SqlGateway) -> None:
    verdicts = {
        part_of(entry.parts[Part.AUDIT])["verdict"]: Part.RECIPIENT in entry.parts
        for entry in await busy_gateway.entries(EntryType.DECISION)
    }
    assert verdicts == {"permit": True, "hold": True, "deny": False}


def test_the_schema_of_leaves_names_what_the_code_names() -> None:
    leaf = read("leaf.json")

    assert leaf["$defs"]["type"]["enum"] == [kind.value for kind in EntryType]
    assert leaf["$defs"]["header"]["properties"]["typ"]["const"] == TYP
    assert leaf["properties"]["_sd"]["minItems"] == leaf["properties"]["_sd"]["maxItems"] == DIGESTS
    assert leaf["$defs"]["disclosure"]["prefixItems"][1]["enum"] == [part.value for part in Part]


def test_every_schema_has_a_version_of_its_own_in_its_id() -> None:
    ids = {
        path.relative_to(SCHEMAS).as_posix(): json.loads(path.read_text("utf-8")).get("$id", "")
        for path in sorted(SCHEMAS.rglob("*.json"))
        if path.name not in {"facts.json", "openapi.json"}  # these two are no JSON Schema
    }
    assert len(set(ids.values())) == len(ids)
    assert all(name.startswith("urn:datenschleuse:") for name in ids.values())
    assert all(name.rpartition(":")[2].isdecimal() for name in ids.values())


def decoded(text: str) -> Json:
    return json.loads(decode_base64url(text, MalformedLeaf))


def record_of(entry: StoredEntry) -> dict[str, Json]:
    parts: Mapping[Part, str] = entry.parts
    return {"type": entry.type.value, "parts": {part: part_of(parts[part]) for part in parts}}
