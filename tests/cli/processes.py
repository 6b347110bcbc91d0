"""Commands of `datenschleuse` as real processes, and a gateway for them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.cli.init import toml_of
from gateway.founding import found
from gateway.settings import Settings
from tests.adapters.https_recipient import Certificates
from tests.delivery.world import ORIGIN, PRIVATE_KEYS
from tests.governing import first_cards

IN_A_HURRY = {
    "lease_s": 60,
    "attempt_timeout_s": 5.0,
    "retry_first_s": 1.0,
    "retry_max_s": 1.0,
}


class Command:
    """A running command; what it printed is kept."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.output = ""

    async def until(self, text: str) -> str:
        """Wait until *text* was printed, and return its line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            while line := (await self.process.stdout.readline()).decode():
                self.output += line
                if text in line:
                    return line
        raise AssertionError(f"ended without {text!r}:\n{self.output}")

    async def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.stop_by_itself()

    async def stop_by_itself(self) -> int:
        """Wait until it ends, and return its exit status."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            self.output += (await self.process.stdout.read()).decode()
            return await self.process.wait()


@asynccontextmanager
async def running(*arguments: str | Path) -> AsyncIterator[Command]:
    """Run `datenschleuse` with *arguments* until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from gateway.cli import main; main()",
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    command = Command(process)
    try:
        yield command
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def found_gateway(home: Path, certificates: Certificates) -> Settings:
    """Make a gateway as `datenschleuse init` does, with settings for a test."""
    given: dict[str, object] = {
        "origin": ORIGIN,
        "public_url": "https://127.0.0.1:8443",
        "tls_certificate": certificates.gateway_certificate,
        "tls_key": certificates.gateway_key,
        "client_ca": certificates.partner_ca,
        "partner_ca": certificates.partner_ca,
    }
    settings = Settings(home=home, **given)  # type: ignore[arg-type]
    hurry = "".join(f"{name} = {value}\n" for name, value in IN_A_HURRY.items())
    found(settings, toml_of(given) + "\n" + hurry, first_cards())
    return settings


def access_file(folder: Path, gateway: Path, certificates: Certificates) -> Path:
    """Write a partner's access file, and beside it the key that opens what is sealed to it."""
    certificate, key = certificates.recipient()
    signing = ec.generate_private_key(ec.SECP256R1())
    (folder / "signing.pem").write_bytes(
        signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "opening.pem").write_bytes(PRIVATE_KEYS["ecdh-p256"].as_pem(private=True))
    members = {
        "unit": "ordnungsamt",
        "gateway": "https://127.0.0.1:1",
        "origin": ORIGIN,
        "certificate": certificate,
        "key": key,
        "ca": certificates.gateway_ca,
        "signing_key": "signing.pem",
        "root_key": gateway / "root.pub",
        "keys": gateway / "keys.jws",
    }
    file = folder / "ordnungsamt.toml"
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in members.items()))
    return file
