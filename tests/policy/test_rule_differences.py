from types import MappingProxyType

import pytest

from gateway.adapters.rego_parser import parse_modules
from gateway.policy.catalogue import Catalogue, CatalogueEntry
from gateway.policy.rule_differences import reason_changes, rule_changes

PATH = "policies/exchange/rules/recipient/recipient.rego"
TEST = PATH.replace(".rego", "_test.rego")
BEFORE = """package exchange.rules.recipient

deny contains {"rule": "LAW-1", "reason": "why"} if {
	not _competent
}

obligation contains {"code": "OB-LOG", "rule": "LAW-1", "parameters": {}} if true

_competent if input.x
"""


def changes(before, after, path=PATH):
    sources = [[(path, text)] if text else [] for text in (before, after)]
    old, new = (parse_modules(each)[0] for each in sources)
    return [str(change) for change in rule_changes(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("input.x", "input.y", "_competent verlangt anderes"),
        ("not _competent", "true", "deny LAW-1/why verlangt anderes"),
        ('"parameters": {}', '"parameters": {"a": 1}', "obligation LAW-1/OB-LOG verlangt anderes"),
        ("_competent if input.x", "", "_competent entfernt"),
        ("_competent if", "_able if true\n\n_competent if", "_able neu"),
    ],
)
def test_a_rule_that_is_otherwise_is_named(old, new, told):
    after = BEFORE.replace(old, new)

    assert [line for line in changes(BEFORE, after) if told in line] != []


def test_both_languages_name_the_rule():
    assert changes(BEFORE, BEFORE.replace("input.x", "input.y")) == [
        f"{PATH}: _competent verlangt anderes ({PATH}: _competent asks otherwise)"
    ]


def test_equal_modules_have_no_difference():
    assert changes(BEFORE, BEFORE) == []


def test_comments_alone_are_said_to_be_no_more():
    (told,) = changes(BEFORE, f"# more words\n{BEFORE}")

    assert told.startswith(f"{PATH}: nur Form oder Erläuterung")


def test_files_that_came_and_went():
    assert changes(BEFORE, "")[0].startswith(f"{PATH}: Datei entfernt")
    assert changes("", BEFORE)[0].startswith(f"{PATH}: neue Datei")


def test_other_tests_are_told_in_one_line():
    before = "package x_test\n\ntest_a if true\n\ntest_b if true\n"
    after = "package x_test\n\ntest_a if 1 == 1\n\ntest_c if true\n"

    (told,) = changes(before, after, TEST)

    assert told.startswith(f"{TEST}: andere Tests: test_a, test_b, test_c")


def catalogue(**entries):
    rows = {
        ("LAW-1", reason): CatalogueEntry("LAW-1", reason, title, "§ 1", None, "V", de, en)
        for reason, (title, de, en) in entries.items()
    }
    return Catalogue(MappingProxyType(rows), MappingProxyType({}))


def test_reasons_that_came_went_or_read_otherwise():
    before = catalogue(why=("Titel", "Darum.", "So."), gone=("", "Weg.", "Away."))
    after = catalogue(why=("Neu", "Deshalb.", "Thus."), come=("", "Da.", "There."))

    told = [change.de for change in reason_changes(before, after)]

    assert told == [
        "Grund LAW-1/come neu: „Da.“",
        "Grund LAW-1/gone entfernt",
        "Grund LAW-1/why: Titel „Titel“ → „Neu“",
        "Grund LAW-1/why: deutscher Satz „Darum.“ → „Deshalb.“",
        "Grund LAW-1/why: englischer Satz „So.“ → „Thus.“",
    ]
