"""Every error that the gateway raises on purpose.

No class here knows HTTP: `gateway/http/problems.py` holds the one table from errors to
answers. A message never carries a payload value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.model.stop import Stop


class GatewayError(Exception):
    """The root of every error raised on purpose."""


# --- what a caller sent -------------------------------------------------------------


class CallerError(GatewayError):
    """The caller's message is at fault; the same message will fail again."""


class MalformedRequest(CallerError):
    """The body is not I-JSON (RFC 7493) or breaks a rule of DESIGN 2, step receive."""


class RequestTooLarge(CallerError):
    """The body is longer than the limit for its route or kind."""


class UnsupportedMediaType(CallerError):
    """The content type or content encoding is not the one that the route takes."""


class AuthenticationFailed(CallerError):
    """Certificate, pin or signature do not prove a registered, active unit."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: where, and what. Never the value itself."""

    pointer: str
    what: str


class InvalidRequest(CallerError):
    """The envelope, the payload or a fact does not have its shape (422)."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.what}" for fault in faults))
        self.faults = tuple(faults)


class IdempotencyConflict(CallerError):
    """The idempotency key was used before with another body."""


class NotFound(CallerError):
    """There is no such thing for this caller; it may exist for another."""


class TooManyRequests(CallerError):
    """The unit asks more often than its rate allows; *retry_after_s* says when to come again."""

    def __init__(self, what: str, retry_after_s: int = 60) -> None:
        super().__init__(what)
        self.retry_after_s = retry_after_s


# --- what people have halted --------------------------------------------------------


class Stopped(GatewayError):
    """A stop in force covers it: nothing was decided, and the same message may pass later."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(f"stop {stop.id} is in force")
        self.stop = stop


# --- what the gateway leans on ------------------------------------------------------


class DependencyFailed(GatewayError):
    """Something the gateway needs is unavailable; nothing was released (503)."""


class PolicyUnavailable(DependencyFailed):
    """The policy engine gave no decision document in time."""


class LogUnavailable(DependencyFailed):
    """The decision log cannot be written; the entry may or may not be stored."""


class RegistryUnavailable(DependencyFailed):
    """The registry of units cannot be read."""


class StaleDigest(DependencyFailed):
    """Policies or registry changed while a decision was on its way, too often in a row."""


class KeysUnavailable(DependencyFailed):
    """A key that the gateway needs cannot be read or made."""


# --- what was checked and refused ---------------------------------------------------


class PolicySetRefused(GatewayError):
    """A policy set breaks a rule for rules (DESIGN 4.3); it must not be loaded."""


class StartRefused(GatewayError):
    """Settings, files or database are not what the gateway may start with."""


class RegistryRefused(GatewayError):
    """A document breaks a rule of the registry."""


class ChangeRefused(GatewayError):
    """A change set does not have its form, starts from another state, or is not needed."""


class VoteRefused(GatewayError):
    """A ballot does not count, or a change set is not agreed on by those who must."""


class ProofRefused(GatewayError):
    """An inclusion or consistency proof does not lead to the signed root."""


class LogRefused(GatewayError):
    """A log copy or receipt does not verify; *file* and *index* say where."""

    def __init__(self, what: str, *, file: str | None = None, index: int | None = None) -> None:
        where = ", ".join(
            ([file] if file is not None else []) + ([f"entry {index}"] if index is not None else [])
        )
        super().__init__(f"{where}: {what}" if where else what)
        self.what = what
        self.file = file
        self.index = index


class MalformedTile(GatewayError):
    """A tile path or an entry bundle is not in canonical form (c2sp.org/tlog-tiles)."""


class MalformedProof(GatewayError):
    """A tlog-proof is not in canonical form (c2sp.org/tlog-proof)."""


class MalformedJws(GatewayError):
    """A compact JWS (RFC 7515) is not in canonical form, or not by the key it must name."""


class KeyRefused(GatewayError):
    """The key list is not well formed, or holds no key for that use at that index."""


class MalformedNote(GatewayError):
    """A signed note is not in canonical form (c2sp.org/signed-note)."""


class MalformedCheckpoint(GatewayError):
    """A checkpoint is not in canonical form (c2sp.org/tlog-checkpoint)."""


class MalformedLeaf(GatewayError):
    """A leaf or a disclosure does not have the form of RFC 9901 and DESIGN 5.1."""


# --- delivery -----------------------------------------------------------------------


class DeliveryFailed(GatewayError):
    """An attempt brought no acknowledgement; *reason* is a code of the delivery entry."""

    def __init__(
        self, reason: str, *, final: bool = False, retry_after_s: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.retry_after_s = retry_after_s
