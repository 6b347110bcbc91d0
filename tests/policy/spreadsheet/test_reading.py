from datetime import datetime

import pytest
from openpyxl import Workbook

from gateway.policy.spreadsheet.reading import table_of_cells
from tests.policy.spreadsheet.workbooks import (
    a_workbook,
    cells_of,
    edited,
    findings,
    row_of,
    the_table,
    with_cells,
)

HAZARD, GUESTS, WITNESS = row_of("hazard_facts"), row_of("guest_names"), row_of("witness_name")


def test_an_exported_workbook_says_what_the_tables_say():
    assert findings(a_workbook()) == []
    assert table_of_cells(the_table(), cells_of(a_workbook())) == the_table()


def test_an_edited_row_is_taken_into_the_table():
    after = table_of_cells(the_table(), cells_of(with_cells(**{f"D{GUESTS}": "bedingt"})))

    row = after.necessity["MUNICIPAL_ORDER"]["guest_names"]
    assert row == {**the_table().necessity["MUNICIPAL_ORDER"]["guest_names"], "need": "conditional"}


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("A", "MUNICIPAL_ODER", "„MUNICIPAL_ODER“ kennen die Regeln nicht. Meinten Sie MUNICIPAL_"),
        ("B", "guest_nam", "„guest_nam“ kennen die Regeln nicht. Meinten Sie guest_names?"),
        ("D", "nötig", "„nötig“ ist kein Eintrag für „Erforderlichkeit“; möglich: erforderlich, "),
        ("D", "withhold", "„withhold“ ist kein Eintrag für „Erforderlichkeit“"),
        ("E", "not_necesary", "„not_necesary“ kennen die Regeln nicht. Meinten Sie not_necessary?"),
        ("F", "GDPR-5-1-C", "„GDPR-5-1-C“ kennen die Regeln nicht."),
        ("F", "NPOG-41", "Den Grund „not_necessary“ gibt es nicht mit NPOG-41, sondern mit GDPR-5"),
        ("G", "consent", "Bei „zurückhalten“ genügt nichts"),
        ("H", "X", "„X“ ist kein Eintrag für „Status“; möglich: V, P, O, U."),
        ("A", None, "„Empfänger“ darf nicht leer sein"),
        ("B", None, "„Angabe“ darf nicht leer sein"),
        ("C", None, "„Bezeichnung“ darf nicht leer sein"),
        ("D", None, "„Erforderlichkeit“ darf nicht leer sein"),
        ("E", None, "Bei „zurückhalten“ darf „Grund“ nicht leer sein."),
        ("F", None, "Bei „zurückhalten“ darf „Vorschrift“ nicht leer sein."),
        ("H", None, "„Status“ darf nicht leer sein"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_address(column, value, told):
    address = f"{column}{GUESTS}"

    (line,) = findings(with_cells(**{address: value}))

    assert line.startswith(f"Erforderlichkeit!{address}: {told}")


@pytest.mark.parametrize(
    ("column", "value", "heading"),
    [
        ("E", "not_necessary", "Grund"),
        ("F", "GDPR-5-1C", "Vorschrift"),
        ("G", "consent", "Genügt auch"),
    ],
)
def test_a_needed_member_gives_no_reason_to_withhold_it(column, value, heading):
    lines = findings(with_cells(**{f"{column}{HAZARD}": value}))

    assert lines[0].startswith(
        f"Erforderlichkeit!{column}{HAZARD}: Bei „erforderlich“ bleibt „{heading}“ leer."
    )


def test_what_suffices_may_be_several_and_each_must_be_known():
    assert findings(with_cells(**{f"G{WITNESS}": "consent, present_danger"})) == []

    (line,) = findings(with_cells(**{f"G{WITNESS}": "consent, danger"}))

    assert line.startswith(f"Erforderlichkeit!G{WITNESS}: „danger“")


def test_a_row_that_stands_twice_is_refused_with_the_row_of_the_first():
    def copy(book: Workbook) -> None:
        page = book["Erforderlichkeit"]
        page.append([cell.value for cell in page[GUESTS]])

    (line,) = findings(edited(copy))

    assert line.startswith(
        f"Erforderlichkeit!B19: MUNICIPAL_ORDER / guest_names steht schon in Zeile {GUESTS}"
    )


def test_a_route_that_stands_twice_is_refused():
    def copy(book: Workbook) -> None:
        book["Wege"].append([cell.value for cell in book["Wege"][2]])

    (line,) = findings(edited(copy))

    assert line.startswith("Wege!C8: POLICE_INSPECTION / MUNICIPAL_ORDER / DANGER_PREVENTION steht")


@pytest.mark.parametrize(
    ("address", "value", "told"),
    [
        ("A3", "POLICE", "„POLICE“ kennen die Regeln nicht."),
        ("C3", "MARKETING", "„MARKETING“ kennen die Regeln nicht."),
        ("C3", None, "„Zweck des Empfängers“ darf nicht leer sein"),
    ],
)
def test_a_wrong_cell_of_a_route_is_refused_with_its_address(address, value, told):
    def change(book: Workbook) -> None:
        book["Wege"][address] = value

    (line,) = findings(edited(change))

    assert line.startswith(f"Wege!{address}: {told}")


def test_a_member_without_a_row_is_refused_at_the_route_to_its_recipient():
    (line,) = findings(edited(lambda book: book["Erforderlichkeit"].delete_rows(GUESTS)))

    assert line.startswith("Wege!B2: Für MUNICIPAL_ORDER fehlt")
    assert "die Zeile: guest_names." in line


def test_rows_for_a_recipient_that_no_route_reaches_are_refused():
    def change(book: Workbook) -> None:
        page = book["Wege"]
        for line in range(2, page.max_row + 1):
            page.cell(line, 2).value = "TRADE_OFFICE"

    lines = findings(edited(change))

    assert lines[0].startswith("Erforderlichkeit!A2: Zu MUNICIPAL_ORDER führt kein Weg")
    assert lines[1].startswith("Wege!B2: Für TRADE_OFFICE fehlt")


def test_every_wrong_cell_is_told_at_once_in_reading_order():
    content = with_cells(**{f"H{WITNESS}": "X", f"A{GUESTS}": "X", f"D{GUESTS}": "=A1"})

    places = [line.partition(":")[0] for line in findings(content)]

    assert places == [
        f"Erforderlichkeit!A{GUESTS}",
        f"Erforderlichkeit!D{GUESTS}",
        f"Erforderlichkeit!H{WITNESS}",
    ]


@pytest.mark.parametrize("day", ["2026-12-31", datetime(2026, 12, 31)])
def test_a_row_may_say_its_first_and_last_day_as_text_or_as_a_date(day):
    content = with_cells(**{f"I{HAZARD}": "2026-01-01", f"J{HAZARD}": day})

    assert findings(content) == []
    row = table_of_cells(the_table(), cells_of(content)).necessity["MUNICIPAL_ORDER"][
        "hazard_facts"
    ]
    assert (row["in_force_from"], row["in_force_to"]) == ("2026-01-01", "2026-12-31")


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("31.12.2026", "„31.12.2026“ ist kein Datum JJJJ-MM-TT."),
        ("20261231", "„20261231“ ist kein Datum JJJJ-MM-TT."),
        ("2025-12-31", "Der letzte Tag liegt vor dem ersten, 2026-01-01."),
        (datetime(2026, 12, 31, 12), "Hier steht ein Datum; tragen Sie Text ein."),
    ],
)
def test_a_wrong_day_is_refused_with_its_address(day, told):
    (line,) = findings(with_cells(**{f"I{HAZARD}": "2026-01-01", f"J{HAZARD}": day}))

    assert line.startswith(f"Erforderlichkeit!J{HAZARD}: {told}")
