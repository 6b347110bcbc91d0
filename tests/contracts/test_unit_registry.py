"""What every `UnitRegistry` promises: the units in force now, or RegistryUnavailable."""

import pytest

from gateway.errors import RegistryUnavailable
from gateway.registry import canonical_unit, registry_digest
from tests.builders import a_unit, keys_of, the_police
from tests.gateways import Gateway, MemoryGateway, SqlGateway
from tests.governing import first_people


async def test_all_units_are_there_under_the_digest_of_their_documents(gateway: Gateway) -> None:
    snapshot = await gateway.ports.registry.snapshot()

    documents = {"polizei": the_police(), "ordnungsamt": a_unit()}
    bodies = {unit: canonical_unit(document) for unit, document in documents.items()}
    bodies |= first_people()
    assert snapshot.digest == registry_digest(bodies)
    assert set(snapshot.units) == {"polizei", "ordnungsamt"}
    assert set(snapshot.people) == {"anna", "emre", "operator"}


async def test_a_unit_is_found_by_each_of_its_pins(gateway: Gateway) -> None:
    pins = [*the_police()["pins"], "a" * 64]
    await gateway.register(the_police(pins=pins))

    snapshot = await gateway.ports.registry.snapshot()

    assert [snapshot.unit_by_pin(pin) for pin in pins] == [snapshot.unit("polizei")] * 2
    assert snapshot.unit_by_pin("b" * 64) is None


async def test_a_change_is_in_force_with_the_next_call(gateway: Gateway) -> None:
    before = await gateway.ports.registry.snapshot()
    await gateway.register(the_police(status="suspended"))

    after = await gateway.ports.registry.snapshot()

    assert before.units["polizei"].active
    assert not after.units["polizei"].active


async def test_a_pin_that_was_replaced_names_nobody_any_more(gateway: Gateway) -> None:
    await gateway.register(the_police(pins=["a" * 64]))
    (old,) = the_police()["pins"]
    assert (await gateway.ports.registry.snapshot()).unit_by_pin(old) is None


async def test_a_new_unit_is_known_with_its_keys(gateway: Gateway) -> None:
    await gateway.register(a_unit("jugendamt"))

    unit = (await gateway.ports.registry.snapshot()).units["jugendamt"]

    assert unit.signing_key.kid == keys_of("jugendamt").signer.kid
    assert unit.encryption_key is not None
    assert unit.encryption_key.kid == keys_of("jugendamt").decryption.thumbprint()


async def test_documents_other_than_the_log_names_are_not_believed(gateway: Gateway) -> None:
    """Whoever writes to the units beside the log makes the registry unavailable, not theirs."""
    tamper(gateway, canonical_unit(the_police(kind="INTELLIGENCE")))
    with pytest.raises(RegistryUnavailable):
        await gateway.ports.registry.snapshot()


async def test_a_document_that_does_not_have_its_form_is_not_believed(gateway: Gateway) -> None:
    tamper(gateway, b'{"id":"polizei"}')
    with pytest.raises(RegistryUnavailable):
        await gateway.ports.registry.snapshot()


def tamper(gateway: Gateway, document: bytes) -> None:
    """Put *document* in the police's place without an entry, where nobody has read it yet."""
    if isinstance(gateway, MemoryGateway):
        gateway.registry.documents["polizei"] = document
        return
    assert isinstance(gateway, SqlGateway)
    with gateway.database.begin() as connection:
        connection.exec_driver_sql("UPDATE unit SET document = ? WHERE id = 'polizei'", (document,))
