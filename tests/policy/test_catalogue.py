import pytest

from gateway.policy.catalogue import build_catalogue, read_norms
from gateway.policy.metadata import Block, Said

NORMS = {"LAW-1": {"citation": "§ 1 Gesetz", "status": "P", "link": "urn:law"}}


def a_block(*said, line=3):
    return Block("policies/a/a.rego", line, "Title", "LAW-1", said, {})


def test_an_entry_joins_what_the_rule_says_with_its_norm():
    norms, _ = read_norms(NORMS)
    catalogue, findings = build_catalogue([a_block(Said("LAW-1", "why", "Darum.", "So."))], norms)

    entry = catalogue.entry("LAW-1", "why")

    assert findings == []
    assert (entry.title, entry.norm, entry.link, entry.status) == (
        "Title",
        "§ 1 Gesetz",
        "urn:law",
        "P",
    )
    assert (entry.de, entry.en) == ("Darum.", "So.")
    assert ("LAW-1", "why") in catalogue
    assert ("LAW-1", "other") not in catalogue


def test_an_unknown_pair_has_no_entry():
    catalogue, _ = build_catalogue([], {})

    with pytest.raises(KeyError):
        catalogue.entry("LAW-1", "why")


def test_a_rule_without_norm_is_a_finding_at_its_block():
    _, (finding,) = build_catalogue([a_block(Said("LAW-9", "why", "Darum.", "So."))], {})

    assert (finding.path, finding.line) == ("policies/a/a.rego", 3)
    assert "`LAW-9`" in finding.de


def test_the_same_pair_may_be_said_twice_in_the_same_words_only():
    norms, _ = read_norms(NORMS)
    first = a_block(Said("LAW-1", "why", "Darum.", "So."))
    again = a_block(Said("LAW-1", "why", "Darum.", "So."), line=9)
    other = a_block(Said("LAW-1", "why", "Deshalb.", "So."), line=9)

    assert build_catalogue([first, again], norms)[1] == []
    assert [finding.line for finding in build_catalogue([first, other], norms)[1]] == [9]


@pytest.mark.parametrize(
    "row",
    [
        {"status": "V"},
        {"citation": "§ 1", "status": "X"},
        {"citation": "§ 1"},
        {"citation": 1, "status": "V"},
        "§ 1",
    ],
)
def test_a_norm_needs_citation_and_status(row):
    norms, findings = read_norms({"LAW-1": row})

    assert norms == {}
    assert len(findings) == 1


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("V", "§ 1 Gesetz"),
        ("P", "§ 1 Gesetz"),
        ("O", "§ 1 Gesetz (Norm nicht im aktuellen Wortlaut geprüft)"),
        ("U", "§ 1 Gesetz (Norm nicht im aktuellen Wortlaut geprüft)"),
    ],
)
def test_a_norm_whose_wording_nobody_read_says_so_wherever_it_is_shown(status, shown):
    norms, _ = read_norms({"LAW-1": {**NORMS["LAW-1"], "status": status}})
    catalogue, _ = build_catalogue([a_block(Said("LAW-1", "why", "Darum.", "So."))], norms)

    assert norms["LAW-1"].shown == catalogue.entry("LAW-1", "why").norm == shown
