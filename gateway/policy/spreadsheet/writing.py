"""Writes the tables of one exchange kind as a workbook: a sheet each, with choices to pick from."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from gateway.policy.spreadsheet.columns import (
    DIGEST_CELL,
    KIND_CELL,
    LEGEND,
    NOTES,
    SHEETS,
    Column,
    Sheet,
    Vocabulary,
)
from gateway.policy.spreadsheet.kind_table import KindTable
from gateway.policy.spreadsheet.rows import rows_of

_BOLD = Font(bold=True)
_GREY = PatternFill("solid", fgColor="DDDDDD")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_MADE = datetime(2026, 1, 1)
"""The same each time, so that the same tables give the same workbook."""

_LAST_ROW = 2000

_HELP = (
    "Ändern Sie die Blätter „Erforderlichkeit“ und „Wege“; sortieren und filtern ist erlaubt.",
    "Überschriften, Blattnamen und dieses Blatt bleiben, wie sie sind. Keine Formeln.",
    "Die Kennungen, die in einer Zelle stehen dürfen, zeigt das Blatt „Legende“.",
    "Erforderlichkeit: erforderlich = wird weitergegeben; bedingt = nur mit Begründung im",
    "Einzelfall; zurückhalten = nie. Zu bedingt und zurückhalten gehören Grund und Vorschrift.",
    "Wege: eine Zeile für jeden Zweck, zu dem ein Empfänger Daten haben darf.",
    "Zurück in die Regeln: datenschleuse policy table import DATEI",
)


def workbook_of(table: KindTable, title: str, words: Vocabulary) -> bytes:
    """Return the workbook: notes, one sheet for each table, and a legend of the ids."""
    book = Workbook()
    notes = book.active
    assert isinstance(notes, Worksheet)
    _notes(notes, table, title)
    sheets = [(sheet, book.create_sheet(sheet.name)) for sheet in SHEETS]
    ranges = _legend(book.create_sheet(LEGEND), words)
    for sheet, page in sheets:
        _page(page, sheet, table, ranges)
    book.active = 1
    book.properties.created = book.properties.modified = _MADE
    book.properties.creator = "datenschleuse"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _notes(page: Worksheet, table: KindTable, title: str) -> None:
    page.title = NOTES
    _put(page.cell(1, 1), "Tabellen einer Vorgangsart").font = _BOLD
    _put(page.cell(2, 1), "Vorgangsart")
    _put(page[KIND_CELL], table.kind)
    _put(page.cell(2, 3), title)
    _put(page.cell(3, 1), "Stand")
    _put(page[DIGEST_CELL], table.digest)
    for number, line in enumerate(_HELP, 5):
        _put(page.cell(number, 1), line)
    _widths(page, (18, 68, 40))
    page.protection.sheet = True


def _page(page: Worksheet, sheet: Sheet, table: KindTable, ranges: Mapping[str, str]) -> None:
    for number, column in enumerate(sheet.columns, 1):
        heading = _put(page.cell(1, number), column.heading)
        heading.font, heading.fill = _BOLD, _GREY
        _offer(page, number, column, ranges)
    rows = list(rows_of(table, sheet))
    for line, row in enumerate(rows, 2):
        for number, column in enumerate(sheet.columns, 1):
            if row[column.key]:
                _put(page.cell(line, number), row[column.key]).alignment = _WRAPPED
    last = get_column_letter(len(sheet.columns))
    page.auto_filter.ref = f"A1:{last}{max(len(rows) + 1, 2)}"
    page.freeze_panes = "A2"
    _widths(page, [column.width for column in sheet.columns])


def _offer(page: Worksheet, number: int, column: Column, ranges: Mapping[str, str]) -> None:
    """Let the program offer the known words; what counts is what the import refuses."""
    if column.vocabulary is None or column.listed:
        return
    offer = DataValidation(
        type="list", formula1=ranges[column.vocabulary], allow_blank=not column.needed
    )
    letter = get_column_letter(number)
    offer.add(f"{letter}2:{letter}{_LAST_ROW}")
    page.add_data_validation(offer)


def _legend(page: Worksheet, words: Vocabulary) -> dict[str, str]:
    """Write each vocabulary below its name; return the range that holds its words."""
    names = {
        "agency_kinds": "Arten von Stellen",
        "members": "Angaben dieser Vorgangsart",
        "needs": "Erforderlichkeit",
        "reasons": "Gründe",
        "norms": "Vorschriften",
        "grounds": "Genügt auch",
        "statuses": "Status",
        "purposes": "Zwecke",
    }
    ranges = {}
    for place, (name, heading) in enumerate(names.items()):
        first = 2 * place + 1
        _put(page.cell(1, first), heading).font = _BOLD
        known = words.words[name]
        for line, (word, meaning) in enumerate(known.items(), 2):
            _put(page.cell(line, first), word)
            if meaning:
                _put(page.cell(line, first + 1), meaning)
        letter = get_column_letter(first)
        ranges[name] = f"{LEGEND}!${letter}$2:${letter}${max(len(known) + 1, 2)}"
    _widths(page, [28, 40] * len(names))
    page.protection.sheet = True
    return ranges


def _put(cell: Cell | MergedCell, text: str) -> Cell:
    """Write *text* as a text, also where it begins like a formula."""
    assert isinstance(cell, Cell)
    cell.value = text
    cell.data_type = "s"
    return cell


def _widths(page: Worksheet, widths: tuple[int, ...] | list[int]) -> None:
    for number, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(number)].width = width
