"""One OPA engine in a process of its own, answering frames on an inherited socket.

Run as `python -m gateway.adapters.engine_child FD PARENT_PID`. The parent sets GOGC,
GOMEMLIMIT and GOMAXPROCS in the environment, because the Go runtime reads them when the library
loads.

A frame is a length (four bytes, big endian, counting the rest), one byte for the operation,
then its body. Every frame is answered by one frame that holds the library's own answer:
`{"result": ...}` or `{"error": {"code", "message"}}`, as JSON bytes that nobody here reads.

The library is called through its C interface, not its Python class, so that input and answer
pass through as the bytes they are.
"""

import ctypes
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable

LENGTH = struct.Struct(">I")
MAX_FRAME = 64 * 1024 * 1024

ADD_MODULE = b"m"  # path NUL source
ADD_DATA = b"d"  # a JSON object, merged into the data document
EVALUATE = b"e"  # dotted path of a document NUL input as JSON
EVALUATE_MANY = b"n"  # dotted path NUL input NUL input ...: CPU ns, then each answer, between NULs

_PR_SET_PDEATHSIG = 1


def send_frame(channel: socket.socket, operation: bytes, body: bytes) -> None:
    channel.sendall(LENGTH.pack(len(body) + 1) + operation + body)


def receive_frame(channel: socket.socket) -> tuple[bytes, bytes] | None:
    """Return operation and body of the next frame, or None when the other side is gone."""
    header = _receive(channel, LENGTH.size)
    if header is None:
        return None
    (length,) = LENGTH.unpack(header)
    if not 1 <= length <= MAX_FRAME:
        return None
    frame = _receive(channel, length)
    return None if frame is None else (frame[:1], frame[1:])


def _receive(channel: socket.socket, count: int) -> bytes | None:
    chunks: list[bytes] = []
    while count:
        chunk = channel.recv(count)
        if not chunk:
            return None
        chunks.append(chunk)
        count -= len(chunk)
    return b"".join(chunks)


class _Library:
    """The engine's C interface: one engine, answers as bytes."""

    def __init__(self) -> None:
        from opa_bindings import _native  # the library starts the Go runtime when it loads

        self._native = _native.load()
        self._engine = self._native.OpaNew()

    def answer(self, operation: bytes, body: bytes) -> bytes:
        first, _, second = body.partition(b"\0")
        if operation == EVALUATE_MANY:
            before = time.process_time_ns()
            answers = [self.answer(EVALUATE, first + b"\0" + it) for it in second.split(b"\0")]
            return b"\0".join([b"%d" % (time.process_time_ns() - before), *answers])
        if operation == EVALUATE:
            return self._call(self._native.OpaEvalDocument, first, second, 0, 0)
        if operation == ADD_MODULE:
            return self._call(self._native.OpaAddPolicy, first, second)
        if operation == ADD_DATA:
            return self._call(self._native.OpaAddData, b"", body)
        return b'{"error":{"code":"protocol","message":"unknown operation"}}'

    def _call(self, function: Callable[..., int], *arguments: bytes | int) -> bytes:
        pointer = function(self._engine, *arguments)
        if not pointer:
            return b'{"error":{"code":"internal","message":"no answer from the library"}}'
        try:
            return ctypes.string_at(pointer)
        finally:
            self._native.OpaFreeString(pointer)


def _die_with(parent: int) -> None:
    """Ask the kernel to kill this process when the parent dies, however busy it is."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold inputs


def serve(channel: socket.socket) -> None:
    """Answer frames until the parent closes the socket."""
    library = _Library()
    while (frame := receive_frame(channel)) is not None:
        operation, body = frame
        if operation not in (ADD_DATA, EVALUATE_MANY) and body.count(b"\0") != 1:
            reply = json.dumps({"error": {"code": "protocol", "message": "NUL in a text"}}).encode()
        else:
            reply = library.answer(operation, body)
        send_frame(channel, operation, reply)


if __name__ == "__main__":
    _die_with(int(sys.argv[2]))
    serve(socket.socket(fileno=int(sys.argv[1])))
