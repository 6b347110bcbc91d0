"""What a partner's computer knows of itself and of the gateway: one TOML file."""

import ssl
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.client.log_watch import LogWatch
from gateway.errors import KeyRefused, StartRefused
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import open_key_list

_PATHS = ("certificate", "key", "ca", "signing_key")
_OPTIONAL_PATHS = ("root_key", "keys", "remembered")
_TEXTS = ("unit", "gateway")
_OPTIONAL_TEXTS = ("origin",)
_FLAGS = ("sign_reads",)


@dataclass(frozen=True, slots=True)
class Partner:
    """A unit's own files. Paths in the file are relative to its folder.

    `certificate` and `key` prove the connection (PEM, chain first), `ca` is what the gateway's
    certificate chains to, `signing_key` (PKCS#8) signs requests. Receipts are checked with
    `origin`, `root_key` (SPKI PEM), `keys` (the key list, `keys.jws`); `remembered` is where the
    last checkpoint is kept. `sign_reads` signs calls that only read, too: behind a proxy that
    ends TLS the gateway asks for it.
    """

    unit: str
    gateway: str
    certificate: Path
    key: Path
    ca: Path
    signing_key: Path
    origin: str | None = None
    root_key: Path | None = None
    keys: Path | None = None
    remembered: Path | None = None
    sign_reads: bool = False

    def watch(self) -> LogWatch | None:
        """Return what checks receipts, or None if the file does not say how.

        Raises:
            StartRefused: Root key or key list are not what they should be.
        """
        if self.origin is None or self.root_key is None or self.keys is None:
            return None
        try:
            root = PublicKey.from_pem(self.root_key.read_bytes())
            keys = open_key_list(self.keys.read_text("ascii").strip(), root)
        except (OSError, ValueError, KeyRefused) as error:
            raise StartRefused(f"{self.root_key} and {self.keys}: {error}") from error
        return LogWatch(self.origin, keys, self.remembered)

    def tls(self) -> ssl.SSLContext:
        """Return the client's side of mutual TLS 1.3.

        Raises:
            StartRefused: A file is missing or not what it should be.
        """
        try:
            context = ssl.create_default_context(cafile=str(self.ca))
            context.load_cert_chain(self.certificate, self.key)
        except OSError as error:  # ssl.SSLError is one
            raise StartRefused(
                f"TLS needs {self.ca}, {self.certificate} and {self.key}: {error}"
            ) from error
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context


def load_partner(file: Path) -> Partner:
    """Read the TOML file of a partner.

    Raises:
        StartRefused: It is missing, or a member is missing, unknown or of another type.
    """
    try:
        given: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StartRefused(f"{file} cannot be read as TOML: {error}") from error
    wrong = [name for name in (*_TEXTS, *_PATHS) if not isinstance(given.get(name), str)]
    wrong += sorted(given.keys() - {*_TEXTS, *_OPTIONAL_TEXTS, *_PATHS, *_OPTIONAL_PATHS, *_FLAGS})
    wrong += [name for name in _FLAGS if not isinstance(given.get(name, False), bool)]
    wrong += [
        name
        for name in (*_OPTIONAL_TEXTS, *_OPTIONAL_PATHS)
        if not isinstance(given.get(name, ""), str)
    ]
    if wrong:
        raise StartRefused(f"{file}: missing, unknown or of another type: {', '.join(wrong)}")
    folder = file.resolve().parent
    paths = {name: folder / given[name] for name in (*_PATHS, *_OPTIONAL_PATHS) if name in given}
    others = {name: given[name] for name in (*_OPTIONAL_TEXTS, *_FLAGS) if name in given}
    return Partner(given["unit"], given["gateway"].rstrip("/"), **paths, **others)
