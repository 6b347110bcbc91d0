"""From the cells of a workbook to the tables of its kind; what is wrong is told by its cell."""

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from gateway.policy.spreadsheet.cells import CellFinding, Cells, Record, Text
from gateway.policy.spreadsheet.columns import (
    NECESSITY,
    NEEDS,
    ROUTES,
    SEPARATOR,
    SHEETS,
    Column,
    Sheet,
    Vocabulary,
)
from gateway.policy.spreadsheet.kind_table import KindTable
from gateway.policy.spreadsheet.rows import table_from

Json = Any


def check_cells(cells: Cells, words: Vocabulary) -> list[CellFinding]:
    """Return everything that keeps the workbook from being a table, in the order of the sheets."""
    findings = [*cells.findings]
    for sheet in SHEETS:
        records = cells.records[sheet.name]
        for record in records:
            findings += _missing(sheet, record)
            findings += _unknown(sheet, record, words)
            findings += _days(sheet, record)
        findings += _twice(sheet, records)
    for record in cells.records[NECESSITY.name]:
        findings += _reason(record, words)
    if not findings:
        findings += _gaps(cells, words)
    order = {sheet.name: place for place, sheet in enumerate(SHEETS)}
    return sorted(set(findings), key=lambda each: (order.get(each.sheet, 9), each.row, each.column))


def table_of_cells(before: KindTable, cells: Cells) -> KindTable:
    """Return the tables that cells without findings say."""
    return table_from(
        before,
        {
            name: [{key: text.value for key, text in record.items()} for record in records]
            for name, records in cells.records.items()
        },
    )


def _missing(sheet: Sheet, record: Record) -> Iterator[CellFinding]:
    for column in sheet.columns:
        if column.needed and column.key in record and not record[column.key].value:
            yield record[column.key].finding(
                sheet,
                f"„{column.heading}“ darf nicht leer sein; löschen Sie sonst die ganze Zeile.",
                "This cell must not be empty; else delete the whole row.",
            )


def _unknown(sheet: Sheet, record: Record, words: Vocabulary) -> Iterator[CellFinding]:
    for column in sheet.columns:
        known = words.of(column)
        if known is None or column.key not in record:
            continue
        text = record[column.key]
        for word in _words(column, text):
            if word not in known:
                yield text.finding(sheet, _what_is_known(column, word, known), "Not a known word.")


def _words(column: Column, text: Text) -> list[str]:
    if not text.value or text.value == "?":
        return []
    return text.value.split(SEPARATOR) if column.listed else [text.value]


def _what_is_known(column: Column, word: str, known: Mapping[str, str]) -> str:
    if len(known) <= len(NEEDS) + 1:
        return f"„{word}“ ist kein Eintrag für „{column.heading}“; möglich: {', '.join(known)}."
    near = get_close_matches(word, known, 1)
    meant = f" Meinten Sie {near[0]}?" if near else ""
    return f"„{word}“ kennen die Regeln nicht.{meant} Das Blatt „Legende“ zeigt, was es gibt."


def _days(sheet: Sheet, record: Record) -> Iterator[CellFinding]:
    """A day must be one, and the last not before the first."""
    days = []
    for column in sheet.columns:
        if not column.dated or column.key not in record or not _words(column, record[column.key]):
            continue
        text = record[column.key]
        if not _is_day(text.value):
            yield text.finding(
                sheet, f"„{text.value}“ ist kein Datum JJJJ-MM-TT.", "Not a date YYYY-MM-DD."
            )
            return
        days.append(text)
    if len(days) == 2 and days[0].value > days[1].value:
        yield days[1].finding(
            sheet, f"Der letzte Tag liegt vor dem ersten, {days[0].value}.", "Before the first day."
        )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _twice(sheet: Sheet, records: list[Record]) -> Iterator[CellFinding]:
    first: dict[tuple[str, ...], Text] = {}
    for record in records:
        if not all(key in record and record[key].value for key in sheet.identity):
            continue
        name = tuple(record[key].value for key in sheet.identity)
        here = record[sheet.identity[-1]]
        if name in first:
            yield here.finding(
                sheet,
                f"{' / '.join(name)} steht schon in Zeile {first[name].row}; behalten Sie eine.",
                f"Stands in row {first[name].row} already; keep one.",
            )
        first.setdefault(name, here)


def _reason(record: Record, words: Vocabulary) -> Iterator[CellFinding]:
    """What a row withholds needs a reason that the rules know with that provision."""
    if not {"need", "reason", "rule", "suffices"} <= record.keys():
        return
    need, reason, rule = record["need"].value, record["reason"], record["rule"]
    if need == NEEDS["needed"]:
        for key in ("reason", "rule", "suffices"):
            if record[key].value:
                yield record[key].finding(
                    NECESSITY,
                    f"Bei „{need}“ bleibt „{NECESSITY.column(key).heading}“ leer.",
                    "Stays empty where the member is needed.",
                )
        return
    if need not in NEEDS.values():
        return
    for text, key in ((reason, "reason"), (rule, "rule")):
        if not text.value:
            yield text.finding(
                NECESSITY,
                f"Bei „{need}“ darf „{NECESSITY.column(key).heading}“ nicht leer sein.",
                "Must not be empty where the member may be withheld.",
            )
    if record["suffices"].value and need != NEEDS["conditional"]:
        yield record["suffices"].finding(
            NECESSITY,
            f"Bei „{need}“ genügt nichts; „Genügt auch“ bleibt leer.",
            "Stays empty where nothing suffices.",
        )
    known = reason.value in words.words["reasons"] and rule.value in words.words["norms"]
    if known and (rule.value, reason.value) not in words.pairs:
        fitting = sorted(r for r, why in words.pairs if why == reason.value)
        yield rule.finding(
            NECESSITY,
            f"Den Grund „{reason.value}“ gibt es nicht mit {rule.value}, sondern mit"
            f" {', '.join(fitting)}.",
            "The rules do not give this reason with this provision.",
        )


def _gaps(cells: Cells, words: Vocabulary) -> Iterator[CellFinding]:
    """Each recipient of a route has a row for every member, and no other recipient has any."""
    rows: dict[str, dict[str, Record]] = {}
    for record in cells.records[NECESSITY.name]:
        rows.setdefault(record["recipient"].value, {})[record["member"].value] = record
    reached: dict[str, Text] = {}
    for record in cells.records[ROUTES.name]:
        reached.setdefault(record["recipient"].value, record["recipient"])
    for name, place in reached.items():
        lacking = [member for member in words.words["members"] if member not in rows.get(name, {})]
        if lacking:
            yield place.finding(
                ROUTES,
                f"Für {name} fehlt im Blatt „{NECESSITY.name}“ die Zeile: {', '.join(lacking)}."
                " Was niemand braucht, bekommt „zurückhalten“.",
                "Rows are missing for this recipient; enter what nobody needs as withheld.",
            )
    for name, members in rows.items():
        if name not in reached:
            yield next(iter(members.values()))["recipient"].finding(
                NECESSITY,
                f"Zu {name} führt kein Weg; ergänzen Sie ihn im Blatt „{ROUTES.name}“ oder löschen"
                " Sie diese Zeilen.",
                "No route leads to this recipient; add one or delete these rows.",
            )
