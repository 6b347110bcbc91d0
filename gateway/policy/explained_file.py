"""The file that `policy explain` reads: a case, or an exchange request as an agency sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.errors import InvalidRequest
from gateway.model.exchange import Caller, Document, Moment
from gateway.model.unit import (
    Contract,
    EncryptionKey,
    RegistrySnapshot,
    SigningKey,
    Unit,
    UnitStatus,
)
from gateway.policies import ready
from gateway.policy.case_files import Case, CaseFileUnusable, case_of, read_document
from gateway.policy.policy_set import PolicySet
from gateway.steps.decide import policy_input
from gateway.steps.validate import validate

Json = Any

_SENDER = "explain-sender"
_NO_LIMIT = 2**53


@dataclass(frozen=True, slots=True)
class Sides:
    """Who an exchange request is between: its body names no kind, and the sender not at all."""

    sender_kind: str
    recipient_kind: str
    recipient_country: str = "DE"
    controller: str = "unknown"


def read_case(path: Path, case_id: str | None) -> Case | None:
    """Return the one case in the file, or the one called *case_id*; None if it is a request.

    Raises:
        CaseFileUnusable: Several cases and none chosen, no such case, or neither form.
    """
    document = read_document(path)
    if isinstance(document, list):
        cases = [case_of(f"{path}, Fall {n}", row) for n, row in enumerate(document, 1)]
        chosen = [case for case in cases if case_id in (None, case.id)]
        if len(chosen) == 1:
            return chosen[0]
        raise CaseFileUnusable(
            f"{path}: {len(cases)} Fälle; wählen Sie mit --case einen von"
            f" {', '.join(case.id for case in cases)}. (Choose one case with --case.)"
        )
    if isinstance(document, Mapping) and "payload_fields" in document:
        return case_of(str(path), document, expected=False)
    return None


def input_of_request(path: Path, sides: Sides, moment: Moment, rules: PolicySet) -> Json:
    """Return what the policy would see of the exchange request in the file.

    The payload is validated and its facts are computed as the gateway does. The recipient is
    taken to be active, to keep markings, and to have committed itself to nothing.

    Raises:
        CaseFileUnusable: The request is not of its form; with each place.
    """
    document = read_document(path)
    if not isinstance(document, Mapping) or not isinstance(document.get("recipient"), str):
        raise CaseFileUnusable(
            f"{path}: weder ein Fall (`payload_fields`) noch eine Anfrage (`recipient`,"
            " `payload`). (Neither a case nor an exchange request.)"
        )
    sender = _unit(_SENDER, sides.sender_kind, sides.controller, "DE")
    recipient = _unit(
        document["recipient"], sides.recipient_kind, sides.controller, sides.recipient_country
    )
    registry = RegistrySnapshot("", {unit.id: unit for unit in (sender, recipient)}, {})
    caller = Caller(sender, "", {})
    try:
        exchange = validate(
            Document(document, moment), caller, registry, ready(rules), 0, _NO_LIMIT
        )
    except InvalidRequest as error:
        places = "\n".join(f"  {fault.pointer}: {fault.what}" for fault in error.faults)
        raise CaseFileUnusable(
            f"{path}: so würde die Anfrage nicht angenommen (would not be accepted):\n{places}"
        ) from error
    return policy_input(exchange)


def _unit(unit_id: str, kind: str, controller: str, country: str) -> Unit:
    return Unit(
        id=unit_id,
        name=unit_id,
        controller=controller,
        kind=kind,
        country=country,
        status=UnitStatus.ACTIVE,
        pins=(),
        signing_key=SigningKey("none", {}, ""),
        encryption_key=EncryptionKey("none", {}, ""),
        endpoint=None,
        contract=Contract("", ""),
        may_receive=True,
        keeps_marking=True,
        commitment_purpose=False,
        verifies_log=False,
        legal_entity=unit_id,
    )
