"""Rows of tables that decide nothing: no route leads to them, no schema has them, no rule asks."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.policy.data_places import DataPlaces, dotted
from gateway.policy.loading import Reading
from gateway.policy.policy_files import is_test
from gateway.policy.syntax_tree import names, objects
from gateway.policy.table_checks import rows_of

Json = Any
Where = tuple[str, ...]
Table = Mapping[str, Json]

READ_BY_GATEWAY = frozenset(
    {
        "data.purposes.min_length",
        "data.purposes.slogans",
        "data.thresholds.age_limits",
        "data.thresholds.bulk_threshold",
    }
)
"""Rows that no rule asks for, because the gateway itself reads them."""

_FIGURES = ("thresholds", "purposes", "calendar")


@dataclass(frozen=True, slots=True, order=True)
class UnreadRow:
    """A row that nothing reads: its place, and why."""

    path: str
    line: int
    row: str
    de: str
    en: str


def unreachable_rows(reading: Reading) -> list[UnreadRow]:
    """Return the rows for a kind that no schema has, or for a recipient that no route reaches."""
    return _placed(reading, _unreachable(reading.policy_set.data))


def unread_rows(reading: Reading) -> list[UnreadRow]:
    """Return these, and the rows that no rule and no other table asks for."""
    data = reading.policy_set.data
    found = (
        *_unreachable(data),
        *_bases_without_route(data),
        *_doors_without_route(data),
        *_unasked(data, _asked_in(reading)),
        *_never_given(reading),
        *_conditions_of_no_basis(data),
    )
    return _placed(reading, found)


def _placed(reading: Reading, found: Iterable[tuple[Where, str, str]]) -> list[UnreadRow]:
    places = DataPlaces(reading.files.contents)
    return sorted(UnreadRow(*places.of(where), dotted(where), de, en) for where, de, en in found)


def _unreachable(data: Table) -> Iterator[tuple[Where, str, str]]:
    routes, members = _table(data, "routes"), _table(data, "members")
    for kind, senders in routes.items():
        if senders and kind not in members:
            de = f"Für die Art `{kind}` gibt es kein Schema in schemas/payloads/."
            yield ("routes", kind), de, f"There is no payload schema for `{kind}`."
    for kind, recipients in _table(data, "necessity").items():
        reached = {each for reached_by in _values(routes.get(kind)) for each in reached_by}
        for recipient in recipients if isinstance(recipients, Mapping) else ():
            if recipient not in reached:
                de = f"Kein Weg der Art `{kind}` führt zu `{recipient}` (policies/routes)."
                en = f"No route of `{kind}` leads to `{recipient}`."
                yield ("necessity", kind, recipient), de, en


def _bases_without_route(data: Table) -> Iterator[tuple[Where, str, str]]:
    for basis, row in _table(data, "legal_bases").items():
        if row.get("effect") == "permit" and not any(
            groups_of_sender & {*row.get("senders", ())}
            and groups_of_recipient & {*row.get("recipients", ())}
            and purposes & {*row.get("purposes", purposes)}
            for groups_of_sender, groups_of_recipient, purposes in _ways(data)
        ):
            de = "Kein Weg verbindet Absender und Empfänger dieser Grundlage zu einem ihrer Zwecke."
            yield ("legal_bases", basis), de, "No route connects its senders and recipients."


def _doors_without_route(data: Table) -> Iterator[tuple[Where, str, str]]:
    for basis, row in _table(data, "collection_bases").items():
        if not any(
            groups & {*row.get("recipients", ())} and purposes & {*row.get("purposes", ())}
            for _, groups, purposes in _ways(data)
        ):
            de = "Kein Weg führt zu einem Empfänger, der sich zu diesem Zweck darauf stützen kann."
            yield ("collection_bases", basis), de, "No route leads to who may rely on it."


def _ways(data: Table) -> Iterator[tuple[set[str], set[str], set[str]]]:
    """Groups of the sender, groups of the recipient, purposes of each route."""
    kinds = _table(data, "agency_kinds")
    groups = {kind: {*row.get("groups", ())} for kind, row in kinds.items()}
    for senders in _table(data, "routes").values():
        for sender, recipients in senders.items():
            for recipient, route in recipients.items():
                purposes = {*route.get("recipient_purposes", ())}
                yield groups.get(sender, set()), groups.get(recipient, set()), purposes


def _asked_in(reading: Reading) -> set[str]:
    """Every dotted name in the rules, and all beginnings of each."""
    return {
        name
        for module in reading.trees
        if not is_test(module.path)
        for name in names(dict(module.tree))
    }


def _unasked(data: Table, asked: Collection[str]) -> Iterator[tuple[Where, str, str]]:
    for table in _FIGURES:
        for key in _table(data, table):
            name = f"data.{table}.{key}"
            if name not in asked and name not in READ_BY_GATEWAY:
                de = "Keine Regel fragt danach, und die Datenschleuse selbst auch nicht."
                yield (table, key), de, "No rule asks for it, nor does the gateway itself."


def _never_given(reading: Reading) -> Iterator[tuple[Where, str, str]]:
    """Places in the order of reasons, and obligations, that no rule hands out."""
    data = reading.policy_set.data
    pairs, codes = set[tuple[str, str]](), set[str]()
    for module in reading.trees:
        if is_test(module.path):
            continue
        for literal in objects(dict(module.tree)):
            pairs.add((_text(literal, "rule"), _text(literal, "reason")))
            codes.add(_text(literal, "code"))
    for _, row in rows_of({name: data.get(name) for name in ("necessity", "routes")}):
        pairs.add((str(row.get("rule")), str(row.get("reason"))))
    for rule, reasons in _table(data, "precedence").items():
        for reason in reasons:
            if (rule, reason) not in pairs:
                yield (
                    ("precedence", rule, reason),
                    "Keine Regel nennt diesen Grund.",
                    "Never given.",
                )
    for code in _table(data, "obligations"):
        if code not in codes:
            yield ("obligations", code), "Keine Regel spricht diese Auflage aus.", "Never given."


def _conditions_of_no_basis(data: Table) -> Iterator[tuple[Where, str, str]]:
    named = {
        condition
        for row in _table(data, "legal_bases").values()
        for condition in row.get("conditions", ())
    }
    for condition in _table(data, "conditions"):
        if condition not in named:
            de = "Keine Rechtsgrundlage nennt diese Voraussetzung."
            yield ("conditions", condition), de, "No legal basis names this condition."


def _text(literal: Mapping[str, Json], key: str) -> str:
    term = literal.get(key, {})
    return str(term["value"]) if term.get("type") == "string" else ""


def _table(data: Table, name: str) -> Table:
    table = data.get(name)
    return table if isinstance(table, Mapping) else {}


def _values(table: Json) -> Iterable[Json]:
    return table.values() if isinstance(table, Mapping) else ()
