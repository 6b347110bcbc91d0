package exchange.rules.members_test

import data.exchange.rules.members
import data.exchange.rules.request_test as start

_cases := {
	"by the schema": {"input": start.identity_answer, "trait": "art9", "want": {"fingerprints"}},
	"by the sender": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"category": "HEALTH"}}}),
		"trait": "art9",
		"want": {"hazard_facts"},
	},
	"a group by the schema of its member": {
		"input": start.with_members(start.identity_answer, {"fingerprints#1": {}, "fingerprints#2": {}}),
		"trait": "art9",
		"want": {"fingerprints#1", "fingerprints#2"},
	},
	"secrecy by the sender's kind": {
		"input": start.call_to_police,
		"trait": "social",
		"want": {"child_identity", "whereabouts"},
	},
	"origin by the schema": {
		"input": object.union(start.identity_answer, {"members": {"asylum_reasons": {}}}),
		"trait": "asylum_procedure",
		"want": {"asylum_reasons"},
	},
	"a trait that nobody has": {"input": start.notice, "trait": "art9", "want": set()},
	"the empty input": {"input": {}, "trait": "art9", "want": set()},
}

test_traits if {
	every case in _cases {
		traits := members.traits with input as case.input
		object.get(traits, case.trait, set()) == case.want
	}
}

test_figures_and_texts_are_not_personal if {
	not members.asks_personal with input as start.table
}

test_an_added_category_makes_a_text_personal if {
	request := object.union(start.table, {"members": {"trend_text": {"category": "IDENTITY_BASIC"}}})
	members.personal == {"trend_text"} with input as request
}

test_an_added_category_makes_no_person_impersonal if {
	request := object.union(start.notice, {"members": {"licensee_name": {"category": "PREVENTION_TEXT"}}})
	"licensee_name" in members.personal with input as request
}

test_a_text_of_which_no_category_is_said_stays_impersonal if {
	request := object.union(start.table, {"members": {"trend_text": {"category": false}}})
	members.personal == set() with input as request
}

test_a_member_that_no_schema_knows_is_personal if {
	members.personal == {"x"} with input as {"exchange_kind": "STATISTICS", "members": {"x": {}}}
}

test_a_kind_of_payload_said_to_be_personal_is if {
	members.asks_personal with input as object.union(start.table, {"facts": {"payload_kind": "personal"}})
}

_hint := {
	"exchange_kind": "PREVENTION_HINT",
	"facts": {"payload_kind": "personal"},
	"members": {"checklist_text": {}, "suspect_names": {}},
}

test_a_hint_with_text_asks_for_no_personal_data if {
	not members.asks_personal with input as _hint
	members.personal == {"suspect_names"} with input as _hint
}

test_a_hint_without_text_does if {
	members.asks_personal with input as start.with_members(_hint, {"suspect_names": {}})
}

test_text_beside_persons_makes_no_other_kind_impersonal if {
	members.asks_personal with input as object.union(_hint, {"exchange_kind": "PRIVATE_WARNING"})
}

test_every_category_of_a_schema_is_known if {
	every kind in data.members {
		every mark in kind {
			data.categories[mark.category].label_de
		}
	}
}

test_no_member_of_a_schema_looks_like_a_group if {
	every marks in data.members {
		every name, _ in marks {
			not contains(name, "#")
		}
	}
}

# What a category says of a member, beside that it concerns a person.
_of_category := {
	"TAX": {"tax"},
	"SOCIAL_BENEFIT": {"social"},
	"SOCIAL_CASE": {"social"},
	"ENTRUSTED": {"entrusted", "social"},
	"CRIMINAL": {"criminal"},
	"ASSESSMENT": {"npog_40_2", "assessment"},
	"WITNESS": {"npog_40_2"},
	"INFORMANT": {"npog_40_2", "informant"},
	"CONTACT_PERSON": {"npog_40_2"},
	"CHILD_DATA": {"minor"},
	"HEALTH": {"art9"},
	"BIOMETRIC": {"art9"},
	"GENETIC": {"art9"},
	"ETHNIC_ORIGIN": {"art9"},
	"RELIGION": {"art9"},
	"POLITICAL_OPINION": {"art9"},
	"SEX_LIFE": {"art9"},
	"COMMUNICATION_CONTENT": {"communication"},
	"AGGREGATE": {"aggregate"},
}

# What a role says of a member, beside that the person is labelled.
_of_role := {
	"victim_potential": {"npog_40_2"},
	"surroundings": {"npog_40_2"},
	"contact": {"npog_40_2"},
	"witness": {"npog_40_2"},
	"informant": {"npog_40_2", "informant"},
	"endangered_person": {"endangered_person"},
	"bystander": {"uninvolved"},
}

_traits_of(attribute, value) := {trait | some trait, _ in traits} if {
	traits := members.traits with input as {"sender_kind": "TRADE_OFFICE", "members": {"x": {attribute: value}}}
}

test_each_category_says_what_it_is if {
	every category, _ in data.categories {
		_traits_of("category", category) == object.get(_of_category, category, set())
	}
}

test_each_role_says_what_it_is if {
	every role, _ in data.roles {
		_traits_of("data_subject_role", role) == object.get(_of_role, role, set())
	}
}

test_figures_and_hints_alone_concern_nobody if {
	{category |
		some category, _ in data.categories
		personal := members.personal with input as {
			"exchange_kind": "K",
			"members": {"x": {"category": category}},
		}
			with data.lookup.traits as {"K": {"x": ["not_personal"]}}
		personal == set()
	} == {"AGGREGATE", "PREVENTION_TEXT"}
}

test_each_role_labels_the_person if {
	every role, _ in data.roles {
		unlabelled := members.unlabelled with input as {
			"exchange_kind": "K",
			"members": {"x": {"data_subject_role": role}, "y": {}},
		}
			with data.lookup.role_needed as {"K": {"x": true, "y": true}}
		unlabelled == {"y"}
	}
}
