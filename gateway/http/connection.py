"""The life of one connection to the partner API: its place, its deadlines, its end."""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from gateway.errors import AuthenticationFailed
from gateway.http.cycle import Cycle
from gateway.http.early import EarlyAnswers
from gateway.http.traffic import Place, Traffic
from gateway.steps.authenticate import pin_of

Report = Callable[[str, str], None]
"""Told the kind of each refusal, and why."""

_GOODBYE_S = 1.0
_LINGER_S = 2.0
_UNREAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Edge:
    """What all connections of a listener share.

    `own_address` is the gateway's public address; `proxies` are the pins of those that end TLS
    before us.
    """

    traffic: Traffic
    early: EarlyAnswers
    own_address: bytes
    proxies: frozenset[str]
    report: Report


class Phase(Enum):
    """What the client is doing."""

    SILENT = auto()
    HEAD = auto()
    BODY = auto()
    IDLE = auto()


class Connection(HttpToolsProtocol):
    """uvicorn's protocol, with a deadline for whatever the client is to do next.

    Every request finds the certificate (DER) in `request.state.client_certificate`, and in
    `request.state.proxy` whether that is a trusted proxy's; `request.state.closing` is set once
    the server ends, so that nobody keeps it waiting.
    """

    cycle: Cycle
    active: Cycle | None = None
    """The request that is being answered; `cycle` is the one that came last."""
    deaf = False
    """Nothing is read any more."""
    ended = False
    """Nothing is answered any more."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        edge: Edge,
        place: Place,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(config, server_state, {}, loop)
        self.edge = edge
        self.limits = edge.traffic.limits
        self.place = place
        self.phase = Phase.SILENT
        self._step = 0  # counts the phases
        self._armed = 0  # the phase that the timer is for
        self._timer: TimerHandle | None = None
        self._unread: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=_UNREAD_BYTES)
        self.opened = self.loop.time()
        self.outgoing = Outgoing(transport, self._finish)
        tls: Any = transport.get_extra_info("ssl_object")
        certificate = None if tls is None else tls.getpeercert(binary_form=True)
        pin = _pin(certificate)
        proxy = pin in self.edge.proxies
        if proxy:
            self.place.of_proxy()
        elif pin is not None:
            self.place.of_certificate(pin)
        self.closing = asyncio.Event()
        self.app_state = {
            "client_certificate": certificate,
            "proxy": proxy,
            "closing": self.closing,
        }
        self._set_timer(self.limits.header_deadline_s, self.late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self.read()
        self.place.give_back()
        while self.pipeline:
            cycle, _ = self.pipeline.pop()
            assert isinstance(cycle, Cycle)
            cycle.drop()
        if self.active is not None:
            self.active.give_up()
        super().connection_lost(exc)

    # --- deadlines ------------------------------------------------------------------

    def enter(self, phase: Phase) -> None:
        self.phase = phase
        self._step += 1

    def watch(self) -> None:
        """Set the deadline of a new phase, unless reading waits for earlier answers."""
        if self._armed == self._step or self.deaf:
            return
        self._stop_timer()
        if self.pipeline:
            return
        self._armed = self._step
        if self.phase is Phase.HEAD:
            self._set_timer(self.limits.header_deadline_s, self.late)
        elif self.phase is Phase.BODY:
            self._set_timer(self.limits.body_deadline_s, self.late)

    def rest(self) -> None:
        """Wait for the next request, but not for ever."""
        self._set_timer(self.limits.keep_alive_s, self.late)

    def late(self) -> None:
        """A deadline is over."""
        if self._unread is None:
            self._leave(_GOODBYE_S)
        else:  # it is not idle yet
            self.rest()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.limits.answer_deadline_s, self._cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.active is None or self.active.rests():
            self.read()

    def read(self) -> None:
        """What was written is read; the deadline was for the whole of an answer."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _cut(self) -> None:
        self.edge.report("slow-reader", "answers are not read")
        self.transport.abort()

    def _set_timer(self, seconds: float, then: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- the end --------------------------------------------------------------------

    def shutdown(self) -> None:
        """End an idle connection now, another one after its answers."""
        if self.cycle is None or self.cycle.response_complete:
            self._leave(_GOODBYE_S)
        else:
            self.closing.set()
            self.cycle.keep_alive = False

    def deafen(self) -> None:
        """Take nothing more from this client."""
        self.deaf = True
        self._stop_timer()

    def linger(self) -> None:
        """Let the client finish sending: to close at once would take its answer away."""
        self.deafen()
        self.flow.resume_reading()
        self._set_timer(_LINGER_S, lambda: self._leave(_GOODBYE_S))

    def _finish(self) -> None:
        """The last answer was given."""
        self.ended = True
        if self.phase is Phase.BODY:
            self.linger()
        else:
            self._leave(self.limits.answer_deadline_s)

    def _leave(self, within_s: float) -> None:
        """Close; also if the client does not read, or does not answer the goodbye of TLS."""
        self.transport.close()
        self._set_timer(within_s, self.transport.abort)


class Outgoing:
    """The transport as a cycle sees it; to close it is left to the connection."""

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close


def _pin(certificate: bytes | None) -> str | None:
    try:
        return None if certificate is None else pin_of(certificate)
    except AuthenticationFailed:  # each request will be told
        return None
