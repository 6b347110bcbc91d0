"""`datenschleuse change`: drafts of rules and registry, votes on them, their coming into force."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.open_governance import open_governance
from gateway.cli.passphrase import PassphraseFile
from gateway.cli.signing import Key, open_key
from gateway.errors import ChangeRefused
from gateway.lifecycle.ballot import Vote
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.governance import Governance
from gateway.lifecycle.votes import VOTES, Standing

Json = Any
app = typer.Typer(
    help="Änderungen von Regeln und Register. Changes of rules and registry.",
    no_args_is_help=True,
)
Home = Annotated[Path, typer.Option(help="Ordner des Gateways. The gateway's folder.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Anfang der Kennung genügt. Its id.")]
Reason = Annotated[str, typer.Option(help="Warum; steht im Protokoll. Why; is recorded.")]
Machine = Annotated[bool, typer.Option("--json", help="Für Programme. For programs.")]
_STATES = {"proposed": "vorgeschlagen", "active": "in Kraft gesetzt", "withdrawn": "zurückgezogen"}
_VOTES = {
    Vote.PROPOSE: ("schlägt vor", "proposes"),
    Vote.AGREE: ("stimmt zu", "agrees"),
    Vote.REJECT: ("lehnt ab", "rejects"),
    Vote.OPINION_AGREE: ("hat keine Einwände (Stellungnahme)", "has no objection"),
    Vote.OPINION_OBJECT: ("hat Einwände (Stellungnahme)", "objects"),
    Vote.WITHDRAW: ("zieht zurück", "withdraws"),
    Vote.ACTIVATE: ("setzt in Kraft", "activates"),
}
CASTABLE = (Vote.AGREE, Vote.REJECT, Vote.OPINION_AGREE, Vote.OPINION_OBJECT)


@app.command("list")
def list_changes(home: Home, as_json: Machine = False) -> None:
    """Zeigt alle Änderungen. Lists all changes.

    Example: datenschleuse change list --home ./gateway
    """
    print_changes(home, None, as_json=as_json)


@app.command()
def show(change_id: Id, home: Home, as_json: Machine = False) -> None:
    """Zeigt eine Änderung, ihren Bericht, ihre Stimmen. Shows a change, its report, its votes.

    Example: datenschleuse change show 3f2a --home ./gateway
    """
    with open_governance(home) as opened:
        governance = opened.governance
        kept = governance.changes.get(change_id)
        stands, refused = governance.standing(change_id)
    if as_json:
        print(
            json.dumps(
                {
                    "state": kept.state,
                    "change": kept.change.document(),
                    "draft_digest": kept.change.digest,
                    "report_digest": kept.change.report_digest,
                    "ballots": list(kept.ballots),
                    "complete": stands.complete,
                    "missing_votes": stands.missing_votes,
                    "missing_controllers": list(stands.missing_controllers),
                },
                ensure_ascii=False,
            )
        )
        return
    print_change(kept.change, kept.state)
    print_standing(stands)
    for why in refused:
        print(f"  zählt nicht mehr (counts no more): {why}")


@app.command()
def sign(
    change_id: Id,
    home: Home,
    key: Key,
    vote: Annotated[Vote, typer.Option(help="Ihre Stimme oder Stellungnahme. Your vote.")],
    reason: Reason = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Unterschreibt eine Stimme oder Stellungnahme. Signs a vote or an opinion.

    The author never votes; a data-protection officer gives an opinion.

    Example: datenschleuse change sign 3f2a --home ./gateway --key me.pem --vote agree
    """
    if vote not in CASTABLE:
        raise typer.BadParameter(f"--vote: {', '.join(CASTABLE)}")
    with open_governance(home) as opened:
        governance = opened.governance
        kept = governance.changes.get(change_id)
        stands = governance.sign(change_id, vote, open_key(key, passphrase_file), reason)
        print_change(kept.change, kept.state)
        print_standing(stands)


@app.command()
def withdraw(
    change_id: Id,
    home: Home,
    key: Key,
    reason: Reason = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Zieht den eigenen Entwurf zurück. Withdraws one's own draft.

    Example: datenschleuse change withdraw 3f2a --home ./gateway --key me.pem
    """
    with open_governance(home) as opened:
        governance = opened.governance
        change = governance.changes.get(change_id).change
        governance.sign(change.id, Vote.WITHDRAW, open_key(key, passphrase_file), reason)
    print(f"{change.id[:12]} ist zurückgezogen. The draft is withdrawn.")


@app.command()
def rebase(
    change_id: Id,
    home: Home,
    key: Key,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Stellt einen Entwurf des Registers auf den heutigen Stand. Rebases a registry draft.

    Its votes go, because it is another draft then. A draft of the rules is proposed anew with
    `policy propose --change ID`.

    Example: datenschleuse change rebase 3f2a --home ./gateway --key me.pem
    """
    with open_governance(home) as opened:
        governance = opened.governance
        change = governance.changes.get(change_id).change
        if change.kind is ChangeKind.POLICY:
            raise ChangeRefused(
                "ein Entwurf der Regeln: `policy propose DIR --change ID` (a draft of the rules)"
            )
        fresh = governance.propose_registry(
            change.documents,
            open_key(key, passphrase_file),
            title=change.title,
            reason=change.reason,
            change_id=change.id,
        )
        print_proposed(governance, fresh)


@app.command()
def activate(
    change_id: Id,
    home: Home,
    key: Key,
    reason: Reason = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Setzt eine Änderung in Kraft, der alle Nötigen zustimmen. Puts a change in force.

    Against an objection of a data-protection officer it needs a reason.

    Example: datenschleuse change activate 3f2a --home ./gateway --key me.pem
    """
    with open_governance(home) as opened:
        governance = opened.governance
        change = governance.changes.get(change_id).change
        if change.kind is ChangeKind.POLICY:
            raise ChangeRefused(
                "eine Änderung der Regeln: `policy activate`, das sie vorher überall lädt "
                "(a change of the rules: use `policy activate`, which stages them)"
            )
        index = governance.activate(change.id, open_key(key, passphrase_file), reason)
    print(f"In Kraft: {change.title} (Eintrag {index}). In force (entry {index}).")


def print_changes(home: Path, kind: ChangeKind | None, *, as_json: bool) -> None:
    """Print the change sets of one kind, or of all."""
    with open_governance(home) as opened:
        governance = opened.governance
        kept = governance.changes.all(kind)
    if as_json:
        rows = [
            {
                "id": k.change.id,
                "kind": k.change.kind.value,
                "number": k.change.number,
                "state": k.state,
                "title": k.change.title,
                "author": k.change.author,
                "digest_after": k.change.digest_after,
                "votes": len(k.ballots) - 1,
            }
            for k in kept
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return
    for item in kept:
        change = item.change
        print(
            f"{change.id[:12]}  {change.kind.value:<8}  {change.number:>4}  "
            f"{_STATES[item.state]} ({item.state})  {change.author}  {change.title}"
        )
    if not kept:
        print("Keine Änderung. No change.")


def print_proposed(governance: Governance, change: ChangeSet) -> None:
    """Print a draft that was just proposed, and who must agree."""
    print_change(change, "proposed")
    print_standing(governance.standing(change.id)[0])


def print_change(change: ChangeSet, state: str) -> None:
    """Print what a change does, from which state to which."""
    effect = change.effect
    print(f"{change.id[:12]}  {change.kind.value} {change.number}: {change.title}")
    print(f"  {_STATES[state]} ({state}), von (by) {change.author}; {change.reason}")
    print(f"  {change.digest_before[:16]}… → {change.digest_after[:16]}…")
    print(
        "  gibt mehr frei (releases more)"
        if effect.releases_more
        else "  gibt nicht mehr frei (releases nothing more)"
    )
    if effect.controllers:
        print(f"  betrifft (touches): {', '.join(effect.controllers)}")
    for why in change.report["effect"].get("why", []):
        print(f"    {why['de']}\n      {why['en']}")


def print_standing(stands: Standing) -> None:
    """Print who said what, and who is still missing."""
    for cast in stands.casts:
        german, english = _VOTES[cast.vote]
        reason = f": {cast.reason}" if cast.reason else ""
        print(f"  {cast.voter} {german} ({english}){reason}")
    if stands.alone:
        print("  verschärft nur: eine Person genügt (only tightens: one person is enough)")
    elif stands.complete:
        print("  alle nötigen Stimmen sind da (agreed on)")
    else:
        print(f"  es fehlen {stands.missing_votes} von {VOTES} Stimmen (votes missing)")
        for name in stands.missing_controllers:
            print(f"  es fehlt eine Freigabe für {name} (an approver of it is missing)")
