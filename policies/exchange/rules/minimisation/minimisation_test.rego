package exchange.rules.minimisation_test

import data.exchange.rules.minimisation
import data.exchange.rules.request_test as start

_missing := {{"rule": "GDPR-5-1C", "reason": "justification_missing"}}

_cases := {
	"justified": {"input": start.notice, "want": set()},
	"not justified": {
		"input": object.union(start.notice, {"facts": {"justification_present": false}}),
		"want": _missing,
	},
	"justification not stated": {
		"input": start.without_facts(start.table, ["justification_present"]),
		"want": _missing,
	},
	"the empty input": {"input": {}, "want": _missing},
}

test_deny if {
	every case in _cases {
		got := minimisation.deny with input as start.settled(case.input)
		got == case.want
	}
}

_unnecessary(names) := {{"rule": "GDPR-5-1C", "reason": "not_necessary", "members": names}}

_threat(attributes) := start.with_members(
	object.union(start.notice, {
		"exchange_kind": "THREAT_OFFICIAL",
		"sender_kind": "MUNICIPALITY_EXECUTIVE",
		"recipient_kind": "POLICE_INSPECTION",
	}),
	{"threat_text": {}, "official_private_contact": object.union({"data_subject_role": "victim"}, attributes)},
)

_withheld := {
	"a private contact without consent": {
		"input": _threat({}),
		"want": _unnecessary({"official_private_contact"}),
	},
	"a private contact with consent": {"input": _threat({"consent": true}), "want": set()},
	"a private contact with consent refused": {
		"input": _threat({"consent": false}),
		"want": _unnecessary({"official_private_contact"}),
	},
	"a private contact in a present danger": {
		"input": object.union(_threat({}), {"facts": {"danger_level": "present"}}),
		"want": set(),
	},
	"a private contact in a considerable danger": {
		"input": object.union(_threat({}), {"facts": {"danger_level": "considerable"}}),
		"want": _unnecessary({"official_private_contact"}),
	},
	"needed members": {"input": start.notice, "want": set()},
	"a member that the table withholds": {
		"input": object.union(start.notice, {"members": {"guest_names": {"data_subject_role": "bystander"}}}),
		"want": _unnecessary({"guest_names"}),
	},
	"the same with a reason": {
		"input": object.union(start.notice, {"members": {"guest_names": {"necessity_reason": true}}}),
		"want": _unnecessary({"guest_names"}),
	},
	"a conditional member without a reason": {
		"input": object.union(start.notice, {"members": {"old_incident_2021": {}}}),
		"want": _unnecessary({"old_incident_2021"}),
	},
	"a conditional member with a reason": {
		"input": object.union(start.notice, {"members": {"old_incident_2021": {"necessity_reason": true}}}),
		"want": set(),
	},
	"a member that no table knows": {
		"input": object.union(start.notice, {"members": {"shoe_size": {"necessity_reason": true}}}),
		"want": _unnecessary({"shoe_size"}),
	},
	"a recipient for whom there is no table": {
		"input": object.union(
			start.with_members(start.notice, {"hazard_facts": {}}),
			{"recipient_kind": "TRADE_OFFICE"},
		),
		"want": _unnecessary({"hazard_facts"}),
	},
	"a group shares the row of its member": {
		"input": start.with_members(start.notice, {
			"hazard_facts#1": {},
			"hazard_facts#2": {},
			"guest_names#1": {"data_subject_role": "bystander"},
		}),
		"want": _unnecessary({"guest_names#1"}),
	},
}

test_withhold if {
	every case in _withheld {
		got := minimisation.withhold with input as start.settled(case.input)
		got == case.want
	}
}

test_the_table_speaks_first if {
	got := minimisation.own_words with input as start.settled(object.union(start.notice, {"members": {
		"guest_names": {"data_subject_role": "bystander"},
		"witness_name": {"data_subject_role": "witness"},
	}}))
	got == {
		["GDPR-5-1C", "not_necessary"]: {"guest_names"},
		["NPOG-40-2", "only_police_and_prosecution"]: {"witness_name"},
	}
}

test_every_member_of_a_schema_has_a_row_for_every_listed_recipient if {
	every kind, recipients in data.necessity {
		every rows in recipients {
			object.keys(rows) == object.keys(data.members[kind])
		}
	}
}

test_every_row_that_may_withhold_says_why if {
	every recipients in data.necessity {
		every rows in recipients {
			every row in rows {
				_complete(row)
			}
		}
	}
}

_complete(row) if row.need == "needed"

_complete(row) if {
	row.need in {"conditional", "withhold"}
	data.precedence[row.rule][row.reason]
}

_complete_row_of_withheld(row) if row.need != "withhold"

_complete_row_of_withheld(row) if row.reason == "not_necessary"

test_what_the_table_always_withholds_is_not_necessary if {
	every recipients in data.necessity {
		every rows in recipients {
			every row in rows {
				_complete_row_of_withheld(row)
			}
		}
	}
}

_denied(request) := got if {
	got := minimisation.deny with input as start.settled(request)
}

# GDPR-5-1C
test_gdpr_5_1c_a_request_gives_its_reason if {
	_denied(start.notice) == set()
	_denied(object.union(start.notice, {"facts": {"justification_present": false}})) == {{
		"rule": "GDPR-5-1C",
		"reason": "justification_missing",
	}}
}

# GDPR-5-1C
test_gdpr_5_1c_a_conditional_member_goes_with_a_reason_only if {
	request := start.with_members(start.notice, {"old_incident_2021": {}})
	_stays(request) == {"old_incident_2021"}
	_stays(object.union(request, {"members": {"old_incident_2021": {"necessity_reason": ""}}})) == {"old_incident_2021"}
	_stays(object.union(request, {"members": {"old_incident_2021": {"necessity_reason": true}}})) == set()
}

# GDPR-5-1C
test_gdpr_5_1c_no_reason_makes_a_member_necessary_that_the_table_withholds if {
	guests := {"guest_names": {"data_subject_role": "bystander", "necessity_reason": true, "consent": true}}
	_stays(start.with_members(start.notice, guests)) == {"guest_names"}
	_stays(start.with_members(start.notice, {"premises_address": {}})) == set()
}

_stays(request) := {name | some each in got; some name in each.members} if {
	got := minimisation.withhold with input as start.settled(request)
}

# Members of which some shut the whole request, so that no decision shows how necessary the others are.
_control := {
	"exchange_kind": "JOINT_CONTROL",
	"recipient_kind": "MUNICIPAL_ORDER",
	"members": {name: {} | some name, _ in data.members.JOINT_CONTROL},
}

# GDPR-5-1C
test_gdpr_5_1c_what_the_order_office_needs_for_a_joint_control if {
	needed := minimisation.necessary with input as _control
	needed == {
		"earlier_resistance_incidents", "licence_status", "licensee_names", "orders_in_force_for_premises",
		"premises_list",
	}
	conditional := minimisation.conditional with input as _control
	conditional == {"owner_health_certificate", "owner_name", "tax_arrears", "trade_tax_arrears"}
	never := minimisation.never_necessary with input as _control
	never == {"complainant_name", "staff_home_addresses"}
}

_kept_where(period, request) := names if {
	dated := {"PREMISES_HAZARD_NOTICE": {"MUNICIPAL_ORDER": {"hazard_facts": period}}}
	settled := start.settled(request) with data.lookup.periods.necessity as dated
	names := settled.release.withheld
}

test_a_row_counts_from_its_first_to_its_last_day if {
	_kept_where({"from": 20779, "to": 20779}, start.notice) == set()
	_kept_where({"from": 20780, "to": 30000}, start.notice) == {"hazard_facts"}
	_kept_where({"from": 0, "to": 20778}, start.notice) == {"hazard_facts"}
}

test_the_groups_of_a_member_share_the_days_of_its_row if {
	groups := start.with_members(start.notice, {"hazard_facts#1": {}, "hazard_facts#2": {"delete_after": 20800}})
	_kept_where({"from": 20779, "to": 20779}, groups) == set()
	_kept_where({"from": 20780, "to": 30000}, groups) == {"hazard_facts#1", "hazard_facts#2"}
}

test_conditional_members_are_those_of_the_recipients_row if {
	found := minimisation.conditional with data.lookup as {"needs": {"KIND": {
		"OFFICE": {"name": "conditional", "age": "needed", "photo": "withhold"},
		"POLICE": {"age": "conditional"},
	}}}
		with input as {
			"exchange_kind": "KIND", "recipient_kind": "OFFICE",
			"members": {"name#1": {}, "name#2": {}, "age": {}, "photo": {}, "other": {}},
		}
	found == {"name#1", "name#2"}
}
