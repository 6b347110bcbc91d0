"""The page deploy/policy-coverage.md: the catalogue on a day, made from a coverage."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath

from gateway.policy.catalogue import UNREAD
from gateway.policy.coverage.pairs import Pair
from gateway.policy.coverage.report import Coverage, RuleCoverage

_DAY = re.compile(r"^\*\*Stand: (\d{4}-\d{2}-\d{2})\*\*", re.MULTILINE)
_FEW = 3


def page_of(coverage: Coverage) -> str:
    """Return the page as Markdown."""
    return "\n".join(
        (*_head(coverage), *_catalogue(coverage), *_lacking(coverage), *_unread(coverage))
    )


def day_of(page: str) -> date:
    """Return the day on which a page says that it stands.

    Raises:
        ValueError: It does not say so.
    """
    found = _DAY.search(page)
    if found is None:
        raise ValueError("the page does not say on which day it stands")
    return date.fromisoformat(found[1])


def _head(coverage: Coverage) -> Iterator[str]:
    yield "# Der Katalog der Regeln und was hinter jeder steht"
    yield ""
    yield "*The catalogue of rules, and what stands behind each.* Made by `datenschleuse"
    yield "policy coverage --markdown`; a test compares. A Rego test counts where it notices that"
    yield "the rule is silenced (*greift*: it fires), or that its conditions are gone (*greift"
    yield "nicht*: it stays away), whatever it is called. Cases: `tests/vectors/cases`."
    yield ""
    yield f"**Stand: {coverage.on.isoformat()}** · {len(coverage.rules)} Regeln:"
    yield f"{coverage.proven} durch Rego-Tests in beide Richtungen gezeigt (shown both ways),"
    yield f"{coverage.kept_elsewhere} entscheiden für sich nichts (decide nothing by themselves)"
    yield ""
    for status, meaning in (
        ("V", "im Wortlaut geprüft (verified)"),
        ("P", "zum Teil geprüft (partly verified)"),
        ("O", f"nur in älterer Fassung gelesen (older wording): {UNREAD[0]}"),
        ("U", f"nicht gelesen (unverified): {UNREAD[0]}"),
    ):
        count = sum(rule.status == status for rule in coverage.rules)
        yield f"- {status}: {count} – {meaning}"
    yield ""


def _catalogue(coverage: Coverage) -> Iterator[str]:
    yield "## Die Regeln (rules)"
    yield ""
    yield "| Regel | Norm | Status | steht in | greift (fires) | greift nicht (stays) | Fälle |"
    yield "|---|---|---|---|---|---|---|"
    for rule in coverage.rules:
        yield (
            f"| {rule.rule} | {_cell(rule.citation)} | {_status(rule)} | {_stands_in(rule)}"
            f" | {_test(rule.pair.fires, rule)} | {_stays(rule.pair, rule)} | {_cases(rule)} |"
        )
    yield ""


def _lacking(coverage: Coverage) -> Iterator[str]:
    yield "## Was fehlt (what is missing)"
    yield ""
    for de, en, rules in coverage.lacking():
        named = ", ".join(rule.rule for rule in rules) or "–"
        yield f"- {de} ({en}): {len(rules)}: {named}"
    yield ""


def _unread(coverage: Coverage) -> Iterator[str]:
    yield "## Zeilen, nach denen keine Regel fragt (rows that no rule reads)"
    yield ""
    if not coverage.unread:
        yield "Keine. (None.)"
    for row in coverage.unread:
        yield f"- `{row.row}` ({row.path}): {row.de} ({row.en})"
    yield ""


def _status(rule: RuleCoverage) -> str:
    if rule.status not in ("O", "U"):
        return rule.status
    if not rule.confirmed_by:
        return f"{rule.status}, unbestätigt"
    return (
        f"{rule.status}, bestätigt: {', '.join(rule.confirmed_by)}{' (DEMO)' if rule.demo else ''}"
    )


def _stands_in(rule: RuleCoverage) -> str:
    if rule.kept_in:
        return _cell(rule.kept_in)
    topics = sorted({PurePosixPath(place.partition(":")[0]).parent.name for place in rule.places})
    tables = sorted({row.split(".")[1] for row in rule.rows})
    return ", ".join([*topics, *(f"`{table}`" for table in tables)]) or "**fehlt**"


def _test(test: str, rule: RuleCoverage) -> str:
    if test:
        return f"`{test.rpartition(':')[2]}`"
    return "–" if rule.kept_in else "**fehlt**"


def _stays(pair: Pair, rule: RuleCoverage) -> str:
    if pair.always and not pair.stays:
        return "gilt immer (always)"
    return _test(pair.stays, rule)


def _cases(rule: RuleCoverage) -> str:
    if len(rule.cases) <= _FEW:
        return " ".join(rule.cases) or "–"
    return f"{len(rule.cases)}: {' '.join(rule.cases[:_FEW])} …"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
