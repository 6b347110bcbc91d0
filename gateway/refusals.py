"""A refusal of an authenticated unit before a decision is an entry of the log, too."""

from gateway.drafting import Drafter
from gateway.errors import GatewayError, LogUnavailable
from gateway.model.evidence import EntryType, Part, Stale
from gateway.model.exchange import Caller, Moment
from gateway.obligations import bucket_of
from gateway.policies import Policies
from gateway.ports import DecisionLog

_TRIES = 3


async def record_refusal(
    error: GatewayError,
    caller: Caller,
    moment: Moment,
    drafter: Drafter,
    log: DecisionLog,
    policies: Policies,
) -> None:
    """Append an entry that says who was refused, when, and with which kind of error.

    The error's text is not recorded: it belongs to the answer.

    Raises:
        LogUnavailable: The entry may or may not be stored.
    """
    unit = caller.unit
    part = {
        "unit": unit.id,
        "kind": unit.kind,
        "controller": unit.controller,
        "refused_at": moment.evaluated_at,
        "error": type(error).__name__,
    }
    bucket = bucket_of(unit.controller, *policies.refusal_retention(moment.evaluated_on))
    for _ in range(_TRIES):
        head = await log.head()
        draft = drafter.draft(
            EntryType.REFUSAL,
            moment,
            head.policy_digest,
            head.registry_digest,
            {Part.SENDER: part, Part.AUDIT: part},
            bucket=bucket,
        )
        if not isinstance(await log.append(draft), Stale):
            return
    raise LogUnavailable("rules or registry change too fast for an entry")
