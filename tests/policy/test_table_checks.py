import json
from types import MappingProxyType

import pytest

from gateway.policy.catalogue import Catalogue
from gateway.policy.data_places import DataPlaces
from gateway.policy.table_checks import check_tables
from tests.policy.sets import a_policy_set

KNOWN = {
    "agency_kinds": {"POLICE": {"groups": ["PUBLIC"]}, "OFFICE": {"groups": ["PUBLIC"]}},
    "purposes": {"vocabulary": {"DANGER": {}}},
    "members": {"NOTE": {"text": {}}},
}
NORMS = Catalogue(MappingProxyType({}), MappingProxyType({"LAW-1": object()}))


def findings_of(data):
    files = {
        f"policies/{table}/data.json": json.dumps(rows).encode() for table, rows in data.items()
    }
    policy_set = a_policy_set(data={**KNOWN, **data}, catalogue=NORMS)
    return [
        (finding.path, finding.de.split(":")[0].strip("`"), finding.de.split("`")[3])
        for finding in check_tables(policy_set, DataPlaces(files))
    ]


def test_tables_that_fit_have_no_finding():
    data = {
        "routes": {"NOTE": {"POLICE": {"OFFICE": {"rule": "LAW-1"}}}},
        "necessity": {"NOTE": {"OFFICE": {"text": {"need": "needed"}}}},
        "legal_bases": {
            "LAW-1": {"purposes": ["DANGER"], "senders": ["PUBLIC"], "recipients": ["PUBLIC"]},
            "PARTNERSHIP": {"effect": "struck_out"},
        },
        "precedence": {"LAW-1": {"why": 1}},
    }

    assert findings_of(data) == []


@pytest.mark.parametrize(
    ("table", "content", "where", "name"),
    [
        ("routes", {"NOTE": {"X": {}}}, "routes.NOTE.X", "X"),
        ("routes", {"NOTE": {"POLICE": {"X": {}}}}, "routes.NOTE.POLICE", "X"),
        ("routes", {"N": {"POLICE": {"POLICE": {"rule": "X"}}}}, "routes.N.POLICE.POLICE", "X"),
        ("necessity", {"X": {}}, "necessity.X", "X"),
        ("necessity", {"NOTE": {"X": {}}}, "necessity.NOTE.X", "X"),
        ("necessity", {"NOTE": {"OFFICE": {"x": {}}}}, "necessity.NOTE.OFFICE.x", "x"),
        ("legal_bases", {"X": {}}, "legal_bases.X", "X"),
        ("legal_bases", {"LAW-1": {"purposes": ["X"]}}, "legal_bases.LAW-1.purposes", "X"),
        ("legal_bases", {"LAW-1": {"senders": ["X"]}}, "legal_bases.LAW-1.senders", "X"),
        ("legal_bases", {"LAW-1": {"conditions": ["x"]}}, "legal_bases.LAW-1.conditions", "x"),
        ("collection_bases", {"C": {"recipients": ["X"]}}, "collection_bases.C.recipients", "X"),
        ("precedence", {"X": {"why": 1}}, "precedence.X", "X"),
        ("deep", {"list": [{"rule": "X"}]}, "deep.list.0", "X"),
    ],
)
def test_an_id_that_nothing_has_is_a_finding_with_its_place(table, content, where, name):
    assert findings_of({table: content}) == [(f"policies/{table}/data.json", f"data.{where}", name)]


@pytest.mark.parametrize("form", [[], "text", 1, None, {"a": []}, {"a": {"b": [1]}}, {"a": "x"}])
def test_a_table_of_another_form_does_not_stop_the_checks(form):
    tables = ("agency_kinds", "purposes", "routes", "necessity", "legal_bases", "precedence")
    for table in tables:
        found = findings_of({table: form, "deep": {"rule": "X"}})

        assert ("policies/deep/data.json", "data.deep", "X") in found
