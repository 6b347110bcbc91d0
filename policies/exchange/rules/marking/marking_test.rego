package exchange.rules.marking_test

import data.exchange.rules.marking
import data.exchange.rules.request_test as start

_covert := {"collection_method": "COVERT_NPOG_32_2"}

_marked := object.union(_covert, {"marking": {"method": "32_2"}})

_with(attributes, facts) := object.union(start.notice, {"members": {"hazard_facts": attributes}, "facts": facts})

_missing := {"rule": "NPOG-38-2", "reason": "marking_missing"}

_dropped := {"rule": "NPOG-40-1-4", "reason": "recipient_drops_marking"}

_cases := {
	"open data": {"input": start.notice, "want": set()},
	"covert and unmarked": {"input": _with(_covert, {}), "want": {_missing}},
	"covert, and the marking does not name the measure": {
		"input": _with(object.union(_covert, {"marking": {"collecting_body": "PI"}}), {}),
		"want": {_missing},
	},
	"covert, and the measure is empty": {
		"input": _with(object.union(_covert, {"marking": {"method": ""}}), {}),
		"want": {_missing},
	},
	"covert and marked, withheld anyway": {"input": _with(_marked, {}), "want": set()},
	"released, but the recipient drops the marking": {
		"input": _with(_marked, {"recipient_could_use_same_measure": true}),
		"want": {_dropped},
	},
	"released, and the recipient keeps the marking": {
		"input": _with(_marked, {"recipient_could_use_same_measure": true, "recipient_keeps_marking": true}),
		"want": set(),
	},
	"nothing would be released, and the recipient drops the marking": {
		"input": start.with_members(start.notice, {"hazard_facts": _marked}),
		"want": {_dropped},
	},
	"nothing would be released, and the recipient keeps the marking": {
		"input": object.union(
			start.with_members(start.notice, {"hazard_facts": _marked}),
			{"facts": {"recipient_keeps_marking": true}},
		),
		"want": set(),
	},
	"an open member that carries a marking": {
		"input": _with({"marking": {"method": "x"}}, {"recipient_keeps_marking": false}),
		"want": {_dropped},
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := marking.deny with input as start.settled(case.input)
		got == case.want
	}
}

_kept := _with(_marked, {"recipient_could_use_same_measure": true, "recipient_keeps_marking": true})

test_covert_data_carry_their_duties if {
	released := marking.obligation with input as start.settled(_kept)
	{each.code | some each in released} == {"OB-KEEP-MARK", "OB-LOG-RETENTION-COVERT"}
	{each.rule | some each in released; each.code == "OB-KEEP-MARK"} == {"NPOG-40-1-4", "MARK-MODEL"}
	always := marking.obligation_always with input as start.settled(_kept)
	{each.code | some each in always} == {"OB-LOG-DPA-ONLY"}
}

test_open_data_carry_none if {
	released := marking.obligation with input as start.settled(start.notice)
	always := marking.obligation_always with input as start.settled(start.notice)
	count(released | always) == 0
}

_denied(request) := got if {
	got := marking.deny with input as start.settled(request)
}

# NPOG-38-2
test_npog_38_2_covert_data_are_marked if {
	every method in ["COVERT_NPOG_32_2", "COVERT_NPOG_33A_37A"] {
		_denied(_with({"collection_method": method}, {})) == {_missing}
		_denied(_with({"collection_method": method, "marking": {"method": "observation"}}, {})) == set()
	}
	_denied(_with({"collection_method": "OPEN"}, {})) == set()
}

_able := {"recipient_could_use_same_measure": true}

# NPOG-40-1-4
test_npog_40_1_4_the_recipient_keeps_the_marking if {
	_denied(_with(_marked, object.union(_able, {"recipient_keeps_marking": true}))) == set()
	_denied(_with(_marked, object.union(_able, {"recipient_keeps_marking": false}))) == {_dropped}
	_denied(_with(_marked, _able)) == {_dropped}
}

_duties(request) := {each.code | some each in (released | always)} if {
	released := marking.obligation with input as start.settled(request)
	always := marking.obligation_always with input as start.settled(request)
}

# NPOG-40-1-5
test_npog_40_1_5_covert_data_are_documented_for_control_only if {
	_duties(_kept) == {"OB-KEEP-MARK", "OB-LOG-DPA-ONLY", "OB-LOG-RETENTION-COVERT"}
	_duties(_with({"collection_method": "OPEN", "marking": {"method": "x"}}, {})) == {"OB-KEEP-MARK"}
}

# NPOG-40-1-5
test_npog_40_1_5_what_is_not_sent_is_for_control_only_too if {
	_duties(_with(_marked, {})) == {"OB-LOG-DPA-ONLY"}
}

_modelled(said) := {each.parameters |
	some each in got
	each.rule == "MARK-MODEL"
} if {
	attributes := object.union(_covert, {"marking": said})
	facts := {"recipient_could_use_same_measure": true, "recipient_keeps_marking": true}
	got := marking.obligation with input as start.settled(_with(attributes, facts))
}

# MARK-MODEL
test_mark_model_a_marking_is_kept_by_the_parts_of_its_model if {
	_modelled({"method": "observation", "basis": "§ 34 NPOG", "collecting_body": "PI"}) == {{"parts": "basis, collecting_body, method"}}
	_modelled({"method": "observation", "person_category": "suspect", "interest_or_offence": "robbery"}) == {{"parts": "interest_or_offence, method, person_category"}}
}

# MARK-MODEL
test_mark_model_what_it_does_not_know_is_no_part_of_it if {
	_modelled({"method": "observation", "colour": "red", "basis": ""}) == {{"parts": "method"}}
}

# MARK-MODEL
test_mark_model_open_data_have_no_model_to_keep if {
	got := marking.obligation with input as start.settled(start.notice)
	not "MARK-MODEL" in {each.rule | some each in got}
}

# NPOG-40-1-4
test_npog_40_1_4_an_empty_word_is_no_marking if {
	every nothing in ["", false] {
		_denied(_with({"marking": nothing}, {"recipient_keeps_marking": false})) == set()
	}
}
