from dataclasses import replace
from io import BytesIO

from openpyxl import load_workbook

from gateway.policy.spreadsheet.writing import workbook_of
from tests.policy.spreadsheet.workbooks import KIND, a_workbook, row_of, the_table, the_words


def book(content=None):
    return load_workbook(BytesIO(content or a_workbook()))


def test_there_is_a_sheet_for_each_table_between_notes_and_legend():
    assert book().sheetnames == ["Hinweise", "Erforderlichkeit", "Wege", "Legende"]


def test_headings_are_german_and_stay_in_sight():
    page = book()["Erforderlichkeit"]

    assert [cell.value for cell in page[1]] == [
        "Empfänger",
        "Angabe",
        "Bezeichnung",
        "Erforderlichkeit",
        "Grund",
        "Vorschrift",
        "Genügt auch",
        "Status",
        "Gilt ab",
        "Gilt bis",
    ]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == f"A1:J{page.max_row}"


def test_a_row_says_what_the_table_says():
    page = book()["Erforderlichkeit"]

    assert [cell.value for cell in page[row_of("guest_names")]] == [
        "MUNICIPAL_ORDER",
        "guest_names",
        "Namen von Gästen",
        "zurückhalten",
        "not_necessary",
        "GDPR-5-1C",
        None,
        "V",
        None,
        None,
    ]


def test_a_route_has_a_row_for_each_purpose():
    page = book()["Wege"]

    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=2, max_row=3)] == [
        ["POLICE_INSPECTION", "MUNICIPAL_ORDER", "DANGER_PREVENTION"],
        ["POLICE_INSPECTION", "MUNICIPAL_ORDER", "CRIME_PREVENTION"],
    ]


def test_the_program_offers_the_words_that_are_known():
    page = book()["Erforderlichkeit"]
    offers = {str(offer.sqref): offer.formula1 for offer in page.data_validations.dataValidation}

    sheet, _, place = offers["D2:D2000"].partition("!")
    legend = book()[sheet]
    words = [cell.value for line in legend[place.replace("$", "")] for cell in line]
    assert words == ["erforderlich", "bedingt", "zurückhalten"]


def test_the_legend_says_what_an_id_means():
    page = book()["Legende"]
    cells = [cell.value for line in page.iter_rows() for cell in line]

    assert cells[cells.index("MUNICIPAL_ORDER") + 1] == "Ordnungsamt"
    assert page.protection.sheet is True


def test_the_same_tables_give_the_same_cells():
    assert [cell.value for cell in book()["Hinweise"]["B"]][1:3] == [KIND, the_table().digest]


def test_a_text_that_begins_like_a_formula_stays_a_text():
    table = the_table()
    rows = table.necessity["MUNICIPAL_ORDER"]
    label = '=HYPERLINK("https://example.org")'
    odd = {"MUNICIPAL_ORDER": {"guest_names": {**rows["guest_names"], "label_de": label}}}

    page = book(workbook_of(replace(table, necessity=odd), "", the_words()))["Erforderlichkeit"]

    assert (page["C2"].value, page["C2"].data_type) == (label, "s")
