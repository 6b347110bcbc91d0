"""The parent's side of one engine child: start it, ask it, kill it at the deadline."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from os import getpid
from typing import cast

from gateway.adapters.engine_child import LENGTH
from gateway.errors import PolicyUnavailable

MAX_ANSWER = 4 * 1024 * 1024

# The heap of one engine is small, so a collection is seldom worth its time; near the limit it is.
_ENVIRONMENT = {
    "GOGC": "1600",
    "GOMEMLIMIT": "256MiB",
    "GOMAXPROCS": "1",
    "LC_ALL": "C.UTF-8",
}


def spawn_child() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a child in a session of its own; return it with our end of its socket.

    The child gets three variables of the Go runtime and nothing else of our environment. The
    kernel kills it when the thread that called this ends.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-I", "-m", "gateway.adapters.engine_child"]
        process = subprocess.Popen(  # noqa: S603  our own module, numbers as arguments
            [*command, str(theirs.fileno()), str(getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            env=_ENVIRONMENT,
        )
    return process, ours


class EngineProcess(asyncio.Protocol):
    """One child. It works on one question at a time; whoever asks sees to that.

    A question that nobody waits for any more is finished all the same, and a child that is
    late is killed, whether or not somebody waits: a running evaluation cannot be cancelled.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.on_idle: Callable[[EngineProcess], None] | None = None
        self.on_gone: Callable[[EngineProcess], None] | None = None
        self.loaded = False
        self.gone = asyncio.Event()

    @classmethod
    async def start(cls) -> "EngineProcess":
        process, channel = spawn_child()
        child = cls(process)
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: child, sock=channel)
        except BaseException:
            channel.close()
            process.kill()
            process.wait()
            raise
        return child

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(
        self, operation: bytes, body: bytes, deadline_s: float, answer: asyncio.Future[bytes]
    ) -> None:
        """Send one frame; *answer* gets the bytes of the reply, or PolicyUnavailable."""
        if self._transport is None or self._transport.is_closing():
            _fail(answer, "the policy engine's process has ended")
            return
        loop = asyncio.get_running_loop()
        self._answer = answer
        self._timer = loop.call_later(deadline_s, self._late)
        self._transport.write(LENGTH.pack(len(body) + 1) + operation + body)

    async def ask_now(self, operation: bytes, body: bytes, deadline_s: float) -> bytes:
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.ask(operation, body, deadline_s, answer)
        return await answer

    def kill(self, why: str = "the policy engine was stopped") -> None:
        self._process.kill()
        self._finish(why)
        if self._transport is not None:
            self._transport.abort()

    async def ended(self) -> None:
        """Wait until the process is gone and reaped."""
        await self.gone.wait()
        await asyncio.get_running_loop().run_in_executor(None, self._process.wait)

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # a socket's transport writes; that of another event loop is no asyncio.Transport
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) < LENGTH.size:
            return
        (length,) = LENGTH.unpack_from(self._received)
        if length > MAX_ANSWER:
            self.kill("the policy engine's answer is too long")
            return
        end = LENGTH.size + length
        if len(self._received) < end:
            return
        answer = bytes(self._received[LENGTH.size + 1 : end])
        del self._received[:end]
        if self._timer is not None:
            self._timer.cancel()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
        self._answer = None
        if self.on_idle is not None:
            self.on_idle(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._process.kill()
        self._finish("the policy engine's process ended")
        self.gone.set()
        if self.on_gone is not None:
            self.on_gone(self)

    # --- how a question ends without an answer

    def _late(self) -> None:
        self.kill("the policy engine was late")

    def _finish(self, why: str) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._answer is not None:
            _fail(self._answer, why)
        self._answer = None


def _fail(answer: asyncio.Future[bytes], why: str) -> None:
    if not answer.done():
        answer.set_exception(PolicyUnavailable(why))
