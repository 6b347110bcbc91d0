"""Who makes a call that only reads: the unit whose certificate the connection shows."""

from starlette.requests import Request

from gateway.http.messages import bodiless
from gateway.model.exchange import Caller
from gateway.pipeline import Ports
from gateway.steps.authenticate import authenticate


async def reading_caller(request: Request, ports: Ports, public_url: str) -> Caller:
    """Return the caller of *request*; behind a proxy it has to be signed (DESIGN 2).

    Raises:
        CallerError: No active unit is pinned to the certificate.
    """
    return await authenticate(
        bodiless(request, public_url),
        ports.registry,
        ports.clock.now(),
        ports.limits.signature_skew_s,
        signed=False,
    )
