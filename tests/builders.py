"""Values for tests: valid unless told otherwise, so that a test says only what matters.

Every person, place and file number is invented.
"""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from gateway.adapters.clock import moment_at
from gateway.model.exchange import Caller, Document, Exchange, Message, Moment
from gateway.model.unit import RegistrySnapshot
from gateway.policies import Policies, ready
from gateway.policy.loading import load_policy_set
from gateway.registry import canonical_unit
from gateway.registry_snapshot import read_registry
from gateway.sealing import unseal
from gateway.signatures import RequestSigner, sign_request
from gateway.steps.authenticate import pin_of
from gateway.steps.validate import validate

Json = Any
REPOSITORY = Path(__file__).resolve().parent.parent
ORIGIN = "gateway.example/2026"
PUBLIC_URL = "https://gateway.example"
NOW = 1_795_000_000
"""Wednesday, 18 November 2026, 11:06:40 UTC: 12:06:40 in Berlin."""
TODAY = 20_775
LAST_DAY = date(2027, 12, 31).toordinal() - date(1970, 1, 1).toordinal()
MAX_BODY = 1 << 20
NEEDLESS = {"reason": "not_necessary", "rule": "GDPR-5-1C"}
PURPOSELESS = {"reason": "purpose_missing_or_vague", "rule": "GDPR-5-1B"}
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 24).decode()


def day(iso: str) -> int:
    """Return the day number since 1970-01-01."""
    return date.fromisoformat(iso).toordinal() - date(1970, 1, 1).toordinal()


@cache
def the_policies() -> Policies:
    """Return the policy set of the repository, read once."""
    return ready(load_policy_set(REPOSITORY / "policies", REPOSITORY / "schemas"))


# --- units --------------------------------------------------------------------------


@dataclass(frozen=True)
class Keys:
    """What a unit keeps to itself, and its certificate."""

    certificate: bytes
    signer: RequestSigner
    decryption: ECKey


@cache
def keys_of(unit_id: str) -> Keys:
    """Return the keys of a unit, made once in a run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, unit_id)])
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=730))
        .sign(key, hashes.SHA256())
    )
    return Keys(
        certificate.public_bytes(Encoding.DER),
        RequestSigner(ec.generate_private_key(ec.SECP256R1())),
        ECKey.generate_key("P-256"),
    )


def a_unit(unit_id: str = "ordnungsamt", **changes: Json) -> dict[str, Json]:
    """Return the document of an active unit that sends and receives: an order office."""
    keys = keys_of(unit_id)
    return {
        "id": unit_id,
        "name": unit_id.title(),
        "controller": f"{unit_id}-traeger",
        "kind": "MUNICIPAL_ORDER",
        "country": "DE",
        "status": "active",
        "pins": [pin_of(keys.certificate)],
        "signing_key": {"alg": "ecdsa-p256-sha256", "jwk": dict(keys.signer.public_jwk)},
        "encryption_key": {"alg": "ECDH-ES", "jwk": keys.decryption.as_dict(private=False)},
        "endpoint": {"url": "https://localhost:1/deliveries", "private_address": True},
        "contract": {"id": "AVV-1", "date": "2026-01-15"},
        "may_receive": True,
        "keeps_marking": True,
        "commitment_purpose": False,
        "verifies_log": False,
        "legal_entity": unit_id.title(),
        **changes,
    }


def the_police(**changes: Json) -> dict[str, Json]:
    """Return the document of the unit that sends, unless a test says otherwise."""
    return a_unit("polizei", **{"kind": "POLICE_INSPECTION", **changes})


def a_registry(*documents: Mapping[str, Json]) -> RegistrySnapshot:
    """Return the snapshot of these units, or of police and order office."""
    units = documents or (the_police(), a_unit())
    return read_registry({str(unit["id"]): canonical_unit(unit) for unit in units})


def a_caller(unit_id: str = "polizei", registry: RegistrySnapshot | None = None) -> Caller:
    """Return an authenticated unit."""
    known = registry or a_registry()
    evidence = {"signature-input": "sig1=()", "signature": "sig1=:AA==:", "content-digest": "x"}
    return Caller(known.units[unit_id], known.digest, evidence)


# --- exchanges ----------------------------------------------------------------------


def a_person(family_name: str = "Musterwirt", **changes: Json) -> dict[str, Json]:
    return {"family_name": family_name, "given_names": "Jonas", **changes}


def an_envelope(**changes: Json) -> dict[str, Json]:
    """Return the police's notice of locked emergency exits to the order office."""
    return {
        "recipient": "ordnungsamt",
        "exchange_kind": "PREMISES_HAZARD_NOTICE",
        "purpose": "DANGER_PREVENTION",
        "original_purpose": "DANGER_PREVENTION",
        "purpose_text": "Abwehr der Brandgefahr in der Gaststätte: Räumung und Auflagen prüfen",
        "legal_basis": ["NPOG-1-2", "NPOG-41"],
        "justification": "Notausgänge verschlossen; das Ordnungsamt ist zuständig.",
        "case_reference": "ESD-2026-11-4711",
        "acting_official": "PHK Beispiel",
        "partnership": "sicherheitspartnerschaft",
        "facts": {
            "request_mode": "spontaneous",
            "danger_level": "concrete",
            "danger_facts": "Notausgänge verschlossen, Alarm, 80 Gäste",
            "review_date": "2027-05-01",
        },
        "field_facts": {"licensee_name": {"data_subject_role": "responsible_person"}},
        "payload": {
            "premises_address": "Am Beispielufer 12, 21335 Lüneburg",
            "hazard_facts": "Beide Notausgänge sind mit Ketten verschlossen.",
            "licensee_name": a_person(date_of_birth="1979-03-02"),
        },
        **changes,
    }


def an_exchange(
    registry: RegistrySnapshot | None = None, moment: Moment | None = None, **changes: Json
) -> Exchange:
    """Return what `validate` makes of an envelope."""
    known = registry or a_registry()
    document = Document(an_envelope(**changes), moment or moment_at(NOW))
    return validate(document, a_caller(registry=known), known, the_policies(), 2000, MAX_BODY)


def a_message(
    envelope: Mapping[str, Json] | None = None,
    *,
    sender: str = "polizei",
    key: str | None = None,
    at: int = NOW,
    body: bytes | None = None,
) -> Message:
    """Return a request as it comes in: signed, with the sender's certificate."""
    content = body if body is not None else json.dumps(envelope or an_envelope()).encode()
    target = f"{PUBLIC_URL}/v1/exchanges"
    keys = keys_of(sender)
    headers = sign_request(
        keys.signer,
        method="POST",
        target_uri=target,
        content_type="application/json",
        idempotency_key=key or str(uuid.uuid4()),
        body=content,
        created=at,
    )
    return Message("POST", target, tuple(headers.items()), content, keys.certificate)


def opened(jwe: bytes, unit_id: str = "ordnungsamt") -> dict[str, Json]:
    """Return what the recipient reads in a sealed document."""
    document: dict[str, Json] = json.loads(unseal(jwe, keys_of(unit_id).decryption))
    return document


def body_digest(jwe: bytes, unit_id: str = "ordnungsamt") -> str:
    """Return the SHA-256 of the sealed document's bytes."""
    return sha256(unseal(jwe, keys_of(unit_id).decryption)).hexdigest()


def unsigned(message: Message) -> Message:
    """Return the message without its signature."""
    kept = tuple((name, value) for name, value in message.headers if name != "signature")
    return replace(message, headers=kept)


# --- decisions ----------------------------------------------------------------------


def a_decision(
    release: Iterable[str] = (),
    withhold: Iterable[str] = (),
    *,
    denials: Iterable[Mapping[str, str]] = (),
    obligations: Iterable[Mapping[str, Json]] = (),
    **changes: Json,
) -> dict[str, Json]:
    """Return a decision document: a permit, or with *denials* a denial that withholds all."""
    reasons = [dict(pair) for pair in denials]
    withheld = sorted({*withhold, *(release if reasons else ())})
    released = [] if reasons else sorted(release)
    outcomes = [
        {"action": action, "parameters": {}, "reasons": why, "members": members}
        for action, why, members in (
            ("release", [], released),
            ("withhold", reasons[:1] or [dict(NEEDLESS)], withheld),
        )
        if members
    ]
    return {
        "verdict": "deny" if reasons else "permit",
        "denials": reasons,
        "outcomes": outcomes,
        "obligations": [
            an_obligation("OB-LOG-RETENTION", erase_at_day=LAST_DAY, log_class="decision_log_JI"),
            *(dict(item) for item in obligations),
        ],
        "regime": {"sender": "JI", "recipient": "DSGVO"},
        "accountable": "sender",
        "neutral": False,
        "struck_out": [],
        "rules_applied": ["NPOG-41"],
        "log_class": "decision_log_JI",
        "needs": [],
        **changes,
    }


def an_obligation(code: str, **parameters: Json) -> dict[str, Json]:
    return {"code": code, "rule": "GDPR-5-1C", "parameters": parameters}


def release_all(policy_input: Mapping[str, Json]) -> dict[str, Json]:
    """Release every member that is offered."""
    return a_decision(policy_input["members"])


def deny_all(policy_input: Mapping[str, Json]) -> dict[str, Json]:
    """Deny for want of a purpose."""
    return a_decision(policy_input["members"], denials=[PURPOSELESS])
