"""Requests for data, as units of a test make, answer and decline them."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from gateway.asking import ask, decline
from gateway.model.evidence import Answer
from gateway.model.exchange import Message
from gateway.signatures import sign_request
from tests.builders import PUBLIC_URL, keys_of
from tests.gateways import Gateway

Json = Any


def a_data_request(**changes: Json) -> dict[str, Json]:
    """Return the order office's request for an address in the register."""
    return {
        "holder": "meldebehoerde",
        "exchange_kind": "REGISTER_REQUEST",
        "purpose": "DANGER_PREVENTION",
        "legal_basis": ["BMG-34"],
        "justification": "Anschrift von Jonas Musterwirt; seine Gaststätte ist zu räumen.",
        "case_reference": "GEW-2026-311",
        "acting_official": "Erika Beispiel",
        "facts": {
            "recipient_collection_basis": "NPOG-30-2",
            "third_party_collection_reason": "task_endangered_otherwise",
        },
        **changes,
    }


def signed(
    path: str, body: Mapping[str, Json], sender: str, at: int, key: str | None = None
) -> Message:
    """Return a signed call as it comes in."""
    content, keys = json.dumps(body).encode(), keys_of(sender)
    headers = sign_request(
        keys.signer,
        method="POST",
        target_uri=f"{PUBLIC_URL}{path}",
        content_type="application/json",
        idempotency_key=key or str(uuid.uuid4()),
        body=content,
        created=at,
    )
    return Message("POST", f"{PUBLIC_URL}{path}", tuple(headers.items()), content, keys.certificate)


async def asked(
    gateway: Gateway, sender: str = "ordnungsamt", key: str | None = None, **changes: Json
) -> Answer:
    message = signed("/v1/requests", a_data_request(**changes), sender, gateway.clock.at, key)
    return await ask(message, gateway.ports)


async def declined(
    gateway: Gateway, request_id: str, because: Json = "declined", sender: str = "meldebehoerde"
) -> Answer:
    path = f"/v1/requests/{request_id}/decline"
    message = signed(path, {"because": because}, sender, gateway.clock.at)
    return await decline(message, request_id, gateway.ports)
