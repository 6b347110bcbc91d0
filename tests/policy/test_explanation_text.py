from gateway.policy.explanation_text import lines_of
from tests.policy.explanations import explanation


def text(document):
    return "\n".join(lines_of(document))


def test_the_path_goes_from_the_regimes_to_the_result():
    lines = list(lines_of(explanation("V01")))

    headings = [line for line in lines if line[:2] in {f"{n}." for n in range(1, 7)}]
    assert [heading[0] for heading in headings] == ["1", "2", "3", "4", "5", "6"]
    assert "Ergebnis: ZULÄSSIG (permitted)" in lines


def test_a_withheld_member_has_rule_norm_sentence_and_place():
    said = text(explanation("V01")).partition("✗ witness_name")[2].partition("6. Auflagen")[0]

    assert "zurückgehalten (withheld); Tabelle: bedingt erforderlich (table: conditional)" in said
    assert "NPOG-40-2/only_police_and_prosecution: § 40 Abs. 2 NPOG" in said
    assert "Wertende Angaben sowie Daten über Kontaktpersonen" in said
    assert "may go to police and prosecution authorities only." in said
    assert "policies/exchange/rules/recipient/recipient.rego:" in said


def test_a_denial_gives_each_sentence_once():
    said = text(explanation("V02"))

    assert " ".join(said.split()).count("ist keine Rechtsgrundlage; die Partnerschaft") == 1
    assert "Ergebnis: NICHT ZULÄSSIG, nichts wird übermittelt (denied, nothing leaves)" in said


def test_a_norm_that_was_not_read_says_so():
    assert "NPOG-41: § 41 NPOG (Norm nicht im aktuellen Wortlaut geprüft" in text(
        explanation("V01")
    )


def test_a_day_is_shown_as_a_date():
    said = " ".join(text(explanation("V01")).split())

    assert "erase_at_day: 2027-12-31" in said


def test_lines_are_short_and_part_no_section_sign():
    for case in ("V01", "V02", "V08", "V20"):
        lines = list(lines_of(explanation(case)))
        assert max(map(len, lines)) <= 100
        assert [line for line in lines if line.endswith(("§", "Abs.", "Nr."))] == []


def test_reasons_behind_a_neutral_answer_are_marked_as_not_for_the_requester():
    said = text({**explanation("V02"), "neutral": True})

    assert "Der Anfragende erhält die neutrale Antwort" in said
    assert "neutrale Antwort" not in text(explanation("V02"))


def test_a_request_that_offers_and_claims_nothing_says_so():
    said = text(
        {**explanation("V02"), "members": [], "bases": [], "purpose": None, "obligations": []}
    )

    assert "keine genannt (none claimed)" in said
    assert "keine angeboten (none offered)" in said
    assert "Zweck (purpose): – (none)" in said


def test_a_named_provision_of_the_recipient_is_shown():
    door = {
        "request_mode": "on_request",
        "basis": "NPOG-30-2",
        "citation": "§ 30 Abs. 2 NPOG",
        "verified": True,
    }

    said = text({**explanation("V01"), "second_door": door})

    assert "auf Ersuchen des Empfängers" in said
    assert "genannt (named): NPOG-30-2: § 30 Abs. 2 NPOG" in said


def test_what_would_change_a_reason_is_told_with_its_evidence():
    evidence = {"label_de": "", "evidence_de": "", "evidence_en": ""}
    danger = {
        "fact": "danger_level",
        "at_least": "concrete",
        "label_de": "Gefahr",
        "evidence_de": "Bericht",
        "evidence_en": "report",
    }
    order = {"fact": "judicial_order", "value": True, **evidence}
    reason = {"fact": "necessity_reason", "of": "member", "given": True, **evidence}
    need = {"rule": "LAW-1", "reason": "why", "members": ["names"]}

    said = text({**explanation("V01"), "needs": [{**need, "any_of": [[danger], [order, reason]]}]})

    assert said.partition("7. Was es ändern würde (what would change it)\n")[2].split("\n")[:5] == [
        "  LAW-1/why [names]",
        '      - Gefahr (danger_level) mindestens (at least) "concrete"; Nachweis: Bericht'
        " (evidence: report)",
        "    oder (or)",
        "      - judicial_order = true",
        "      - necessity_reason der Angabe (of the member)",
    ]


def test_without_needs_there_is_no_word_of_them():
    assert "Was es ändern würde" not in text({**explanation("V01"), "needs": []})


def test_a_row_that_counts_for_some_time_only_says_so():
    (member, *others) = explanation("V01")["members"]
    dated = {**member, "in_force": ["2026-01-01", None]}

    said = text({**explanation("V01"), "members": [dated, *others]})

    assert said.count("gilt (in force)") == 1
    assert ", gilt (in force) 2026-01-01 – …" in " ".join(said.split())
