"""A stop's document is read strictly, and written in one way."""

from typing import Any

import pytest

from gateway.errors import RegistryRefused
from gateway.model.stop import Stop
from gateway.registry_snapshot import canonical_document, read_registry
from gateway.stops import canonical_stop, parse_stop, stop_key
from tests.builders import NOW

ID = "0123456789abcdef" * 2


def a_document(**changes: Any) -> dict[str, Any]:
    return {"id": ID, "reason": "Verdacht auf Missbrauch", "by": "anna", "since": NOW, **changes}


@pytest.mark.parametrize(
    "scope",
    [
        {"all": True},
        {"unit": "polizei"},
        {"exchange_kind": "REGISTER_REQUEST"},
        {
            "exchange_kind": "REGISTER_REQUEST",
            "sender_kind": "REGISTRATION_OFFICE",
            "recipient_kind": "MUNICIPAL_ORDER",
        },
    ],
    ids=["all", "unit", "kind", "route"],
)
def test_each_scope_is_read_as_it_was_written(scope: dict[str, Any]) -> None:
    stop = parse_stop(a_document(**scope))
    named = {name: value for name, value in scope.items() if name != "all"}
    assert stop == Stop(ID, "Verdacht auf Missbrauch", "anna", NOW, **named)
    assert stop.scope == scope


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ([], "an object"),
        (a_document(), "one unit, one kind, one route, or all"),
        (a_document(unit="polizei", exchange_kind="X"), "one unit"),
        (a_document(unit="polizei", all=True), "one unit"),
        (a_document(exchange_kind="X", sender_kind="Y"), "one unit"),
        (a_document(sender_kind="X", recipient_kind="Y"), "one unit"),
        (a_document(all=True, note="x"), "one unit"),
        (a_document(all=False), "all: true"),
        (a_document(all=1), "all: true"),
        (a_document(all=True, id=ID.upper()), "id:"),
        (a_document(all=True, id=ID[:-1]), "id:"),
        (a_document(all=True, id=None), "id:"),
        (a_document(all=True, reason=""), "reason"),
        (a_document(all=True, reason="  "), "reason"),
        (a_document(all=True, reason="x" * 201), "reason"),
        (a_document(all=True, by="Anna"), "by"),
        (a_document(all=True, since="1"), "since"),
        (a_document(all=True, since=True), "since"),
        (a_document(all=True, since=-1), "since"),
        (a_document(unit="Polizei"), "unit"),
        (a_document(exchange_kind="register"), "exchange_kind"),
        (a_document(exchange_kind=None), "exchange_kind"),
        ({name: value for name, value in a_document(all=True).items() if name != "by"}, "missing"),
    ],
)
def test_what_is_not_of_its_form_is_refused(document: Any, why: str) -> None:
    with pytest.raises(RegistryRefused, match=why):
        parse_stop(document)


def test_a_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(RegistryRefused, match="no Unicode"):
        canonical_stop(a_document(all=True, reason="\ud800"))


def test_the_registry_holds_it_beside_units_and_people() -> None:
    body = canonical_document(stop_key(ID), a_document(all=True))
    assert read_registry({stop_key(ID): body}).stops == {ID: parse_stop(a_document(all=True))}
    assert read_registry({stop_key(ID): body}).digest != read_registry({}).digest


def test_under_another_key_it_is_refused() -> None:
    with pytest.raises(RegistryRefused, match="another's"):
        read_registry({stop_key("f" * 32): canonical_stop(a_document(all=True))})
