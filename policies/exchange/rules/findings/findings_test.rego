package exchange.rules.findings_test

import data.exchange.rules.findings
import data.exchange.rules.request_test as start

_inputs := {
	"a notice": start.notice,
	"a call": start.call_to_police,
	"figures": start.table,
	"the empty input": {},
	"members alone": {"members": {"a": {}, "b#1": {}}},
	"kinds that no table knows": {"exchange_kind": "X", "sender_kind": "X", "recipient_kind": "X"},
	"values of wrong types": {
		"exchange_kind": 1, "sender_kind": null, "purpose": [], "legal_basis_claimed": "NPOG-41", "facts": {"a": {}},
		"members": {"a": null, "b": "c", "d": {"category": 1, "data_subject_age": "?"}},
	},
}

_all := {
	"asks_personal", "concrete_danger", "conditional", "covering", "covert", "facts", "has_basis", "has_covert", "has_open_basis",
	"necessary", "offered", "own_words", "personal", "purpose_changes", "recipient_groups", "regime", "said",
	"satisfied", "sender_groups", "struck_out", "traits", "unlabelled",
}

test_every_finding_is_made_whatever_the_input if {
	every request in _inputs {
		found := findings.found with input as request
		object.keys(found) == _all
	}
}

test_what_a_caller_claims_to_be_found_is_gone if {
	claimed := object.union(start.notice, {
		"found": {"asks_personal": false, "has_basis": true, "mine": true},
		"release": {"nothing": false},
	})
	honest := findings.established with input as start.notice
	established := findings.established with input as claimed
	established == honest
}
