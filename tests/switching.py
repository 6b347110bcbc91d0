"""Other rules for a gateway that runs: variants of the real set, stored, staged, put in force."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import text

from gateway.adapters.sql_nodes import SqlNodes
from gateway.cli.open_governance import Opened, open_governance
from gateway.demo.people import OPERATOR, card
from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.governance import Governance
from gateway.people import person_key
from gateway.policy.policy_files import PolicyFiles, read_policy_files
from gateway.ports import Signer
from tests.governing import CONTROLLERS, FOUNDERS, signer_of

Json = Any
REPOSITORY = Path(__file__).resolve().parents[1]
KIND = "PREMISES_HAZARD_NOTICE"
STAGE_S = 120.0
AUTHOR = "autorin"
_PASSED = {"passed": 1, "failed": 0}


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
    """The rules of one gateway, whoever else has it open, and the people who agree on others."""

    opened: Opened
    engine: str
    author: Signer
    voters: Sequence[Signer]

    def __post_init__(self) -> None:
        self.sets, self.nodes = self.opened.policy_sets, SqlNodes(self.opened.database)

    @property
    def in_force(self) -> str:
        return self.opened.governance.log.head().policy_digest

    @property
    def marked(self) -> list[str]:
        """The digests of the sets that every node is to load."""
        with self.opened.database.connect() as connection:
            return list(connection.execute(text("SELECT digest FROM staging")).scalars())

    def put(self, files: PolicyFiles) -> str:
        return self.sets.put(files)

    def stage(self, digest: str) -> None:
        """Mark a set, and wait until every node has loaded it."""
        late = self.opened.stage(digest, STAGE_S)
        assert not late, late

    def activate(self, digest: str) -> int:
        """Put a set in force as people do: proposed, voted on; return the entry's index."""
        governance = self.opened.governance
        change = governance.propose_policy(
            digest, self._report(digest), self.author, title="Andere Regeln", reason="Test"
        )
        for voter in self.voters:
            governance.sign(change.id, Vote.AGREE, voter)
        return governance.activate(change.id, self.author)

    def _report(self, digest: str) -> dict[str, Json]:
        """Return a report that says of the rules what a whole one would."""
        return {
            "digest_before": self.in_force,
            "digest_after": digest,
            "effect": {
                "releases_more": False,
                "tightens_only": False,
                "controllers": [],
                "why": [],
            },
            "tests": {"rego": _PASSED, "cases": {"embedded": _PASSED, self.engine: _PASSED}},
        }


@contextmanager
def rules_of(
    home: Path,
    founders: Iterable[str] = FOUNDERS,
    key: Callable[[str], Signer] = signer_of,
    controller: str = CONTROLLERS[0],
    engine: str = "embedded",
) -> Iterator[Rules]:
    """Open the rules of the gateway in *home* beside the gateway itself."""
    voters = [key(name) for name in founders]
    with open_governance(home) as opened:
        rules = Rules(opened, engine, key(AUTHOR), voters)
        if AUTHOR not in opened.governance.people():
            _enrol(opened.governance, key(OPERATOR), rules, controller)
        yield rules


def _enrol(governance: Governance, operator: Signer, rules: Rules, controller: str) -> None:
    role = {"role": "author", "controller": controller}
    person = card(AUTHOR, "Autorin", rules.author, role)
    change = governance.propose_registry(
        {person_key(AUTHOR): person}, operator, title="Autorin", reason="Test"
    )
    for voter in rules.voters:
        governance.sign(change.id, Vote.AGREE, voter)
    governance.activate(change.id, operator)
