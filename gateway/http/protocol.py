"""HTTP/1.1 of the partner API: reads requests within limits, answers them in their turn.

What comes too late, too large or not as it should gets one answer (`early`), behind those that
are on their way, and the connection ends.
"""

import asyncio
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from gateway.http import problems
from gateway.http.connection import Connection, Phase
from gateway.http.cycle import Cycle
from gateway.http.heads import Head, Refused, path_of

_PIECES = 10_000
_FRAMING_BYTES = 1 << 20


class PartnerProtocol(Connection):
    """One connection, as httptools and uvicorn's server call it."""

    _fed = 0  # bytes since the request began
    _body = 0  # bytes of the request's body
    _pieces = 0  # in which it came
    _requests = 0
    _refused: Refused | None = None  # what is still to be answered, as the last

    def data_received(self, data: bytes) -> None:
        if self.deaf:
            return
        try:
            self.parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            cause = error.__context__
            wrong = Refused(problems.NOT_HTTP, "not HTTP/1.1")
            self._refuse(cause if isinstance(cause, Refused) else wrong)
            return
        self._fed += len(data)
        if self.phase is Phase.HEAD and self._fed > self.limits.header_bytes:
            self._refuse(Refused(problems.HEAD_TOO_LARGE, "a head without end"))
        elif self.phase is Phase.BODY and self._fed > self._body + _FRAMING_BYTES:
            self._refuse(Refused(problems.NOT_HTTP, "a body of nothing but framing"))
        else:
            self.watch()

    def on_message_begin(self) -> None:
        self.enter(Phase.HEAD)
        self._fed = self._body = self._pieces = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.phase is Phase.BODY:
            raise Refused(problems.NOT_HTTP, "fields after the body")
        if len(self.headers) >= self.limits.header_fields:
            raise Refused(problems.HEAD_TOO_LARGE, "too many fields")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        version, method = self.parser.get_http_version(), self.parser.get_method()
        head = Head(method, version, self.url, self.headers)
        target = path_of(head, self.limits, self.edge.own_address)
        if self.place.refusal is not None:
            raise Refused(self.place.refusal, "too many connections")
        path, _, query = target.partition(b"?")
        self.scope["method"] = method.decode("ascii")
        self.scope["http_version"] = version
        self.scope["raw_path"] = path
        self.scope["path"] = unquote(path.decode("ascii"))
        self.scope["query_string"] = query
        waits = self.cycle is not None and not self.cycle.response_complete
        if waits and len(self.pipeline) >= self.limits.pipelined_requests:
            raise Refused(problems.NOT_HTTP, "too many requests at once")
        self.cycle = self._new_cycle(version)
        self.enter(Phase.BODY)
        if waits:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        else:
            self._start_asgi_task(self.cycle, self.app)

    def _new_cycle(self, version: str) -> Cycle:
        self._requests += 1
        old = version == "1.0"
        return Cycle(
            self.edge.traffic,
            scope=self.scope,
            transport=self.outgoing,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue and not old,
            keep_alive=not old and self.parser.should_keep_alive() and not self._is_worn(),
            on_response=self.on_response_complete,
        )

    def _is_worn(self) -> bool:
        """Whether the certificate is to be shown anew: on a new connection."""
        age_s = self.loop.time() - self.opened
        limits = self.limits
        return self._requests >= limits.connection_requests or age_s >= limits.connection_age_s

    def on_body(self, body: bytes) -> None:
        self._pieces += 1
        self._body += len(body)
        if self._pieces > _PIECES:
            raise Refused(problems.NOT_HTTP, "a body in too many pieces")
        if not self.cycle.take(body):
            raise Refused(problems.UNAVAILABLE, "all bodies together are too large")
        if len(self.cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()

    def on_message_complete(self) -> None:
        self.enter(Phase.IDLE)
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self.active = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Begin with the next request, or wait for one."""
        self.server_state.total_requests += 1
        if self.ended or self.transport.is_closing():
            return
        self.flow.resume_reading()
        if not self.flow.write_paused:
            self.read()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
            self.watch()
        elif self._refused is not None:
            self._answer_early(self._refused)
        elif self.phase is Phase.IDLE:
            self.rest()

    def late(self) -> None:
        if self.phase in {Phase.HEAD, Phase.BODY}:
            what = self.phase.name.lower()
            self._refuse(Refused(problems.TIMED_OUT, f"the {what} is not complete"))
        else:
            super().late()

    def _refuse(self, refused: Refused) -> None:
        """Take nothing more from this client; answer once, behind what is on its way."""
        self.deafen()
        self.edge.report(refused.problem.slug, str(refused))
        cycle: Cycle | None = self.cycle
        waits = cycle is not None and not cycle.response_complete
        if (
            cycle is not None and waits and self.phase is Phase.BODY
        ):  # it is this one's body that is refused
            if self.pipeline:
                self.pipeline.popleft()
                cycle.drop()
            elif not cycle.response_started:
                cycle.give_up()
                waits = False
        if waits:
            self._refused = refused
        else:
            self._answer_early(refused)

    def _answer_early(self, refused: Refused) -> None:
        fields = self.server_state.default_headers
        self.transport.write(self.edge.early.render(refused.problem, fields))
        self.linger()
