"""schemathesis reads the published document and holds the running gateway to it."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from gateway.client.partner import Partner
from gateway.demo.cast import POLICE
from gateway.signatures import RequestSigner, sign_request
from tests.e2e.running import Running
from tests.fuzz.watch import resident_bytes

BODILESS = {"GET", "HEAD", "DELETE", "OPTIONS"}


def another_method(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """A method that is not described is 405; with a body where none belongs no request at all."""
    body_where_none_belongs = case.method in BODILESS and response.request.body
    if not (body_where_none_belongs and response.status_code == 400):
        unsupported_method(context, response, case)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    another_method,
]
schema = schemathesis.openapi.from_dict(json.loads(Path("schemas/openapi.json").read_text("utf-8")))


class Signing(AuthBase):
    """Signs whatever schemathesis made, as it will be sent."""

    def __init__(self, partner: Partner) -> None:
        self._signer = RequestSigner.load(partner.signing_key)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if request.method != "POST":
            return request
        body = request.body or b""
        given = request.headers.get("Idempotency-Key") or ""
        for name in ("Signature", "Signature-Input", "Content-Digest", "Idempotency-Key"):
            request.headers.pop(name, None)
        signed = sign_request(
            self._signer,
            method="POST",
            target_uri=str(request.url),
            content_type=str(request.headers.get("Content-Type") or "application/json"),
            idempotency_key=given if given.isascii() and given.isprintable() else str(uuid.uuid4()),
            body=body if isinstance(body, bytes) else body.encode(),
            created=int(time.time()),
        )
        request.headers.update(signed)
        return request


@pytest.fixture(scope="module")
def connected(target: Running) -> dict[str, Any]:
    """How every case is sent: over one session, with the police's certificate and signature."""
    partner = target.partner(POLICE)
    session = requests.Session()
    session.auth = Signing(partner)
    return {
        "base_url": target.url,
        "session": session,
        "cert": (str(partner.certificate), str(partner.key)),
        "verify": str(partner.ca),
        "timeout": 60,
    }


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_describes(
    case: schemathesis.Case, connected: dict[str, Any]
) -> None:
    if "wait" in (case.query or {}):
        case.query["wait"] = 0  # else each of them waits for something new
    case.call_and_validate(checks=CHECKS, **connected)


def test_the_gateway_is_still_there_and_has_said_nothing_of_an_error(target: Running) -> None:
    log = target.log_text("gateway")

    assert target.processes["gateway"].poll() is None
    assert "Traceback" not in log
    assert '"level": "error"' not in log
    assert resident_bytes(target.processes["gateway"].pid) < 500 << 20
