"""What records say is kept beside memory, and asked for by entry."""

from gateway.fsck.facts import Facts, Row
from gateway.model.evidence import EntryType
from tests.builders import deny_all
from tests.gateways import SqlGateway
from tests.readings.deliveries import deliver, erase


async def taken(gateway: SqlGateway) -> Facts:
    facts = Facts()
    for entry in await gateway.entries():
        facts.take(entry)
    return facts


async def test_a_decision_says_who_sent_what_to_whom(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    (delivery,) = await sql_gateway.deliveries()
    facts = await taken(sql_gateway)

    decision = facts.decision(delivery.index)

    assert decision is not None
    assert (decision.sender, decision.recipient) == ("polizei", "ordnungsamt")
    assert (decision.verdict, decision.delivery, decision.erased) == ("permit", delivery.id, False)
    assert facts.decision(0) is None


async def test_an_erased_decision_is_known_as_such(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    await erase(sql_gateway)
    (entry,) = await sql_gateway.entries(EntryType.DECISION)

    decision = (await taken(sql_gateway)).decision(entry.index)

    assert decision is not None
    assert decision.erased


async def test_events_come_in_the_order_of_the_log(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    delivery = await deliver(sql_gateway)
    assert (await taken(sql_gateway)).events(delivery.id) == ["attempt", "acknowledged"]


async def test_it_is_known_whom_an_entry_concerns(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    await deliver(sql_gateway)
    facts = await taken(sql_gateway)

    for entry in await sql_gateway.entries(EntryType.DELIVERY):
        assert facts.concerns(entry.index) == {"polizei": "sender", "ordnungsamt": "recipient"}
    (decision,) = await sql_gateway.entries(EntryType.DECISION)
    assert facts.concerns(decision.index) == {"polizei": "sender"}
    assert facts.concerns(0) is None


async def test_what_has_no_row_is_given(sql_gateway: SqlGateway) -> None:
    await sql_gateway.submit()
    sql_gateway.engine.rule = deny_all
    await sql_gateway.submit()
    permitted, denied = [e.index for e in await sql_gateway.entries(EntryType.DECISION)]
    facts = await taken(sql_gateway)
    facts.mark(Row.CLAIM, permitted)

    assert [fact.index for fact in facts.without(Row.CLAIM)] == [denied]
    assert [fact.index for fact in facts.without(Row.DELIVERY)] == [permitted]
    assert [fact.index for fact in facts.without(Row.CONCERN)] == [permitted, denied]
