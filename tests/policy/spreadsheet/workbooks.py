"""Workbooks of the rules of the repository, and what becomes of them when a cell is edited."""

from collections.abc import Callable
from io import BytesIO

from openpyxl import Workbook, load_workbook

from gateway.policy.spreadsheet.cells import Cells, read_cells
from gateway.policy.spreadsheet.columns import Vocabulary, vocabulary_of
from gateway.policy.spreadsheet.kind_table import KindTable, kind_table
from gateway.policy.spreadsheet.reading import check_cells
from gateway.policy.spreadsheet.writing import workbook_of
from tests.builders import the_policies

KIND = "PREMISES_HAZARD_NOTICE"


def the_table(kind: str = KIND) -> KindTable:
    return kind_table(the_policies().data, kind)


def the_words(kind: str = KIND) -> Vocabulary:
    return vocabulary_of(the_policies().policy_set, kind)


def a_workbook(kind: str = KIND) -> bytes:
    return workbook_of(the_table(kind), "Gefahrenhinweis zu einem Objekt", the_words(kind))


def edited(change: Callable[[Workbook], object], kind: str = KIND) -> bytes:
    """The exported workbook after *change*, as a spreadsheet program would save it."""
    book = load_workbook(BytesIO(a_workbook(kind)))
    change(book)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def with_cells(kind: str = KIND, **cells: object) -> bytes:
    """The exported workbook with other values in cells of the first table: `E2="bedingt"`."""

    def change(book: Workbook) -> None:
        for address, value in cells.items():
            book["Erforderlichkeit"][address] = value

    return edited(change, kind)


def findings(content: bytes, kind: str = KIND) -> list[str]:
    """What is refused, each with its address, in the order in which it is told."""
    return [str(finding) for finding in check_cells(cells_of(content), the_words(kind))]


def cells_of(content: bytes) -> Cells:
    return read_cells(content)


def row_of(member: str, kind: str = KIND) -> int:
    """The line of the first table in which a member stands."""
    page = load_workbook(BytesIO(a_workbook(kind)))["Erforderlichkeit"]
    return next(line for line in range(2, page.max_row + 1) if page.cell(line, 2).value == member)
