"""Registers the invented units as every change of the registry is made: people agree on it.

Beside the two who vote, each sending controller must have an approver; one that is marked DEMO
speaks for all of the invented ones.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.errors import StartRefused
from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.governance import Documents, Governance
from gateway.lifecycle.votes import VOTES
from gateway.people import person_key
from gateway.ports import Signer

Json = Any
APPROVER = "demo-freigabe"
_TITLE = "DEMO: erfundene Stellen"
_WHY = "DEMO: dieses Protokoll hat keine echten Vorgänge"


def register_units(
    governance: Governance,
    people: Sequence[Signer],
    approver: Signer,
    documents: Sequence[Mapping[str, Json]],
) -> None:
    """Let the first of *people* propose *documents*, and the others and *approver* agree on them.

    Raises:
        StartRefused: Fewer than two people vote, so that it is not ours to register them.
        GatewayError: The registry refuses a document, or a vote does not count.
    """
    if len(people) <= VOTES:
        raise StartRefused(
            "Dieses Gateway hat `demo-data` nicht angelegt: wer hier Stellen einträgt, entscheiden "
            "seine Leute. Nehmen Sie einen neuen Ordner. (Not made by `demo-data`: who is "
            "registered here its people decide. Use a new folder.)"
        )
    proposer, *voters = people
    card = _approver(approver, sorted({document["controller"] for document in documents}))
    if APPROVER not in governance.people():
        _agree(governance, proposer, voters, {person_key(APPROVER): card})
    units = {str(document["id"]): document for document in documents}
    _agree(governance, proposer, [*voters, approver], units)


def _agree(
    governance: Governance, proposer: Signer, voters: Sequence[Signer], changes: Documents
) -> None:
    change = governance.propose_registry(changes, proposer, title=_TITLE, reason=_WHY)
    for voter in voters:
        governance.sign(change.id, Vote.AGREE, voter)
    governance.activate(change.id, proposer)


def _approver(signer: Signer, controllers: Sequence[str]) -> dict[str, Json]:
    return {
        "id": APPROVER,
        "name": "DEMO Freigabe aller erfundenen Stellen",
        "status": "active",
        "roles": [{"role": "approver", "controller": name} for name in controllers],
        "key": {"kind": "key", "jwk": dict(signer.public_jwk)},
    }
