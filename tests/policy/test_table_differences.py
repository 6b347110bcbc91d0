import pytest

from gateway.policy.table_differences import necessity_changes, plain_changes, route_changes

LABELS = {"OFFICE": {"label_de": "Ordnungsamt"}}
ROW = {"label_de": "Namen", "need": "needed", "status": "V"}


def necessity(before, after):
    return [
        (change.de, change.en)
        for change in necessity_changes("NOTE", {"OFFICE": before}, {"OFFICE": after}, LABELS)
    ]


def test_an_equal_table_has_no_difference():
    assert necessity({"names": ROW}, {"names": dict(ROW)}) == []


def test_a_need_that_changed_is_said_in_both_languages():
    assert necessity({"names": ROW}, {"names": {**ROW, "need": "withhold"}}) == [
        (
            "NOTE → Ordnungsamt (OFFICE): „Namen“ (names): Erforderlichkeit erforderlich →"
            " zurückhalten",
            "NOTE → OFFICE: names: need needed → withhold",
        )
    ]


def test_parts_of_a_row_that_came_and_went():
    after = {**ROW, "rule": "LAW-1", "suffices": ["consent"], "status": "U"}

    ((de, en),) = necessity({"names": ROW}, {"names": after})

    assert de.rpartition(": ")[2] == (
        "Status „V“ → „U“; Vorschrift leer → „LAW-1“; Genügt auch leer → consent"
    )
    assert en.rpartition(": ")[2] == (
        "status „V“ → „U“; rule empty → „LAW-1“; suffices empty → consent"
    )


def test_rows_that_came_and_went():
    told = necessity({"names": ROW}, {"other": {**ROW, "need": "conditional"}})

    assert told == [
        (
            "NOTE → Ordnungsamt (OFFICE): „Namen“ (names): Zeile entfernt, wird nie weitergegeben",
            "NOTE → OFFICE: names: row removed, never released",
        ),
        (
            "NOTE → Ordnungsamt (OFFICE): „Namen“ (other): neue Zeile, bedingt",
            "NOTE → OFFICE: other: new row, conditional",
        ),
    ]


def test_a_recipient_without_rows_gets_nothing_any_more():
    (change,) = necessity_changes("NOTE", {"SCHOOL": {"names": ROW}}, {}, LABELS)

    assert str(change) == (
        "NOTE → SCHOOL: keine Zeile mehr, nichts wird mehr weitergegeben"
        " (NOTE → SCHOOL: no row any more, nothing is released)"
    )


def routes(before, after):
    return [
        str(change)
        for change in route_changes(
            "NOTE", {"POLICE": {"OFFICE": before}}, {"POLICE": {"OFFICE": after}}, LABELS
        )
    ]


def test_purposes_of_a_route_that_came_and_went():
    assert routes({"recipient_purposes": ["A", "B"]}, {"recipient_purposes": ["B", "C"]}) == [
        "NOTE: POLICE → Ordnungsamt (OFFICE): Zweck A entfernt"
        " (NOTE: POLICE → OFFICE: purpose A removed)",
        "NOTE: POLICE → Ordnungsamt (OFFICE): Zweck C neu"
        " (NOTE: POLICE → OFFICE: purpose C is new)",
    ]


def test_another_member_of_a_route_is_told_too():
    (told,) = routes({"recipient_purposes": [], "note": 1}, {"recipient_purposes": [], "note": 2})

    assert "`note` 1 → 2" in told


def test_routes_that_came_and_went():
    before = {"POLICE": {"OFFICE": {"recipient_purposes": ["A"]}}}
    after = {"SCHOOL": {"OFFICE": {"recipient_purposes": ["A", "B"]}}}

    told = [change.en for change in route_changes("NOTE", before, after, LABELS)]

    assert told == [
        "NOTE: POLICE → OFFICE: route removed, denied",
        "NOTE: SCHOOL → OFFICE: new route for A, B",
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, ["T: `a` 1 → 2"]),
        ({"a": "x"}, {"a": None}, ["T: `a` „x“ → null"]),
        ({"a": {"b": 1}}, {"a": {"c": 1}}, ["T: `a`: `b` entfernt", "T: `a`: `c` neu: 1"]),
        ({"a": ["x", "y"]}, {"a": ["y", "z"]}, ["T: `a` ohne x", "T: `a` auch z"]),
        ({"a": ["x", "y"]}, {"a": []}, ["T: `a` ohne x, y"]),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, ["T: `a` in anderer Folge"]),
        ({"a": [1]}, {"a": [2]}, ["T: `a` [1] → [2]"]),
        ({"a": {}}, {"a": []}, ["T: `a` {} → "]),
    ],
)
def test_any_two_values_are_compared_in_words(before, after, told):
    assert [change.de for change in plain_changes(before, after, ("T",), ("T",))] == told
