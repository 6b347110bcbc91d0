"""One engine child used blockingly and ended afterwards: for parsing and for Rego tests."""

import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from gateway.adapters.engine_answer import read_loading
from gateway.adapters.engine_child import (
    ADD_DATA,
    ADD_MODULE,
    EVALUATE,
    EVALUATE_MANY,
    receive_frame,
    send_frame,
)
from gateway.adapters.engine_process import spawn_child
from gateway.errors import PolicyUnavailable

Json = Any


class EngineSession:
    """A context manager around a child of its own; every answer must come within the limit."""

    def __init__(self, limit_s: float = 30.0) -> None:
        self._process, self._channel = spawn_child()
        self._channel.settimeout(limit_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def add_module(self, path: str, source: str) -> None:
        """Load a module.

        Raises:
            PolicySetRefused: Not valid Rego, in the library's words.
        """
        read_loading(self._ask(ADD_MODULE, path.encode() + b"\0" + source.encode()))

    def add_data(self, data: bytes) -> None:
        read_loading(self._ask(ADD_DATA, data))

    @property
    def pid(self) -> int:
        return self._process.pid

    def evaluate(self, path: str, given: Mapping[str, Json]) -> Mapping[str, Json]:
        """Return the library's whole answer for the document at the dotted *path*.

        Raises:
            PolicyUnavailable: The child ended or gave no answer in time.
        """
        answer: Mapping[str, Json] = json.loads(self.answer(path, json.dumps(given).encode()))
        return answer

    def answer(self, path: str, given: bytes) -> bytes:
        """Return the library's answer to an input that is JSON already, as it came."""
        return self._ask(EVALUATE, path.encode() + b"\0" + given)

    def answers(self, path: str, given: Sequence[bytes]) -> tuple[float, list[bytes]]:
        """As `answer` for many inputs in one frame; with the seconds of CPU that they took."""
        spent_ns, *answers = self._ask(EVALUATE_MANY, b"\0".join([path.encode(), *given])).split(
            b"\0"
        )
        return int(spent_ns) / 1e9, answers

    def _ask(self, operation: bytes, body: bytes) -> bytes:
        try:
            send_frame(self._channel, operation, body)
            frame = receive_frame(self._channel)
        except OSError as error:
            raise PolicyUnavailable("the policy engine's process gave no answer") from error
        if frame is None:
            raise PolicyUnavailable("the policy engine's process ended")
        return frame[1]
