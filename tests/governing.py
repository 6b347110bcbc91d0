"""People for tests: who proposes and who agrees, with keys that are always the same."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine

from gateway.adapters.memory.signer import MemorySigner
from gateway.adapters.sql_changes import SqlChanges
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_reader import SqlReader
from gateway.adapters.sql_registry import registry_documents
from gateway.demo.people import OPERATOR, card
from gateway.drafting import Drafter
from gateway.lifecycle import registry_change
from gateway.lifecycle.ballot import Vote, ballot, sign_ballot
from gateway.lifecycle.change_set import ChangeSet
from gateway.lifecycle.governance import Documents, Governance
from gateway.lifecycle.governance_ports import Log
from gateway.lifecycle.registry_effect import registry_report
from gateway.lifecycle.votes import standing
from gateway.model.evidence import Draft
from gateway.model.exchange import Moment
from gateway.people import canonical_person, person_key
from gateway.ports import Clock, Head, Signer
from gateway.registry_snapshot import read_registry
from tests.builders import the_policies

FOUNDERS = ("anna", "emre")
CONTROLLERS = (
    *(
        f"{name}-traeger"
        for name in ("polizei", "ordnungsamt", "jugendamt", "zoll", "bauamt", "feuerwehr", "amt")
    ),
    "pi-lueneburg",
    "traeger-mit-bestaetigungen",
)


def signer_of(person: str) -> MemorySigner:
    """Return the key of a person, the same one every time."""
    return MemorySigner(f"person {person}")


def founders() -> list[dict[str, Any]]:
    """Return the cards of two approvers who speak for every controller of the tests."""
    roles = [{"role": "approver", "controller": name} for name in CONTROLLERS]
    return [card(name, name.title(), signer_of(name), *roles) for name in FOUNDERS]


def first_cards() -> list[dict[str, Any]]:
    """Return the cards of the founders, and of the operator, who never votes."""
    runs = card(OPERATOR, "Betrieb", signer_of(OPERATOR), {"role": "operator"})
    return [*founders(), runs]


def first_people() -> dict[str, bytes]:
    """Return the documents of people with which a gateway is founded."""
    return {person_key(it["id"]): canonical_person(it) for it in first_cards()}


def ballots_on(
    change: ChangeSet, proposer: Signer, *, activation: Signer | None = None
) -> list[dict[str, Any]]:
    """Return the ballots with which *change* is agreed on."""
    signed = [sign_ballot(ballot(change, Vote.PROPOSE, change.author, change.time), proposer)]
    signed += [
        sign_ballot(ballot(change, Vote.AGREE, name, change.time), signer_of(name))
        for name in FOUNDERS
    ]
    last = ballot(change, Vote.ACTIVATE, change.author, change.time)
    return [*signed, sign_ballot(last, activation or proposer)]


def agreed_draft(
    document: Mapping[str, Any],
    known: Mapping[str, bytes],
    head: Head,
    moment: Moment,
    drafter: Drafter,
    operator: Signer,
) -> Draft:
    """Return the entry that writes one unit, agreed on by the founders."""
    changes: Documents = {str(document["id"]): document}
    return draft_of(changes, known, head, moment, drafter, operator)


def draft_of(
    changes: Documents,
    known: Mapping[str, bytes],
    head: Head,
    moment: Moment,
    drafter: Drafter,
    operator: Signer,
) -> Draft:
    """Return the entry that changes documents, agreed on by the founders."""
    change = registry_change.propose(
        changes,
        known,
        head,
        moment,
        author=OPERATOR,
        title="Register",
        reason="Test",
        number=head.size + 2,
        report=registry_report(changes, known, the_policies().data["routes"]),
    )
    signed = ballots_on(change, operator)
    assert standing(change, signed, read_registry(known).people).complete
    return registry_change.draft_entry(change, signed, known, head, moment, drafter)


def governance_of(
    database: Engine, reader: SqlReader, appender: SqlAppender, drafter: Drafter, clock: Clock
) -> Governance:
    """Return the governance of a gateway on a database, with the clock of a test."""

    def documents() -> dict[str, bytes]:
        with database.connect() as connection:
            return registry_documents(connection)

    return Governance(
        Log(reader.head, documents, lambda draft: appender.append([draft])[0]),
        SqlChanges(database),
        drafter,
        clock,
        lambda: the_policies().data["routes"],
    )


def agree(governance: Governance, operator: Signer, changes: Documents) -> int:
    """Propose *changes*, let the founders agree, put them in force; return the entry's index."""
    change = governance.propose_registry(changes, operator, title="Register", reason="Test")
    if not governance.standing(change.id)[0].alone:
        for name in FOUNDERS:
            governance.sign(change.id, Vote.AGREE, signer_of(name))
    return governance.activate(change.id, operator)
