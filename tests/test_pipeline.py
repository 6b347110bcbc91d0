"""The way of an exchange: what is recorded, what waits for the recipient, and what is answered."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.memory.log import Trouble
from gateway.errors import (
    AuthenticationFailed,
    GatewayError,
    IdempotencyConflict,
    InvalidRequest,
    KeysUnavailable,
    LogUnavailable,
    MalformedRequest,
    NotFound,
    PolicyUnavailable,
    RegistryUnavailable,
    RequestTooLarge,
    StaleDigest,
    TooManyRequests,
)
from gateway.model.evidence import Answer, DeliveryState, EntryType, Part, Receipt, StoredEntry
from gateway.model.exchange import Message
from gateway.pipeline import submit
from gateway.policies import Policies
from gateway.registry import canonical_unit
from gateway.tlog.encoding import decode_base64url
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list
from gateway.verify import verify_receipt
from tests.builders import (
    ORIGIN,
    a_decision,
    a_message,
    a_person,
    a_unit,
    an_envelope,
    an_obligation,
    deny_all,
    keys_of,
    opened,
    release_all,
    the_police,
    the_policies,
    unsigned,
)
from tests.gateways import BUCKET, Gateway, MemoryGateway, SqlGateway, register

KEY = "00000000-0000-4000-8000-000000000000"
OTHER_KEY = "00000000-0000-4000-8000-000000000001"


async def fails(gateway: Gateway, message: Message, error: type[GatewayError]) -> None:
    with pytest.raises(error):
        await submit(message, gateway.ports)


async def nothing_happened(gateway: Gateway) -> None:
    """No decision, no refusal, nothing in the outbox."""
    assert await gateway.entries(EntryType.DECISION) == []
    assert await gateway.entries(EntryType.REFUSAL) == []
    assert await gateway.deliveries() == []


def written(answer: Answer) -> bytes:
    """Return an answer as it goes over the wire, where members are sorted."""
    parts = [answer.status, answer.exchange_id, answer.body]
    return json.dumps(parts, sort_keys=True).encode()


# --- the three answers --------------------------------------------------------------


async def test_a_permit_is_recorded_and_waits_for_the_recipient(gateway: Gateway) -> None:
    answer = await gateway.submit()

    assert answer.status == 201
    (entry,) = await gateway.entries(EntryType.DECISION)
    (delivery,) = await gateway.deliveries()
    assert entry.entry_id == answer.exchange_id == answer.body["exchange_id"]
    assert (delivery.index, delivery.state) == (entry.index, DeliveryState.QUEUED)
    assert delivery.jwe is not None
    assert opened(delivery.jwe)["payload"] == an_envelope()["payload"]


async def test_a_denial_is_recorded_and_nothing_waits(gateway: Gateway) -> None:
    gateway.engine.rule = deny_all

    answer = await gateway.submit()

    assert answer.status == 403
    assert answer.body["verdict"] == "deny"
    (audit,) = await gateway.parts(EntryType.DECISION)
    assert audit["verdict"] == "deny"
    assert await gateway.deliveries() == []


async def test_what_is_held_is_recorded_and_waits_for_a_human(gateway: Gateway) -> None:
    gateway.engine.rule = lambda _asked: a_decision(["hazard_facts"], ["witness_name"])
    payload = {"hazard_facts": "Frau Feldhus sah es.", "witness_name": a_person("Feldhus")}

    answer = await gateway.submit(an_envelope(payload=payload, field_facts={}))

    assert answer.status == 202
    assert answer.body["free_text"] == [{"member": "hazard_facts", "withheld": "witness_name"}]
    (delivery,) = await gateway.deliveries()
    assert delivery.state is DeliveryState.HELD
    assert delivery.expires_at == gateway.clock.at + 72 * 3600


@pytest.mark.parametrize("rule", [release_all, deny_all])
async def test_each_answer_carries_a_receipt_that_verifies(
    sql_gateway: SqlGateway, rule: Any
) -> None:
    sql_gateway.engine.rule = rule
    answer = await sql_gateway.submit()
    root = PublicKey.from_pem((sql_gateway.home / "root.pub").read_bytes())
    keys = open_key_list((sql_gateway.home / "keys.jws").read_text().strip(), root)

    verified = verify_receipt(Receipt(**answer.body["receipt"]), keys, ORIGIN)

    assert verified.claims.id == answer.exchange_id
    told = {name: value for name, value in answer.body.items() if name != "receipt"}
    assert verified.parts == {Part.SENDER: told}


async def test_the_whole_log_verifies_after_a_day_of_all_kinds(
    sql_gateway: SqlGateway, tmp_path: Path
) -> None:
    await sql_gateway.submit()
    sql_gateway.engine.rule = deny_all
    await sql_gateway.submit()
    await sql_gateway.register(a_unit("jugendamt"))
    await fails(sql_gateway, a_message(body=b"[]"), MalformedRequest)

    verified = sql_gateway.verify(tmp_path / "copy")

    assert verified.entries[EntryType.DECISION] == 2
    assert verified.entries[EntryType.REFUSAL] == 1
    assert verified.entries[EntryType.REGISTRY] == 4
    assert verified.changes == 5


async def test_persons_of_a_release_are_indexed_with_it(memory_gateway: MemoryGateway) -> None:
    index = [an_obligation("OB-RECIPIENT-INDEX")]
    memory_gateway.engine.rule = lambda asked: a_decision(asked["members"], obligations=index)
    await memory_gateway.submit()
    (entry,) = await memory_gateway.entries(EntryType.DECISION)
    assert len(memory_gateway.log.subjects[entry.index]) == 2


async def test_no_file_holds_a_word_of_payload_or_justification(sql_gateway: SqlGateway) -> None:
    words = ["Kanarienstraße", "Kanarienvogel", "Kanariengrund", "Kanarienakte", "Kanarienmensch"]
    payload = {"premises_address": words[0], "licensee_name": a_person(words[1])}
    envelope = an_envelope(
        payload=payload,
        field_facts={},
        justification=words[2],
        case_reference=words[3],
        acting_official=words[4],
    )
    for rule in (release_all, deny_all):
        sql_gateway.engine.rule = rule
        await sql_gateway.submit(envelope)

    assert len(await sql_gateway.entries(EntryType.DECISION)) == 2
    for path in sql_gateway.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [word for word in words if word.encode() in content] == []


# --- refusals -----------------------------------------------------------------------


def with_duplicate() -> bytes:
    return json.dumps(an_envelope()).replace('"purpose":', '"purpose": null, "purpose":').encode()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", MalformedRequest),
        (b"[]", MalformedRequest),
        (b'{"a": 1.5}', MalformedRequest),
        (with_duplicate(), MalformedRequest),
        (b" " * (10 * 1024 * 1024 + 1), RequestTooLarge),
        (json.dumps(an_envelope(facts={"is_bulk": False})).encode(), InvalidRequest),
        (json.dumps(an_envelope(more="x")).encode(), InvalidRequest),
        (json.dumps(an_envelope(recipient="nobody")).encode(), InvalidRequest),
    ],
    ids=["empty", "list", "fraction", "duplicate", "large", "fact", "member", "recipient"],
)
async def test_a_request_at_fault_is_refused_and_that_is_recorded(
    gateway: Gateway, body: bytes, error: type[GatewayError]
) -> None:
    await fails(gateway, a_message(body=body), error)

    (refusal,) = await gateway.parts(EntryType.REFUSAL)
    assert (refusal["unit"], refusal["refused_at"]) == ("polizei", gateway.clock.at)
    assert await gateway.entries(EntryType.DECISION) == []
    assert await gateway.deliveries() == []
    assert gateway.engine.asked == []


@pytest.mark.parametrize("key", ["1", KEY.upper().replace("0", "A"), KEY[:-1], f"{KEY}0", "{}"])
async def test_an_idempotency_key_must_be_a_uuid(gateway: Gateway, key: str) -> None:
    await fails(gateway, a_message(key=key), InvalidRequest)
    assert len(await gateway.entries(EntryType.REFUSAL)) == 1


@pytest.mark.parametrize("trouble", ["late", "unplaced", "unsaid", "endless"])
async def test_without_a_whole_decision_nothing_leaves_and_that_is_recorded(
    gateway: Gateway, trouble: str
) -> None:
    if trouble == "late":
        gateway.engine.failure = "no answer in time"
    endless = an_obligation("OB-LOG-RETENTION", erase_at_day=2**50)
    gateway.engine.rule = {
        "late": release_all,
        "unplaced": lambda _asked: a_decision(["hazard_facts"]),
        "unsaid": lambda asked: a_decision(
            ["hazard_facts"],
            outcomes=[
                *a_decision(["hazard_facts"])["outcomes"],
                {
                    "action": "withhold",
                    "parameters": {},
                    "reasons": [{"reason": "because", "rule": "GDPR-5-1C"}],
                    "members": sorted(asked["members"].keys() - {"hazard_facts"}),
                },
            ],
        ),
        "endless": lambda asked: {**a_decision(asked["members"]), "obligations": [endless]},
    }[trouble]

    await fails(gateway, a_message(), PolicyUnavailable)

    (refusal,) = await gateway.parts(EntryType.REFUSAL)
    assert refusal["error"] == "PolicyUnavailable"
    assert await gateway.entries(EntryType.DECISION) == []
    assert await gateway.deliveries() == []


async def test_a_unit_over_its_rate_is_refused_before_anything_is_looked_at(
    gateway: Gateway,
) -> None:
    def admit(unit: str) -> None:
        raise TooManyRequests(unit)

    await fails(gateway.with_ports(admit=admit), a_message(), TooManyRequests)

    assert gateway.engine.asked == []
    assert await gateway.entries(EntryType.DECISION) == []


def altered(message: Message) -> Message:
    return replace(message, body=message.body.replace(b"concrete", b"abstract"))


@pytest.mark.parametrize(
    "message",
    [
        replace(a_message(), certificate=None),
        replace(a_message(), certificate=b"no certificate"),
        a_message(sender="fremder"),
        replace(a_message(), certificate=keys_of("ordnungsamt").certificate),
        unsigned(a_message()),
        altered(a_message()),
        a_message(at=1_795_000_000 - 301),
        a_message(at=1_795_000_000 + 301),
        replace(a_message(), method="PUT"),
        replace(a_message(), target_uri="https://elsewhere.example/v1/exchanges"),
        replace(a_message(body=b"[]"), certificate=None),
        replace(a_message(body=b" " * (10 * 1024 * 1024 + 1)), certificate=None),
    ],
    ids=[
        "no certificate",
        "no certificate at all",
        "unknown",
        "another's signature",
        "unsigned",
        "altered",
        "old",
        "from the future",
        "another method",
        "another address",
        "malformed",
        "large",
    ],
)
async def test_who_is_not_known_leaves_no_entry(gateway: Gateway, message: Message) -> None:
    await fails(gateway, message, AuthenticationFailed)
    await nothing_happened(gateway)


async def test_a_suspended_unit_is_not_known_any_more(gateway: Gateway) -> None:
    await gateway.register(the_police(status="suspended"))
    await fails(gateway, a_message(), AuthenticationFailed)
    await nothing_happened(gateway)


# --- G9: the same request again -----------------------------------------------------


@pytest.mark.parametrize("rule", [release_all, deny_all])
async def test_a_replay_is_answered_to_the_byte_and_decided_once(
    gateway: Gateway, rule: Any
) -> None:
    gateway.engine.rule = rule
    first = await gateway.submit(key=KEY)
    await gateway.submit(key=OTHER_KEY)
    asked = len(gateway.engine.asked)
    gateway.clock.pass_time(86_400)
    gateway.engine.rule = release_all if rule is deny_all else deny_all

    again = await gateway.submit(key=KEY)

    assert written(again) == written(first)
    assert len(gateway.engine.asked) == asked
    assert len(await gateway.entries(EntryType.DECISION)) == 2
    assert len(await gateway.deliveries()) == (2 if rule is release_all else 0)
    assert await gateway.entries(EntryType.REFUSAL) == []


async def test_a_replay_after_the_recipient_was_suspended_is_still_the_answer(
    gateway: Gateway,
) -> None:
    first = await gateway.submit(key=KEY)
    await gateway.register(a_unit(status="suspended"))
    assert written(await gateway.submit(key=KEY)) == written(first)


async def test_the_same_key_for_another_request_is_a_conflict(gateway: Gateway) -> None:
    await gateway.submit(key=KEY)
    other = a_message(an_envelope(purpose_text="ein anderer Zweck"), key=KEY)

    await fails(gateway, other, IdempotencyConflict)

    assert len(await gateway.entries(EntryType.DECISION)) == 1
    assert len(await gateway.deliveries()) == 1
    (refusal,) = await gateway.parts(EntryType.REFUSAL)
    assert refusal["error"] == "IdempotencyConflict"


async def test_the_same_words_in_another_spelling_are_another_request(gateway: Gateway) -> None:
    """What a key stands for are the bytes that were signed."""
    await gateway.submit(key=KEY)
    spaced = a_message(body=json.dumps(an_envelope(), indent=1).encode(), key=KEY)
    await fails(gateway, spaced, IdempotencyConflict)


async def test_two_units_may_use_the_same_key(gateway: Gateway) -> None:
    first = await gateway.submit(key=KEY)
    back = an_envelope(recipient="polizei")
    second = await gateway.submit(back, key=KEY, sender="ordnungsamt")
    assert second.exchange_id != first.exchange_id
    assert len(await gateway.entries(EntryType.DECISION)) == 2


async def test_twenty_duplicates_at_once_are_one_decision_and_one_delivery(
    gateway: Gateway,
) -> None:
    answers = await asyncio.gather(*(gateway.submit(key=KEY) for _ in range(20)))

    assert len({written(answer) for answer in answers}) == 1
    assert len(await gateway.entries(EntryType.DECISION)) == 1
    assert len(await gateway.deliveries()) == 1


async def test_twenty_different_requests_at_once_are_twenty(gateway: Gateway) -> None:
    answers = await asyncio.gather(*(gateway.submit() for _ in range(20)))

    assert len({answer.exchange_id for answer in answers}) == 20
    assert len(await gateway.deliveries()) == 20


async def test_a_request_that_was_refused_does_not_bind_its_key(gateway: Gateway) -> None:
    gateway.engine.failure = "late"
    await fails(gateway, a_message(key=KEY), PolicyUnavailable)
    gateway.engine.failure = ""

    assert (await gateway.submit(key=KEY)).status == 201


async def test_once_its_record_is_erased_a_key_stands_for_nothing_that_can_be_told(
    memory_gateway: MemoryGateway,
) -> None:
    await memory_gateway.submit(key=KEY)
    memory_gateway.keys.destroy(BUCKET)

    await fails(memory_gateway, a_message(key=KEY), NotFound)

    assert len(await memory_gateway.entries(EntryType.DECISION)) == 1


# --- rules or registry change on the way --------------------------------------------


def changing(home: Path, times: int, document: Mapping[str, Any] | None = None) -> Any:
    """Return a PDP during whose first answers another process changes the registry."""
    left = iter(range(times))

    def rule(asked: Mapping[str, Any]) -> dict[str, Any]:
        number = next(left, None)
        if number is not None:
            register(home, document or a_unit("jugendamt", name=f"Name {number}"))
        return release_all(asked)

    return rule


async def test_a_decision_under_an_older_registry_is_made_again(sql_gateway: SqlGateway) -> None:
    sql_gateway.engine.rule = changing(sql_gateway.home, 2)

    answer = await sql_gateway.submit()

    assert answer.status == 201
    assert len(sql_gateway.engine.asked) == 3
    assert len(await sql_gateway.entries(EntryType.DECISION)) == 1
    assert len(await sql_gateway.deliveries()) == 1


async def test_after_the_third_time_it_is_refused_and_nothing_leaves(
    sql_gateway: SqlGateway, tmp_path: Path
) -> None:
    sql_gateway.engine.rule = changing(sql_gateway.home, 3)

    await fails(sql_gateway, a_message(), StaleDigest)

    assert len(sql_gateway.engine.asked) == 3
    await nothing_happened(sql_gateway)
    sql_gateway.verify(tmp_path / "copy")


async def test_a_sender_suspended_on_the_way_sends_nothing(sql_gateway: SqlGateway) -> None:
    suspended = the_police(status="suspended")
    sql_gateway.engine.rule = changing(sql_gateway.home, 1, suspended)
    await fails(sql_gateway, a_message(), AuthenticationFailed)
    assert await sql_gateway.entries(EntryType.DECISION) == []
    assert await sql_gateway.deliveries() == []


async def test_a_recipient_suspended_on_the_way_gets_nothing(sql_gateway: SqlGateway) -> None:
    sql_gateway.engine.rule = changing(sql_gateway.home, 1, a_unit(status="suspended"))

    await fails(sql_gateway, a_message(), InvalidRequest)

    assert await sql_gateway.deliveries() == []
    (refusal,) = await sql_gateway.parts(EntryType.REFUSAL)
    assert refusal["error"] == "InvalidRequest"


async def test_what_is_sealed_is_sealed_to_the_key_that_is_in_force(
    sql_gateway: SqlGateway,
) -> None:
    """The recipient changes its key while the decision is made: the old one opens nothing."""
    new_key = keys_of("jugendamt").decryption.as_dict(private=False)
    rotated = a_unit(encryption_key={"alg": "ECDH-ES", "jwk": new_key})
    sql_gateway.engine.rule = changing(sql_gateway.home, 1, rotated)

    await sql_gateway.submit()

    (delivery,) = await sql_gateway.deliveries()
    assert delivery.jwe is not None
    assert opened(delivery.jwe, "jugendamt")["payload"] == an_envelope()["payload"]


async def test_rules_other_than_those_in_force_decide_nothing(
    memory_gateway: MemoryGateway,
) -> None:
    memory_gateway.log.policy_digest = "f" * 64
    await fails(memory_gateway, a_message(), StaleDigest)
    await nothing_happened(memory_gateway)


# --- G7: what is not there ----------------------------------------------------------


def claims_of(entry: StoredEntry) -> dict[str, Any]:
    payload = decode_base64url(entry.leaf.decode().split(".")[1], ValueError)
    claims: dict[str, Any] = json.loads(payload)
    return claims


def under(digest: str) -> Policies:
    policies = the_policies()
    return replace(policies, policy_set=replace(policies.policy_set, digest=digest))


async def test_rules_that_are_replaced_while_the_engine_is_asked_decide_anew(
    memory_gateway: MemoryGateway,
) -> None:
    """The set before is let go: nobody is refused for that, the next one decides."""
    old, new = the_policies(), under("2" * 64)
    in_force = [old]
    engine = memory_gateway.engine
    memory_gateway.log.policy_digest = engine.digest = new.digest

    class Switched:
        name = engine.name

        async def decide(self, digest: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
            in_force[0] = new
            return await engine.decide(digest, given)

    gateway = memory_gateway.with_ports(policies=lambda: in_force[0], engine=Switched())

    answer = await gateway.submit()

    assert answer.status == 201
    (entry,) = await gateway.entries(EntryType.DECISION)
    assert claims_of(entry)["policy_digest"] == new.digest
    assert await gateway.entries(EntryType.REFUSAL) == []


async def test_while_the_rules_in_force_are_not_loaded_everything_is_refused(
    memory_gateway: MemoryGateway,
) -> None:
    loaded = [False]

    def policies() -> Policies:
        if not loaded[0]:
            raise PolicyUnavailable("not loaded here yet")
        return the_policies()

    gateway = memory_gateway.with_ports(policies=policies)
    message = a_message(at=gateway.clock.at)
    await fails(gateway, message, PolicyUnavailable)
    assert await gateway.entries(EntryType.DECISION) == []
    loaded[0] = True

    assert (await submit(message, gateway.ports)).status == 201


async def test_a_log_that_refuses_means_an_error_and_nothing_in_the_outbox(
    memory_gateway: MemoryGateway,
) -> None:
    memory_gateway.log.troubles = [Trouble.REFUSES]
    await fails(memory_gateway, a_message(key=KEY), LogUnavailable)
    await nothing_happened(memory_gateway)

    assert (await memory_gateway.submit(key=KEY)).status == 201


async def test_a_log_that_stored_and_failed_gives_the_answer_on_the_next_try(
    memory_gateway: MemoryGateway,
) -> None:
    memory_gateway.log.troubles = [Trouble.STORES_AND_FAILS]
    await fails(memory_gateway, a_message(key=KEY), LogUnavailable)

    answer = await memory_gateway.submit(key=KEY)

    assert answer.status == 201
    assert len(memory_gateway.engine.asked) == 1
    assert len(await memory_gateway.entries(EntryType.DECISION)) == 1
    assert len(await memory_gateway.deliveries()) == 1


async def test_a_log_that_cannot_be_read_means_an_error(memory_gateway: MemoryGateway) -> None:
    memory_gateway.log.unreadable = True
    await fails(memory_gateway, a_message(), LogUnavailable)
    memory_gateway.log.unreadable = False
    await nothing_happened(memory_gateway)


async def test_a_refusal_that_cannot_be_recorded_is_an_error_of_the_log(
    memory_gateway: MemoryGateway,
) -> None:
    memory_gateway.log.troubles = [Trouble.REFUSES]
    await fails(memory_gateway, a_message(body=b"[]"), LogUnavailable)


async def test_a_database_that_is_full_means_an_error_and_nothing_in_the_outbox(
    sql_gateway: SqlGateway,
) -> None:
    with sql_gateway.database.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON part BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    await fails(sql_gateway, a_message(), LogUnavailable)
    await nothing_happened(sql_gateway)


async def test_without_the_registry_nobody_is_known(memory_gateway: MemoryGateway) -> None:
    memory_gateway.registry.broken = True
    await fails(memory_gateway, a_message(), RegistryUnavailable)
    memory_gateway.registry.broken = False
    await nothing_happened(memory_gateway)


async def test_without_the_keys_of_records_nothing_is_recorded(
    memory_gateway: MemoryGateway,
) -> None:
    memory_gateway.keys.broken = True
    await fails(memory_gateway, a_message(), KeysUnavailable)
    memory_gateway.keys.broken = False
    await nothing_happened(memory_gateway)


async def test_without_the_key_of_entries_nothing_is_recorded(
    memory_gateway: MemoryGateway,
) -> None:
    memory_gateway.entry_signer.broken = True
    await fails(memory_gateway, a_message(), KeysUnavailable)
    memory_gateway.entry_signer.broken = False
    await nothing_happened(memory_gateway)


async def test_a_registry_written_beside_the_log_makes_nobody_known(
    memory_gateway: MemoryGateway,
) -> None:
    forged = canonical_unit(the_police(kind="INTELLIGENCE"))
    memory_gateway.registry.documents["polizei"] = forged
    await fails(memory_gateway, a_message(), RegistryUnavailable)
