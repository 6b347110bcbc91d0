"""A change of the rules: its draft, and its entry in the log."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.drafting import Drafter, random_id
from gateway.errors import ChangeRefused
from gateway.lifecycle.change_set import ChangeKind, ChangeSet
from gateway.lifecycle.registry_change import PERMANENT
from gateway.model.evidence import CloseChange, Draft, EntryType, Part
from gateway.model.exchange import Moment
from gateway.ports import Head

Json = Any


def propose(
    digest: str,
    head: Head,
    moment: Moment,
    *,
    author: str,
    title: str,
    reason: str,
    number: int,
    report: Mapping[str, Json],
    change_id: str | None = None,
) -> ChangeSet:
    """Return the draft that puts the policy set with this *digest* in the place of the present.

    Raises:
        ChangeRefused: It is in force already, or the report is about other rules.
    """
    if digest == head.policy_digest:
        raise ChangeRefused(
            "genau diese Regeln gelten schon (exactly these rules are in force already)"
        )
    change = ChangeSet(
        id=change_id or random_id(),
        kind=ChangeKind.POLICY,
        number=number,
        title=title,
        reason=reason,
        author=author,
        time=moment.evaluated_at,
        origin=head.origin,
        digest_before=head.policy_digest,
        digest_after=digest,
        documents={},
        report=dict(report),
    )
    refuse_foreign_report(change)
    return change


def refuse_foreign_report(change: ChangeSet) -> None:
    """Refuse a change of the rules whose report is about others; `log verify` asks this too.

    Raises:
        ChangeRefused: The digests in the report are not those of the change.
    """
    told = (change.report.get("digest_before"), change.report.get("digest_after"))
    if told != (change.digest_before, change.digest_after):
        raise ChangeRefused(
            "der Bericht gehört zu anderen Regeln (the report is about other rules)"
        )


def refuse_untried(change: ChangeSet, engines: Iterable[str]) -> None:
    """Refuse rules whose report does not say that cases and tests passed on all *engines*.

    Raises:
        ChangeRefused: It says otherwise, or nothing.
    """
    match change.report.get("tests"):
        case {"cases": dict(cases), "rego": dict(rego)}:
            results = [rego, *(cases.get(name, {}) for name in engines)]
        case _:
            results = [{}]
    if not all(it.get("passed", 0) and not it.get("failed", True) for it in results):
        raise ChangeRefused(
            "Fälle und Tests sind nicht auf jeder Engine bestanden, die hier entscheidet "
            "(cases and tests did not pass on every engine that decides here)"
        )


def draft_entry(
    change: ChangeSet,
    ballots: Iterable[Mapping[str, Json]],
    head: Head,
    moment: Moment,
    drafter: Drafter,
) -> Draft:
    """Return the entry that puts *change* in force, with all that lets anyone check it.

    Raises:
        ChangeRefused: The rules in force are not those that the change starts from.
    """
    if change.digest_before != head.policy_digest:
        raise ChangeRefused(
            "seit diesem Entwurf gelten andere Regeln: neu vorschlagen, neu abstimmen "
            "(the rules have changed since this draft; rebase it, vote again)"
        )
    return drafter.draft(
        EntryType.POLICY,
        moment,
        head.policy_digest,
        head.registry_digest,
        {Part.AUDIT: {"change": change.document(), "ballots": [dict(b) for b in ballots]}},
        bucket=PERMANENT,
        effects=(CloseChange(change.id, change.canonical),),
        new_policy_digest=change.digest_after,
    )
