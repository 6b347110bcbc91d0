from gateway.policy.lookups import lookup_of

MEMBERS = {
    "NOTE": {
        "text": {"category": "INCIDENT_FACT", "role_needed": False},
        "injury": {"category": "HEALTH", "origin": "own", "role_needed": True},
        "file": {"category": "HEALTH", "secrecy": "art9", "role_needed": False},
    }
}


def test_a_member_has_the_flags_of_its_category_its_secrecy_and_its_origin_once():
    categories = {"INCIDENT_FACT": {"flags": []}, "HEALTH": {"flags": ["art9"]}}

    traits = lookup_of({"categories": categories}, MEMBERS)["traits"]

    assert traits == {"NOTE": {"injury": ["art9", "own"], "file": ["art9"]}}


def test_a_member_of_a_category_that_no_table_knows_keeps_its_origin():
    assert lookup_of({}, MEMBERS)["traits"]["NOTE"]["injury"] == ["own"]


def test_members_that_need_a_role_are_named_by_kind():
    assert lookup_of({}, MEMBERS)["role_needed"] == {"NOTE": {"injury": True}}


def test_needs_are_the_words_of_the_necessity_table():
    rows = {"text": {"need": "needed", "label_de": "Text"}, "injury": {"need": "conditional"}}

    needs = lookup_of({"necessity": {"NOTE": {"YOUTH_OFFICE": rows}}}, MEMBERS)["needs"]

    assert needs == {"NOTE": {"YOUTH_OFFICE": {"text": "needed", "injury": "conditional"}}}


def test_a_role_is_known_by_its_label_and_gives_its_other_flags():
    roles = {
        "suspect": {"flags": ["labelled"]},
        "witness": {"flags": ["labelled", "npog_40_2"]},
        "unclear": {"flags": ["npog_40_2"]},
    }

    lookup = lookup_of({"roles": roles}, MEMBERS)

    assert lookup["labelled"] == {"suspect": True, "witness": True}
    assert lookup["roles"] == {"witness": ["npog_40_2"], "unclear": ["npog_40_2"]}


def test_a_basis_reaches_the_kinds_of_the_groups_that_its_row_names():
    kinds = {
        "POLICE_INSPECTION": {"groups": ["POLICE", "PUBLIC"]},
        "YOUTH_OFFICE": {"groups": ["PUBLIC"]},
        "PRIVATE_SECURITY": {"groups": ["PRIVATE"]},
    }
    bases = {
        "NPOG-41": {"senders": ["POLICE"], "recipients": ["PUBLIC", "NOBODY"]},
        "GG-35": {"struck_out_for": ["PUBLIC", "POLICE"]},
    }

    reach = lookup_of({"agency_kinds": kinds, "legal_bases": bases}, MEMBERS)["reach"]

    police, youth = {"POLICE_INSPECTION": True}, {"YOUTH_OFFICE": True}
    assert reach == {
        "NPOG-41": {"senders": police, "recipients": {**police, **youth}},
        "GG-35": {"struck_out_for": {**police, **youth}},
    }


def test_tables_of_another_form_are_passed_over():
    data = {"categories": [], "roles": 1, "necessity": {"NOTE": []}, "legal_bases": {"A": "x"}}

    lookup = lookup_of(data, {})

    assert (lookup["roles"], lookup["needs"], lookup["reach"]) == ({}, {"NOTE": {}}, {})


def test_a_member_that_concerns_nobody_is_not_personal_whatever_its_category():
    members = {"NOTE": {"hotline": {**MEMBERS["NOTE"]["text"], "impersonal": True}}}

    assert lookup_of({}, members)["traits"] == {"NOTE": {"hotline": ["not_personal"]}}
