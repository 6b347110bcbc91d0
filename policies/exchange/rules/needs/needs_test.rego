package exchange.rules.needs_test

import data.exchange.rules.needs

_table := {
	"reasons": {"LAW-1": {
		"by_facts": {"any_of": [
			{"facts": [{"fact": "order", "value": true}, {"fact": "consent.valid", "value": true}]},
			{"facts": [{"fact": "fine", "at_least": 500}], "purposes": ["TAXATION"]},
			{"facts": [{"fact": "level", "at_least": "high"}], "original_purposes": ["PROSECUTION"]},
		]},
		"of_a_member": {"any_of": [{"facts": [{"fact": "role", "of": "member", "given": true}]}]},
		"by_a_basis": {"bases": true, "any_of": []},
		"by_a_basis_for_social_data": {"bases": true, "opens": "social", "any_of": []},
		"by_a_text": {"any_of": [{"facts": [{"fact": "why", "given": true}]}]},
		"by_nothing": {"any_of": []},
	}},
	"ranks": {"level": {"low": 0, "high": 1, "highest": 2}},
}

_bases := {"OPEN-1": {"opens": "social"}, "OPEN-2": {}}

_lookup := {
	"needs_of_bases": {
		"OPEN-1": [{"facts": [{"fact": "order", "value": true}]}],
		"OPEN-2": [{"facts": [{"fact": "urgent", "value": true}]}],
	},
	"needs": {"KIND": {"OFFICE": {"name": "conditional", "age": "needed", "photo": "withhold"}}},
}

_asked(facts) := {
	"purpose": "TAXATION",
	"original_purpose": "PROSECUTION",
	"facts": facts,
	"found": {"covering": {"OPEN-1", "OPEN-2"}, "satisfied": set()},
}

_names(reason) := {names |
	some row in needs.changes["LAW-1"][reason]
	names := [each.fact | some each in row]
}

_changes(reason, given) := found if {
	found := _names(reason) with data.needs as _table
		with data.lookup as _lookup
		with data.legal_bases as _bases
		with input as given
}

test_each_set_of_facts_is_named if {
	_changes("by_facts", _asked({})) == {["order", "consent.valid"], ["fine"], ["level"]}
}

test_what_is_there_is_not_asked_for if {
	_changes("by_facts", _asked({"order": true})) == {["consent.valid"], ["fine"], ["level"]}
	_changes("by_facts", _asked({"consent": {"valid": true}})) == {["order"], ["fine"], ["level"]}
	_changes("by_facts", _asked({"fine": 600})) == {["order", "consent.valid"], ["level"]}
	_changes("by_facts", _asked({"level": "highest"})) == {["order", "consent.valid"], ["fine"]}
}

test_what_is_not_enough_is_asked_for if {
	_changes("by_facts", _asked({"order": false, "fine": 499, "level": "low"})) == {
		["order", "consent.valid"],
		["fine"], ["level"],
	}
}

test_a_set_for_another_purpose_is_not_named if {
	other := object.union(_asked({}), {"purpose": "STATISTICS", "original_purpose": "TAXATION"})
	_changes("by_facts", other) == {["order", "consent.valid"]}
}

test_what_is_said_of_members_is_named_whatever_the_request_says if {
	_changes("of_a_member", _asked({"role": "suspect"})) == {["role"]}
}

test_a_text_counts_once_it_is_given if {
	_changes("by_a_text", _asked({"why": ""})) == {["why"]}
	_changes("by_a_text", _asked({"why": true})) == set()
}

test_a_claimed_basis_says_what_it_lacks if {
	_changes("by_a_basis", _asked({})) == {["order"], ["urgent"]}
	_changes("by_a_basis", _asked({"order": true})) == {["urgent"]}
}

test_a_basis_that_opens_something_else_does_not_help if {
	_changes("by_a_basis_for_social_data", _asked({})) == {["order"]}
}

test_a_basis_that_is_satisfied_lacks_nothing if {
	given := object.union(_asked({}), {"found": {"covering": {"OPEN-1"}, "satisfied": {"OPEN-1"}}})
	_changes("by_a_basis", given) == set()
}

test_a_reason_that_no_fact_changes_has_no_set if {
	_changes("by_nothing", _asked({})) == set()
	_changes("by_facts", {}) == {["order", "consent.valid"]}
}
