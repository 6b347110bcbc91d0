from gateway.policy.checks import check_reading
from gateway.policy.loading import read_policy_set
from tests.policy.sets import MAIN, write_set

SAID = "# METADATA\n# custom: {id: LAW-1, reason: why, de: Darum., en: So.}\n"
NEEDS = {"policies/needs/data.json": {"reasons": {"LAW-1": {"why": {"any_of": []}}}}}
RULES = "policies/exchange/rules/purpose/purpose.rego"


def findings_of(tmp_path, files):
    return check_reading(read_policy_set(*write_set(tmp_path, files)))


def rules(body):
    said = NEEDS if SAID in body else {}
    return {RULES: f"package exchange.rules.purpose\n\n{body}", **said}


def test_a_set_in_order_has_no_finding(tmp_path):
    files = {
        **rules(f'{SAID}deny contains {{"reason": "why", "rule": "LAW-1"}} if input.x\n'),
        "policies/agency_kinds/data.json": {"POLICE": {}},
        "policies/necessity/NOTE/data.json": {
            "POLICE": {"text": {"need": "withhold", "reason": "why", "rule": "LAW-1"}}
        },
        "policies/obligations/data.json": {"OB-LOG": {"executor": "gateway"}},
        "policies/routes/data.json": {"NOTE": {"POLICE": {"POLICE": {}}}},
        MAIN: 'package exchange.main\n\n_log := {"code": "OB-LOG", "rule": "LAW-1"}\n',
    }

    assert findings_of(tmp_path, files) == []


def test_a_reason_without_metadata_is_found_where_it_is_given(tmp_path):
    body = f'{SAID}deny contains {{"reason": "other", "rule": "LAW-1"}} if input.x\n'

    (finding,) = findings_of(tmp_path, rules(body))

    assert (finding.path, finding.line) == (RULES, 5)
    assert "LAW-1/other" in finding.de


def test_a_reason_in_a_test_needs_no_metadata(tmp_path):
    path = "policies/exchange/main/main_test.rego"
    source = 'package exchange.main_test\n\nexpected := {"reason": "none", "rule": "NONE"}\n'

    assert findings_of(tmp_path, {path: source}) == []


def test_a_reason_in_a_table_needs_metadata(tmp_path):
    table = '{"rows": [\n {"reason": "other",\n  "rule": "LAW-1"}]}'

    (finding,) = findings_of(tmp_path, {"policies/other/data.json": table})

    assert (finding.path, finding.line) == ("policies/other/data.json", 2)
    assert "`data.other.rows.0`" in finding.de


def test_an_obligation_must_be_in_its_table(tmp_path):
    (finding,) = findings_of(tmp_path, rules('_must contains {"code": "OB-NEW"} if input.x\n'))

    assert (finding.path, finding.line) == (RULES, 3)
    assert "`OB-NEW`" in finding.de


def test_an_id_that_a_table_lacks_is_among_the_findings(tmp_path):
    (finding,) = findings_of(tmp_path, {"policies/routes/data.json": {"a": {"b": {"c": {}}}}})[:1]

    assert finding.path == "policies/routes/data.json"


def test_what_loading_finds_is_among_the_findings(tmp_path):
    findings = findings_of(tmp_path, {MAIN: "package exchange.main\n\n_r := http.send({})\n"})

    assert [(finding.path, finding.line) for finding in findings] == [(MAIN, 3)]


def test_a_row_that_no_request_can_reach_is_found_on_its_line(tmp_path):
    routes = '{"NOTE": {},\n "X": {"POLICE": {"POLICE": {}}}}'

    findings = findings_of(tmp_path, {"policies/routes/data.json": routes})

    (found,) = [finding for finding in findings if "wird nie erreicht" in finding.de]
    assert (found.path, found.line) == ("policies/routes/data.json", 2)
    assert "`data.routes.X`" in found.de
