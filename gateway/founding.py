"""Makes a gateway: its keys, its empty log with the first entries, its settings."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from sqlalchemy import Engine

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner, PrivateKey
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_log import SqlAppender, create_log
from gateway.drafting import Drafter
from gateway.errors import StartRefused
from gateway.lifecycle.registry_change import PERMANENT
from gateway.model.evidence import EntryType, Part
from gateway.policy.loading import load_policy_set
from gateway.registry import registry_digest
from gateway.settings import Settings
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, KeyRange, KeyUse, sign_key_list

KEY_USES = {
    "entry": KeyUse.ENTRY,
    "checkpoint": KeyUse.CHECKPOINT,
    "transport": KeyUse.TRANSPORT,
}
_NO_ENGINE = "none"
_TRACES = ("gateway.toml", "gateway.db", "keys", "offline", "keys.jws", "root.pub")


@dataclass(frozen=True, slots=True)
class Founded:
    """What `found` made: the two keys that must leave this machine, and the public root key."""

    root_key: Path
    operator_key: Path
    root_public: Path


def found(settings: Settings, toml: str) -> Founded:
    """Make the gateway that *settings* describe, and write *toml* as its settings file.

    The settings file comes last: a founding that was cut off leaves no gateway.

    Raises:
        StartRefused: There is a gateway already, or the rest of one; or the database has a log.
        PolicySetRefused: The rules must not be loaded.
    """
    home = settings.home
    if any((home / name).exists() for name in _TRACES):
        raise StartRefused(f"there is a gateway in {home} already, or the rest of one")
    policy_set = load_policy_set(settings.policies_dir, settings.schemas_dir)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    offline = home / "offline"
    offline.mkdir(mode=0o700)
    settings.keys_dir.mkdir(mode=0o700)
    root = _make_key(offline / "root.pem")
    _make_key(offline / "operator.pem")
    signers = {name: _make_key(settings.keys_dir / f"{name}.pem") for name in KEY_USES}
    write_key(settings.keys_dir / "bundle.pem", ec.generate_private_key(ec.SECP256R1()))
    key_list = sign_key_list(
        KeyList.of(
            KeyRange(KEY_USES[name], PublicKey.from_jwk(signer.public_jwk), 0, None)
            for name, signer in signers.items()
        ),
        root,
    )
    write_file(home / "keys.jws", f"{key_list}\n".encode(), 0o644)
    write_file(home / "root.pub", PublicKey.from_jwk(root.public_jwk).pem, 0o644)
    migrate(settings.database)
    engine = open_database(settings.database)
    digests = (policy_set.digest, registry_digest({}))
    create_log(engine, settings.origin, signers["checkpoint"], digests)
    _append_first_entries(engine, settings, signers, digests, key_list)
    engine.dispose()
    write_file(home / "gateway.toml", toml.encode(), 0o600)
    return Founded(offline / "root.pem", offline / "operator.pem", home / "root.pub")


def _append_first_entries(
    engine: Engine,
    settings: Settings,
    signers: dict[str, FileSigner],
    digests: tuple[str, str],
    key_list: str,
) -> None:
    """Append the key list and the policy set with which the log begins."""
    drafter = Drafter(
        settings.origin,
        _NO_ENGINE,
        __version__,
        signers["entry"],
        RecordSeal(FileKeys(settings.keys_dir)),
    )
    moment = SystemClock().now()
    first = {
        EntryType.KEY: {"keys_jws": key_list},
        EntryType.POLICY: {"policy_digest": digests[0], "digest_before": None, "votes": []},
    }
    SqlAppender(engine, signers["checkpoint"]).append(
        [
            drafter.draft(kind, moment, *digests, {Part.AUDIT: part}, bucket=PERMANENT)
            for kind, part in first.items()
        ]
    )


def _make_key(path: Path) -> FileSigner:
    key = ed25519.Ed25519PrivateKey.generate()
    write_key(path, key)
    return FileSigner(key)


def write_key(path: Path, key: PrivateKey) -> None:
    """Write a new private key durably, readable by its owner only."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_file(path, pem, 0o600)


def write_file(path: Path, data: bytes, mode: int) -> None:
    """Write a new file durably; it must not exist."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
