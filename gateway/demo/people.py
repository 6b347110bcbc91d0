"""The people of demonstration and bench: who proposes, who agrees, with keys made for it.

What takes several people and their own machines in earnest is one call here; the signatures and
their checks are the real ones.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.adapters.durable_file import write_file
from gateway.adapters.key_file import Algorithm, encrypted_pem, new_key, read_key_file
from gateway.cli.open_governance import open_governance
from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.governance import Documents, Governance
from gateway.model.person import Role
from gateway.people import person_key
from gateway.ports import Signer

Json = Any
FIRST = {
    "anna-police": ("Anna Beispiel (DEMO)", "pi-lueneburg"),
    "emre-city": ("Emre Muster (DEMO)", "hansestadt-lueneburg"),
}
"""The two approvers with whom a gateway is founded: id -> name, controller."""

OPERATOR = "operator"
"""The id of who runs the gateway: proposes changes of the registry, and never votes."""

PASSPHRASE = "DEMO: alle Namen sind erfunden"  # noqa: S105  # it protects nothing
_WHY = "Demonstration"


def card(person_id: str, name: str, signer: Signer, *roles: dict[str, str]) -> dict[str, Json]:
    """Return the document of a person who signs with *signer*."""
    return {
        "id": person_id,
        "name": name,
        "status": "active",
        "roles": list(roles),
        "key": {"kind": "key", "jwk": dict(signer.public_jwk)},
    }


@dataclass
class Circle:
    """Everyone's keys, in one *folder*."""

    folder: Path
    signers: dict[str, Signer] = field(default_factory=dict)

    def founders(self) -> list[dict[str, Json]]:
        """Make the keys of the first two approvers and the operator; return their cards."""
        approvers = [
            card(person, name, self.key(person), {"role": "approver", "controller": controller})
            for person, (name, controller) in FIRST.items()
        ]
        runs = card(OPERATOR, "Betrieb (DEMO)", self.key(OPERATOR), {"role": "operator"})
        return [*approvers, runs]

    def options(self) -> list[str]:
        """Write the cards of the first people; return the options with which `init` takes them."""
        words = []
        for document in self.founders():
            path = self.folder / f"{document['id']}.json"
            path.write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
            words += ["--operator" if document["id"] == OPERATOR else "--approver", str(path)]
        return words

    def first(self) -> list[Signer]:
        """Return the keys of the operator, who proposes, and of the first two approvers."""
        return [self.key(name) for name in (OPERATOR, *FIRST)]

    def passphrase_file(self) -> Path:
        """Return the file with everyone's passphrase, for commands that people sign."""
        path = self.folder / "passphrase"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_file(path, PASSPHRASE.encode(), 0o600)
        return path

    def key(self, person_id: str) -> Signer:
        """Return the key of a person, made on first use."""
        if person_id not in self.signers:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{person_id}.pem"
            if not path.exists():
                write_file(path, encrypted_pem(new_key(Algorithm.ED25519), PASSPHRASE), 0o600)
            self.signers[person_id] = read_key_file(path, lambda _what: PASSPHRASE)
        return self.signers[person_id]


def register(home: Path, circle: Circle, *documents: dict[str, Json]) -> int:
    """Write units into the registry of the gateway in *home*, agreed on by those who must.

    Returns the index of the entry.
    """
    with open_governance(home) as opened:
        governance = opened.governance
        return agree(governance, circle, {it["id"]: it for it in documents})


def agree(governance: Governance, circle: Circle, changes: Documents) -> int:
    """Propose *changes* as the operator, let all agree who must, and put them in force.

    A controller that has a say and no approver yet gets one first.
    """
    operator = circle.key(OPERATOR)
    change = governance.propose_registry(changes, operator, title="Register", reason=_WHY)
    stands, _ = governance.standing(change.id)
    covered = {
        name: person
        for person in governance.people().values()
        if person.active
        and person.id in {*FIRST, *(_approver(n) for n in change.effect.controllers)}
        for name in person.of(Role.APPROVER)
    }
    unspoken = [name for name in stands.missing_controllers if name not in covered]
    if unspoken:
        for name in unspoken:
            person = _approver(name)
            roles = {"role": "approver", "controller": name}
            enrolled = card(person, f"Freigabe {name} (DEMO)", circle.key(person), roles)
            agree(governance, circle, {person_key(person): enrolled})
        governance.sign(change.id, Vote.WITHDRAW, operator)
        return agree(governance, circle, changes)
    voters = dict.fromkeys([*FIRST, *(covered[n].id for n in stands.missing_controllers)])
    for person in voters:
        governance.sign(change.id, Vote.AGREE, circle.key(person))
    return governance.activate(change.id, operator)


def _approver(controller: str) -> str:
    return f"freigabe-{controller}"[:48].rstrip("-")
