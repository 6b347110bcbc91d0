"""The self-test over HTTP: parse, call, answer."""

from collections.abc import Callable
from typing import Any

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateway.errors import CallerError, Fault, InvalidRequest
from gateway.http import problems
from gateway.http.messages import bodiless, with_json
from gateway.http.queries import number, read_query
from gateway.model.exchange import Caller
from gateway.pipeline import Ports, at_hand
from gateway.readings.challenge import challenge, check_answer
from gateway.readings.self_test import look
from gateway.readings.trial import Trials
from gateway.steps.authenticate import authenticate
from gateway.steps.receive import receive

_PATH = "/v1/self-test"
_BODY_BYTES = 4096
_log = structlog.get_logger("security")
_AT = {"parameters": [{"name": "at", "in": "query", "schema": {"type": "integer", "minimum": 0}}]}


def selftest_routes(
    ports: Ports, public_url: str, not_authenticated: Callable[[str], None]
) -> APIRouter:
    """Return the calls with which a partner finds out what is wrong on its own side.

    *not_authenticated* is told why a caller would be refused by every other call.
    """
    router = APIRouter(prefix=_PATH, tags=["self-test"])
    limits = ports.limits
    trials = Trials(ports.destination, lambda: ports.clock.now().evaluated_at)

    @router.get(
        "", summary="Certificate, pin, signature, clock, keys of the caller", openapi_extra=_AT
    )
    async def get_self_test(request: Request) -> Response:
        query = read_query(request, ("at",))
        at = number(query, "at", 0, 1, 2**40) or None
        message = bodiless(request, public_url)
        found = await look(message, at, limits.signature_skew_s, ports)
        now = ports.clock.now().evaluated_at
        members: dict[str, Any] = {
            "unit": None if found.unit is None else found.unit.id,
            "gateway_time": now,
            "checks": [check.document() for check in found.checks],
            "challenge": None,
        }
        if found.unit is None:
            not_authenticated(f"self-test: {found.why}")
            said = problems.members_of(problems.AUTHENTICATION, public_url)
            return problems.answer_problem(problems.AUTHENTICATION, {**said, **members})
        question = challenge(found.unit, now, ports.idempotency_key)
        if question is not None:
            members["challenge"] = question.document(f"{_PATH}/decryption")
        return _json(members)

    @router.post("/decryption", summary="The answer that stood in the sealed question")
    async def post_answer(request: Request) -> Response:
        async def answered(caller: Caller, said: dict[str, Any]) -> Response:
            match said:
                case {"expires": int(expires), "answer": str(answer), **rest} if not rest:
                    now = ports.clock.now().evaluated_at
                    check = check_answer(caller.unit, expires, answer, now, ports.idempotency_key)
                    return _json(check.document())
            raise InvalidRequest([Fault("", "exactly expires and answer are needed")])

        return await _signed(request, answered)

    @router.post("/delivery", summary="Push a trial delivery to the caller's own endpoint")
    async def post_delivery(request: Request) -> Response:
        async def sent(caller: Caller, said: dict[str, Any]) -> Response:
            if said:
                raise InvalidRequest([Fault("", "an empty object is needed")])
            check = await trials.send(caller.unit)
            _log.info("trial_delivery", unit=caller.unit.id, ok=check.ok, what=check.en)
            return _json(check.document())

        return await _signed(request, sent)

    async def _signed(request: Request, call: Any) -> Response:
        """Carry a signed call out; a fault of an authenticated unit is recorded."""
        message = await with_json(request, public_url, _BODY_BYTES)
        moment = ports.clock.now()
        caller = await authenticate(
            message, ports.registry, moment, limits.signature_skew_s, signed=True
        )
        try:
            ports.admit(caller.unit.id)
            document = receive(message.body, moment, _BODY_BYTES, limits.max_depth)
            answer: Response = await call(caller, dict(document.value))
        except CallerError as error:
            await ports.refusals.record(error, caller.unit, moment, at_hand(ports))
            raise
        return answer

    return router


def _json(members: dict[str, Any]) -> Response:
    return Response(problems.encode(members), media_type="application/json")
