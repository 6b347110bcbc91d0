"""`datenschleuse policy propose` and what follows: the life of a version of the rules."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.sql_registry import SqlRegistry
from gateway.cli import change as changes
from gateway.cli.open_governance import Opened, open_governance
from gateway.cli.passphrase import PassphraseFile
from gateway.cli.policy_diff import cases_of, read_state
from gateway.cli.policy_replay import replay_all
from gateway.cli.recorded_access import open_recorded
from gateway.cli.signing import Key, open_key
from gateway.errors import ChangeRefused
from gateway.lifecycle.change_set import ChangeKind
from gateway.lifecycle.policy_proposal import Engine, Proposal, examined
from gateway.lifecycle.replay_report import ReplayReport
from gateway.local_opa import local_opa
from gateway.policies import ready
from gateway.policy.case_files import Case
from gateway.policy.loading import Reading, read_files
from gateway.ports import PolicyEngine, Signer

Home = changes.Home
Title = Annotated[str, typer.Option(help="Was sich ändert, in einem Satz. What changes.")]
Reason = Annotated[str, typer.Option(help="Warum; steht im Protokoll. Why; is recorded.")]
Cases = Annotated[
    list[Path] | None,
    typer.Option("--cases", help="Falldateien; sonst die des Projekts. (Case files.)"),
]
Opa = Annotated[
    Path | None, typer.Option(help="Programm OPA 1.20.2, nötig bei `engine = opa`. (The program.)")
]
Schemas = Annotated[
    Path | None, typer.Option(help="Schemas des Entwurfs; sonst der Ordner daneben. (Schemas.)")
]
_PURPOSE = "Wirkung eines Regelentwurfs vor der Abstimmung (§ 76 Abs. 2 BDSG)"


def propose(
    draft: Annotated[Path, typer.Argument(metavar="DIR", help="Ordner der Regeln. (Rules.)")],
    home: Home,
    key: Key,
    title: Title,
    reason: Reason,
    schemas: Schemas = None,
    cases: Cases = None,
    opa: Opa = None,
    change: Annotated[
        str | None, typer.Option(help="Eigener Entwurf, dessen Platz er einnimmt. (Replaces.)")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Prüft einen Entwurf, zeigt seine Wirkung und schlägt ihn vor. Proposes a draft of the rules.

    Cases and tests must pass on every engine; the report says what would be decided otherwise,
    also of past decisions (the access is an entry). Votes are cast on exactly that report.

    Example: datenschleuse policy propose ./entwurf/policies --home ./gateway --key me.pem
    --title "Hausnummer an das Ordnungsamt" --reason "Erlass vom 1.9."
    """
    reading = read_state(draft, schemas)
    with open_governance(home) as opened:
        _propose(
            opened,
            reading,
            open_key(key, passphrase_file),
            title,
            reason,
            [*cases_of(cases)],
            opa,
            change,
        )


def rollback(
    version: Annotated[str, typer.Argument(metavar="DIGEST", help="Anfang genügt. (Its digest.)")],
    home: Home,
    key: Key,
    reason: Reason,
    cases: Cases = None,
    opa: Opa = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Schlägt vor, frühere Regeln wieder in Kraft zu setzen. Proposes earlier rules again.

    It is a change like any other: tested, weighed, voted on, activated under a new number.

    Example: datenschleuse policy rollback 3f2a91 --home ./gateway --key me.pem --reason "Fehler"
    """
    with open_governance(home) as opened:
        found = [it for it in opened.policy_sets.digests() if it.startswith(version)]
        if len(found) != 1:
            raise ChangeRefused(
                f"{version}: so beginnen {len(found)} gespeicherte Regelwerke "
                f"({len(found)} stored policy sets begin like that)"
            )
        reading = read_files(opened.policy_sets.read(found[0]))
        title = f"Zurück zu {found[0][:12]}"
        _propose(
            opened,
            reading,
            open_key(key, passphrase_file),
            title,
            reason,
            [*cases_of(cases)],
            opa,
            None,
        )


def activate(
    change_id: changes.Id,
    home: Home,
    key: Key,
    reason: changes.Reason = "",
    deadline_s: Annotated[
        float, typer.Option(min=0, help="So lange warten auf alle Knoten. (Seconds.)")
    ] = 30.0,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Setzt vereinbarte Regeln in Kraft, ohne Unterbrechung. Puts agreed rules in force.

    Every live node loads and checks them before; one that does not in time is named, and refuses
    by itself until it has. Against an objection it needs a reason.

    Example: datenschleuse policy activate 3f2a --home ./gateway --key me.pem
    """
    with open_governance(home) as opened:
        kept = opened.governance.changes.get(change_id)
        if kept.change.kind is not ChangeKind.POLICY:
            raise ChangeRefused(
                "das ist eine Änderung des Registers: `change activate` (of the registry)"
            )
        late = opened.stage(kept.change.digest_after, deadline_s)
        for node in late:
            print(
                f"{node.process} hat die Regeln nicht rechtzeitig geladen und lehnt ab, bis es "
                f"so weit ist. {node.process} has not loaded the rules in time: it refuses."
            )
        try:
            signer = open_key(key, passphrase_file)
            index = opened.governance.activate(kept.change.id, signer, reason)
        finally:
            opened.unstage(kept.change.digest_after)
    print(f"In Kraft: {kept.change.title} (Eintrag {index}). In force (entry {index}).")


def list_versions(home: Home, as_json: changes.Machine = False) -> None:
    """Zeigt die Versionen der Regeln und die Entwürfe. Lists versions and drafts of the rules.

    Example: datenschleuse policy list --home ./gateway
    """
    if not as_json:
        with open_governance(home) as opened:
            digest = opened.governance.log.head().policy_digest
            number = opened.governance.changes.active_number(ChangeKind.POLICY)
        print(f"In Kraft (in force): Nummer (number) {number}, Policy-Digest {digest}")
    changes.print_changes(home, ChangeKind.POLICY, as_json=as_json)


def checkout(
    folder: Annotated[Path, typer.Argument(help="Neuer Ordner. (New folder.)")],
    home: Home,
    version: Annotated[
        str, typer.Option("--digest", help="Anfang genügt; sonst die geltenden. (Version.)")
    ] = "",
) -> None:
    """Schreibt die geltenden Regeln in einen neuen Ordner, zum Bearbeiten. Writes the rules.

    Example: datenschleuse policy checkout ./entwurf --home ./gateway
    """
    with open_governance(home) as opened:
        digest = opened.governance.log.head().policy_digest
        if version:
            digest = next((d for d in opened.policy_sets.digests() if d.startswith(version)), "")
        files = opened.policy_sets.read(digest)
    if folder.exists():
        raise ChangeRefused(f"{folder} gibt es schon (exists already)")
    for path, content in files.contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(f"{len(files.contents)} Dateien in {folder}, Policy-Digest {digest}. Files written.")


def _propose(
    opened: Opened,
    draft: Reading,
    signer: Signer,
    title: str,
    reason: str,
    cases: Sequence[Case],
    opa: Path | None,
    change_id: str | None,
) -> None:
    governance = opened.governance
    governance.who(signer)  # whoever may not sign need not wait for the report
    base = read_files(opened.policy_sets.read(governance.log.head().policy_digest))
    engines = _engines(opened, opa)
    console = Console(stderr=True)

    async def examine() -> Proposal:
        return await examined(
            base,
            draft,
            units=SqlRegistry(opened.database).snapshot_now().units.values(),
            cases=cases,
            engines=engines,
            replay=lambda reading: _replay(opened, reading),
            told=lambda step: console.print(f"… {step}"),
        )

    proposal = asyncio.run(examine())
    opened.policy_sets.put(draft.files)
    change = governance.propose_policy(
        draft.policy_set.digest,
        proposal.report,
        signer,
        title=title,
        reason=reason,
        change_id=change_id,
    )
    for row in proposal.report["difference"]:
        print(f"  {row['de']}\n    {row['en']}")
    changes.print_proposed(governance, change)


def _engines(opened: Opened, opa: Path | None) -> list[tuple[str, Engine]]:
    """The engines on which a draft must pass: the library, and the server where it decides."""
    engines: list[tuple[str, Engine]] = [("embedded", _embedded)]
    if opa is not None:
        program = opa
        engines.append(("opa", lambda reading: _opa(program, reading)))
    elif opened.settings.engine == "opa":
        raise ChangeRefused(
            "hier entscheidet der OPA-Server: --opa nennt sein Programm für die Tests "
            "(the OPA server decides here: --opa names its program for the tests)"
        )
    return engines


@asynccontextmanager
async def _embedded(reading: Reading) -> AsyncIterator[PolicyEngine]:
    engine = EmbeddedEngine()
    await engine.start(reading.policy_set)
    try:
        yield engine
    finally:
        await engine.close()


@asynccontextmanager
async def _opa(program: Path, reading: Reading) -> AsyncIterator[PolicyEngine]:
    async with local_opa(program, reading.policy_set) as server:
        yield server.engine


async def _replay(opened: Opened, draft: Reading) -> ReplayReport:
    """Decide the whole past again under the draft; the access is an entry before."""
    policies = ready(draft.policy_set)
    access = {"what": "policy_replay", "purpose": _PURPOSE, "policy_digest": policies.digest}
    recorded = open_recorded(opened.settings, access)
    report = ReplayReport(recorded.head.policy_digest, policies.digest)
    children = os.cpu_count() or 1
    size = recorded.head.size
    await replay_all(
        report, recorded.reader, size, policies, children, lambda *_far: None, only_own=False
    )
    return report
