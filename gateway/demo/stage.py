"""Builds the demonstration's folder and runs its processes: gateway, worker, partners."""

import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from socket import create_connection, create_server
from typing import IO, Any

from gateway.client.partner import Partner, load_partner
from gateway.demo.cast import OFFICES, RECEIVERS, Office, equip
from gateway.demo.certificates import Authority
from gateway.demo.people import Circle, register

Json = Any
ORIGIN = "datenschleuse.demo/2026"
_PATIENCE_S = 30.0
_SETTINGS = {
    "listen_host": "127.0.0.1",
    "retry_first_s": 0.5,
    "retry_max_s": 2.0,
    "engine_children": 1,
}


class StageError(Exception):
    """A process of the demonstration did not come up; the message names its log."""


@dataclass
class Stage:
    """One demonstration below *folder*; leaving it ends every process."""

    folder: Path
    authority: Authority = field(default_factory=lambda: Authority("Datenschleuse Demo CA"))
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @cached_property
    def circle(self) -> Circle:
        """The people who agree on changes."""
        return Circle(self.folder / "people")

    @property
    def home(self) -> Path:
        return self.folder / "gateway"

    @property
    def url(self) -> str:
        return f"https://localhost:{self.ports['gateway']}"

    def build(self) -> None:
        """Make certificates, keys, the gateway, and register every office."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        names = ["gateway", "operations", *(office.id for office in RECEIVERS)]
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        (self.folder / "ca.pem").write_bytes(self.authority.pem)
        self.authority.issue(self.folder / "gateway-tls", "datenschleuse")
        self._command(
            "init",
            "--home",
            str(self.home),
            "--origin",
            ORIGIN,
            "--public-url",
            self.url,
            "--listen-port",
            str(self.ports["gateway"]),
            "--tls-certificate",
            str(self.folder / "gateway-tls" / "tls.pem"),
            "--tls-key",
            str(self.folder / "gateway-tls" / "tls.key"),
            "--client-ca",
            str(self.folder / "ca.pem"),
            "--partner-ca",
            str(self.folder / "ca.pem"),
            *self.circle.options(),
        )
        with (self.home / "gateway.toml").open("a") as toml:
            for name, value in _SETTINGS.items():
                if name != "listen_host":
                    toml.write(f"{name} = {value}\n")
            toml.write(f"operations_port = {self.ports['operations']}\n")
        for office in OFFICES:
            self.register(office)

    def register(self, office: Office) -> None:
        """Give an office its keys and its place in the registry, and its own settings file."""
        folder = self.folder / "partners" / office.id
        document = equip(office, folder, self.authority, self.ports.get(office.id))
        register(self.home, self.circle, document)
        for name in ("root.pub", "keys.jws"):
            shutil.copy(self.home / name, folder / name)
        shutil.copy(self.folder / "ca.pem", folder / "ca.pem")
        (folder / "partner.toml").write_text(
            f'unit = "{office.id}"\ngateway = "{self.url}"\norigin = "{ORIGIN}"\n'
            'certificate = "tls.pem"\nkey = "tls.key"\nca = "ca.pem"\n'
            'signing_key = "signing.pem"\nroot_key = "root.pub"\nkeys = "keys.jws"\n'
        )

    def partner(self, office: Office) -> Partner:
        return load_partner(self.folder / "partners" / office.id / "partner.toml")

    def start(self) -> None:
        """Start the gateway, its worker, and every receiving partner."""
        self.run("gateway", "serve", "--home", str(self.home))
        self.run("worker", "worker", "--home", str(self.home))
        for office in RECEIVERS:
            self._run_receiver(office)
        for office in RECEIVERS:
            self._wait_for_receiver(office)
        self._wait_for_gateway()

    def start_receiver(self, office: Office) -> None:
        """Start the receiving side of one office and wait until it listens."""
        self._run_receiver(office)
        self._wait_for_receiver(office)

    def _wait_for_receiver(self, office: Office) -> None:
        self._wait(lambda: _listens(self.ports[office.id]), office.id)

    def _run_receiver(self, office: Office) -> None:
        folder = self.folder / "partners" / office.id
        port = self.ports[office.id]
        self.run(
            office.id,
            "partner",
            "receive",
            "--partner",
            str(folder / "partner.toml"),
            "--url",
            f"https://localhost:{port}/deliveries",
            "--listen",
            f"127.0.0.1:{port}",
            "--decryption-key",
            str(folder / "encryption.pem"),
            "--into",
            str(folder / "inbox"),
        )

    def inbox(self, office: Office) -> list[dict[str, Json]]:
        """Return every delivery that the office has kept, oldest first."""
        folder = self.folder / "partners" / office.id / "inbox"
        files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
        return [json.loads(file.read_text("utf-8")) for file in files]

    def run(self, name: str, *arguments: str) -> None:
        """Start one process of ours; its output goes to `logs/<name>.log`."""
        log = self._log(name)
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "gateway", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End one process and wait for it."""
        process = self.processes.pop(name)
        process.send_signal(how)
        process.wait(timeout=_PATIENCE_S)

    def close(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes.clear()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command of ours to its end and return what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "gateway", *arguments],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    def _command(self, *arguments: str) -> None:
        done = self.command(*arguments)
        if done.returncode != 0:
            raise StageError(f"datenschleuse {arguments[0]}: {done.stderr or done.stdout}")

    def _log(self, name: str) -> IO[bytes]:
        folder = self.folder / "logs"
        folder.mkdir(exist_ok=True)
        return (folder / f"{name}.log").open("ab")

    def _wait_for_gateway(self) -> None:
        self._wait(
            lambda: _answers(f"http://127.0.0.1:{self.ports['operations']}/readyz"), "gateway"
        )

    def _wait(self, ready: Any, name: str) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not ready():
            process = self.processes[name]
            if process.poll() is not None or time.monotonic() > deadline:
                raise StageError(f"{name} did not come up: see {self.folder}/logs/{name}.log")
            time.sleep(0.05)


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on now."""
    listeners = [create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _listens(port: int) -> bool:
    try:
        with create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
