"""Builds the application of the partner API."""

import time
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import __version__
from gateway.errors import AuthenticationFailed, DependencyFailed, GatewayError, NotFound
from gateway.http import problems
from gateway.http.inbox_routes import inbox_routes
from gateway.http.kind_routes import kind_routes
from gateway.http.list_routes import list_routes
from gateway.http.log_routes import log_routes
from gateway.http.metrics import HttpMetrics
from gateway.http.openapi import openapi_document
from gateway.http.problem_pages import answer_page
from gateway.http.request_routes import request_routes
from gateway.http.routes import Submit, exchange_routes
from gateway.http.security_log import SecurityLog
from gateway.http.selftest_routes import selftest_routes
from gateway.pipeline import Ports
from gateway.pipeline import submit as submit_exchange

_log = structlog.get_logger("partner_api")
_GONE = 499
_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_NO_TELEMETRY: TelemetryConfig = {  # the framework's own would carry addresses with their queries
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def build_api(
    ports: Ports,
    public_url: str,
    metrics: HttpMetrics | None = None,
    log: SecurityLog | None = None,
    *,
    submit: Submit = submit_exchange,
) -> ASGIApp:
    """Return the partner API on *ports*; *public_url* is its address without a final slash."""
    measured = metrics or HttpMetrics(CollectorRegistry())
    security = log or SecurityLog(measured)
    app = _with_routes(ports, public_url, security, submit)
    made: dict[str, bytes] = {}

    @app.get("/openapi.json", include_in_schema=False)
    async def get_openapi() -> Response:
        digest = ports.policies().digest
        if digest not in made:
            made.clear()
            made[digest] = problems.encode(openapi_document(app, ports.policies()))
        return Response(made[digest], media_type="application/json")

    _add_problems(app, public_url, security)
    return _Measured(app, measured)


def describe(ports: Ports) -> dict[str, Any]:
    """Return the OpenAPI document that is served on *ports*, without serving it."""
    log = SecurityLog(HttpMetrics(CollectorRegistry()))
    return openapi_document(_with_routes(ports, "", log, submit_exchange), ports.policies())


def _with_routes(ports: Ports, public_url: str, log: SecurityLog, submit: Submit) -> FastAPI:
    app = FastAPI(
        title="Datenschleuse",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
    )
    app.include_router(exchange_routes(ports, public_url, submit=submit))
    app.include_router(log_routes(ports, public_url))
    app.include_router(list_routes(ports, public_url))
    app.include_router(inbox_routes(ports, public_url))
    app.include_router(request_routes(ports, public_url))
    app.include_router(kind_routes(ports, public_url))
    app.include_router(selftest_routes(ports, public_url, log.not_authenticated))

    @app.get("/problems/{slug}", summary="What a problem type means", tags=["problems"])
    async def get_problem(slug: str) -> Response:
        page = answer_page(slug)
        if page is None:
            raise NotFound("no such problem type")
        return page

    return app


def _add_problems(app: FastAPI, public_url: str, log: SecurityLog) -> None:
    """Answer every error as problem+json; log what only the operator may know."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, GatewayError)
        if isinstance(error, AuthenticationFailed):
            log.not_authenticated(str(error))
        elif isinstance(error, DependencyFailed):
            _log.error("dependency_failed", why=str(error), exc_info=error)
        elif problems.problem_of(error) is problems.INTERNAL:
            _log.error("internal_error", exc_info=error)
        return problems.answer_error(error, public_url, reading=request.method == "GET")

    async def frameworks(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        problem = problems.BY_STATUS.get(error.status_code, problems.INTERNAL)
        headers = {"Allow": _allowed(app, request)} if problem is problems.METHOD else {}
        return problems.answer_problem(problem, problems.members_of(problem, public_url), headers)

    async def unexpected(_: Request, __: Exception) -> Response:
        """The framework raises the error again, and the server logs it."""
        return problems.answer_problem(
            problems.INTERNAL, problems.members_of(problems.INTERNAL, public_url)
        )

    async def gone(_: Request, __: Exception) -> Response:
        """Nobody is there to read an answer; the status is for the figures."""
        return Response(status_code=_GONE)

    app.add_exception_handler(GatewayError, ours)
    app.add_exception_handler(HTTPException, frameworks)
    app.add_exception_handler(RequestValidationError, unexpected)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unexpected)


def _allowed(app: FastAPI, request: Request) -> str:
    """Return every method that the address takes; the framework names those of one route."""

    def takes(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in app.routes)

    return ", ".join(method for method in _METHODS if takes(method))


class _Measured:
    """Counts and times every answer by its route, never by its address."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "unknown")
                self._metrics.answered(route, message["status"], time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, counted)
