"""The rules change: one cell of a spreadsheet, a report, two people, and nobody alone."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from gateway.cli.open_governance import open_governance
from gateway.demo.people import FIRST, agree, card
from gateway.demo.say import Narrator
from gateway.demo.stage import Stage
from gateway.people import person_key

Json = Any
KIND, MEMBER = "PREMISES_HAZARD_NOTICE", "photos_exits_no_persons"
OFFICER = "dorit-dpo"
_CASES = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "cases"
_CASE = "V01"
_NEW = {"Erforderlichkeit": "zurückhalten", "Grund": "not_necessary", "Vorschrift": "GDPR-5-1C"}
_WITHHELD = {"field": MEMBER, "reason": "not_necessary", "rule": "GDPR-5-1C"}


class RulesFailed(Exception):
    """A command did not do as the demonstration promises; the message is what it said."""


class RulesChange:
    """Plays the change on a stage that is up; every step is a command that a person would type."""

    def __init__(self, stage: Stage, say: Narrator) -> None:
        self._stage = stage
        self._say = say
        self._folder = stage.folder / "draft"

    async def play(self) -> str:
        """Change the rules; return the id of the change set."""
        await asyncio.to_thread(self._enrol)
        await self._edit()
        change_id = await self._propose()
        await self._alone(change_id)
        await self._together(change_id)
        return change_id

    def _enrol(self) -> None:
        circle = self._stage.circle
        roles = {"role": "dpo", "controller": FIRST["anna-police"][1]}
        document = card(OFFICER, "Dorit Probe (DEMO)", circle.key(OFFICER), roles)
        with open_governance(self._stage.home) as opened:
            agree(opened.governance, circle, {person_key(OFFICER): document})

    async def _edit(self) -> None:
        """Take the rules in force, change one cell in a workbook, and take it back."""
        rules = ("--policies", f"{self._folder}/policies", "--schemas", f"{self._folder}/schemas")
        workbook = self._stage.folder / f"{KIND}.xlsx"
        await self._run("policy", "checkout", str(self._folder), "--home", str(self._stage.home))
        await self._run("policy", "table", "export", str(workbook), *rules)
        await asyncio.to_thread(_change_cell, workbook)
        said = await self._run("policy", "table", "import", str(workbook), *rules)
        self._say.line(
            "Die Datenschutzbeauftragte ändert eine Zelle in der Tabellenkalkulation. In Worten:",
            "The data-protection officer changes one cell in a spreadsheet. In words:",
        )
        for line in said.splitlines()[:2]:
            self._say.line(f"  {line.strip()}")

    async def _propose(self) -> str:
        self._say.line(
            "Sie schlägt die Änderung vor: Fälle und Tests, frühere Entscheidungen, Wirkung …",
            "She proposes it: cases and tests, past decisions, effect. That takes a while.",
        )
        cases = await asyncio.to_thread(self._cases)
        await self._run(
            *("policy", "propose", f"{self._folder}/policies", *self._as(OFFICER)),
            *("--title", "Fotos der Ausgänge bleiben bei der Polizei", "--reason", "Vorführung"),
            *(word for file in cases for word in ("--cases", str(file))),
        )
        listed = json.loads(
            await self._run("policy", "list", "--home", str(self._stage.home), "--json")
        )
        change_id: str = next(it["id"] for it in listed if it["state"] == "proposed")
        shown = json.loads(
            await self._run("policy", "show", change_id, "--home", str(self._stage.home), "--json")
        )
        self._report(shown["change"]["report"])
        return change_id

    def _report(self, report: dict[str, Json]) -> None:
        counts, effect = report["replay"]["counts"], report["effect"]
        more = "gibt mehr frei" if effect["releases_more"] else "gibt nicht mehr frei als bisher"
        self._say.line(
            f"  {counts.get('recorded', 0)} frühere Entscheidungen wiederholt: "
            f"{counts.get('same', 0)} gleich, {counts.get('otherwise', 0)} anders. Der Entwurf "
            f"{more}; er betrifft {', '.join(effect['controllers'])}.",
            "Past decisions replayed under the draft; whether it releases more is computed.",
        )

    async def _alone(self, change_id: str) -> None:
        refused = await self._try("policy", "activate", change_id, *self._as(OFFICER))
        if refused.returncode == 0:
            raise RulesFailed("one person alone brought rules into force")
        self._say.line(
            f"[red]✗[/] Allein setzt sie nichts in Kraft: {_last(refused.stderr)}",
            "Alone she brings nothing into force.",
        )
        voted = await self._try("policy", "sign", change_id, *self._as(OFFICER), "--vote", "agree")
        if voted.returncode == 0:
            raise RulesFailed("the author voted")
        self._say.line(
            f"[red]✗[/] Und abstimmen darf sie nicht: {_last(voted.stderr)}",
            "And she does not vote.",
        )

    async def _together(self, change_id: str) -> None:
        for person in FIRST:
            await self._run("policy", "sign", change_id, *self._as(person), "--vote", "agree")
        said = await self._run("policy", "activate", change_id, *self._as(OFFICER))
        self._say.line(
            f"[green]✓[/] {' und '.join(FIRST)} stimmen zu. {said.strip().splitlines()[-1]}",
            "Two people agree; every process switches without an interruption.",
        )

    def _cases(self) -> list[Path]:
        """The cases as they must be decided now: who changes a rule changes its case."""
        folder = self._stage.folder / "cases"
        folder.mkdir(exist_ok=True)
        files = []
        for file in sorted(_CASES.glob("*.json")):
            cases = json.loads(file.read_text("utf-8"))
            if isinstance(cases, list):
                for case in cases:
                    if case["id"] == _CASE:
                        expected = case["expected"]
                        expected["released"].remove(MEMBER)
                        expected["withheld"].append(MEMBER)
                        expected["redacted"].append(_WITHHELD)
                files.append(folder / file.name)
                files[-1].write_text(json.dumps(cases, ensure_ascii=False), "utf-8")
        return files

    def _as(self, person: str) -> tuple[str, ...]:
        circle = self._stage.circle
        key, secret = circle.folder / f"{person}.pem", circle.passphrase_file()
        named = {"--home": self._stage.home, "--key": key, "--passphrase-file": secret}
        return tuple(str(word) for option in named.items() for word in option)

    async def _run(self, *words: str) -> str:
        done = await self._try(*words)
        if done.returncode != 0:
            raise RulesFailed(f"datenschleuse {' '.join(words[:2])}: {done.stderr or done.stdout}")
        return done.stdout

    async def _try(self, *words: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(self._stage.command, *words)


def _change_cell(workbook: Path) -> None:
    book = load_workbook(workbook)
    heads, *rows = book["Erforderlichkeit"].iter_rows()
    column = {str(cell.value): number for number, cell in enumerate(heads)}
    row = next(row for row in rows if row[column["Angabe"]].value == MEMBER)
    for head, value in _NEW.items():
        row[column[head]].value = value
    book.save(workbook)


def _last(text: str) -> str:
    return text.strip().splitlines()[-1].removeprefix("datenschleuse: ")
