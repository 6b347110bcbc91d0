"""Makes the policy engine that the settings name: the library, or a real OPA server."""

from pathlib import Path
from urllib.parse import urlsplit

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import push_context
from gateway.adapters.opa_bundle_server import BundleServer, bundle_context
from gateway.adapters.opa_client import OpaAddress
from gateway.adapters.opa_engine import OpaEngine, OpaLimits
from gateway.errors import KeysUnavailable, StartRefused
from gateway.settings import Settings

_BUNDLE_KEY = "bundle.pem"


def engine_for(settings: Settings, *, serves: bool = True) -> EmbeddedEngine | OpaEngine:
    """Return the engine, not started yet.

    With *serves* false no bundle is offered to an OPA server: it is only asked.

    Raises:
        StartRefused: A file that the OPA server needs is missing, or not what it should be.
    """
    if settings.engine == "embedded":
        return EmbeddedEngine(
            PoolLimits(
                children=settings.engine_children,
                deadline_s=settings.engine_deadline_s,
                waiting=settings.engine_queue,
            )
        )
    limits = OpaLimits(waiting=settings.engine_queue, deadline_s=settings.engine_deadline_s)
    if not serves:
        return OpaEngine(opa_address(settings), limits)
    ca, certificate, key = opa_files(settings)
    bundles = BundleServer(
        bundle_context(ca, certificate, key), settings.opa_bundle_host, settings.opa_bundle_port
    )
    return OpaEngine(opa_address(settings), limits, signer=bundle_key(settings), bundles=bundles)


def opa_address(settings: Settings) -> OpaAddress:
    """Return where the OPA server is asked."""
    parts = urlsplit(settings.opa_address)
    if parts.scheme == "unix":
        return OpaAddress(socket=parts.path)
    tls = push_context(*opa_files(settings))
    return OpaAddress(host=parts.hostname or "", port=parts.port or 8181, tls=tls)


def opa_files(settings: Settings) -> tuple[Path, Path, Path]:
    """Return the authority of the OPA server, our certificate towards it and its key."""
    ca, certificate, key = settings.opa_ca, settings.opa_certificate, settings.opa_key
    if ca is None or certificate is None or key is None:
        raise StartRefused("engine is `opa`: opa_ca, opa_certificate and opa_key are needed")
    return ca, certificate, key


def bundle_key(settings: Settings) -> FileSigner:
    """Return the key that signs bundles.

    Raises:
        StartRefused: There is none, or it is not on P-256, which ES256 needs.
    """
    try:
        signer = FileSigner.load(settings.keys_dir / _BUNDLE_KEY)
    except KeysUnavailable as error:
        raise StartRefused(f"keys/{_BUNDLE_KEY}: {error}; see the runbook opa-server") from error
    if signer.public_jwk["kty"] != "EC":
        raise StartRefused(f"keys/{_BUNDLE_KEY} is not a key on P-256")
    return signer
