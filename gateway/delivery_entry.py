"""What an entry of type `delivery` says, to whom, and how it gets into the log."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway.drafting import Drafter
from gateway.errors import StaleDigest
from gateway.model.evidence import Concern, Effect, EntryType, Fate, Part, Stale
from gateway.model.exchange import Moment
from gateway.ports import DecisionLog, Delivery

Json = Any
_DRAFTS = 5


class Event(StrEnum):
    """What may happen to a delivery (DESIGN 8); each is an entry of its own."""

    ATTEMPT = "attempt"
    FAILED = "failed"
    ACKNOWLEDGED = "acknowledged"
    PARKED = "parked"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of one delivery; *attempt* counts from 1, 0 if there was none yet."""

    event: Event
    moment: Moment
    attempt: int
    code: str | None = None


def parts_of(delivery: Delivery, happening: Happening) -> dict[Part, dict[str, Json]]:
    """Return the parts of the entry.

    The sender sees what became of his delivery and why. The recipient sees what reached out
    to him, without the gateway's reason; of a delivery that never did he has no part.
    """
    seen = {
        "delivery_id": delivery.id,
        "exchange_id": delivery.exchange_id,
        "event": happening.event.value,
        "at": happening.moment.evaluated_at,
    }
    parts: dict[Part, dict[str, Json]] = {
        Part.AUDIT: {**seen, "attempt": happening.attempt, "code": happening.code},
        Part.SENDER: {**seen, "code": happening.code},
    }
    if happening.attempt > 0:
        parts[Part.RECIPIENT] = {**seen, "attempt": happening.attempt}
    return parts


def concerns_of(delivery: Delivery, happening: Happening) -> tuple[Concern, ...]:
    """Return whom the entry concerns: the sender, and the recipient that has a part of it."""
    sender = Concern(delivery.sender, Part.SENDER)
    if happening.attempt == 0 or delivery.recipient == delivery.sender:
        return (sender,)
    return sender, Concern(delivery.recipient, Part.RECIPIENT)


@dataclass(slots=True)
class DeliveryEntries:
    """Writes entries of deliveries, each into the bucket of its decision."""

    drafter: Drafter
    log: DecisionLog
    _policy_digest: str | None = field(default=None, init=False)
    _registry_digest: str | None = field(default=None, init=False)

    async def write(
        self,
        delivery: Delivery,
        happening: Happening,
        effects: Sequence[Effect],
        *,
        registry_digest: str | None = None,
    ) -> Fate:
        """Append the entry with its *effects*, under the digests in force.

        With *registry_digest* the entry holds under that registry or not at all: once
        another one is in force the fate is `Stale`, and the caller looks again.

        Raises:
            LogUnavailable: It may or may not be stored.
            StaleDigest: Policies or registry changed again and again meanwhile.
        """
        for _ in range(_DRAFTS):
            policy_digest, current = await self._digests()
            fate = await self.log.append(
                self.drafter.draft(
                    EntryType.DELIVERY,
                    happening.moment,
                    policy_digest,
                    registry_digest or current,
                    parts_of(delivery, happening),
                    bucket=delivery.bucket,
                    effects=tuple(effects),
                    concerns=concerns_of(delivery, happening),
                )
            )
            if not isinstance(fate, Stale):
                return fate
            self._policy_digest = self._registry_digest = None
            if registry_digest is not None and (await self._digests())[1] != registry_digest:
                return fate
        raise StaleDigest("policies or registry changed too often while an entry was written")

    async def _digests(self) -> tuple[str, str]:
        """Return the digests last seen; the log refuses an entry under older ones."""
        if self._policy_digest is None or self._registry_digest is None:
            head = await self.log.head()
            self._policy_digest = head.policy_digest
            self._registry_digest = head.registry_digest
        return self._policy_digest, self._registry_digest
