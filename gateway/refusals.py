"""A refusal of an authenticated unit before a decision is an entry of the log, too.

Above a rate there is one summary for each unit and minute, so that a unit whose program runs
wild does not fill the log with the noise that it makes.
"""

from collections import Counter
from typing import Any

import structlog

from gateway.drafting import Drafter
from gateway.errors import (
    DependencyFailed,
    GatewayError,
    LogUnavailable,
    Stopped,
    TooManyRequests,
)
from gateway.model.evidence import Concern, EntryType, Part, Stale
from gateway.model.exchange import Moment
from gateway.model.unit import Unit
from gateway.obligations import bucket_of
from gateway.policies import Policies
from gateway.ports import DecisionLog

Json = Any
_log = structlog.get_logger("refusals")
_TRIES = 3
_MINUTE_S = 60


class Refusals:
    """Records refusals: the first *singly* of a unit's minute each, the rest as one summary."""

    def __init__(self, drafter: Drafter, log: DecisionLog, *, singly: int) -> None:
        self._drafter = drafter
        self._log = log
        self._singly = singly
        self._seen: Counter[tuple[str, int]] = Counter()
        self._rest: dict[tuple[str, int], tuple[Unit, Counter[str]]] = {}

    async def record(
        self, error: GatewayError, unit: Unit, moment: Moment, policies: Policies | None
    ) -> None:
        """Append an entry that says who was refused, when, and with which kind of error.

        The error's text is not recorded: it belongs to the answer. A call over the unit's
        rate is only counted, and so is each while the rules are not at hand, which say how
        long its record is kept.

        Raises:
            LogUnavailable: The entry may or may not be stored.
        """
        await self.flush(moment, policies)
        minute = (unit.id, moment.evaluated_at // _MINUTE_S)
        kind = type(error).__name__
        self._seen[minute] += 1
        only_counted = isinstance(error, TooManyRequests) or self._seen[minute] > self._singly
        if policies is None or only_counted:
            self._rest.setdefault(minute, (unit, Counter()))[1][kind] += 1
            return
        part: dict[str, Json] = {"refused_at": moment.evaluated_at, "error": kind}
        if isinstance(error, Stopped):
            part["stop"] = error.stop.id
        await self._append(unit, part, moment, policies)

    async def flush(
        self, moment: Moment, policies: Policies | None, *, all_of_them: bool = False
    ) -> None:
        """Append the summaries of minutes that are over, or of all when the gateway stops.

        What cannot be appended is kept for the next time.
        """
        if policies is None:
            return
        this = moment.evaluated_at // _MINUTE_S
        for minute in [key for key in self._rest if all_of_them or key[1] < this]:
            unit, kinds = self._rest.pop(minute)
            part = {"minute": minute[1] * _MINUTE_S, "refusals": dict(sorted(kinds.items()))}
            try:
                await self._append(unit, part, moment, policies)
            except DependencyFailed as error:
                self._rest[minute] = (unit, kinds)
                _log.warning("summary_waits", unit=unit.id, why=type(error).__name__)
                return
        self._seen = Counter({key: n for key, n in self._seen.items() if key[1] >= this})

    async def _append(
        self, unit: Unit, part: dict[str, Json], moment: Moment, policies: Policies
    ) -> None:
        part = {"unit": unit.id, "kind": unit.kind, "controller": unit.controller, **part}
        bucket = bucket_of(unit.controller, *policies.refusal_retention(moment.evaluated_on))
        for _ in range(_TRIES):
            head = await self._log.head()
            draft = self._drafter.draft(
                EntryType.REFUSAL,
                moment,
                head.policy_digest,
                head.registry_digest,
                {Part.SENDER: part, Part.AUDIT: part},
                bucket=bucket,
                concerns=(Concern(unit.id, Part.SENDER),),
            )
            if not isinstance(await self._log.append(draft), Stale):
                return
        raise LogUnavailable("rules or registry change too fast for an entry")
