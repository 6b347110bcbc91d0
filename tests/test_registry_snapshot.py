"""Units and people of the registry are told apart by their keys, and read together."""

import json

import pytest

from gateway.errors import RegistryRefused
from gateway.people import canonical_person
from gateway.registry import canonical_unit, registry_digest
from gateway.registry_snapshot import canonical_document, read_registry
from tests.builders import a_unit, the_police
from tests.changing import a_card
from tests.governing import signer_of

DOCUMENTS = {
    "polizei": canonical_unit(the_police()),
    "person/anna": canonical_person(a_card("anna")),
    "person/emre": canonical_person(a_card("emre", status="ended")),
}


def test_units_and_people_are_read_under_one_digest():
    registry = read_registry(DOCUMENTS)

    assert registry.digest == registry_digest(DOCUMENTS)
    assert set(registry.units) == {"polizei"}
    assert set(registry.people) == {"anna", "emre"}


def test_a_person_is_found_by_the_key_as_long_as_they_are_active():
    registry = read_registry(DOCUMENTS)
    found = registry.person_by_key(signer_of("anna").kid)
    assert found is not None
    assert found.id == "anna"
    assert registry.person_by_key(signer_of("emre").kid) is None
    assert registry.person_by_key(signer_of("nobody").kid) is None


@pytest.mark.parametrize(
    ("documents", "why"),
    [
        ({"polizei": b"{"}, "not a JSON document"),
        ({"polizei": b"\xff"}, "not a JSON document"),
        ({"polizei": b"[]"}, "an object is needed"),
        ({"wache": DOCUMENTS["polizei"]}, "another's"),
        ({"person/emre": DOCUMENTS["person/anna"]}, "another's"),
        ({"anna": DOCUMENTS["person/anna"]}, "unit"),
        ({"person/polizei": DOCUMENTS["polizei"]}, "person"),
        (
            {**DOCUMENTS, "wache": canonical_unit(a_unit("wache", pins=the_police()["pins"]))},
            "share a pin",
        ),
        (
            {**DOCUMENTS, "person/anne": canonical_person({**a_card("anna"), "id": "anne"})},
            "share a key",
        ),
        (
            {**DOCUMENTS, "person/max": canonical_person({**a_card("emre"), "id": "max"})},
            "share a key",
        ),
    ],
)
def test_documents_that_do_not_go_together_are_refused(documents, why):
    with pytest.raises(RegistryRefused, match=why):
        read_registry(documents)


@pytest.mark.parametrize(
    ("key", "document"),
    [("polizei", the_police()), ("person/anna", a_card("anna"))],
    ids=["unit", "person"],
)
def test_a_document_is_written_in_the_form_of_its_kind(key, document):
    assert json.loads(canonical_document(key, document)) == document
    with pytest.raises(RegistryRefused):
        canonical_document(key, {})
