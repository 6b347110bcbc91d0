package exchange.rules.customs_test

import data.exchange.rules.customs
import data.exchange.rules.request_test as start

_no_link := {"rule": "SCHWARZARBG-6", "reason": "no_audit_link"}

_avoidable := {"rule": "BPOLG-32", "reason": "not_indispensable"}

_found := start.with_members(
	object.union(start.notice, {
		"exchange_kind": "UNDECLARED_WORK",
		"recipient_kind": "CUSTOMS",
		"purpose": "UNDECLARED_WORK",
		"legal_basis_claimed": ["SCHWARZARBG-6"],
		"facts": {"audit_subject_link": true},
	}),
	{"work_facts": {}, "premises_address": {}},
)

_without_link := object.union(_found, {"facts": {"audit_subject_link": false}})

_from_customs := object.union(_without_link, {"sender_kind": "CUSTOMS", "recipient_kind": "POLICE_INSPECTION"})

_warning := object.union(start.notice, {
	"sender_kind": "FEDERAL_POLICE",
	"recipient_kind": "PRIVATE_LOGISTICS",
	"legal_basis_claimed": ["BPOLG-32"],
	"facts": {"indispensable": true},
})

_cases := {
	"linked to the audit": {"input": _found, "want": set()},
	"not linked to the audit": {"input": _without_link, "want": {_no_link}},
	"link not stated": {"input": start.without_facts(_found, ["audit_subject_link"]), "want": {_no_link}},
	"not linked to the audit, on a statute of its own": {
		"input": object.union(_without_link, {"legal_basis_claimed": ["SCHWARZARBG-6", "AO-31A"]}),
		"want": set(),
	},
	"not linked to an audit that nobody claims": {
		"input": object.union(_without_link, {"legal_basis_claimed": []}),
		"want": set(),
	},
	"police have other indications": {
		"input": object.union(_without_link, {"facts": {"factual_indications": true}}),
		"want": {_no_link},
	},
	"customs have other indications": {
		"input": object.union(_from_customs, {"facts": {"factual_indications": true}}),
		"want": set(),
	},
	"customs have none": {"input": _from_customs, "want": {_no_link}},
	"customs are no party": {
		"input": object.union(_without_link, {"recipient_kind": "TRADE_OFFICE"}),
		"want": set(),
	},
	"an indispensable warning of the Federal Police": {"input": _warning, "want": set()},
	"a warning that is useful": {
		"input": object.union(_warning, {"facts": {"indispensable": false}}),
		"want": {_avoidable},
	},
	"the Federal Police tell an authority": {
		"input": object.union(_warning, {"recipient_kind": "MUNICIPAL_ORDER", "facts": {"indispensable": false}}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := customs.deny with input as start.settled(case.input)
		got == case.want
	}
}

_payroll := object.union(_found, {"members": {"wage_slips_all_staff": {
	"data_subject_role": "bystander",
	"necessity_reason": true,
}}})

_stay := {{"rule": "SCHWARZARBG-6", "reason": "no_audit_link", "members": {"wage_slips_all_staff"}}}

_withheld := {
	"nobody but whom the audit concerns": {"input": _found, "want": set()},
	"the payroll of all staff, with a reason": {"input": _payroll, "want": _stay},
	"the payroll of a worker met": {
		"input": object.union(_payroll, {"members": {"wage_slips_all_staff": {"data_subject_role": "affected_worker"}}}),
		"want": set(),
	},
	"the payroll under another statute beside": {
		"input": object.union(_payroll, {
			"legal_basis_claimed": ["SCHWARZARBG-6", "STPO-477"],
			"original_purpose": "ADMIN_OFFENCE",
			"purpose": "ADMIN_OFFENCE",
		}),
		"want": set(),
	},
	"the payroll under another statute that does not hold": {
		"input": object.union(_payroll, {"legal_basis_claimed": ["SCHWARZARBG-6", "STPO-477"]}),
		"want": _stay,
	},
	"bystanders in another exchange": {
		"input": object.union(start.notice, {"members": {"guest_names": {"data_subject_role": "bystander"}}}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _withheld {
		got := customs.withhold with input as start.settled(case.input)
		got == case.want
	}
}

_denied(request) := got if {
	got := customs.deny with input as start.settled(request)
}

_opens(request) if {
	settled := start.settled(request)
	count(settled.found.satisfied) > 0
}

# SCHWARZARBG-6
test_schwarzarbg_6_customs_and_police_owe_each_other_what_is_linked_to_an_audit if {
	_opens(_found)
	_opens(object.union(_found, {"sender_kind": "CUSTOMS", "recipient_kind": "POLICE_INSPECTION"}))
	every kind in ["FOREIGNERS_AUTHORITY", "MUNICIPAL_ORDER", "TRADE_OFFICE"] {
		_opens(object.union(_found, {"sender_kind": kind}))
	}
}

# SCHWARZARBG-6
test_schwarzarbg_6_without_a_link_nothing_is_owed if {
	_denied(_without_link) == {_no_link}
	not _opens(_without_link)
}

# SCHWARZARBG-6
test_schwarzarbg_6_other_offences_go_from_customs_to_police_alone if {
	indicated := {"facts": {"audit_subject_link": false, "factual_indications": true}}
	_opens(object.union(_from_customs, indicated))
	not _opens(object.union(_found, indicated))
	not _opens(object.union(_from_customs, {"recipient_kind": "TRADE_OFFICE", "facts": indicated.facts}))
}

# SCHWARZARBG-6
test_schwarzarbg_6_is_no_norm_for_another_purpose_or_between_others if {
	not _opens(object.union(_found, {"purpose": "TRADE_SUPERVISION"}))
	not _opens(object.union(_found, {"recipient_kind": "YOUTH_OFFICE"}))
	not _opens(object.union(_found, {"sender_kind": "MUNICIPAL_ORDER", "recipient_kind": "TRADE_OFFICE"}))
}

# BPOLG-32
test_bpolg_32_a_private_body_is_told_only_what_is_indispensable if {
	_denied(_warning) == set()
	_opens(_warning)
	_denied(object.union(_warning, {"facts": {"indispensable": false}})) == {_avoidable}
	_denied(start.without_facts(_warning, ["indispensable"])) == {_avoidable}
	not _opens(object.union(_warning, {"facts": {"indispensable": false}}))
}

# BPOLG-32
test_bpolg_32_police_and_customs_are_told_for_police_tasks if {
	quiet := object.union(_warning, {"facts": {"indispensable": false, "danger_level": "none"}})
	_opens(object.union(quiet, {"recipient_kind": "POLICE_INSPECTION"}))
	_opens(object.union(quiet, {"recipient_kind": "CUSTOMS"}))
	not _opens(object.union(quiet, {"recipient_kind": "MUNICIPAL_ORDER"}))
}

# BPOLG-32
test_bpolg_32_other_bodies_are_told_of_dangers_offences_or_for_the_own_task if {
	quiet := object.union(_warning, {
		"recipient_kind": "MUNICIPAL_ORDER",
		"facts": {"indispensable": false, "danger_level": "none"},
	})
	_opens(object.union(quiet, {"facts": {"danger_level": "concrete"}}))
	_opens(object.union(quiet, {"purpose": "PROSECUTION"}))
	_opens(object.union(quiet, {"facts": {"sender_task": true}}))
	not _opens(object.union(quiet, {"purpose": "TRADE_SUPERVISION", "facts": {"danger_level": "concrete"}}))
}
