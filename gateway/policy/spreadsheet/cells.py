"""Reads the cells of a workbook strictly: texts under known headings, everything else refused."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from gateway.errors import GatewayError
from gateway.policy.spreadsheet.columns import (
    DIGEST_CELL,
    KIND_CELL,
    LEGEND,
    NOTES,
    SHEETS,
    Column,
    Sheet,
)

_MAX_BYTES = 4 * 1024 * 1024
_MAX_UNPACKED = 16 * 1024 * 1024
_MAX_ROWS = 5000
_MAX_COLUMNS = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_KINDS = {
    "f": ("eine Formel", "a formula"),
    "n": ("eine Zahl", "a number"),
    "d": ("ein Datum", "a date"),
    "b": ("ein Wahrheitswert", "a truth value"),
    "e": ("ein Fehlerwert", "an error value"),
}
"""What a cell holds that holds no text, by openpyxl's type."""


class WorkbookUnusable(GatewayError):
    """The file is no workbook that `policy table export` could have written."""


_BROKEN = (
    *(BadZipFile, zlib.error, EOFError, OSError, RuntimeError),
    *(SyntaxError, LookupError, ValueError, TypeError, AttributeError),
)
"""What zip, XML and the reader of the format raise on a file that is not of it."""


@dataclass(frozen=True, slots=True, order=True)
class CellFinding:
    """One thing to mend, with the cell's address; a whole sheet has none."""

    sheet: str
    row: int
    column: int
    address: str
    de: str
    en: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.address}" if self.address else self.sheet
        return f"{place}: {self.de} ({self.en})"


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one cell, with its place; empty where the cell is."""

    value: str
    row: int
    column: int
    address: str

    def finding(self, sheet: Sheet, de: str, en: str) -> CellFinding:
        return CellFinding(sheet.name, self.row, self.column, self.address, de, en)


Record = dict[str, Text]


@dataclass(frozen=True, slots=True)
class Cells:
    """What a workbook holds: its kind, the state it was made from, the rows of each sheet."""

    kind: str
    digest: str
    records: dict[str, list[Record]]
    findings: tuple[CellFinding, ...]


def read_cells(content: bytes) -> Cells:
    """Read every cell of the sheets that count.

    Raises:
        WorkbookUnusable: Not a workbook, too large, or one that names no kind.
    """
    book = _open(content)
    findings = list(_sheets(book))
    records: dict[str, list[Record]] = {}
    for sheet in SHEETS:
        records[sheet.name] = []
        page = book[sheet.name] if sheet.name in book.sheetnames else None
        if isinstance(page, Worksheet):
            records[sheet.name], wrong = _Page(sheet, page).read()
            findings += wrong
    notes = book[NOTES] if NOTES in book.sheetnames else None
    if not isinstance(notes, Worksheet) or not isinstance(notes[KIND_CELL].value, str):
        raise WorkbookUnusable(
            f"{NOTES}!{KIND_CELL}: hier muss die Vorgangsart stehen; exportieren Sie die Tabelle"
            " neu. (The exchange kind must stand here; export the table again.)"
        )
    digest = notes[DIGEST_CELL].value
    return Cells(
        notes[KIND_CELL].value.strip(),
        digest.strip() if isinstance(digest, str) else "",
        records,
        tuple(sorted(findings)),
    )


def _open(content: bytes) -> Workbook:
    if len(content) > _MAX_BYTES:
        raise WorkbookUnusable("Die Datei ist größer als 4 MiB. (The file is over 4 MiB.)")
    try:
        with ZipFile(BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MAX_UNPACKED:
                raise WorkbookUnusable(
                    "Die Datei ist ausgepackt größer als 16 MiB. (Over 16 MiB when unpacked.)"
                )
        return load_workbook(BytesIO(content), keep_links=False)
    except _BROKEN as error:
        raise WorkbookUnusable(
            "Das ist keine lesbare Arbeitsmappe (.xlsx); speichern Sie sie als solche."
            " (Not a workbook that can be read; save it as .xlsx.)"
        ) from error


def _sheets(book: Workbook) -> Iterator[CellFinding]:
    known = (NOTES, *(sheet.name for sheet in SHEETS), LEGEND)
    for name in book.sheetnames:
        if name not in known:
            yield CellFinding(
                name, 0, 0, "", "Dieses Blatt kennt der Import nicht.", "An unknown sheet."
            )
    for sheet in SHEETS:
        if not isinstance(book[sheet.name] if sheet.name in book.sheetnames else None, Worksheet):
            yield CellFinding(sheet.name, 0, 0, "", "Dieses Blatt fehlt.", "This sheet is missing.")


class _Page:
    """One sheet, cell by cell."""

    def __init__(self, sheet: Sheet, page: Worksheet) -> None:
        self._sheet = sheet
        self._page = page
        self._findings: list[CellFinding] = []
        self._headed: set[int] = set()

    def read(self) -> tuple[list[Record], list[CellFinding]]:
        page = self._page
        if page.max_row > _MAX_ROWS or page.max_column > _MAX_COLUMNS:
            self._note(
                page.cell(1, 1),
                f"Das Blatt reicht bis Zeile {page.max_row}, Spalte {page.max_column}; löschen Sie"
                " leere Zeilen und Spalten hinter der Tabelle.",
                "The sheet is too large; delete empty rows and columns after the table.",
            )
            return [], self._findings
        for merged in page.merged_cells.ranges:
            self._note(
                page.cell(merged.min_row, merged.min_col),
                f"Die Zellen {merged.coord} sind verbunden; heben Sie das auf.",
                "These cells are merged; undo that.",
            )
        columns = self._columns()
        records = []
        for line in page.iter_rows(min_row=2):
            texts = {
                cell.column: self._text(cell, columns.get(cell.column))
                for cell in line
                if isinstance(cell, Cell)
            }
            if not any(text.value for text in texts.values()):
                continue
            for number, text in texts.items():
                if text.value and number not in self._headed:
                    self._findings.append(
                        text.finding(
                            self._sheet,
                            "Diese Spalte kennt der Import nicht.",
                            "The import does not know this column.",
                        )
                    )
            records.append({column.key: texts[n] for n, column in columns.items() if n in texts})
        return records, self._findings

    def _columns(self) -> dict[int, Column]:
        """The known columns by number, from the headings; every other heading is a finding."""
        known = {column.heading: column for column in self._sheet.columns}
        columns: dict[int, Column] = {}
        for cell in next(self._page.iter_rows(min_row=1, max_row=1), ()):
            if not isinstance(cell, Cell):
                continue
            heading = self._text(cell)
            if not heading.value:
                continue
            self._headed.add(cell.column)
            column = known.get(heading.value)
            if column is None:
                what = f"Die Überschrift „{heading.value}“ kennt der Import nicht."
                self._note(cell, what, "An unknown heading.")
            elif column in columns.values():
                what = f"Die Überschrift „{heading.value}“ steht schon über einer anderen Spalte."
                self._note(cell, what, "This heading stands over another column already.")
            else:
                columns[cell.column] = column
        missing = [name for name, column in known.items() if column not in columns.values()]
        if missing:
            self._note(
                self._page.cell(1, 1),
                f"Es fehlen die Spalten: {', '.join(missing)}.",
                "Columns are missing.",
            )
        return columns

    def _text(self, cell: Cell, column: Column | None = None) -> Text:
        """Return the text of a cell; anything that is no text is a finding, and counts as one.

        A day in a column of days counts as its text.
        """
        value: Any = cell.value
        place = (cell.row, cell.column, cell.coordinate)
        if value is None:
            return Text("", *place)
        dated = column is not None and column.dated
        if dated and isinstance(value, datetime) and value.time() == time():
            return Text(value.date().isoformat(), *place)
        if cell.data_type not in ("s", "inlineStr") or not isinstance(value, str):
            de, en = _KINDS.get(cell.data_type, ("kein Text", "no text"))
            self._note(cell, f"Hier steht {de}; tragen Sie Text ein.", f"Here is {en}; enter text.")
            return Text("?", *place)
        if _CONTROL.search(value.strip()):
            self._note(
                cell,
                "Hier steht ein Zeilenumbruch oder ein anderes Steuerzeichen.",
                "A line break or another control character.",
            )
        return Text(value.strip(), *place)

    def _note(self, cell: Any, de: str, en: str) -> None:
        self._findings.append(
            CellFinding(self._sheet.name, cell.row, cell.column, cell.coordinate, de, en)
        )
