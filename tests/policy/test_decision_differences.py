from gateway.policy.decision_differences import decision_changes
from tests.policy.builders import a_decision, an_outcome

LAW = ("why", "LAW-1")


def decision(**parts):
    rest = {"accountable": "sender", "struck_out": [], "rules_applied": ["LAW-1"]}
    return {**a_decision(), **rest, **parts}


def told(before, after):
    return [change.de for change in decision_changes(before, after)]


def test_an_equal_decision_has_no_difference():
    assert told(decision(), decision()) == []
    assert told(None, None) == []


def test_a_member_that_is_no_longer_released_says_why():
    before = decision(outcomes=[an_outcome("release", "facts", "names")])
    after = decision(
        outcomes=[an_outcome("release", "facts"), an_outcome("withhold", "names", reasons=(LAW,))]
    )

    (change,) = decision_changes(before, after)

    assert change.de == "names: weitergegeben → zurückgehalten (LAW-1/why)"
    assert change.en == "names: released → withheld (LAW-1/why)"


def test_members_that_share_what_became_of_them_stand_together():
    before = decision(outcomes=[an_outcome("release", "facts", "names")])
    after = decision(outcomes=[an_outcome("pseudonymise", "facts", "names")])

    assert told(before, after) == [
        "facts, names: weitergegeben → unter Pseudonym weitergegeben",
    ]


def test_a_denial_is_told_with_its_reasons_and_not_again_for_each_member():
    before = decision(
        outcomes=[an_outcome("release", "facts"), an_outcome("withhold", "names", reasons=(LAW,))]
    )
    after = decision(
        verdict="deny",
        denials=[{"reason": "no_legal_basis", "rule": "LAW-2"}],
        outcomes=[an_outcome("withhold", "facts", "names", reasons=(("no_legal_basis", "LAW-2"),))],
    )

    assert told(before, after) == [
        "ZULÄSSIG → NICHT ZULÄSSIG, nichts wird übermittelt",
        "Gründe der Ablehnung auch LAW-2/no_legal_basis",
        "facts: weitergegeben → zurückgehalten",
    ]


def test_obligations_that_came_and_went_or_changed():
    def duty(code, **parameters):
        return {"code": code, "rule": "LAW-1", "parameters": parameters}

    before = decision(obligations=[duty("OB-A"), duty("OB-B", day=1)])
    after = decision(obligations=[duty("OB-B", day=2), duty("OB-C")])

    assert told(before, after) == [
        "Auflagen ohne LAW-1/OB-A",
        "Auflagen auch LAW-1/OB-C",
        "Auflage OB-B: `day` 1 → 2",
    ]


def test_everything_else_of_a_decision_is_compared():
    after = decision(
        accountable="recipient",
        struck_out=["PARTNERSHIP"],
        regime={"sender": "DSGVO", "recipient": "DSGVO"},
    )

    assert told(decision(), after) == [
        "Verantwortlich „sender“ → „recipient“",
        "Rechtsregime: `sender` „JI“ → „DSGVO“",
        "Gestrichene Grundlagen auch PARTNERSHIP",
    ]


def test_other_rules_are_told_where_nothing_else_differs():
    assert told(decision(), decision(rules_applied=["LAW-1", "LAW-2"])) == [
        "Angewandte Regeln auch LAW-2"
    ]


def test_no_decision_is_a_difference_to_one():
    assert told(decision(), None) == ["ZULÄSSIG → keine Entscheidung"]
    assert told(None, decision()) == ["keine Entscheidung → ZULÄSSIG"]


def test_what_would_change_a_reason_is_compared_by_reason():
    def needs(*facts):
        return [{"reason": "why", "rule": "LAW-1", "members": [], "any_of": [list(facts)]}]

    assert told(decision(needs=needs({"fact": "a"})), decision(needs=needs({"fact": "b"}))) == [
        "Was LAW-1/why ändern würde, ist anderes"
    ]
    assert told(decision(needs=needs()), decision(needs=needs())) == []
