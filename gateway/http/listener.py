"""Accepts connections and brings them through the handshake of TLS, within limits."""

import asyncio
import ssl
from collections.abc import Callable
from socket import socket

from gateway.http.security_log import SecurityLog
from gateway.http.traffic import Place, Traffic

_PAUSE_S = 0.1


class Listener:
    """One listening socket. Each of its connections has a place in the traffic, or is closed."""

    def __init__(
        self,
        listening: socket,
        tls: ssl.SSLContext,
        traffic: Traffic,
        protocol: Callable[[Place], asyncio.Protocol],
        log: SecurityLog,
    ) -> None:
        listening.setblocking(False)
        self._listening = listening
        self._tls = tls
        self._traffic = traffic
        self._protocol = protocol
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._accepting = self._loop.create_task(self._accept())

    def close(self) -> None:
        """Accept nothing more; connections that are open live on."""
        self._accepting.cancel()
        for handshake in self._handshakes:
            handshake.cancel()

    async def wait_closed(self) -> None:
        await asyncio.wait({self._accepting, *self._handshakes})

    async def _accept(self) -> None:
        while True:
            try:
                connection, address = await self._loop.sock_accept(self._listening)
            except OSError as error:  # no descriptor or memory left, or the client is gone again
                self._log.refused("not-accepted", error.strerror or "unknown")
                await asyncio.sleep(_PAUSE_S)
                continue
            place = self._traffic.admit(address[0])
            if place is None:
                connection.close()
                self._log.refused("no-place", "too many connections")
                continue
            handshake = self._loop.create_task(self._shake_hands(connection, place))
            self._handshakes.add(handshake)
            handshake.add_done_callback(self._handshakes.discard)

    async def _shake_hands(self, connection: socket, place: Place) -> None:
        """Leave the connection to its protocol, or count it out again."""
        done = False
        try:
            async with asyncio.timeout(self._traffic.limits.handshake_deadline_s):
                await self._loop.connect_accepted_socket(
                    lambda: self._protocol(place), connection, ssl=self._tls
                )
            done = True
        except OSError as error:  # TimeoutError and ssl.SSLError are such, too
            self._log.handshake_failed(_reason(error))
        finally:
            if not done:
                place.give_back()


def _reason(error: OSError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"{error.reason}: {error.verify_message}"
        case ssl.SSLError():
            return error.reason or "UNKNOWN"
        case TimeoutError():
            return "HANDSHAKE_LATE"
    return "CLIENT_LEFT"
