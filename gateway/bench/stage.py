"""The bench's folder and processes: gateway with worker, bare proxy, recipient."""

import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from socket import create_connection
from urllib.error import URLError
from urllib.request import urlopen

from gateway.adapters.https_destination import push_context
from gateway.bench.figures import BenchFailed
from gateway.bench.processes import Cores, end, on_core
from gateway.bench.recipient import DELIVERIES
from gateway.demo.cast import ORDER_OFFICE, POLICE, Office, equip
from gateway.demo.certificates import Authority
from gateway.demo.people import Circle, register
from gateway.demo.stage import free_ports
from gateway.signatures import RequestSigner

SENDER = replace(POLICE, signing="ecdsa-p256-sha256")
RECIPIENT = replace(ORDER_OFFICE, signing="ecdsa-p256-sha256", encryption="P-256")
"""Both units work with keys on P-256."""

_ORIGIN = "datenschleuse.bench/1"
_PATIENCE_S, _END_S = 120.0, 30.0
_LAST_BYTES = 2000
_CALLS = 10_000_000  # a minute: counted as ever, and never too many


@dataclass
class Stage:
    """One bench below *folder*; leaving the context ends every process."""

    folder: Path
    cores: Cores
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def database(self) -> Path:
        return self.home / "gateway.db"

    def url(self, name: str) -> str:
        return f"https://localhost:{self.ports[name]}"

    def pids(self, *names: str) -> dict[str, int]:
        return {name: self.processes[name].pid for name in names}

    def sender_tls(self) -> ssl.SSLContext:
        """Return the sender's side of mutual TLS 1.3."""
        own = self.folder / SENDER.id
        return push_context(self.folder / "ca.pem", own / "tls.pem", own / "tls.key")

    def sender_key(self) -> RequestSigner:
        return RequestSigner.load(self.folder / SENDER.id / "signing.pem")

    def build(self) -> None:
        """Make certificates and keys, found the gateway, register sender and recipient."""
        names = ("gateway", "operations", "worker_operations", "proxy", "recipient")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        authority = Authority("Datenschleuse Bench CA")
        ca = self.folder / "ca.pem"
        ca.write_bytes(authority.pem)
        for name in ("gateway", "proxy", "recipient"):
            authority.issue(self.folder / name, name)
            (self.folder / name / "ca.pem").write_bytes(authority.pem)
        self._found(ca)
        self._register(SENDER, authority, None)
        self._register(RECIPIENT, authority, self.ports["recipient"])

    def _found(self, ca: Path) -> None:
        tls = self.folder / "gateway"
        options = {
            "home": self.home,
            "origin": _ORIGIN,
            "public-url": self.url("gateway"),
            "listen-port": self.ports["gateway"],
            "tls-certificate": tls / "tls.pem",
            "tls-key": tls / "tls.key",
            "client-ca": ca,
            "partner-ca": ca,
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        people = Circle(self.folder / "people")
        self._run("init", "gateway", "init", *words, *people.options())
        if self.processes.pop("init").wait(_PATIENCE_S) != 0:
            raise BenchFailed(f"no gateway could be made: {self._last_words('init')}")
        with (self.home / "gateway.toml").open("a") as toml:
            toml.write(f"operations_port = {self.ports['operations']}\n")
            toml.write(f"worker_operations_port = {self.ports['worker_operations']}\n")
            toml.write(f"calls_per_minute = {_CALLS}\n")

    def _register(self, office: Office, authority: Authority, port: int | None) -> None:
        document = equip(office, self.folder / office.id, authority, port)
        if port is not None:
            url = f"https://localhost:{port}{DELIVERIES}"
            document |= {"endpoint": {"url": url, "private_address": True}}
        register(self.home, Circle(self.folder / "people"), document)

    def start(self) -> None:
        """Start every process on its core and wait until all of them answer.

        Raises:
            BenchFailed: One did not come up.
        """
        recipient, proxy = self.folder / "recipient", self.folder / "proxy"
        ports = self.ports
        with on_core(self.cores.beside):
            self._run(
                "recipient", "gateway.bench.recipient", str(recipient), str(ports["recipient"])
            )
        with on_core(self.cores.measured):
            self._run(
                "proxy",
                "gateway.bench.proxy",
                str(proxy),
                str(ports["proxy"]),
                self.url("recipient"),
            )
            self._run("serve", "gateway", "serve", "--home", str(self.home))
            self._run("worker", "gateway", "worker", "--home", str(self.home))
        for name in ("recipient", "proxy"):
            self._wait(name, partial(_listens, ports[name]))
        for name, port in (("serve", "operations"), ("worker", "worker_operations")):
            self._wait(name, partial(_is_ready, ports[port]))

    def close(self) -> None:
        """End every process."""
        for process in self.processes.values():
            end(process, _END_S)
        self.processes.clear()

    def _run(self, name: str, module: str, *arguments: str) -> None:
        """Start a module of ours in a session of its own: Ctrl-C comes to us, who end it."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603  our own modules
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + _PATIENCE_S
        while not ready():
            if self.processes[name].poll() is not None or time.monotonic() > until:
                raise BenchFailed(f"{name} did not come up: {self._last_words(name)}")
            time.sleep(0.05)

    def _last_words(self, name: str) -> str:
        log = (self.folder / f"{name}.log").read_bytes()
        return log[-_LAST_BYTES:].decode(errors="replace")


def _listens(port: int) -> bool:
    try:
        with create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
