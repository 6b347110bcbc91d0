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
