"""An auditor checks the log that a gateway serves, without a copy of it.

The same checks as for a folder, over HTTPS (c2sp.org/tlog-tiles), under one checkpoint: what
is appended meanwhile does not matter. Parts of records are not served, so none are checked.
"""

import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from gateway.errors import DependencyFailed, LogRefused
from gateway.tlog import export
from gateway.tlog.keys import KeyList
from gateway.verify_walk import (
    SMALL_FILE_BYTES,
    Progress,
    Verified,
    open_head,
    refusing,
    walk,
)

_PREFIX = "/v1/log/"
_TIMEOUT_S = 30.0
_TRIES = 5
_PAUSE_S = 0.5
_BUSY = frozenset({429, 503})
_LONGEST_PAUSE_S = 60


class Gateway:
    """A kept connection to a gateway that serves its log; use it as a context manager.

    *sign* gives the headers that sign a call to an address: a gateway behind a proxy that ends
    TLS asks for them.
    """

    def __init__(
        self,
        url: str,
        context: ssl.SSLContext,
        sign: Callable[[str], Mapping[str, str]] | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        address = urlsplit(url)
        self._url = url.rstrip("/")
        self._host, self._port = address.hostname or "", address.port or 443
        self._context = context
        self._sign = sign
        self._sleep = sleep
        self._connection: http.client.HTTPSConnection | None = None

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, path: str, limit: int) -> bytes:
        """Return what is served under *path*; tries again where that may help.

        Raises:
            LogRefused: The gateway has no such file, or a longer one.
            DependencyFailed: It cannot be asked.
        """
        pause_s, problem = _PAUSE_S, ""
        for _ in range(_TRIES):
            try:
                status, retry_after, data = self._get(path, limit)
            except (http.client.HTTPException, OSError) as error:
                self._close()
                problem = f"{self._url} cannot be asked: {type(error).__name__}"
            else:
                if status not in _BUSY:
                    return _content(path, limit, status, data)
                problem = f"{self._url} answers {status} to {path}"
                pause_s = max(pause_s, _seconds(retry_after))
            self._sleep(pause_s)
            pause_s *= 2
        raise DependencyFailed(problem)

    def _get(self, path: str, limit: int) -> tuple[int, str | None, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(
                self._host, self._port, context=self._context, timeout=_TIMEOUT_S
            )
        headers = {"Accept-Encoding": "identity"}
        if self._sign is not None:
            headers |= self._sign(self._url + _PREFIX + path)
        self._connection.request("GET", _PREFIX + path, headers=headers)
        answer = self._connection.getresponse()
        data = answer.read(limit + 1)
        if not answer.isclosed():  # longer than it may be
            self._close()
        return answer.status, answer.getheader("Retry-After"), data

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def verify_remote(
    gateway: Gateway, keys: KeyList, progress: Progress | None = None
) -> tuple[Verified, str]:
    """Re-derive the whole log from the entries that *gateway* serves.

    Returns what was verified, and the checkpoint under which it was.

    Raises:
        LogRefused: Something is missing or altered; `file` and `index` say where.
        DependencyFailed: The gateway cannot be asked, or not by this unit.
    """
    note = _text(gateway.read(export.CHECKPOINT, SMALL_FILE_BYTES))
    checkpoint, _ = open_head(note, keys)
    verified = walk(checkpoint, keys, gateway.read, lambda _index: [], progress, with_parts=False)
    return verified, note


def _text(data: bytes) -> str:
    with refusing(export.CHECKPOINT):
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise LogRefused("not UTF-8") from error


def _content(path: str, limit: int, status: int, data: bytes) -> bytes:
    if status == 401:
        raise DependencyFailed("the gateway does not know this unit, or has suspended it")
    if status == 404:
        hint = ""
        if path.startswith("tile/entries/"):
            hint = "; is this unit registered with verifies_log?"
        raise LogRefused(f"the gateway does not serve it{hint}", file=path)
    if status != 200:
        raise DependencyFailed(f"the gateway answers {status} to {path}")
    if len(data) > limit:
        raise LogRefused("longer than such a file can be", file=path)
    return data


def _seconds(retry_after: str | None) -> int:
    text = retry_after or ""
    return min(int(text), _LONGEST_PAUSE_S) if text.isascii() and text.isdigit() else 0
