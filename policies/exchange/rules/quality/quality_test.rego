package exchange.rules.quality_test

import data.exchange.rules.quality
import data.exchange.rules.request_test as start

_expired(names) := {{"rule": "BDSG-74", "reason": "outdated_or_expired", "members": names}}

_unlabelled(names) := {{"rule": "BDSG-72-73", "reason": "role_unlabelled", "members": names}}

_with(attributes) := object.union(start.notice, {"members": {"hazard_facts": attributes}})

_cases := {
	"fresh data": {"input": start.notice, "want": set()},
	"deletion date yesterday": {"input": _with({"delete_after": 20778}), "want": _expired({"hazard_facts"})},
	"deletion date today": {"input": _with({"delete_after": 20779}), "want": set()},
	"a deletion date that is no day": {"input": _with({"delete_after": "2026"}), "want": _expired({"hazard_facts"})},
	"expired data of a school": {
		"input": object.union(start.school_notice, {"members": {"talks_log_summary": {"delete_after": 1}}}),
		"want": _expired({"talks_log_summary"}),
	},
	"a role that is missing": {
		"input": start.with_members(start.notice, {"licensee_name": {}, "hazard_facts": {}}),
		"want": _unlabelled({"licensee_name"}),
	},
	"a role that no table knows": {
		"input": start.with_members(start.notice, {"licensee_name": {"data_subject_role": "boss"}}),
		"want": _unlabelled({"licensee_name"}),
	},
	"a group without the role that another group has": {
		"input": start.with_members(start.notice, {
			"licensee_name#1": {"data_subject_role": "responsible_person"},
			"licensee_name#2": {},
		}),
		"want": _unlabelled({"licensee_name#2"}),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _cases {
		got := quality.withhold with input as start.settled(case.input)
		got == case.want
	}
}

_codes(request) := {each.code | some each in got} if {
	got := quality.obligation with input as start.settled(request)
}

test_police_attach_quality_and_report_errors if {
	_codes(start.notice) == {"OB-QUALITY", "OB-NOTIFY-CORRECTION"}
}

test_conditions_are_told_where_a_released_member_has_any if {
	"OB-CONDITIONS" in _codes(_with({"delete_after": 20800}))
	not "OB-CONDITIONS" in _codes(_with({"delete_after": 1}))
}

test_a_member_said_to_have_no_marking_has_no_conditions if {
	"OB-CONDITIONS" in _codes(_with({"marking": "x"}))
	not "OB-CONDITIONS" in _codes(_with({"marking": false}))
}

test_conditions_are_told_where_the_sender_states_any if {
	"OB-CONDITIONS" in _codes(object.union(start.notice, {"facts": {"conditions": "x"}}))
	not "OB-CONDITIONS" in _codes(object.union(start.notice, {"facts": {"conditions": ""}}))
}

test_conditions_are_told_abroad if {
	settled := start.settled(object.union(start.notice, {"recipient_kind": "FOREIGN_POLICE_NL"}))
		with data.lookup.needs.PREMISES_HAZARD_NOTICE.FOREIGN_POLICE_NL as {"hazard_facts": "needed"}
	got := quality.obligation with input as settled
	"OB-CONDITIONS" in {each.code | some each in got}
}

test_assessments_name_their_source if {
	request := object.union(start.notice, {
		"recipient_kind": "POLICE_INSPECTION",
		"members": {"hazard_facts": {"is_assessment": true}},
	})
	needs := {"hazard_facts": "needed"}
	settled := start.settled(request)
		with data.lookup.needs.PREMISES_HAZARD_NOTICE.POLICE_INSPECTION as needs
	got := quality.obligation with input as settled
	"OB-ASSESSMENT-SOURCE" in {each.code | some each in got}
}

test_private_senders_have_no_duty_of_the_police if {
	_codes(start.report) == set()
}

_kept(request) := got if {
	got := quality.withhold with input as start.settled(request)
}

# BDSG-72-73
test_bdsg_72_73_whose_data_it_is_must_be_said if {
	_kept(start.with_members(start.notice, {"licensee_name": {}})) == _unlabelled({"licensee_name"})
	every role, _ in data.roles {
		_kept(start.with_members(start.notice, {"licensee_name": {"data_subject_role": role}})) == set()
	}
}

_assessed(role) := object.union(start.with_members(start.notice, {"assessment_dangerousness": role}), {
	"exchange_kind": "POLICE_COOPERATION",
	"recipient_kind": "FEDERAL_POLICE",
})

# BDSG-72-73
test_bdsg_72_73_an_assessment_is_labelled_and_a_fact_is_not if {
	"OB-ASSESSMENT-SOURCE" in _codes(_assessed({}))
	fact := object.union(_assessed({}), {"members": {"planned_time_place": {}}})
	facts_alone := start.with_members(fact, {"planned_time_place": {}})
	not "OB-ASSESSMENT-SOURCE" in _codes(facts_alone)
	"OB-ASSESSMENT-SOURCE" in _codes(start.with_members(fact, {"planned_time_place": {"is_assessment": true}}))
}

# BDSG-74
test_bdsg_74_what_has_expired_is_not_sent if {
	_kept(_with({"delete_after": 20778})) == _expired({"hazard_facts"})
	_kept(_with({"delete_after": 20779})) == set()
}

# BDSG-74
test_bdsg_74_quality_and_corrections_are_duties_of_police_and_justice if {
	{"OB-QUALITY", "OB-NOTIFY-CORRECTION"} - _codes(start.child_notice) == set()
	{"OB-QUALITY", "OB-NOTIFY-CORRECTION"} & _codes(start.school_notice) == set()
}
