"""Each operation of each port broken on every call, in every way; then the whole log audited.

The rows come from the protocols in `gateway/ports.py` and from what the courses really call.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.clock import moment_at
from gateway.errors import GatewayError, KeysUnavailable, LogRefused
from gateway.fsck.check import check_gateway
from gateway.model.concern import ConcernPage
from gateway.model.evidence import (
    Answer,
    DeliveryState,
    EntryType,
    Lost,
    Part,
    Receipt,
    Stale,
)
from gateway.model.unit import snapshot_of
from gateway.ports import Acknowledgement
from gateway.reading import part_of
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list
from gateway.verify import verify_receipt
from tests.builders import ORIGIN, a_decision
from tests.faults.brittle import ERRORS, EVERY, Breaking, Way, operations
from tests.faults.courses import COURSES, KEY, OFFICE, Course, opened
from tests.gateways import settings_for

_YEAR_S = 365 * 86_400
Garbage = Callable[[Any], Any]
GARBAGE: Mapping[tuple[str, str], tuple[Garbage, ...]] = {
    ("Clock", "now"): (
        lambda _: moment_at(0),
        lambda now: moment_at(now.evaluated_at + 10 * _YEAR_S),
    ),
    ("Signer", "kid"): (),
    ("Signer", "public_jwk"): (lambda _: {},),
    ("Signer", "sign"): (lambda _: b"", lambda signature: signature[:-1]),
    ("UnitRegistry", "snapshot"): (
        lambda known: snapshot_of(known.digest, {}),
        lambda known: replace(known, digest="0" * 64),
    ),
    ("PolicyEngine", "name"): (lambda _: "",),
    ("PolicyEngine", "decide"): (
        lambda _: {},
        lambda _: a_decision(["never_offered"]),
        lambda answer: {**answer, "outcomes": []},
    ),
    ("SubjectKeys", "subject_key"): (lambda _: ("", b""),),
    ("BucketKeys", "bucket_key"): (lambda _: b"",),
    ("BucketKeys", "existing_bucket_key"): (lambda _: b"", lambda _: bytes(32), lambda _: None),
    ("DecisionLog", "append"): (lambda _: Stale(), lambda _: Lost(None), lambda _: Lost(0)),
    ("DecisionLog", "head"): (
        lambda head: replace(head, policy_digest="0" * 64),
        lambda head: replace(head, registry_digest="0" * 64),
    ),
    ("DecisionLog", "claimed"): (lambda _: None,),
    ("DecisionLog", "entry"): (lambda _: None, lambda entry: replace(entry, parts={})),
    ("DecisionLog", "proven"): (lambda _: None,),
    ("DecisionLog", "index_of"): (lambda _: None, lambda _: 0),
    ("DecisionLog", "receipt_proof"): (lambda _: ("", ()),),
    ("DecisionLog", "consistency"): (lambda _: (),),
    ("DecisionLog", "hash_tile"): (lambda _: None,),
    ("DecisionLog", "entry_bundle"): (lambda _: None,),
    ("DecisionLog", "concerns"): (lambda _: ConcernPage((), 0, False),),
    ("DecisionLog", "newest_concerns"): (lambda _: {},),
    ("DecisionLog", "index_at"): (lambda _: 0, lambda _: 1 << 40),
    ("DecisionLog", "check_writable"): (lambda _: None,),
    ("Outbox", "due"): (lambda _: [], lambda due: [*due, *due]),
    ("Outbox", "overdue_holds"): (lambda _: [], lambda held: [*held, *held]),
    ("Outbox", "lapsed"): (lambda _: [],),
    ("Outbox", "take"): (lambda _: [],),
    ("Outbox", "postpone"): (lambda _: None,),
    ("Outbox", "put_off"): (lambda _: None,),
    ("Outbox", "of_exchange"): (lambda _: None,),
    ("Outbox", "find"): (
        lambda _: None,
        lambda found: found and replace(found, jwe=b"another"),
        lambda found: found and replace(found, state=DeliveryState.WITHDRAWN),
    ),
    ("Outbox", "waiting_for"): (lambda _: [], lambda waiting: [*waiting, *waiting]),
    # Compared already where it comes in: tests/adapters/test_https_destination.py.
    ("Destination", "deliver"): (
        lambda _: Acknowledgement("0" * 32, "0" * 64),
        lambda known: replace(known, jwe_sha256="0" * 64),
    ),
}
"""What each operation says instead of its answer: of its type, and wrong."""

FOUND: Mapping[tuple[str, str], Garbage] = {
    ("Signer", "kid"): lambda _: "x",
    ("Signer", "sign"): lambda signature: bytes(len(signature)),
    ("BucketKeys", "bucket_key"): lambda key: bytes(len(key)),
}
"""Garbage that nothing but a second look can tell from an answer: the audit finds it."""

ROWS = [
    (operation, way)
    for operation in sorted(GARBAGE)
    for way in Way
    if way is not Way.GARBAGE or GARBAGE[operation]
]
_EFFECTS = {
    ("DecisionLog", "append"),
    ("Outbox", "take"),
    ("Outbox", "postpone"),
    ("Outbox", "put_off"),
    ("BucketKeys", "bucket_key"),
    ("SubjectKeys", "subject_key"),
    ("Destination", "deliver"),
}
_ENDS = {
    DeliveryState.DELIVERED: "acknowledged",
    DeliveryState.GIVEN_UP: "given_up",
    DeliveryState.WITHDRAWN: "withdrawn",
    DeliveryState.EXPIRED: "expired",
}


@pytest.fixture(scope="module")
def calls(_founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Counter[Any]]:
    """Count what each course calls when nothing breaks, and see that all is well then."""
    counted = {}
    for name in COURSES:
        home = shutil.copytree(_founded, tmp_path_factory.mktemp("whole") / "gateway")
        breaking = Breaking()
        asyncio.run(_whole(name, home, breaking))
        counted[name] = breaking.calls
    return counted


def test_every_operation_of_every_port_has_its_rows_and_is_called(
    calls: Mapping[str, Counter[Any]],
) -> None:
    """A new operation without garbage, or that no course uses, fails here."""
    assert GARBAGE.keys() == operations().keys()
    assert {port for port, _ in operations()} == set(ERRORS)
    assert {operation for counted in calls.values() for operation in counted} == set(operations())


@pytest.mark.parametrize(
    ("operation", "way"), ROWS, ids=[f"{'.'.join(op)} {way}" for op, way in ROWS]
)
async def test_a_port_that_breaks_releases_nothing_unlogged_and_loses_and_doubles_nothing(
    operation: tuple[str, str],
    way: Way,
    calls: Mapping[str, Counter[Any]],
    _founded: Path,
    tmp_path: Path,
) -> None:
    garbage = GARBAGE[operation] if way is Way.GARBAGE else (lambda answer: answer,)
    broken = 0
    for name, counted in calls.items():
        for number in _numbers(operation, way, counted[operation]):
            for kind in garbage:
                broken += 1
                home = shutil.copytree(_founded, tmp_path / f"gateway-{broken}")
                breaking = Breaking(way=way, garbage=kind)
                try:
                    await _one(name, home, breaking, operation, number)
                except AssertionError as error:
                    error.add_note(f"{'.'.join(operation)}, call {number} of {name}")
                    raise
                shutil.rmtree(home)
    assert broken > 0


@pytest.mark.parametrize("operation", FOUND, ids=".".join)
async def test_a_wrong_key_or_signature_is_found_by_the_audit(
    operation: tuple[str, str], calls: Mapping[str, Counter[Any]], _founded: Path, tmp_path: Path
) -> None:
    """It has the right form, so that the entry is made; verification or fsck names it."""
    for number in range(1, calls["an exchange"][operation] + 1):
        home = shutil.copytree(_founded, tmp_path / f"gateway-{number}")
        breaking = Breaking(operation, number, Way.GARBAGE, FOUND[operation])
        async with opened(home, breaking) as course:
            with suppress(GatewayError):
                await course.ask(KEY)
            with pytest.raises((LogRefused, KeysUnavailable)):
                course.gateway.verify(home / "copy")
            assert not check_gateway(settings_for(home)).findings.clean


def _numbers(operation: tuple[str, str], way: Way, calls: int) -> Sequence[int]:
    """Return the calls to break, one after another.

    Nobody can go away from one that is not awaited; one that only reads did nothing.
    """
    if way is Way.LATE and not operations()[operation]:
        return [EVERY] if calls else []
    if way is Way.DID_IT and operation not in _EFFECTS:
        return [1] if calls else []
    return range(1, calls + 1)


async def _whole(name: str, home: Path, breaking: Breaking) -> None:
    before, course_of = COURSES[name]
    async with opened(home, breaking) as course:
        await before(course)
        breaking.calls.clear()
        try:
            await course_of(course)
        except GatewayError:
            assert name == "a refusal"
        counted = Counter(breaking.calls)
        await _audit(course, home)
    breaking.calls = counted


async def _one(
    name: str, home: Path, breaking: Breaking, operation: tuple[str, str], number: int
) -> None:
    """Break one call in one course, mend it, let everybody repeat, and audit."""
    before, course_of = COURSES[name]
    async with opened(home, breaking) as course:
        course.destination.before_answer = lambda pushed: _is_logged(course, pushed.delivery_id)
        await before(course)
        breaking.calls.clear()
        breaking.operation, breaking.number = operation, number
        await _until_it_ends(course, course_of)
        breaking.mend()
        await _mended(course)
        await _audit(course, home)


async def _until_it_ends(course: Course, course_of: Callable[[Course], Any]) -> None:
    """Run the course; where the answer is late, whoever waits for it goes away."""
    running = asyncio.create_task(course_of(course))
    late = asyncio.create_task(course.breaking.late.wait())
    await asyncio.wait({running, late}, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    late.cancel()
    (ended, _) = await asyncio.gather(running, late, return_exceptions=True)
    assert not isinstance(ended, AssertionError), ended
    if course.breaking.operation != ("Clock", "now"):
        assert isinstance(ended, GatewayError | asyncio.CancelledError | None), repr(ended)


async def _is_logged(course: Course, delivery_id: str) -> None:
    """Whatever reaches a recipient has its decision and its first attempt in the log."""
    delivery = next(d for d in await course.gateway.deliveries() if d.id == delivery_id)
    assert delivery.state is DeliveryState.QUEUED
    assert "attempt" in await _events(course, delivery_id)


async def _events(course: Course, delivery_id: str) -> list[str]:
    parts = [
        part_of(entry.parts[Part.AUDIT])
        for entry in course.gateway.reader.entries(0, 1000)
        if entry.type is EntryType.DELIVERY
    ]
    return [part["event"] for part in parts if part["delivery_id"] == delivery_id]


async def _mended(course: Course) -> None:
    """Everybody repeats what got no answer, until all has come to its end."""
    for key in list(course.sent):
        again = await course.ask(key)
        assert _proves(course, again)
        for answer in course.answers[key]:
            same = (answer.status, answer.body) == (again.status, again.body)
            assert same or not _proves(course, answer), "another answer to the same key"
    course.destination.failures = []
    for stop_id in (await course.ports.registry.snapshot()).stops:
        await course.gateway.lift(stop_id)
    pushed = (await course.ports.registry.snapshot()).units[OFFICE].endpoint is not None
    for _ in range(4):
        course.gateway.clock.pass_time(2 * 3600)
        await (course.work() if pushed else course.collect())
    for delivery in await course.gateway.deliveries():
        if delivery.state is DeliveryState.HELD:
            course.gateway.clock.pass_time(course.ports.limits.hold_s)
            await course.work()


def _proves(course: Course, answer: Answer) -> bool:
    """Say whether a sender would believe the answer: its receipt verifies."""
    root = PublicKey.from_pem((course.gateway.home / "root.pub").read_bytes())
    keys = open_key_list((course.gateway.home / "keys.jws").read_text().strip(), root)
    try:
        verify_receipt(Receipt(**answer.body["receipt"]), keys, ORIGIN)
    except GatewayError:
        return False
    return True


async def _audit(course: Course, home: Path) -> None:
    """Verify a copy of the log, check the database against itself, and count what happened."""
    course.gateway.verify(home / "copy")
    findings = check_gateway(settings_for(home)).findings
    assert findings.clean, findings.shown
    decisions = await course.gateway.parts(EntryType.DECISION)
    assert len(decisions) == len(course.sent), "a decision lost, or made twice"
    for delivery in await course.gateway.deliveries():
        events = Counter(await _events(course, delivery.id))
        assert events["attempt"] <= 1
        if course.breaking.broke:
            assert events[_ENDS[delivery.state]] == 1
    told = {a.exchange_id for answers in course.answers.values() for a in answers}
    assert told <= {decision["exchange_id"] for decision in decisions}
    arrived = {(push.delivery_id, push.jwe) for push in course.destination.arrived}
    assert len(arrived) == len({push.delivery_id for push in course.destination.arrived})
