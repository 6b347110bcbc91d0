"""The schemas of envelope, facts and payloads, compiled once at start."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jsonschema_rs

from gateway.errors import Fault, PolicySetRefused

Json = Any
PERSON = "urn:datenschleuse:payload:person:1"
ATTACHMENT = "urn:datenschleuse:payload:attachment:1"
AGGREGATE = "urn:datenschleuse:payload:aggregate:1"
Change = Callable[[Mapping[str, Json], Json], tuple[bool, Json]]
"""Of a place in a schema and the value there: whether it changes, and to what."""

_MARK = "x-datenschleuse"
_MASK = "[…]"
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class MemberMarks:
    """What the payload schema says of one member, beside its shape.

    `media_types` are those that an attachment may have; `fixed` are strings that the schema
    itself spells out (enum, const), which are therefore no secrets. `age_from` names the part
    of a person, or as `/member` another member, that says how old someone is; `completed_by`
    which other members hold what the person in this one lacks.
    """

    name: str
    category: str
    label_de: str
    free_text: bool
    impersonal: bool
    age_from: str | None
    completed_by: Mapping[str, str]
    persons: bool
    attachment: bool
    aggregate: bool
    media_types: frozenset[str]
    fixed: frozenset[str]


class PayloadSchema:
    """The compiled schema of one exchange kind."""

    def __init__(
        self, kind: str, schema: Mapping[str, Json], shared: Mapping[str, Mapping[str, Json]]
    ) -> None:
        self.kind = kind
        self._validator = compile_schema(schema, shared)
        self._shared = shared
        self._properties: Mapping[str, Mapping[str, Json]] = schema["properties"]
        self.members = {
            name: _marks(name, member, shared) for name, member in schema["properties"].items()
        }

    def faults(self, payload: Json) -> list[Fault]:
        """Return what is wrong with *payload*, without any of its values or unknown names."""
        return list(faults_of(self._validator, payload, "/payload"))

    def persons(self, member: str, value: Json) -> Iterator[Mapping[str, Json]]:
        """Give every person object inside the value of *member*, wherever its schema has one."""
        if self.members[member].persons:
            yield from _persons(value, self._properties[member])

    def rebuilt(self, member: str, value: Json, change: Change) -> Json:
        """Return a new value of *member* in which every place is as *change* says, or as it was."""
        return _rebuilt(value, self._properties[member], self._shared, change)

    @property
    def carries_attachments(self) -> bool:
        return any(member.attachment for member in self.members.values())


@dataclass(frozen=True, slots=True)
class Schemas:
    """All compiled schemas of a policy set."""

    envelope: jsonschema_rs.Draft202012Validator
    data_request: jsonschema_rs.Draft202012Validator
    policy_input: jsonschema_rs.Draft202012Validator
    decision: jsonschema_rs.Draft202012Validator
    facts: Mapping[str, Mapping[str, Json]]
    member_facts: Mapping[str, Mapping[str, Json]]
    payloads: Mapping[str, PayloadSchema]


def compile_schemas(files: Mapping[str, Mapping[str, Json]]) -> Schemas:
    """Compile the documents of `schemas/`, keyed by their path below it.

    Raises:
        PolicySetRefused: A schema is missing or not valid.
    """
    shared = {
        document["$id"]: document
        for path, document in files.items()
        if path.startswith("payloads/$defs/")
    }
    try:
        return Schemas(
            envelope=compile_schema(files["exchange_request.json"], {}),
            data_request=compile_schema(files["data_request.json"], {}),
            policy_input=compile_schema(files["policy_input.json"], {}),
            decision=compile_schema(files["decision.json"], {}),
            facts=files["facts.json"]["facts"],
            member_facts=files["facts.json"]["field_facts"],
            payloads={
                kind: PayloadSchema(kind, document, shared)
                for path, document in files.items()
                if path.startswith("payloads/") and path.count("/") == 1
                for kind in [path.removeprefix("payloads/").removesuffix(".json")]
            },
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PolicySetRefused(f"schemas/: {type(error).__name__} {error}") from error


def compile_schema(
    schema: Mapping[str, Json], shared: Mapping[str, Mapping[str, Json]]
) -> jsonschema_rs.Draft202012Validator:
    """Compile one schema: nothing is fetched, formats count, patterns run in linear time."""
    registry = jsonschema_rs.Registry(
        [(name, dict(document)) for name, document in shared.items()], retriever=_refuse_to_fetch
    )
    return jsonschema_rs.Draft202012Validator(
        dict(schema),
        registry=registry,
        validate_formats=True,
        mask=_MASK,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


def faults_of(
    validator: jsonschema_rs.Draft202012Validator, value: Json, where: str
) -> Iterator[Fault]:
    """Give each violation with its pointer; names that the schema does not know are counted."""
    for error in _violations(validator, value):
        steps = error.instance_path
        if "additionalProperties" in error.schema_path[:-1]:  # below a name of the sender's own
            steps = steps[:1]
        path = "".join(f"/{step}" for step in steps)
        kind: Any = error.kind
        if kind.name == "additionalProperties":
            what = f"{len(kind.unexpected)} member(s) that the schema does not know"
        elif "propertyNames" in error.schema_path[:-1]:
            what = "a part that this member does not take"  # its name may be the sender's own
        elif kind.name == "required":
            what = f"member {kind.property} is missing"
        else:
            what = error.message
        yield Fault(f"{where}{path}", what)


def _violations(
    validator: jsonschema_rs.Draft202012Validator, value: Json
) -> Iterable[jsonschema_rs.ValidationError]:
    """Give each violation; of a value with very many parts the first, since each one costs."""
    if validator.is_valid(value):
        return ()
    if sum(1 for _ in islice(_parts(value), _MANY + 1)) <= _MANY:
        return validator.iter_errors(value)
    try:
        validator.validate(value)
    except jsonschema_rs.ValidationError as first:
        return [first]
    return []


def _parts(value: Json) -> Iterator[Json]:
    yield value
    inner = value.values() if isinstance(value, Mapping) else value
    if isinstance(inner, Iterable) and not isinstance(inner, str):
        for part in inner:
            yield from _parts(part)


def _refuse_to_fetch(uri: str) -> Json:
    raise ValueError(f"a schema refers to {uri}, which is not among the shared definitions")


def _marks(
    name: str, member: Mapping[str, Json], shared: Mapping[str, Mapping[str, Json]]
) -> MemberMarks:
    mark = member[_MARK]
    refs = {node["$ref"] for node in _nodes(member, {}) if "$ref" in node}
    return MemberMarks(
        name=name,
        category=mark["category"],
        label_de=mark["label_de"],
        free_text=bool(mark.get("free_text")),
        impersonal=mark.get("impersonal") is True,
        age_from=mark.get("age_from"),
        completed_by=mark.get("completed_by", {}),
        persons=PERSON in refs,
        attachment=ATTACHMENT in refs,
        aggregate=AGGREGATE in refs,
        media_types=frozenset(
            value
            for node in _nodes(member, {})
            for value in node.get("properties", {}).get("media_type", {}).get("enum", [])
        ),
        fixed=frozenset(
            value
            for node in _nodes(member, shared)
            for value in [*node.get("enum", []), node.get("const")]
            if isinstance(value, str)
        ),
    )


def _persons(value: Json, schema: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    if schema.get("$ref") == PERSON:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _persons(item, schema.get("items", {}))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _persons(inner, schema.get("properties", {}).get(name, {}))


def _rebuilt(
    value: Json,
    schema: Mapping[str, Json],
    shared: Mapping[str, Mapping[str, Json]],
    change: Change,
) -> Json:
    changes, new = change(schema, value)
    if changes:
        return new
    known = shared.get(schema.get("$ref", ""), schema)
    if isinstance(value, list):
        return [_rebuilt(item, known.get("items", {}), shared, change) for item in value]
    if isinstance(value, Mapping):
        parts = known.get("properties", {})
        return {
            name: _rebuilt(inner, parts.get(name, {}), shared, change)
            for name, inner in value.items()
        }
    return value


def _nodes(schema: Json, shared: Mapping[str, Mapping[str, Json]]) -> Iterator[Mapping[str, Json]]:
    """Walk every object inside a schema, through references to the shared definitions."""
    if isinstance(schema, Mapping):
        yield schema
        if schema.get("$ref") in shared:
            yield from _nodes(shared[schema["$ref"]], {})
        for value in schema.values():
            yield from _nodes(value, shared)
    elif isinstance(schema, list):
        for value in schema:
            yield from _nodes(value, shared)
