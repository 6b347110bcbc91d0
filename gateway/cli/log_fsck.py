"""`datenschleuse log fsck`: the database of a gateway against itself."""

import json
import sys
from pathlib import Path
from typing import Any

from gateway.cli.progress import bar
from gateway.errors import DependencyFailed, StartRefused
from gateway.fsck.check import Report, check_gateway
from gateway.fsck.findings import SHOWN, Code
from gateway.fsck.wording import WORDS
from gateway.settings import load_settings

CLEAN, WRONG, UNKNOWN = 0, 1, 2


def fsck(home: Path, *, as_json: bool = False, quiet: bool = False) -> int:
    """Check the gateway in *home*; return 0 if nothing is wrong, 1 if something is, 2 if nobody
    knows.
    """
    try:
        settings = load_settings(home)
        with bar("Einträge", hidden=as_json or quiet) as progress:
            report = check_gateway(settings, progress)
    except (StartRefused, DependencyFailed) as error:
        print(f"Nicht geprüft: {error}\nNot checked: {error}", file=sys.stderr)
        return UNKNOWN
    if as_json:
        print(json.dumps(_document(report), ensure_ascii=False))
    else:
        _print(report, quiet=quiet)
    return CLEAN if report.findings.clean else WRONG


def _print(report: Report, *, quiet: bool) -> None:
    for code, count in sorted(report.findings.counts.items()):
        words = WORDS[code]
        print(f"{words.de} ({count} ×)\n{words.en}")
        for finding in _of(report, code):
            print(f"    {finding.where}: {finding.what}")
        if count > SHOWN:
            print(f"    … und {count - SHOWN} weitere (more)")
        print(f"  Was tun: {words.todo}\n  What to do: {words.todo_en}\n")
    if quiet and report.findings.clean:
        return
    erased = f", {report.erased} Vorgänge gelöscht" if report.erased else ""
    state = "stimmt mit sich überein" if report.findings.clean else "stimmt NICHT"
    print(f"Die Datenbank von {report.origin} {state}: {report.size} Einträge{erased}.")
    state = "agrees with itself" if report.findings.clean else "does NOT agree with itself"
    erased = f", {report.erased} records erased" if report.erased else ""
    print(f"The database of {report.origin} {state}: {report.size} entries{erased}.")


def _document(report: Report) -> dict[str, Any]:
    return {
        "clean": report.findings.clean,
        "origin": report.origin,
        "size": report.size,
        "erased": report.erased,
        "counts": {code.value: count for code, count in sorted(report.findings.counts.items())},
        "findings": [
            {
                "code": finding.code.value,
                "where": finding.where,
                "what": finding.what,
                "de": WORDS[finding.code].de,
                "en": WORDS[finding.code].en,
                "todo": WORDS[finding.code].todo,
                "todo_en": WORDS[finding.code].todo_en,
            }
            for finding in report.findings.shown
        ],
    }


def _of(report: Report, code: Code) -> list[Any]:
    return [finding for finding in report.findings.shown if finding.code is code]
