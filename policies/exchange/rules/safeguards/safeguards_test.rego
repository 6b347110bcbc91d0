package exchange.rules.safeguards_test

import data.exchange.main
import data.exchange.rules.request_test as start
import data.exchange.rules.safeguards

_codes(request) := {code | some [_, code] in _pairs(request)}

_pairs(request) := {[each.rule, each.code] | some each in got} if {
	got := safeguards.obligation with input as start.settled(request)
}

_cases := {
	"personal data": {
		"input": start.notice,
		"want": {"OB-ENCRYPT", "OB-RECIPIENT-INDEX", "OB-INFORM-DS"},
	},
	"personal data where information would do harm": {
		"input": object.union(start.notice, {"facts": {"data_subject_information_risk": true}}),
		"want": {"OB-ENCRYPT", "OB-RECIPIENT-INDEX", "OB-INFORM-DS-DEFERRED"},
	},
	"figures": {"input": start.table, "want": {"OB-ENCRYPT"}},
	"the empty input": {"input": {}, "want": set()},
}

test_obligation if {
	every case in _cases {
		_codes(case.input) == case.want
	}
}

# SYS-1
test_sys_1_every_release_is_encrypted if {
	["SYS-1", "OB-ENCRYPT"] in _pairs(start.notice)
	["SYS-1", "OB-ENCRYPT"] in _pairs(start.table)
}

# SYS-1
test_sys_1_where_nothing_is_released_nothing_is_encrypted if {
	every request in [start.with_members(start.notice, {"witness_name": {"data_subject_role": "witness"}}), {}] {
		not ["SYS-1", "OB-ENCRYPT"] in _pairs(request)
	}
}

test_a_denial_carries_no_duty_of_a_release if {
	decision := main.decision with input as object.union(start.notice, {"legal_basis_claimed": ["PARTNERSHIP"]})
	decision.verdict == "deny"
	{each.code | some each in decision.obligations} & {"OB-ENCRYPT", "OB-RECIPIENT-INDEX", "OB-INFORM-DS"} == set()
}

# RIGHTS-1
test_rights_1_the_person_is_told_and_the_recipient_kept_for_answers if {
	_pairs(start.notice) == {["SYS-1", "OB-ENCRYPT"], ["RIGHTS-1", "OB-RECIPIENT-INDEX"], ["RIGHTS-1", "OB-INFORM-DS"]}
}

# RIGHTS-1
test_rights_1_the_person_is_told_later_where_information_would_do_harm if {
	pairs := _pairs(object.union(start.notice, {"facts": {"data_subject_information_risk": true}}))
	["RIGHTS-1", "OB-INFORM-DS-DEFERRED"] in pairs
	not ["RIGHTS-1", "OB-INFORM-DS"] in pairs
}

# RIGHTS-1
test_rights_1_figures_concern_nobody if {
	not "RIGHTS-1" in {rule | some [rule, _] in _pairs(start.table)}
}
