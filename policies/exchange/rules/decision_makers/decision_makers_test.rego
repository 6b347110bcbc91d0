package exchange.rules.decision_makers_test

import data.exchange.rules.decision_makers
import data.exchange.rules.request_test as start

_prosecutor := {"rule": "STPO-480-1", "reason": "prosecutor_decision_missing"}

_order := {"rule": "KKG-5", "reason": "prosecutor_decision_missing"}

_undecided := start.without_facts(start.child_notice, ["prosecutor_decision"])

_npog := object.union(_undecided, {"legal_basis_claimed": ["NPOG-43"], "facts": {"danger_level": "concrete"}})

_cases := {
	"no proceedings": {"input": start.notice, "want": set()},
	"the prosecutor decided": {"input": start.child_notice, "want": set()},
	"nobody decided": {"input": _undecided, "want": {_prosecutor, _order}},
	"the prosecutor said no": {
		"input": object.union(start.child_notice, {"facts": {"prosecutor_decision": false}}),
		"want": {_prosecutor, _order},
	},
	"a danger to the child under police law": {"input": _npog, "want": set()},
	"the same without a danger": {
		"input": object.union(_npog, {"facts": {"danger_level": "abstract"}}),
		"want": {_prosecutor, _order},
	},
	"a notice about premises from proceedings": {
		"input": object.union(start.notice, {"original_purpose": "PROSECUTION"}),
		"want": {_prosecutor},
	},
	"from police to police": {
		"input": object.union(start.notice, {
			"original_purpose": "PROSECUTION",
			"recipient_kind": "STATE_CRIMINAL_OFFICE",
		}),
		"want": set(),
	},
	"the prosecutor itself": {
		"input": object.union(_undecided, {"sender_kind": "PUBLIC_PROSECUTOR"}),
		"want": set(),
	},
	"the investigation would suffer": {
		"input": object.union(start.notice, {"facts": {"endangers_investigation": true}}),
		"want": {{"rule": "STPO-479-1", "reason": "endangers_investigation"}},
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := decision_makers.deny with input as start.settled(case.input)
		got == case.want
	}
}

test_ordinary_data_need_no_human if {
	not decision_makers.human_needed with input as start.settled(start.notice)
}

test_where_no_human_is_needed_none_is_asked_for if {
	obligations := decision_makers.obligation with input as start.settled(start.notice)
	every each in obligations {
		each.rule != "AUTO-1"
	}
}

test_a_child_needs_a_human if {
	decision_makers.human_awaited with input as start.settled(start.child_notice)
}

test_a_human_has_decided if {
	not decision_makers.human_awaited with input as start.settled(object.union(start.child_notice, {"facts": {"human_approval": true}}))
}

test_a_life_does_not_wait if {
	not decision_makers.human_awaited with input as start.settled(start.call_to_police)
	got := decision_makers.obligation with input as start.settled(start.call_to_police)
	{"code": "OB-HUMAN-APPROVAL", "rule": "AUTO-1", "parameters": {"due_within_h": 24}} in got
}

test_a_private_recipient_of_a_warning_needs_a_human if {
	needs := {"hazard_facts": "needed"}
	settled := start.settled(object.union(start.notice, {"recipient_kind": "PRIVATE_LOGISTICS"}))
		with data.lookup.needs.PREMISES_HAZARD_NOTICE.PRIVATE_LOGISTICS as needs
	decision_makers.human_needed with input as settled
}

test_what_is_withheld_needs_no_human if {
	request := start.without_facts(start.identity_answer, ["strictly_necessary_reason"])
	not decision_makers.human_needed with input as start.settled(request)
}

test_data_from_proceedings_are_noted_in_the_file if {
	got := decision_makers.obligation with input as start.settled(start.child_notice)
	{"code": "OB-DOC-FILE", "rule": "STPO-480-1", "parameters": {}} in got
}

_denied(request) := got if {
	got := decision_makers.deny with input as start.settled(request)
}

# STPO-479-1
test_stpo_479_1_an_investigation_is_not_endangered if {
	_denied(object.union(start.notice, {"facts": {"endangers_investigation": false}})) == set()
	_denied(object.union(start.notice, {"facts": {"endangers_investigation": true}})) == {{
		"rule": "STPO-479-1",
		"reason": "endangers_investigation",
	}}
}

_premises := object.union(start.notice, {
	"original_purpose": "PROSECUTION",
	"facts": {"prosecutor_decision": true},
})

# STPO-480-1
test_stpo_480_1_the_prosecutor_decides_on_criminal_proceedings if {
	_denied(_premises) == set()
	_denied(object.union(_premises, {"facts": {"prosecutor_decision": false}})) == {_prosecutor}
	_denied(start.without_facts(_premises, ["prosecutor_decision"])) == {_prosecutor}
}

# STPO-480-1
test_stpo_480_1_not_from_police_to_police_nor_outside_proceedings if {
	undecided := start.without_facts(_premises, ["prosecutor_decision"])
	every kind in ["POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE", "FEDERAL_POLICE"] {
		_denied(object.union(undecided, {"recipient_kind": kind})) == set()
	}
	_denied(object.union(undecided, {"original_purpose": "DANGER_PREVENTION"})) == set()
}

# STPO-480-1
test_stpo_480_1_what_stems_from_no_proceedings_is_noted_in_no_file if {
	got := decision_makers.obligation with input as start.settled(start.notice)
	got == set()
}

_for_a_human(request) if {
	decision_makers.human_needed with input as start.settled(request)
}

# AUTO-1
test_auto_1_ordinary_data_are_released_without_a_human if {
	not _for_a_human(start.notice)
	not _for_a_human(start.report)
	not _for_a_human(start.table)
}

# AUTO-1
test_auto_1_special_social_and_minors_data_need_a_named_human if {
	_for_a_human(start.identity_answer)
	_for_a_human(start.call_to_police)
	_for_a_human(start.child_notice)
}

_covert := object.union(start.notice, {
	"facts": {"recipient_could_use_same_measure": true, "recipient_keeps_marking": true},
	"members": {"hazard_facts": {"collection_method": "COVERT_NPOG_33A_37A", "marking": {"method": "observation"}}},
})

# AUTO-1
test_auto_1_covert_findings_need_a_named_human if {
	_for_a_human(_covert)
	not _for_a_human(object.union(_covert, {"members": {"hazard_facts": {"collection_method": "OPEN"}}}))
}

_abroad := object.union(start.notice, {
	"exchange_kind": "CROSS_BORDER",
	"recipient_kind": "FOREIGN_POLICE_NL",
	"members": {"modus_operandi": {}},
})

# AUTO-1
test_auto_1_data_that_go_abroad_need_a_named_human if {
	_for_a_human(_abroad)
	not _for_a_human(start.with_members(_abroad, {"informant_identity": {"data_subject_role": "informant"}}))
}

_warning := object.union(start.with_members(start.notice, {"time_window": {}}), {
	"exchange_kind": "PRIVATE_WARNING",
	"recipient_kind": "PRIVATE_LOGISTICS",
})

# AUTO-1
test_auto_1_a_warning_to_a_firm_needs_a_named_human_and_a_hint_does_not if {
	_for_a_human(_warning)
	not _for_a_human(start.with_members(_warning, {"protective_advice": {}}))
}

# AUTO-1
test_auto_1_only_a_present_danger_to_life_goes_first if {
	every level in ["none", "abstract", "concrete", "considerable", "present"] {
		decision_makers.human_awaited with input as start.settled(object.union(
			start.call_to_police,
			{"facts": {"danger_level": level}},
		))
	}
	not decision_makers.human_awaited with input as start.settled(start.call_to_police)
}

# STPO-479-1
test_stpo_479_1_figures_too_can_endanger_an_investigation if {
	_denied(start.table) == set()
	_denied(object.union(start.table, {"facts": {"endangers_investigation": true}})) == {{
		"rule": "STPO-479-1",
		"reason": "endangers_investigation",
	}}
}

# STPO-480-1
test_stpo_480_1_only_the_notice_to_the_youth_office_waits_for_nobody if {
	warning := object.union(_npog, {"recipient_kind": "MUNICIPALITY_EXECUTIVE", "purpose": "DANGER_PREVENTION"})
	_denied(warning) == {_prosecutor}
}

# STPO-480-1
test_stpo_480_1_speaks_of_the_police if {
	undecided := start.without_facts(_premises, ["prosecutor_decision"])
	_denied(object.union(undecided, {"sender_kind": "CUSTOMS"})) == set()
}

# KKG-5
test_kkg_5_figures_are_no_notice if {
	_denied(object.union(start.table, {
		"sender_kind": "FEDERAL_POLICE",
		"recipient_kind": "YOUTH_OFFICE",
		"original_purpose": "PROSECUTION",
	})) == set()
}

# AUTO-1
test_text_to_a_firm_needs_no_human if {
	hint := object.union(
		start.with_members(start.table, {"checklist_text": {}}),
		{"exchange_kind": "PREVENTION_HINT", "recipient_kind": "PRIVATE_LOGISTICS"},
	)
	settled := start.settled(hint)
	settled.release.remaining == {"checklist_text"}
	not decision_makers.human_needed with input as settled
}
