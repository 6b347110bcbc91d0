import re
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from gateway.policy.spreadsheet.cells import WorkbookUnusable, read_cells
from tests.policy.spreadsheet.workbooks import (
    KIND,
    a_workbook,
    cells_of,
    edited,
    findings,
    the_table,
    with_cells,
)


def test_an_exported_workbook_is_read_as_it_was_written():
    cells = cells_of(a_workbook())

    assert (cells.kind, cells.digest, cells.findings) == (KIND, the_table().digest, ())
    assert len(cells.records["Erforderlichkeit"]) == 17
    assert cells.records["Erforderlichkeit"][0]["recipient"].address == "A2"


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("=1+1", "eine Formel"),
        ('=IF(TRUE,"bedingt","x")', "eine Formel"),
        (1, "eine Zahl"),
        (True, "ein Wahrheitswert"),
        (datetime(2026, 11, 24), "ein Datum"),
        ("#REF!", "ein Fehlerwert"),
    ],
)
def test_what_is_no_text_is_refused_with_its_address(value, what):
    (told,) = findings(with_cells(D4=value))

    assert told.startswith(f"Erforderlichkeit!D4: Hier steht {what}; tragen Sie Text ein.")


def test_a_formula_under_no_heading_is_refused_too():
    told = findings(with_cells(K4="=1+1"))

    assert any(line.startswith("Erforderlichkeit!K4: Hier steht eine Formel") for line in told)


def test_an_unknown_heading_is_refused_with_its_address():
    (told,) = findings(with_cells(K1="Bemerkung"))

    assert told.startswith(
        "Erforderlichkeit!K1: Die Überschrift „Bemerkung“ kennt der Import nicht."
    )


def test_a_note_in_a_column_without_heading_is_refused_with_its_address():
    (told,) = findings(with_cells(L3="prüfen!"))

    assert told.startswith("Erforderlichkeit!L3: Diese Spalte kennt der Import nicht.")


def test_a_heading_that_was_renamed_is_unknown_and_missing():
    told = findings(with_cells(D1="Nötig"))

    assert [line.partition(":")[0] for line in told] == [
        "Erforderlichkeit!A1",
        "Erforderlichkeit!D1",
    ]
    assert "Es fehlen die Spalten: Erforderlichkeit." in told[0]


def test_a_heading_that_stands_twice_is_refused():
    (told,) = findings(with_cells(K1="Status"))

    assert told.startswith("Erforderlichkeit!K1: Die Überschrift „Status“ steht schon über")


def test_columns_may_be_moved():
    def move(book: Workbook) -> None:
        page = book["Erforderlichkeit"]
        for line in range(1, page.max_row + 1):
            page.cell(line, 11).value = page.cell(line, 1).value
            page.cell(line, 1).value = None

    assert findings(edited(move)) == []


def test_merged_cells_are_refused():
    told = findings(edited(lambda book: book["Erforderlichkeit"].merge_cells("A2:A3")))

    assert any(
        line.startswith("Erforderlichkeit!A2: Die Zellen A2:A3 sind verbunden") for line in told
    )


def test_a_line_break_in_a_cell_is_refused():
    (told,) = findings(with_cells(C3="Zeile\nUmbruch"))

    assert told.startswith("Erforderlichkeit!C3: Hier steht ein Zeilenumbruch")


def test_spaces_around_a_text_and_empty_rows_do_not_count():
    def change(book: Workbook) -> None:
        page = book["Erforderlichkeit"]
        page["D2"] = f"  {page['D2'].value} "
        page.insert_rows(3)

    cells = cells_of(edited(change))

    assert len(cells.records["Erforderlichkeit"]) == 17
    assert cells.records["Erforderlichkeit"][0]["need"].value == "bedingt"


def test_an_unknown_sheet_and_a_missing_one_are_named():
    def change(book: Workbook) -> None:
        book["Wege"].title = "Routen"

    told = findings(edited(change))

    assert any(line.startswith("Wege: Dieses Blatt fehlt.") for line in told)
    assert any(line.startswith("Routen: Dieses Blatt kennt der Import nicht.") for line in told)


def test_a_sheet_that_reaches_far_below_its_table_is_refused_before_it_is_read():
    (told,) = findings(with_cells(A9999="x"))

    assert told.startswith("Erforderlichkeit!A1: Das Blatt reicht bis Zeile 9999")


def test_the_legend_may_be_gone():
    assert findings(edited(lambda book: book.remove(book["Legende"]))) == []


def test_a_workbook_that_names_no_kind_is_unusable():
    with pytest.raises(WorkbookUnusable, match="Hinweise!B2"):
        read_cells(edited(lambda book: book["Hinweise"].delete_rows(1, 5)))
    with pytest.raises(WorkbookUnusable, match="Hinweise!B2"):
        read_cells(edited(lambda book: book.remove(book["Hinweise"])))


@pytest.mark.parametrize("content", [b"", b"Angabe;Erforderlichkeit", a_workbook()[:900]])
def test_what_is_no_workbook_is_unusable(content):
    with pytest.raises(WorkbookUnusable, match="keine lesbare Arbeitsmappe"):
        read_cells(content)


def test_a_workbook_with_broken_parts_is_unusable():
    whole = ZipFile(BytesIO(a_workbook()))
    for broken in [name for name in whole.namelist() if name.startswith("xl/work")]:
        content = BytesIO()
        with ZipFile(content, "w") as archive:
            for name in whole.namelist():
                archive.writestr(name, b"<" if name == broken else whole.read(name))
        with pytest.raises(WorkbookUnusable, match="keine lesbare Arbeitsmappe"):
            read_cells(content.getvalue())


def test_a_cell_that_points_nowhere_makes_a_workbook_unusable():
    whole, content = ZipFile(BytesIO(a_workbook())), BytesIO()
    with ZipFile(content, "w") as archive:
        for name in whole.namelist():
            cell = rb'<c r="D4" t="s"><v>99999</v></c>'
            archive.writestr(name, re.sub(rb'<c r="D4".*?</c>', cell, whole.read(name), count=1))

    with pytest.raises(WorkbookUnusable, match="keine lesbare Arbeitsmappe"):
        read_cells(content.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_unusable():
    content = BytesIO(a_workbook())
    with ZipFile(content, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b" " * (17 * 1024 * 1024))

    with pytest.raises(WorkbookUnusable, match="ausgepackt größer als 16 MiB"):
        read_cells(content.getvalue())


def test_a_file_that_is_too_large_is_unusable():
    with pytest.raises(WorkbookUnusable, match="größer als 4 MiB"):
        read_cells(bytes(4 * 1024 * 1024 + 1))
