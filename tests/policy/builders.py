"""A case and a decision for tests: valid and in agreement unless told otherwise."""

from typing import Any

from gateway.policy.case_files import Case

Json = Any

FIELDS = ({"name": "facts"}, {"name": "witness"})


def a_case(**request: Json) -> Case:
    """*request* members replace the valid ones; `expected` is merged."""
    expected = {
        "decision": "allow-with-redaction",
        "released": ["facts"],
        "redacted": [{"field": "witness", "reason": "why", "rule": "LAW-1"}],
        "withheld": ["witness"],
        "deny_reasons": [],
        "obligations": ["OB-LOG"],
        **request.pop("expected", {}),
    }
    body = {
        "exchange_kind": "NOTE",
        "sender_kind": "POLICE",
        "recipient_kind": "OFFICE",
        "purpose": "DANGER",
        "original_purpose": None,
        "legal_basis_claimed": ["LAW-1"],
        "regime_sender": "JI",
        "regime_recipient": "DSGVO",
        "evaluation_date": "2026-11-22",
        "facts": {},
        "payload_fields": list(FIELDS),
        **request,
    }
    return Case("V01", "A title", body, expected)


def an_outcome(action: str, *members: str, reasons: tuple[tuple[str, str], ...] = ()) -> Json:
    return {
        "action": action,
        "parameters": {},
        "reasons": [{"reason": reason, "rule": rule} for reason, rule in reasons],
        "members": list(members),
    }


def a_decision(**parts: Json) -> Json:
    return {
        "verdict": "permit",
        "denials": [],
        "outcomes": [
            an_outcome("release", "facts"),
            an_outcome("withhold", "witness", reasons=(("why", "LAW-1"), ("also", "LAW-1"))),
        ],
        "obligations": [{"code": "OB-LOG", "rule": "LAW-1", "parameters": {}}],
        "regime": {"sender": "JI", "recipient": "DSGVO"},
        **parts,
    }
