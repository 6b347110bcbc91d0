"""A real OPA server of our own for a while: started, given a policy set, ended."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.opa_bundle_server import BundleServer, bundle_context
from gateway.adapters.opa_client import OpaAddress
from gateway.adapters.opa_config import opa_config
from gateway.adapters.opa_engine import OpaEngine, OpaLimits
from gateway.demo.certificates import Authority
from gateway.errors import PolicyUnavailable
from gateway.policy.policy_set import PolicySet

_LOADING_S = 30.0
_END_S = 5.0
_ENVIRONMENT = {"GOGC": "1600", "GOMEMLIMIT": "512MiB", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class LocalOpa:
    """A running server: the engine that asks it, where its bundles come from, its process."""

    engine: OpaEngine
    bundles: BundleServer
    pid: int


@contextlib.asynccontextmanager
async def local_opa(
    opa: Path,
    policy_set: PolicySet,
    limits: OpaLimits | None = None,
    options: Sequence[str] = (),
) -> AsyncIterator[LocalOpa]:
    """Start the program *opa* on a unix socket, and give it *policy_set* as a signed bundle.

    *options* are further ones of `opa run`.

    Raises:
        PolicyUnavailable: The program does not run, or does not take the bundle.
    """
    with tempfile.TemporaryDirectory(prefix="opa-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        authority = Authority("Local OPA")
        authority.issue(folder, "local")
        (folder / "ca.pem").write_bytes(authority.pem)
        signer = FileSigner(ec.generate_private_key(ec.SECP256R1()))
        certificate, tls_key = folder / "tls.pem", folder / "tls.key"
        bundles = BundleServer(
            bundle_context(folder / "ca.pem", certificate, tls_key), "127.0.0.1", 0
        )
        address = OpaAddress(socket=str(folder / "opa.sock"))
        engine = OpaEngine(address, limits, signer=signer, bundles=bundles)
        await engine.start(policy_set)
        try:
            url = f"https://127.0.0.1:{bundles.port}"
            files = folder / "ca.pem", certificate, tls_key
            config = opa_config(url, *files, signer.public_pem, folder)
            (folder / "config.yaml").write_text(config, "utf-8")
            async with _running(opa, folder, options) as process:
                await _until_ready(engine, process, policy_set.digest, folder)
                yield LocalOpa(engine, bundles, process.pid)
        finally:
            await engine.close()


@contextlib.asynccontextmanager
async def _running(
    opa: Path, folder: Path, options: Sequence[str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await _start(opa, folder, options)
    try:
        yield process
    finally:
        await _end(process)


async def _start(opa: Path, folder: Path, options: Sequence[str]) -> asyncio.subprocess.Process:
    log = (folder / "opa.log").open("wb")
    with log:
        try:
            return await asyncio.create_subprocess_exec(
                *(str(opa), "run", "--server", "--disable-telemetry"),
                *("--addr", f"unix://{folder / 'opa.sock'}", "--unix-socket-perm", "600"),
                *("--config-file", str(folder / "config.yaml"), "--log-level", "error"),
                *options,
                env=_ENVIRONMENT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        except OSError as error:
            raise PolicyUnavailable(f"{opa} does not run: {error.strerror}") from error


async def _until_ready(
    engine: OpaEngine, process: asyncio.subprocess.Process, digest: str, folder: Path
) -> None:
    ready = asyncio.ensure_future(engine.until_ready(digest, _LOADING_S))
    ended = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done() and not ready.done():
            raise PolicyUnavailable("the OPA server ended at once")
        ready.result()
    except PolicyUnavailable as error:
        said = (folder / "opa.log").read_text("utf-8", "replace")[-2000:]
        raise PolicyUnavailable(f"{error}: {said}") from error
    finally:
        ready.cancel()
        ended.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        process.kill()
        await process.wait()
