"""PolicyEngine over a real OPA server, which pulls the signed bundle of the gateway."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from gateway.adapters.opa_bundle import build_bundle
from gateway.adapters.opa_bundle_server import BUNDLE, BundleServer
from gateway.adapters.opa_client import OpaAddress, OpaClient
from gateway.errors import PolicyUnavailable
from gateway.policy.policy_set import PolicySet
from gateway.ports import Signer

Json = Any

PACKAGE, RULE = "exchange.main", "decision"
OPA_VERSION = "1.20.2"
_LOOK_AGAIN_S = 0.02
# Without the first a builtin's error under `not` would permit; without the second nobody could
# say which rules have decided.
_ALWAYS = {"strict-builtin-errors": "true", "provenance": "true"}


@dataclass(frozen=True, slots=True)
class OpaLimits:
    """Connections at once, questions that may wait for one, and seconds for an answer.

    While rules are switched a question waits up to *switch_s* until the server has the new ones.
    """

    connections: int = 32
    waiting: int = 256
    deadline_s: float = 1.0
    switch_s: float = 5.0


class OpaEngine:
    """Asks an OPA server, and believes an answer only if it says which rules it comes from.

    OPA takes an older signed bundle as readily as a newer one, and keeps what it has when it
    gets none; so the revision in each answer is held against the digest that was asked for.
    """

    def __init__(
        self,
        address: OpaAddress,
        limits: OpaLimits | None = None,
        *,
        signer: Signer | None = None,
        bundles: BundleServer | None = None,
    ) -> None:
        self._address = address
        self._limits = limits or OpaLimits()
        self._signer, self._bundles = signer, bundles
        self._client: OpaClient | None = None
        self._asking = 0
        self._held: dict[str, bytes] = {}
        self._active: str | None = None
        self._switch: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return f"opa/opa-{OPA_VERSION}"

    async def start(self, policy_set: PolicySet) -> None:
        """Offer *policy_set* to the OPA server, and open the way to it.

        The server need not be there yet: until it has the bundle every decision is refused.

        Raises:
            StartRefused: The address for the bundle cannot be had.
        """
        await self.hold(policy_set)
        self.activate(policy_set.digest)
        for digest in self._held.keys() - {policy_set.digest}:
            await self.drop(digest)
        if self._client is None:
            if self._bundles is not None:
                await self._bundles.start()
            limits = self._limits
            self._client = OpaClient(self._address, limits.connections, limits.deadline_s)
            await self._client.open()

    async def hold(self, policy_set: PolicySet) -> None:
        """Build and sign the bundle of *policy_set*, to be offered when it is in force."""
        bundle = b""
        if self._signer is not None:
            bundle = await asyncio.to_thread(build_bundle, policy_set, self._signer)
        self._held[policy_set.digest] = bundle

    def activate(self, policy_digest: str) -> None:
        """Offer the set with this digest, which is held; questions wait until the server has it.

        They wait no longer than the limit, and not at all for the first set.
        """
        before, self._active = self._active, policy_digest
        if self._bundles is not None:
            self._bundles.publish(self._held[policy_digest])
        if self._switch is not None:
            self._switch.cancel()
            self._switch = None
        if before is not None and self._client is not None:
            self._switch = asyncio.create_task(self._arrival(policy_digest))

    async def drop(self, policy_digest: str) -> None:
        """Forget a bundle that is not in force."""
        self._held.pop(policy_digest, None)

    async def _arrival(self, policy_digest: str) -> None:
        with contextlib.suppress(PolicyUnavailable):
            await self.until_ready(policy_digest, self._limits.switch_s)

    async def until_ready(self, policy_digest: str, limit_s: float) -> None:
        """Wait until the server decides by the named policy set.

        Raises:
            PolicyUnavailable: It does not in time; the reason is that of the last answer.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + limit_s
        while True:
            try:
                await self._ask(policy_digest, {})
            except PolicyUnavailable:
                if loop.time() > end:
                    raise
                await asyncio.sleep(_LOOK_AGAIN_S)
            else:
                return

    async def decide(
        self, policy_digest: str, policy_input: Mapping[str, Json]
    ) -> Mapping[str, Json]:
        """Return the decision document for *policy_input* under the named policy set.

        Raises:
            PolicyUnavailable: Undefined, late, an error inside a rule, another revision or
                another OPA than the one asked for, an answer of another form, or no server.
        """
        if self._active is not None and policy_digest != self._active:
            raise PolicyUnavailable("another policy set is active than the one asked for")
        if self._switch is not None:
            await asyncio.wait({self._switch})
        return await self._ask(policy_digest, policy_input)

    async def _ask(
        self, policy_digest: str, policy_input: Mapping[str, Json]
    ) -> Mapping[str, Json]:
        client = self._client
        if client is None:
            raise PolicyUnavailable("the policy engine is not started")
        if self._asking >= self._limits.connections + self._limits.waiting:
            raise PolicyUnavailable("too many decisions are waiting")
        self._asking += 1
        try:
            answer = await client.query_rule(policy_input, PACKAGE, RULE, _ALWAYS)
        except aiohttp.ClientResponseError as error:
            raise PolicyUnavailable(f"the OPA server answered {error.status}") from error
        except TimeoutError as error:
            raise PolicyUnavailable("the OPA server gave no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise PolicyUnavailable(
                f"the OPA server cannot be asked: {type(error).__name__}"
            ) from error
        except (ValueError, RecursionError) as error:  # the cause may quote facts, we do not
            raise PolicyUnavailable("the OPA server's answer cannot be read") from error
        finally:
            self._asking -= 1
        return _decision_in(answer, policy_digest)

    async def close(self) -> None:
        """End all connections and the bundle's listener; calls still waiting fail."""
        if self._switch is not None:
            self._switch.cancel()
        client, self._client = self._client, None
        if client is not None:
            await client.close_connection()
        if self._bundles is not None:
            await self._bundles.close()


def _decision_in(answer: Mapping[str, Json], policy_digest: str) -> Mapping[str, Json]:
    provenance = answer.get("provenance")
    if not isinstance(provenance, dict):
        raise PolicyUnavailable("the OPA server does not say where its answer comes from")
    if provenance.get("version") != OPA_VERSION:
        raise PolicyUnavailable(f"the OPA server is not version {OPA_VERSION}")
    if provenance.get("bundles") != {BUNDLE: {"revision": policy_digest}}:
        raise PolicyUnavailable("another policy set is active than the one asked for")
    if "result" not in answer:
        raise PolicyUnavailable("the rules leave the decision undefined")
    decision = answer["result"]
    if not isinstance(decision, dict):
        raise PolicyUnavailable("the decision is no object")
    return decision
