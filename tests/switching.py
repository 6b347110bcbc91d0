"""Other rules for a gateway that runs: variants of the real set, stored, staged, put in force."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from gateway import __version__
from gateway.adapters.clock import SystemClock
from gateway.adapters.file_keys import FileKeys
from gateway.adapters.file_signer import FileSigner
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_log import SqlAppender
from gateway.adapters.sql_nodes import SqlNodes
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.adapters.sql_reader import SqlReader
from gateway.drafting import Drafter
from gateway.lifecycle.registry_change import PERMANENT
from gateway.lifecycle.staging import wait_until_staged
from gateway.model.evidence import Committed, EntryType, Part
from gateway.policy.policy_files import PolicyFiles, read_policy_files
from gateway.settings import load_settings

Json = Any
REPOSITORY = Path(__file__).resolve().parents[1]
KIND = "PREMISES_HAZARD_NOTICE"
STAGE_S = 120.0


@cache
def the_files() -> PolicyFiles:
    """Return the files of the repository's policy set."""
    files, findings = read_policy_files(REPOSITORY / "policies", REPOSITORY / "schemas")
    assert findings == []
    return files


def changed(table: str, change: Callable[[Json], object]) -> PolicyFiles:
    """Return the repository's set with one table changed in place."""
    path = f"policies/{table}/data.json"
    content = json.loads(the_files().contents[path])
    change(content)
    altered = json.dumps(content, ensure_ascii=False, indent=2).encode()
    return PolicyFiles({**the_files().contents, path: altered})


def without_contact() -> PolicyFiles:
    """Return rules under which the order office no longer needs the officer's contact."""
    row = {"need": "withhold", "reason": "not_necessary", "rule": "GDPR-5-1C"}
    return changed(
        f"necessity/{KIND}",
        lambda table: table["MUNICIPAL_ORDER"]["officer_contact"].update(row),
    )


def without_route() -> PolicyFiles:
    """Return rules under which the police may send no such notice to anyone."""
    return changed("routes", lambda routes: routes[KIND].pop("POLICE_INSPECTION"))


def labelled(number: int) -> PolicyFiles:
    """Return rules that decide as the repository's, under a digest of their own."""
    return changed(
        f"necessity/{KIND}",
        lambda table: table["MUNICIPAL_ORDER"]["officer_contact"].update(
            label_de=f"Kontakt der Sachbearbeitung ({number})"
        ),
    )


@dataclass
class Rules:
    """The rules of one gateway, whoever else has it open."""

    home: Path
    database: Engine

    def __post_init__(self) -> None:
        self.sets, self.nodes = SqlPolicySets(self.database), SqlNodes(self.database)
        self._seal = RecordSeal(FileKeys(self.home / "keys"))
        self.reader = SqlReader(self.database, self._seal)

    @property
    def in_force(self) -> str:
        return self.reader.head().policy_digest

    @property
    def marked(self) -> list[str]:
        """The digests of the sets that every node is to load."""
        with self.database.connect() as connection:
            return list(connection.execute(text("SELECT digest FROM staging")).scalars())

    def put(self, files: PolicyFiles) -> str:
        return self.sets.put(files)

    def stage(self, *digests: str) -> None:
        """Mark sets, and wait until every node has loaded them."""
        for digest in digests:
            self.nodes.stage(digest)
        for digest in digests:
            late = wait_until_staged(self.nodes, digest, STAGE_S)
            assert not late, late

    def activate(self, digest: str) -> int:
        """Append the `policy` entry by which the set is in force, and return its index."""
        keys = self.home / "keys"
        origin = load_settings(self.home).origin
        entry, checkpoint = (FileSigner.load(keys / f"{n}.pem") for n in ("entry", "checkpoint"))
        drafter = Drafter(origin, "none", __version__, entry, self._seal)
        appender = SqlAppender(self.database, checkpoint)
        while True:
            head = self.reader.head()
            draft = drafter.draft(
                EntryType.POLICY,
                SystemClock().now(),
                head.policy_digest,
                head.registry_digest,
                {
                    Part.AUDIT: {
                        "policy_digest": digest,
                        "digest_before": head.policy_digest,
                        "votes": [],
                    }
                },
                bucket=PERMANENT,
                new_policy_digest=digest,
            )
            (fate,) = appender.append([draft])
            if isinstance(fate, Committed):
                return fate.index


@contextmanager
def rules_of(home: Path) -> Iterator[Rules]:
    """Open the database of the gateway in *home* beside the gateway itself."""
    database = open_database(f"sqlite:///{home / 'gateway.db'}", 60)
    try:
        yield Rules(home, database)
    finally:
        database.dispose()
