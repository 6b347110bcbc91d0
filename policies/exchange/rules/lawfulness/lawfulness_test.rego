package exchange.rules.lawfulness_test

import data.exchange.rules.lawfulness
import data.exchange.rules.request_test as start

_case(request) := object.union(request, {"case_file": true})

_no_basis := {"rule": "GDPR-6-1E", "reason": "no_legal_basis"}

_partnership := {"rule": "PARTNERSHIP-1", "reason": "partnership_is_no_basis"}

_amtshilfe := {"rule": "AMTSHILFE-1", "reason": "amtshilfe_is_no_transfer_basis"}

_interest := {"rule": "GDPR-6-1E", "reason": "art6_1_f_not_for_authorities"}

_no_danger := {"rule": "NPOG-2-1", "reason": "no_concrete_danger"}

_school := {"rule": "NSCHG-31", "reason": "school_no_basis"}

_unconfirmed := {"rule": "GATEWAY-1", "reason": "norm_not_confirmed"}

_claims(request, bases) := object.union(request, {"legal_basis_claimed": bases})

_cases := {
	"a confirmed norm in a concrete danger": {"input": start.notice, "want": set()},
	"no basis at all": {"input": _claims(start.notice, []), "want": {_no_basis}},
	"a basis that no table knows": {"input": _claims(start.notice, ["FOO-1"]), "want": {_no_basis}},
	"the partnership alone": {"input": _claims(start.notice, ["PARTNERSHIP"]), "want": {_partnership, _no_basis}},
	"a cooperation agreement alone": {
		"input": _claims(start.notice, ["COOPERATION_AGREEMENT"]),
		"want": {_partnership, _no_basis},
	},
	"the Lagebild concept alone": {
		"input": _claims(start.notice, ["LAGEBILD_CONCEPT"]),
		"want": {_partnership, _no_basis},
	},
	"the partnership beside a satisfied norm": {
		"input": _claims(start.notice, ["PARTNERSHIP", "NPOG-41"]),
		"want": set(),
	},
	"administrative assistance alone": {"input": _claims(start.notice, ["GG-35"]), "want": {_amtshilfe, _no_basis}},
	"assistance under VwVfG alone": {"input": _claims(start.notice, ["VWVFG-4"]), "want": {_amtshilfe, _no_basis}},
	"legitimate interest of an authority": {
		"input": _claims(start.notice, ["GDPR-6-1F"]),
		"want": {_interest, _no_basis},
	},
	"legitimate interest beside a satisfied norm": {
		"input": _claims(start.notice, ["GDPR-6-1F", "NPOG-41"]),
		"want": set(),
	},
	"legitimate interest of a private firm": {"input": _claims(start.report, ["GDPR-6-1F"]), "want": set()},
	"the task norm alone": {"input": _claims(start.notice, ["NPOG-1-2"]), "want": {_no_basis}},
	"no danger": {
		"input": object.union(start.notice, {"facts": {"danger_level": "abstract"}}),
		"want": {_no_basis, _no_danger},
	},
	"danger not stated": {
		"input": start.without_facts(start.notice, ["danger_level"]),
		"want": {_no_basis, _no_danger},
	},
	"a purpose that the norm does not have": {
		"input": object.union(start.notice, {"purpose": "TRADE_SUPERVISION"}),
		"want": {_no_basis},
	},
	"a norm that the controller has not confirmed": {
		"input": object.union(start.notice, {"sender_controller": "stade"}),
		"want": {_unconfirmed},
	},
	"the same in a case file": {
		"input": _case(object.union(start.notice, {"sender_controller": "stade"})),
		"want": set(),
	},
	"a report without facts of a danger": {
		"input": start.without_facts(start.report, ["danger_facts"]),
		"want": {_no_basis},
	},
	"a report of an abstract danger": {
		"input": object.union(start.report, {"facts": {"danger_level": "abstract"}}),
		"want": {_no_basis},
	},
	"a report of an offence for prosecution": {
		"input": object.union(start.report, {"purpose": "PROSECUTION", "facts": {"offence_class": "misdemeanour"}}),
		"want": set(),
	},
	"a child notice from proceedings": {"input": start.child_notice, "want": set()},
	"a child notice without weighty indications": {
		"input": start.without_facts(start.child_notice, ["weighty_indications"]),
		"want": {_no_basis},
	},
	"a child notice on the teachers' norm by the police": {
		"input": _claims(start.child_notice, ["KKG-4"]),
		"want": {_no_basis},
	},
	"a school after talks failed": {"input": start.school_notice, "want": set()},
	"a school without talks": {
		"input": start.without_facts(start.school_notice, ["talks_with_guardians_failed"]),
		"want": {_school, _no_basis},
	},
	"a school that told nobody": {
		"input": object.union(start.school_notice, {"facts": {"prior_notice": false}}),
		"want": {_school, _no_basis},
	},
	"a school that tells nobody because of the risk": {
		"input": object.union(start.school_notice, {"facts": {"prior_notice": false, "prior_notice_risk": true}}),
		"want": set(),
	},
	"a school on its own law of its own accord": {
		"input": _claims(start.school_notice, ["NSCHG-31"]),
		"want": {_school, _no_basis},
	},
	"a school on its own law on request": {
		"input": object.union(
			_claims(start.school_notice, ["NSCHG-31"]),
			{"facts": {"request_mode": "on_request"}},
		),
		"want": set(),
	},
	"the youth office at once": {"input": start.call_to_police, "want": set()},
	"the youth office while the guardians cooperate": {
		"input": object.union(start.call_to_police, {"facts": {"guardians_cooperate": true}}),
		"want": {_no_basis},
	},
	"the youth office under general data-protection law": {
		"input": _claims(start.call_to_police, ["NDSG-5-1", "NDSG-6-2"]),
		"want": {_no_basis},
	},
	"an identity check": {"input": start.identity_answer, "want": set()},
	"an identity check for another purpose": {
		"input": object.union(start.identity_answer, {"purpose": "PROSECUTION"}),
		"want": {_no_basis},
	},
	"figures on the partnership": {"input": _claims(start.table, ["PARTNERSHIP"]), "want": set()},
	"data from proceedings on request without a special provision": {
		"input": object.union(_claims(start.notice, ["STPO-474-2"]), {
			"original_purpose": "PROSECUTION",
			"facts": {"request_mode": "on_request"},
		}),
		"want": {_no_basis, {"rule": "STPO-474-2", "reason": "no_special_provision"}},
	},
	"the same with the provision named": {
		"input": object.union(_claims(start.notice, ["STPO-474-2"]), {
			"original_purpose": "PROSECUTION",
			"facts": {"request_mode": "on_request", "special_provision": true},
		}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
	"nothing but a member": {"input": {"members": {"x": {}}}, "want": {_no_basis}},
}

test_deny if {
	every case in _cases {
		got := lawfulness.deny with input as start.settled(case.input)
		got == case.want
	}
}

test_struck_out_is_reported_beside_a_satisfied_norm if {
	got := lawfulness.struck_out with input as start.settled(_claims(start.notice, ["GDPR-6-1F", "NPOG-41", "PARTNERSHIP"]))
	got == {"GDPR-6-1F", "PARTNERSHIP"}
}

test_a_norm_not_yet_in_force_opens_nothing if {
	got := lawfulness.covering with input as start.settled(start.notice)
		with data.norms["NPOG-41"].in_force_from_day as 30000
	got == set()
}

test_a_norm_no_longer_in_force_opens_nothing if {
	got := lawfulness.covering with input as start.settled(start.notice)
		with data.norms["NPOG-41"].in_force_to_day as 20000
	got == set()
}

test_every_day_number_is_that_of_its_date if {
	every id, norm in object.remove(data.norms, ["confirmations"]) {
		_same_day(norm.in_force_from, norm.in_force_from_day, 0)
		_same_day(norm.in_force_to, norm.in_force_to_day, 2932896)
		id != ""
	}
}

_same_day(date, day, open_end) if {
	date == null
	day == open_end
}

_same_day("2020-01-01", 18262, _)

test_every_condition_of_a_basis_can_be_met if {
	known := {
		"concrete_danger", "spontaneous", "on_request", "purpose_changes", "weighty_indications",
		"prosecutor_decides", "immediate_action", "guardians_do_not_cooperate", "judicial_order",
		"special_provision", "talks_failed_or_unsafe", "told_or_unsafe", "significant_offence",
		"danger_facts_or_offence", "purpose_kept_or_may_change", "purpose_may_change",
		"may_be_collected_anew", "prosecuting_or_to_police", "sgb10_68", "recipient_committed", "own_task",
		"eggvg_case", "sgb10_71_1_duty", "azr_not_sufficient", "id_card_conditions", "concrete_indications",
		"asylg_8_3_case", "customs_on_one_side", "audit_link_or_indications", "bpolg_32_case",
		"available_without_coercion", "prosecutor_permits", "irg_request_or_indications",
	}
	every row in data.legal_bases {
		every condition in object.get(row, "conditions", []) {
			condition in known
		}
	}
}
