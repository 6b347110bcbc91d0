"""Compares the tables beside the log with what its entries say, row by row."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.sql import Select

from gateway.adapters.sql_effects import WAITING
from gateway.adapters.sql_registry import registry_documents
from gateway.adapters.tables.log import ConcernRow, Idempotency, PartRow, RecordKey, SubjectIndex
from gateway.adapters.tables.outbox import DeliveryRow
from gateway.errors import RegistryRefused
from gateway.fsck.changes import check_changes
from gateway.fsck.facts import DecisionFact, Facts, Row
from gateway.fsck.findings import Code, Findings
from gateway.model.decision import Verdict
from gateway.model.evidence import DeliveryState
from gateway.ports import Head
from gateway.registry import registry_digest
from gateway.registry_snapshot import read_registry
from gateway.sealing import SealingFailed, sealed_to
from gateway.steps.record import STATUS

_STATE_AFTER = {
    None: {DeliveryState.QUEUED, DeliveryState.HELD},
    "attempt": {DeliveryState.QUEUED},
    "failed": {DeliveryState.QUEUED},
    "parked": {DeliveryState.PARKED},
    "acknowledged": {DeliveryState.DELIVERED},
    "given_up": {DeliveryState.GIVEN_UP},
    "withdrawn": {DeliveryState.WITHDRAWN},
    "expired": {DeliveryState.EXPIRED},
}
_KEEPS_PAYLOAD = {*WAITING, DeliveryState.HELD.value}
_concern: Any = ConcernRow.__table__  # type: ignore[attr-defined]
_delivery: Any = DeliveryRow.__table__  # type: ignore[attr-defined]
_claim: Any = Idempotency.__table__  # type: ignore[attr-defined]
_part: Any = PartRow.__table__  # type: ignore[attr-defined]
_key: Any = RecordKey.__table__  # type: ignore[attr-defined]
_subject: Any = SubjectIndex.__table__  # type: ignore[attr-defined]
_HEADER_BYTES = 2048
_PAGE = 1000


def check_tables(connection: Connection, head: Head, facts: Facts, findings: Findings) -> None:
    """Compare claims, deliveries, concerns, registry, drafts; find rows of what is not there.

    All in one snapshot of the database, of which *head* is the head.
    """
    _claims(connection, facts, findings)
    _deliveries(connection, facts, findings)
    _concerns(connection, facts, findings)
    _registry(connection, head, findings)
    check_changes(connection, facts, findings)
    _orphans(connection, head, findings)


def _claims(connection: Connection, facts: Facts, findings: Findings) -> None:
    for row in _rows(connection, select(_claim).order_by(_claim.c.index)):
        decision = facts.decision(row["index"])
        if decision is None:
            findings.at(Code.CLAIM_WRONG, row["index"], "claimed, and is no decision")
            continue
        facts.mark(Row.CLAIM, row["index"])
        if decision.verdict is not None and row["status"] != STATUS[Verdict(decision.verdict)]:
            findings.at(Code.CLAIM_WRONG, row["index"], "another status than its verdict's")
        elif decision.sender not in (None, row["unit"]):
            findings.at(Code.CLAIM_WRONG, row["index"], "claimed by another unit")
    for decision in facts.without(Row.CLAIM):
        findings.at(Code.CLAIM_MISSING, decision.index, "a decision without its claim")


def _deliveries(connection: Connection, facts: Facts, findings: Findings) -> None:
    others = [column for column in _delivery.c if column.name != "jwe"]
    begins = func.substr(_delivery.c.jwe, 1, _HEADER_BYTES).label("jwe")  # of any length
    for row in _rows(connection, select(*others, begins).order_by(_delivery.c.index)):
        decision = facts.decision(row["index"])
        if decision is None:
            findings.at(Code.DELIVERY_WRONG, row["index"], "a delivery of no decision")
            continue
        facts.mark(Row.DELIVERY, row["index"])
        _payload(row, findings)
        if not decision.erased:
            _parties(row, decision, findings)
            _state(row, facts.events(row["id"]), findings)
    for decision in facts.without(Row.DELIVERY):
        findings.at(Code.DELIVERY_MISSING, decision.index, "permitted, and has no delivery")


def _parties(row: RowMapping, decision: DecisionFact, findings: Findings) -> None:
    said = (decision.delivery, decision.sender, decision.recipient)
    if said != (row["id"], row["sender"], row["recipient"]):
        findings.at(Code.DELIVERY_WRONG, row["index"], "another delivery, sender or recipient")
    if decision.verdict == Verdict.DENY:
        findings.at(Code.DELIVERY_WRONG, row["index"], "a delivery of a denial")


def _state(row: RowMapping, events: Sequence[str], findings: Findings) -> None:
    """Compare state and counts with the entries of type `delivery`."""
    last = events[-1] if events else None
    if DeliveryState(row["state"]) not in _STATE_AFTER[last]:
        said = f"state {row['state']} after {last or 'no event'}"
        findings.at(Code.STATE_WRONG, row["index"], said)
    if "attempt" in events and row["attempts"] == 0:
        findings.at(Code.STATE_WRONG, row["index"], "an attempt that is not counted")
    if row["attempts"] > 0 and not events:
        findings.at(Code.STATE_WRONG, row["index"], "attempts without an entry")
    if ("failed" in events) != bool(row["failures_logged"]):
        findings.at(Code.STATE_WRONG, row["index"], "the first failure is not noted as it was")


def _payload(row: RowMapping, findings: Findings) -> None:
    if (row["jwe"] is not None) != (row["state"] in _KEEPS_PAYLOAD):
        kept = "kept" if row["jwe"] is not None else "gone"
        said = f"the payload is {kept} in state {row['state']}"
        findings.at(Code.PAYLOAD_WRONG, row["index"], said)
        return
    if row["jwe"] is not None:
        try:
            sealed_to(bytes(row["jwe"]))
        except (SealingFailed, TypeError):  # another type than bytes
            findings.at(Code.PAYLOAD_WRONG, row["index"], "the payload is no JWE")


def _concerns(connection: Connection, facts: Facts, findings: Findings) -> None:
    """A row too many would show a unit what is none of its business."""
    for row in _rows(connection, select(_concern).order_by(_concern.c.index, _concern.c.unit)):
        index = row["index"]
        decision = facts.decision(index)
        if decision is not None:
            facts.mark(Row.CONCERN, index)
        expected = facts.concerns(index)
        if expected is not None and expected.get(row["unit"]) != row["role"]:
            findings.at(Code.CONCERN_WRONG, index, f"{row['unit']} as {row['role']}")
    for missing in facts.without(Row.CONCERN):
        findings.at(Code.CONCERN_MISSING, missing.index, "its sender does not see it")


def _registry(connection: Connection, head: Head, findings: Findings) -> None:
    documents = registry_documents(connection)
    for key, document in documents.items():
        try:
            read_registry({key: document})
        except RegistryRefused as error:
            findings.add(Code.REGISTRY_WRONG, f"document {key}", str(error))
    if registry_digest(documents) != head.registry_digest:
        findings.add(Code.REGISTRY_WRONG, "registry", "not the digest that the head names")


def _orphans(connection: Connection, head: Head, findings: Findings) -> None:
    for table in (_claim, _concern, _delivery, _key, _part, _subject):
        query = select(table.c.index).where((table.c.index >= head.size) | (table.c.index < 0))
        for index in connection.execute(query).scalars():
            findings.add(Code.ORPHAN, f"{table.name} {index}", "a row of no entry")
    for inner, outer, what in (
        (_part, _key, "parts without their key"),
        (_key, _part, "a key without parts"),
    ):
        query = (
            select(inner.c.index)
            .distinct()
            .outerjoin(outer, outer.c.index == inner.c.index)
            .where(outer.c.index.is_(None))
        )
        for index in connection.execute(query).scalars():
            findings.add(Code.ORPHAN, f"{inner.name} {index}", what)


def _rows(connection: Connection, query: "Select[Any]") -> Iterator[RowMapping]:
    """Give rows one after the other, a page in memory at a time."""
    return iter(connection.execute(query.execution_options(yield_per=_PAGE)).mappings())
