from gateway.policy.data_document import load_documents, members_of, merge_data


def test_a_document_stands_where_its_folder_is():
    data, findings = merge_data(
        {
            "policies/data.json": {"top": 1},
            "policies/norms/data.json": {"A": {"status": "V"}},
            "policies/norms/confirmations/data.json": {"C": 1},
        }
    )

    assert findings == []
    assert data == {"top": 1, "norms": {"A": {"status": "V"}, "confirmations": {"C": 1}}}


def test_a_value_that_stands_in_two_files_is_a_finding():
    _, (finding,) = merge_data(
        {
            "policies/norms/data.json": {"deep": {"A": 1, "B": 2}},
            "policies/norms/deep/data.json": {"A": 1},
        }
    )

    assert finding.path == "policies/norms/deep/data.json"
    assert "`data.norms.deep.A`" in finding.de


def test_merging_leaves_the_documents_as_they_were():
    first = {"deep": {"A": 1}}
    merge_data({"policies/a/data.json": first, "policies/a/deep/data.json": {"B": 2}})

    assert first == {"deep": {"A": 1}}


def test_the_root_must_be_an_object():
    _, (finding,) = merge_data({"policies/data.json": [1]})

    assert finding.path == "policies/data.json"


def test_broken_json_is_named_with_its_line():
    documents, (finding,) = load_documents(
        [("policies/a/data.json", b'{\n "a": 1,\n}'), ("policies/b/data.json", b"{}")]
    )

    assert (finding.path, finding.line) == ("policies/a/data.json", 3)
    assert documents == {"policies/b/data.json": {}}


def test_members_carry_the_marks_of_their_schema():
    members, findings = members_of(
        {
            "schemas/payloads/NOTE.json": {
                "properties": {
                    "text": {"x-datenschleuse": {"category": "INCIDENT_FACT", "label_de": "Text"}},
                    "witness": {
                        "x-datenschleuse": {
                            "category": "WITNESS",
                            "role_needed": True,
                            "secrecy": "social",
                            "origin": "own",
                        }
                    },
                }
            },
            "schemas/payloads/$defs/person.json": {"properties": {"family_name": {}}},
        }
    )

    assert findings == []
    assert members == {
        "NOTE": {
            "text": {"category": "INCIDENT_FACT", "role_needed": False},
            "witness": {
                "category": "WITNESS",
                "secrecy": "social",
                "origin": "own",
                "role_needed": True,
            },
        }
    }


def test_a_member_without_category_is_a_finding():
    _, (finding,) = members_of({"schemas/payloads/NOTE.json": {"properties": {"text": {}}}})

    assert finding.path == "schemas/payloads/NOTE.json"
    assert "`text`" in finding.de
