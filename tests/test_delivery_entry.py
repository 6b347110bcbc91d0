"""What an entry of type `delivery` says, to whom."""

import pytest

from gateway.adapters.clock import moment_at
from gateway.delivery_entry import DeliveryEntries, Event, Happening, parts_of
from gateway.drafting import Drafter
from gateway.errors import StaleDigest
from gateway.model.evidence import DeliveryState, Draft, Fate, Part, Stale
from gateway.ports import Delivery, Head
from tests.delivery.world import NOON, ORIGIN, fresh_signer

DELIVERY = Delivery(
    id="d" * 32,
    index=7,
    exchange_id="e" * 32,
    bucket=None,
    recipient="ordnungsamt",
    sender="polizei",
    jwe=b"sealed",
    state=DeliveryState.QUEUED,
    attempts=1,
    failures_logged=False,
    next_at=NOON,
    created_at=NOON,
    expires_at=NOON,
    delete_at_day=None,
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("event", list(Event))
def test_every_event_is_told_to_sender_and_auditor(event: Event) -> None:
    parts = parts_of(DELIVERY, Happening(event, moment_at(NOON), 2, "a_code"))

    same = {"delivery_id": "d" * 32, "exchange_id": "e" * 32, "event": event.value, "at": NOON}
    assert parts[Part.AUDIT] == {**same, "attempt": 2, "code": "a_code"}
    assert parts[Part.SENDER] == {**same, "code": "a_code"}
    assert parts[Part.RECIPIENT] == {**same, "attempt": 2}


def test_a_delivery_that_never_set_out_is_not_told_to_its_recipient() -> None:
    """He would learn of an exchange that he did not get."""
    parts = parts_of(DELIVERY, Happening(Event.WITHDRAWN, moment_at(NOON), 0, "policy_revoked"))

    assert parts.keys() == {Part.AUDIT, Part.SENDER}


class RestlessLog:
    """A log whose registry changes again and again; it stores nothing."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []

    async def head(self) -> Head:
        return Head(ORIGIN, 0, b"", "", "a" * 64, f"{len(self.drafts):064x}")

    async def append(self, draft: Draft) -> Fate:
        self.drafts.append(draft)
        return Stale()


def entries(log: RestlessLog) -> DeliveryEntries:
    return DeliveryEntries(
        Drafter(ORIGIN, "none", "0", fresh_signer(), None),  # type: ignore[arg-type]
        log,  # type: ignore[arg-type]
    )


async def test_digests_that_never_settle_end_in_an_error() -> None:
    """An entry under digests that are no longer in force is not written."""
    log = RestlessLog()

    with pytest.raises(StaleDigest):
        await entries(log).write(DELIVERY, Happening(Event.ATTEMPT, moment_at(NOON), 1), [])

    assert len({draft.registry_digest for draft in log.drafts}) == len(log.drafts) > 1


async def test_an_entry_bound_to_a_registry_is_not_written_under_another() -> None:
    log = RestlessLog()

    fate = await entries(log).write(
        DELIVERY,
        Happening(Event.ATTEMPT, moment_at(NOON), 1),
        [],
        registry_digest=f"{0:064x}",
    )

    assert isinstance(fate, Stale)
    assert len(log.drafts) == 1
