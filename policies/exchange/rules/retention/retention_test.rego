package exchange.rules.retention_test

import data.exchange.main
import data.exchange.rules.request_test as start
import data.exchange.rules.retention

_missing := {{"rule": "RET-1", "reason": "no_review_date"}}

_cases := {
	"a review date": {"input": start.notice, "want": set()},
	"no review date": {
		"input": object.union(start.notice, {"facts": {"review_date_set": false}}),
		"want": _missing,
	},
	"a review date that nobody states": {
		"input": start.without_facts(start.notice, ["review_date_set"]),
		"want": _missing,
	},
	"figures need none": {
		"input": object.union(start.table, {"facts": {"review_date_set": false}}),
		"want": set(),
	},
	"a closed case without a new lead": {"input": _closed({}), "want": _missing},
	"a case that is not closed": {"input": _closed({"case_closed": false}), "want": set()},
	"a closed case with a new lead": {"input": _closed({"factual_indications": true}), "want": set()},
	"a closed case and a danger with facts": {
		"input": _closed({"danger_level": "concrete", "danger_facts": true}),
		"want": set(),
	},
	"a closed case and a danger without facts": {"input": _closed({"danger_level": "concrete"}), "want": _missing},
	"a closed case and facts of no danger": {
		"input": _closed({"danger_level": "abstract", "danger_facts": true}),
		"want": _missing,
	},
	"a closed case of the Federal Police": {
		"input": object.union(_closed({}), {"sender_kind": "FEDERAL_POLICE"}),
		"want": _missing,
	},
	"a closed case that the prosecutor reports": {
		"input": object.union(_closed({}), {"sender_kind": "PUBLIC_PROSECUTOR"}),
		"want": set(),
	},
	"nothing but a member": {"input": {"members": {"x": {}}}, "want": _missing},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := retention.deny with input as start.settled(case.input)
		got == case.want
	}
}

_closed(facts) := object.union(
	start.without_facts(start.notice, ["danger_level", "danger_facts"]),
	{"facts": object.union({"case_closed": true}, facts)},
)

_delete_at(request) := parameters if {
	got := retention.obligation with input as start.settled(request)
	some each in got
	parameters := each.parameters
}

test_the_review_date_travels if {
	_delete_at(start.notice) == {"delete_at_day": 20900}
}

test_the_earliest_date_travels if {
	request := object.union(start.notice, {"members": {"hazard_facts": {"delete_after": 20800}}})
	_delete_at(request) == {"delete_at_day": 20800}
}

test_the_date_of_a_withheld_member_does_not if {
	request := object.union(start.notice, {"members": {"old_incident_2021": {"delete_after": 20800}}})
	_delete_at(request) == {"delete_at_day": 20900}
}

test_the_date_of_a_member_travels_without_a_review_date if {
	request := object.union(
		start.without_facts(start.notice, ["review_date"]),
		{"members": {"hazard_facts": {"delete_after": 20800}, "old_incident_2021": {"delete_after": 20790}}},
	)
	_delete_at(request) == {"delete_at_day": 20800}
}

test_no_date_is_known if {
	_delete_at(start.without_facts(start.notice, ["review_date"])) == {}
}

test_the_record_ends_with_the_following_year if {
	days := {20779: 21183, 20819: 21549, 20818: 21183, 18262: 18992, 19722: 20088, 19723: 20453}
	every day, last in days {
		retention.end_of_next_year(day) == last
	}
}

test_a_day_outside_the_calendar_has_no_end if {
	not retention.erase_at_day with input as start.settled(object.union(start.notice, {"evaluated_on": 0}))
}

_classes := {
	"police on one side": {"input": start.report, "want": "decision_log_JI"},
	"two bodies under the GDPR": {"input": start.school_notice, "want": "decision_log_DSGVO"},
	"covert data released": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": {"collection_method": "COVERT_NPOG_32_2", "marking": {"method": "x"}}},
			"facts": {"recipient_could_use_same_measure": true, "recipient_keeps_marking": true},
		}),
		"want": "covert_data_transmission_documentation",
	},
	"the Federal Police tell an authority": {
		"input": object.union(start.notice, {"sender_kind": "FEDERAL_POLICE"}),
		"want": "decision_log_JI",
	},
	"the empty input": {"input": {}, "want": "decision_log_DSGVO"},
}

test_the_federal_police_keep_a_proof_of_private_recipients if {
	settled := start.settled(object.union(start.notice, {
		"sender_kind": "FEDERAL_POLICE",
		"recipient_kind": "PRIVATE_LOGISTICS",
	}))
		with data.lookup.needs.PREMISES_HAZARD_NOTICE.PRIVATE_LOGISTICS as {"hazard_facts": "needed"}
	retention.log_class == "private_recipient_proof_BPol" with input as settled
}

test_log_class if {
	every case in _classes {
		retention.log_class == case.want with input as start.settled(case.input)
	}
}

_logging(request) := {[each.rule, each.code] | some each in got} if {
	got := retention.obligation_always with input as start.settled(request)
}

_log_1 := {
	["LOG-1", "OB-LOG"], ["LOG-1", "OB-LOG-RETENTION"],
	["LOG-1", "OB-LOG-USE-LIMIT"], ["LOG-1", "OB-LOG-NO-VALUES"],
}

# LOG-1
# LOG-TECH
test_log_1_and_log_tech_every_decision_is_logged_and_signed if {
	denied := object.union(start.notice, {"legal_basis_claimed": ["PARTNERSHIP"]})
	every request in [start.notice, denied, start.table, {"evaluated_on": 20779}] {
		_logging(request) == _log_1 | {["LOG-TECH", "OB-LOG-SIGNED"]}
	}
}

# LOG-1
test_log_1_a_record_without_an_end_is_not_promised if {
	request := object.union(start.notice, {"evaluated_on": 0})
	not ["LOG-1", "OB-LOG-RETENTION"] in _logging(request)
	not main.decision.verdict with input as request
}

_retention_of(request) := parameters if {
	got := retention.obligation_always with input as start.settled(request)
	some each in got
	each.code == "OB-LOG-RETENTION"
	parameters := each.parameters
}

# LOG-1
test_log_1_the_record_of_police_data_ends_with_the_following_year_by_law if {
	_retention_of(start.notice) == {"log_class": "decision_log_JI", "erase_at_day": 21183}
	_retention_of(start.school_notice) == {"log_class": "decision_log_DSGVO", "erase_at_day": 21183}
}

# LOG-TECH
test_log_tech_the_signature_is_no_matter_of_what_is_released if {
	["LOG-TECH", "OB-LOG-SIGNED"] in _logging(start.with_members(start.notice, {}))
	got := retention.obligation with input as start.settled(start.notice)
	not "LOG-TECH" in {each.rule | some each in got}
}

# RET-1
test_ret_1_a_release_carries_a_date if {
	got := retention.deny with input as start.settled(start.notice)
	got == set()
	late := retention.deny with input as start.settled(object.union(start.notice, {"facts": {"review_date_set": false}}))
	late == _missing
}

# RET-1
test_ret_1_a_closed_case_goes_nowhere_without_a_new_lead if {
	closed := retention.deny with input as start.settled(_closed({}))
	closed == _missing
	led := retention.deny with input as start.settled(_closed({"factual_indications": true}))
	led == set()
}
