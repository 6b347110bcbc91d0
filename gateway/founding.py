"""Makes a gateway: its keys, its empty log with the first entries, its settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from sqlalchemy import Engine

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.durable_file import write_file
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner, PrivateKey
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import migrate, open_database
from gateway.adapters.sql_log import SqlAppender, create_log
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.drafting import Drafter
from gateway.errors import RegistryRefused, StartRefused
from gateway.lifecycle.registry_change import PERMANENT
from gateway.lifecycle.votes import VOTES
from gateway.model.evidence import EntryType, Part, PutDocument
from gateway.model.person import Role
from gateway.people import parse_person, person_key
from gateway.policy.findings import refuse
from gateway.policy.loading import read_policy_set
from gateway.registry import registry_digest
from gateway.registry_snapshot import canonical_document, read_registry
from gateway.settings import Settings
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, KeyRange, KeyUse, sign_key_list

Json = Any
KEY_USES = {
    "entry": KeyUse.ENTRY,
    "checkpoint": KeyUse.CHECKPOINT,
    "transport": KeyUse.TRANSPORT,
}
_NO_ENGINE = "none"
_TRACES = ("gateway.toml", "gateway.db", "keys", "offline", "keys.jws", "root.pub")


@dataclass(frozen=True, slots=True)
class Founded:
    """What `found` made: the key that must leave this machine, and its public half."""

    root_key: Path
    root_public: Path


def found(settings: Settings, toml: str, people: Sequence[Mapping[str, Json]]) -> Founded:
    """Make the gateway that *settings* describe, and write *toml* as its settings file.

    *people* are the documents of those with whom it begins, at least two of them approvers. The
    key of a person is made by that person: none is made here. The settings file comes last: a
    founding that was cut off leaves no gateway.

    Raises:
        StartRefused: There is a gateway already, or the rest of one; or the database has a log.
        RegistryRefused: A document is not well formed, two share a key, or there are not two
            who may vote.
        PolicySetRefused: The rules must not be loaded.
    """
    home = settings.home
    if any((home / name).exists() for name in _TRACES):
        raise StartRefused(f"there is a gateway in {home} already, or the rest of one")
    first = read_policy_set(settings.policies_dir, settings.schemas_dir)
    refuse(first.findings)
    cards = _cards(people)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.chmod(0o700)
    offline = home / "offline"
    offline.mkdir(mode=0o700)
    settings.keys_dir.mkdir(mode=0o700)
    root = _make_key(offline / "root.pem")
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
    policy_digest = SqlPolicySets(engine).put(first.files)
    create_log(engine, settings.origin, signers["checkpoint"], (policy_digest, registry_digest({})))
    _append_first_entries(engine, settings, signers, policy_digest, cards, key_list)
    engine.dispose()
    write_file(home / "gateway.toml", toml.encode(), 0o600)
    return Founded(offline / "root.pem", home / "root.pub")


def _cards(people: Sequence[Mapping[str, Json]]) -> dict[str, Mapping[str, Json]]:
    """Return the documents of the first people, by their keys in the registry."""
    cards = {person_key(parse_person(card).id): card for card in people}
    if sum(parse_person(card).holds(Role.APPROVER) for card in cards.values()) < VOTES:
        raise RegistryRefused(f"a gateway is founded with {VOTES} approvers: nobody acts alone")
    read_registry({key: canonical_document(key, card) for key, card in cards.items()})
    return cards


def _append_first_entries(
    engine: Engine,
    settings: Settings,
    signers: dict[str, FileSigner],
    policy_digest: str,
    people: Mapping[str, Mapping[str, Json]],
    key_list: str,
) -> None:
    """Append the key list, the people and the policy set with which the log begins."""
    drafter = Drafter(
        settings.origin,
        _NO_ENGINE,
        __version__,
        signers["entry"],
        RecordSeal(FileKeys(settings.keys_dir)),
    )
    moment, empty = SystemClock().now(), registry_digest({})
    bodies = {key: canonical_document(key, card) for key, card in people.items()}
    registry = registry_digest(bodies)
    digests = (policy_digest, empty)
    key_entry = drafter.draft(
        EntryType.KEY, moment, *digests, {Part.AUDIT: {"keys_jws": key_list}}, bucket=PERMANENT
    )
    people_entry = drafter.draft(
        EntryType.REGISTRY,
        moment,
        *digests,
        {Part.AUDIT: {"founding": {"documents": dict(people)}}},
        bucket=PERMANENT,
        effects=tuple(PutDocument(key, body) for key, body in sorted(bodies.items())),
        new_registry_digest=registry,
    )
    policy_entry = drafter.draft(
        EntryType.POLICY,
        moment,
        policy_digest,
        registry,
        {Part.AUDIT: {"founding": {"policy_digest": policy_digest}}},
        bucket=PERMANENT,
    )
    SqlAppender(engine, signers["checkpoint"]).append([key_entry, people_entry, policy_entry])


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
