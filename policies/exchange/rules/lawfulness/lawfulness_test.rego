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
		"statutory_duty", "criminal_offence",
		"eggvg_case", "sgb10_71_1_duty", "azr_not_sufficient", "register_conditions", "concrete_indications",
		"asylg_8_3_case", "no_school", "nschg_31_case", "customs_on_one_side", "audit_link_or_indications", "bpolg_32_case",
		"available_without_coercion", "prosecutor_permits", "irg_request_or_indications",
	}
	every row in data.legal_bases {
		every condition in object.get(row, "conditions", []) {
			condition in known
		}
	}
}

# A request between two kinds on one basis, and the facts that it adds.
_between(sender, recipient, purpose, basis, facts) := object.union(start.notice, {
	"sender_kind": sender,
	"recipient_kind": recipient,
	"purpose": purpose,
	"legal_basis_claimed": [basis],
	"case_file": true,
	"facts": facts,
})

_sgb10_68 := {
	"request_mode": "on_request",
	"request_age_days": 183,
	"head_decision": true,
	"obtainable_elsewhere": false,
}

# Each basis with facts that satisfy it, and with one fact changed so that it does not.
_doors := {
	"NDSG-5-PRIV": {
		"open": _between("TRADE_OFFICE", "PRIVATE_HOUSING", "DANGER_PREVENTION", "NDSG-5-PRIV", {
			"sender_task": true, "recipient_commitment_purpose": true,
		}),
		"change": {"recipient_commitment_purpose": false},
	},
	"NDSG-5-PRIV for another's task": {
		"open": _between("TRADE_OFFICE", "PRIVATE_HOUSING", "DANGER_PREVENTION", "NDSG-5-PRIV", {
			"sender_task": true, "recipient_commitment_purpose": true,
		}),
		"change": {"sender_task": false},
	},
	"NPOG-44": {
		"open": _between("POLICE_INSPECTION", "PRIVATE_LOGISTICS", "DANGER_PREVENTION", "NPOG-44", {
			"recipient_commitment_purpose": true,
		}),
		"change": {"danger_level": "abstract"},
	},
	"NPOG-44 without commitment": {
		"open": _between("POLICE_INSPECTION", "PRIVATE_LOGISTICS", "DANGER_PREVENTION", "NPOG-44", {
			"recipient_commitment_purpose": true,
		}),
		"change": {"recipient_commitment_purpose": false},
	},
	"EGGVG-13-17 for trade": {
		"open": _between("PUBLIC_PROSECUTOR", "TRADE_OFFICE", "TRADE_SUPERVISION", "EGGVG-13-17", {
			"reliability_link": true,
		}),
		"change": {"reliability_link": false},
	},
	"EGGVG-13-17 in a danger": {
		"open": _between("COURT", "MUNICIPAL_ORDER", "DANGER_PREVENTION", "EGGVG-13-17", {}),
		"change": {"danger_level": "abstract"},
	},
	"EGGVG-13-17 for a child": {
		"open": _between("COURT", "YOUTH_OFFICE", "CHILD_PROTECTION", "EGGVG-13-17", {"weighty_indications": true}),
		"change": {"weighty_indications": false},
	},
	"EGGVG-13-17 by a special provision": {
		"open": _between("COURT", "YOUTH_OFFICE", "YOUTH_WELFARE", "EGGVG-13-17", {"special_provision": "x"}),
		"change": {"special_provision": ""},
	},
	"EGGVG-13-17 with consent": {
		"open": _between("COURT", "YOUTH_OFFICE", "YOUTH_WELFARE", "EGGVG-13-17", {"consent": {"valid": true}}),
		"change": {"consent": {"valid": false}},
	},
	"EGGVG-13-17 unasked only": {
		"open": _between("COURT", "MUNICIPAL_ORDER", "DANGER_PREVENTION", "EGGVG-13-17", {}),
		"change": {"request_mode": "on_request"},
	},
	"SGB10-71-1 for a child": {
		"open": _between("SOCIAL_OFFICE", "YOUTH_OFFICE", "CHILD_PROTECTION", "SGB10-71-1", {
			"weighty_indications": true,
		}),
		"change": {"weighty_indications": false},
	},
	"SGB10-71-1 for planned serious crimes": {
		"open": _between("SOCIAL_OFFICE", "POLICE_INSPECTION", "CRIME_PREVENTION", "SGB10-71-1", {
			"offence_class": "felony",
		}),
		"change": {"offence_class": "significant"},
	},
	"SGB10-68-1": {
		"open": _between("SOCIAL_OFFICE", "POLICE_INSPECTION", "PROSECUTION", "SGB10-68-1", _sgb10_68),
		"change": {"request_age_days": 184},
	},
	"SGB10-68-1 with prevailing interests": {
		"open": _between("SOCIAL_OFFICE", "PUBLIC_PROSECUTOR", "PROSECUTION", "SGB10-68-1", _sgb10_68),
		"change": {"protected_interest_contra": true},
	},
	"SGB8-8A": {
		"open": _between("YOUTH_OFFICE", "POLICE_INSPECTION", "CHILD_PROTECTION", "SGB8-8A", {
			"immediate_action": true, "guardians_cooperate": false,
		}),
		"change": {"guardians_cooperate": true},
	},
	"KKG-4 of customs staff": {
		"open": _between("CUSTOMS", "YOUTH_OFFICE", "CHILD_PROTECTION", "KKG-4", {
			"weighty_indications": true, "talks_with_guardians_failed": true, "prior_notice": true,
		}),
		"change": {"talks_with_guardians_failed": false},
	},
	"NSCHG-31 to an authority": {
		"open": _between("SCHOOL", "TRADE_OFFICE", "DANGER_PREVENTION", "NSCHG-31", {
			"request_mode": "on_request", "recipient_commitment_purpose": true,
		}),
		"change": {"request_mode": "spontaneous"},
	},
	"NSCHG-31 to a firm": {
		"open": _between("SCHOOL", "PRIVATE_SECURITY", "EDUCATION", "NSCHG-31", {
			"request_mode": "on_request", "recipient_commitment_purpose": true,
		}),
		"change": {"recipient_commitment_purpose": false},
	},
	"AUFENTHG-87-1": {
		"open": _between("TRADE_OFFICE", "FOREIGNERS_AUTHORITY", "RESIDENCE_LAW", "AUFENTHG-87-1", {
			"request_mode": "on_request", "azr_sufficient": false,
		}),
		"change": {"azr_sufficient": true},
	},
	"AUFENTHG-87-1 on request only": {
		"open": _between("TRADE_OFFICE", "FOREIGNERS_AUTHORITY", "RESIDENCE_LAW", "AUFENTHG-87-1", {
			"request_mode": "on_request", "azr_sufficient": false,
		}),
		"change": {"request_mode": "spontaneous"},
	},
	"SGB10-71-2": {
		"open": _between("YOUTH_OFFICE", "FOREIGNERS_AUTHORITY", "RESIDENCE_LAW", "SGB10-71-2", {
			"request_mode": "on_request", "azr_sufficient": false,
		}),
		"change": {"azr_sufficient": true},
	},
	"SGB10-71-2 on request only": {
		"open": _between("YOUTH_OFFICE", "FOREIGNERS_AUTHORITY", "RESIDENCE_LAW", "SGB10-71-2", {
			"request_mode": "on_request", "azr_sufficient": false,
		}),
		"change": {"request_mode": "spontaneous"},
	},
	"SGB10-73": {
		"open": _between("SOCIAL_OFFICE", "PUBLIC_PROSECUTOR", "PROSECUTION", "SGB10-73", {
			"judicial_order": true, "offence_class": "misdemeanour",
		}),
		"change": {"offence_class": "owi"},
	},
	"SGB10-73 by the judge": {
		"open": _between("SOCIAL_OFFICE", "PUBLIC_PROSECUTOR", "PROSECUTION", "SGB10-73", {
			"judicial_order": true, "offence_class": "felony",
		}),
		"change": {"judicial_order": false},
	},
	"BMG-34 of an identity-card register": {
		"open": _between("ID_CARD_OFFICE", "POLICE_INSPECTION", "DANGER_PREVENTION", "BMG-34", {
			"obtainable_from_person": false, "request_mode": "on_request",
		}),
		"change": {"obtainable_from_person": true},
	},
	"BMG-34 of an identity-card register in answer to a request": {
		"open": _between("ID_CARD_OFFICE", "POLICE_INSPECTION", "DANGER_PREVENTION", "BMG-34", {
			"obtainable_from_person": false, "request_mode": "on_request",
		}),
		"change": {"request_mode": "spontaneous"},
	},
	"AUFENTHG-87-2": {
		"open": _between("PUBLIC_PROSECUTOR", "FOREIGNERS_AUTHORITY", "RESIDENCE_LAW", "AUFENTHG-87-2", {}),
		"change": {"request_mode": "on_request"},
	},
	"AUFENTHG-90-1": {
		"open": _between("FOREIGNERS_AUTHORITY", "CUSTOMS", "UNDECLARED_WORK", "AUFENTHG-90-1", {
			"concrete_indications": true,
		}),
		"change": {"concrete_indications": false},
	},
	"ASYLG-8-3 in a danger": {
		"open": _between("FOREIGNERS_AUTHORITY", "POLICE_INSPECTION", "DANGER_PREVENTION", "ASYLG-8-3", {
			"danger_level": "considerable", "request_mode": "on_request",
		}),
		"change": {"danger_level": "concrete"},
	},
	"ASYLG-8-3 for a fine": {
		"open": _between("FOREIGNERS_AUTHORITY", "MUNICIPAL_ORDER", "ADMIN_OFFENCE", "ASYLG-8-3", {
			"request_mode": "on_request", "danger_level": "considerable",
		}),
		"change": {"request_mode": "spontaneous"},
	},
	"SCHWARZARBG-6": {
		"open": _between("POLICE_INSPECTION", "CUSTOMS", "UNDECLARED_WORK", "SCHWARZARBG-6", {
			"audit_subject_link": true,
		}),
		"change": {"audit_subject_link": false},
	},
	"SCHWARZARBG-6 for other offences": {
		"open": _between("CUSTOMS", "POLICE_INSPECTION", "PROSECUTION", "SCHWARZARBG-6", {"factual_indications": "x"}),
		"change": {"factual_indications": ""},
	},
	"BPOLG-32 to an authority in a danger": {
		"open": _between("FEDERAL_POLICE", "MUNICIPAL_ORDER", "DANGER_PREVENTION", "BPOLG-32", {}),
		"change": {"danger_level": "abstract"},
	},
	"BPOLG-32 for a task of its own": {
		"open": _between("FEDERAL_POLICE", "MUNICIPAL_ORDER", "MUNICIPAL_ADMIN", "BPOLG-32", {"sender_task": true}),
		"change": {"sender_task": false},
	},
	"BPOLG-32 to a firm": {
		"open": _between("FEDERAL_POLICE", "PRIVATE_LOGISTICS", "DANGER_PREVENTION", "BPOLG-32", {"indispensable": true}),
		"change": {"indispensable": false},
	},
	"LICENCE-1 for weapons": {
		"open": _between("POLICE_INSPECTION", "MUNICIPAL_ORDER", "WEAPONS_RELIABILITY", "LICENCE-1", {
			"request_mode": "on_request", "statutory_duty": true,
		}),
		"change": {"statutory_duty": false},
	},
	"IRG-92 on request": {
		"open": _between("POLICE_INSPECTION", "FOREIGN_POLICE_NL", "PROSECUTION", "IRG-92", {
			"request_mode": "on_request", "request": {"complete": true},
			"available_without_coercion": true, "prosecutor_permission": true,
		}),
		"change": {"request": {"complete": false}},
	},
	"IRG-92 with coercion": {
		"open": _between("POLICE_INSPECTION", "FOREIGN_POLICE_NL", "PROSECUTION", "IRG-92", {
			"available_without_coercion": true, "prosecutor_permission": true, "serious_offence": true,
		}),
		"change": {"available_without_coercion": false},
	},
	"IRG-92 without permission": {
		"open": _between("POLICE_INSPECTION", "FOREIGN_POLICE_NL", "PROSECUTION", "IRG-92", {
			"available_without_coercion": true, "prosecutor_permission": true, "factual_indications": "x",
		}),
		"change": {"prosecutor_permission": false},
	},
	"IRG-92 unasked": {
		"open": _between("POLICE_INSPECTION", "FOREIGN_POLICE_NL", "PROSECUTION", "IRG-92", {
			"available_without_coercion": true, "prosecutor_permission": true, "factual_indications": "x",
		}),
		"change": {"factual_indications": false},
	},
}

test_each_basis_opens_with_its_facts if {
	every door in _doors {
		got := lawfulness.satisfied with input as start.settled(door.open)
		got == {basis | some basis in door.open.legal_basis_claimed}
	}
}

test_each_basis_stays_shut_with_one_fact_changed if {
	every door in _doors {
		got := lawfulness.satisfied with input as start.settled(object.union(door.open, {"facts": door.change}))
		got == set()
	}
}

# Bases that hang on who, whom and what for alone: the purpose, or one side, is changed.
_roads := {
	"AO-31A": {
		"open": _between("TAX_OFFICE_MUNICIPAL", "CUSTOMS", "UNDECLARED_WORK", "AO-31A", {}),
		"change": {"purpose": "TAXATION"},
	},
	"BMG-34": {
		"open": _between("REGISTRATION_OFFICE", "MUNICIPAL_ORDER", "DANGER_PREVENTION", "BMG-34", {}),
		"change": {"recipient_kind": "PRIVATE_HOUSING"},
	},
	"BMG-34 of an identity-card register": {
		"open": _between("ID_CARD_OFFICE", "POLICE_INSPECTION", "DANGER_PREVENTION", "BMG-34", {
			"obtainable_from_person": false, "request_mode": "on_request",
		}),
		"change": {"recipient_kind": "TRADE_OFFICE"},
	},
	"AUFENTHG-87-1 of schools": {
		"open": _between("TRADE_OFFICE", "FOREIGNERS_AUTHORITY", "RESIDENCE_LAW", "AUFENTHG-87-1", {
			"request_mode": "on_request", "azr_sufficient": false,
		}),
		"change": {"sender_kind": "SCHOOL"},
	},
	"AUFENTHG-87-2 of schools": {
		"open": _between("TRADE_OFFICE", "FOREIGNERS_AUTHORITY", "RESIDENCE_LAW", "AUFENTHG-87-2", {}),
		"change": {"sender_kind": "SCHOOL"},
	},
	"SGB10-68-1 to a body that it does not name": {
		"open": _between("YOUTH_OFFICE", "MUNICIPAL_ORDER", "DANGER_PREVENTION", "SGB10-68-1", _sgb10_68),
		"change": {"recipient_kind": "TRADE_OFFICE"},
	},
	"SGB10-71-1 for a child": {
		"open": _between("SOCIAL_OFFICE", "YOUTH_OFFICE", "CHILD_PROTECTION", "SGB10-71-1", {"weighty_indications": true}),
		"change": {"recipient_kind": "POLICE_INSPECTION"},
	},
	"SGB10-71-1 for a child alone": {
		"open": _between("SOCIAL_OFFICE", "YOUTH_OFFICE", "CHILD_PROTECTION", "SGB10-71-1", {"weighty_indications": true}),
		"change": {"purpose": "YOUTH_WELFARE"},
	},
	"SGB10-71-1 for planned serious crimes": {
		"open": _between("SOCIAL_OFFICE", "POLICE_INSPECTION", "DANGER_PREVENTION", "SGB10-71-1", {"offence_class": "terror"}),
		"change": {"purpose": "PROSECUTION"},
	},
	"KKG-4 of the police": {
		"open": _between("SCHOOL", "YOUTH_OFFICE", "CHILD_PROTECTION", "KKG-4", {
			"weighty_indications": true, "talks_with_guardians_failed": true, "prior_notice": true,
		}),
		"change": {"sender_kind": "POLICE_INSPECTION"},
	},
	"KKG-5": {
		"open": object.union(
			_between("PUBLIC_PROSECUTOR", "YOUTH_OFFICE", "CHILD_PROTECTION", "KKG-5", {"weighty_indications": true}),
			{"original_purpose": "PROSECUTION"},
		),
		"change": {"original_purpose": "DANGER_PREVENTION"},
	},
	"AUFENTHG-89-2": {
		"open": _between("FOREIGNERS_AUTHORITY", "POLICE_INSPECTION", "IDENTITY_CHECK", "AUFENTHG-89-2", {}),
		"change": {"recipient_kind": "CUSTOMS"},
	},
	"LICENCE-1 locks the purpose": {
		"open": _between("POLICE_INSPECTION", "MUNICIPAL_ORDER", "WEAPONS_RELIABILITY", "LICENCE-1", {
			"request_mode": "on_request", "statutory_duty": true,
		}),
		"change": {"purpose": "TRADE_SUPERVISION"},
	},
	"SGB10-71-1": {
		"open": _between("SOCIAL_OFFICE", "CUSTOMS", "UNDECLARED_WORK", "SGB10-71-1", {}),
		"change": {"purpose": "TAXATION"},
	},
	"ASYLG-8-3": {
		"open": _between("FOREIGNERS_AUTHORITY", "POLICE_INSPECTION", "PROSECUTION", "ASYLG-8-3", {}),
		"change": {"purpose": "IDENTITY_CHECK"},
	},
	"SCHWARZARBG-6": {
		"open": _between("CUSTOMS", "TRADE_OFFICE", "UNDECLARED_WORK", "SCHWARZARBG-6", {"audit_subject_link": true}),
		"change": {"sender_kind": "MUNICIPAL_ORDER"},
	},
	"BPOLG-32": {
		"open": _between("FEDERAL_POLICE", "POLICE_INSPECTION", "TRADE_SUPERVISION", "BPOLG-32", {}),
		"change": {"recipient_kind": "TRADE_OFFICE"},
	},
	"BPOLG-32 to prosecute": {
		"open": _between("FEDERAL_POLICE", "TRADE_OFFICE", "ADMIN_OFFENCE", "BPOLG-32", {}),
		"change": {"purpose": "TRADE_SUPERVISION"},
	},
	"IRG-92 by the prosecutor": {
		"open": _between("PUBLIC_PROSECUTOR", "FOREIGN_POLICE_BE", "PROSECUTION", "IRG-92", {
			"available_without_coercion": true, "serious_offence": true,
		}),
		"change": {"sender_kind": "POLICE_INSPECTION"},
	},
}

test_each_basis_opens_on_its_road if {
	every road in _roads {
		got := lawfulness.satisfied with input as start.settled(road.open)
		got == {basis | some basis in road.open.legal_basis_claimed}
	}
}

test_each_basis_stays_shut_beside_its_road if {
	every road in _roads {
		got := lawfulness.satisfied with input as start.settled(object.union(road.open, road.change))
		got == set()
	}
}

_denied(request) := got if {
	got := lawfulness.deny with input as start.settled(request)
}

# PARTNERSHIP-1
test_partnership_1_a_partnership_opens_nothing if _partnership in _denied(_claims(start.notice, ["PARTNERSHIP"]))

# PARTNERSHIP-1
test_partnership_1_a_partnership_beside_a_norm_shuts_nothing if {
	_denied(_claims(start.notice, ["PARTNERSHIP", "NPOG-41"])) == set()
}

# AMTSHILFE-1
test_amtshilfe_1_assistance_opens_nothing if {
	every basis in ["GG-35", "VWVFG-4"] {
		_amtshilfe in _denied(_claims(start.notice, [basis]))
	}
}

# AMTSHILFE-1
test_amtshilfe_1_assistance_beside_a_norm_shuts_nothing if {
	_denied(_claims(start.notice, ["GG-35", "VWVFG-4", "NPOG-41"])) == set()
}

# GDPR-6-1E
test_gdpr_6_1e_a_statute_is_needed if _denied(_claims(start.notice, [])) == {_no_basis}

# GDPR-6-1E
test_gdpr_6_1e_a_satisfied_statute_is_enough if _denied(_claims(start.notice, ["NPOG-41"])) == set()

# GDPR-6-1E
test_gdpr_6_1e_the_article_alone_is_no_statute if {
	_denied(_claims(_fire, ["GDPR-6-1E"])) == {_no_basis}
	_denied(_claims(_fire, ["GDPR-6-1E", "NDSG-5-1"])) == set()
}

_fire := object.union(start.notice, {
	"sender_kind": "FIRE_SERVICE",
	"original_purpose": "FIRE_RESCUE",
	"legal_basis_claimed": ["NDSG-5-1"],
})

# NDSG-5-1
test_ndsg_5_1_another_purpose_needs_a_case_of_section_6 if {
	_denied(_fire) == set()
	_denied(object.union(_fire, {"facts": {"danger_level": "none"}})) == {_no_basis}
}

# NDSG-5-1
test_ndsg_5_1_the_same_purpose_needs_no_danger if {
	_denied(object.union(_fire, {"purpose": "FIRE_RESCUE", "facts": {"danger_level": "none"}})) == set()
}

# NDSG-5-1, NDSG-6-2, REG-1
test_ndsg_5_1_is_no_basis_for_findings_of_fine_proceedings if {
	every basis in ["NDSG-5-1", "NDSG-6-2"] {
		request := object.union(_claims(_fire, [basis]), {"sender_kind": "MUNICIPAL_ORDER"})
		_denied(request) == set()
		_denied(object.union(request, {"original_purpose": "ADMIN_OFFENCE"})) == {_no_basis}
	}
}

# NDSG-5-1
test_ndsg_5_1_is_no_basis_of_the_police if {
	_denied(object.union(_fire, {"sender_kind": "POLICE_INSPECTION"})) == {_no_basis}
}

# NPOG-1-2
test_npog_1_2_supports_and_never_stands_alone if {
	_denied(_claims(start.notice, ["NPOG-1-2"])) == {_no_basis}
	_denied(_claims(start.notice, ["NPOG-1-2", "NPOG-41"])) == set()
}

# NPOG-2-1
test_npog_2_1_a_power_against_dangers_needs_one if {
	every level in ["none", "abstract"] {
		_denied(object.union(start.notice, {"facts": {"danger_level": level}})) == {_no_basis, _no_danger}
	}
}

# NPOG-2-1
test_npog_2_1_a_concrete_danger_is_enough if {
	every level in ["concrete", "considerable", "present", "present_life_limb_freedom"] {
		_denied(object.union(start.notice, {"facts": {"danger_level": level}})) == set()
	}
}

# NPOG-2-1
test_npog_2_1_a_statute_without_danger_needs_none if {
	request := object.union(start.child_notice, {"facts": {"danger_level": "none"}})
	_denied(object.union(request, {"legal_basis_claimed": ["KKG-5", "NPOG-43"]})) == set()
}

# NPOG-41
test_npog_41_links_police_and_order_offices if {
	every purpose in ["DANGER_PREVENTION", "CRIME_PREVENTION"] {
		_denied(object.union(start.notice, {"purpose": purpose})) == set()
	}
	_denied(object.union(start.notice, {"recipient_kind": "YOUTH_OFFICE"})) == {_no_basis}
	_denied(object.union(start.notice, {"purpose": "ADMIN_OFFENCE"})) == {_no_basis}
}

# NPOG-43
test_npog_43_reaches_other_public_bodies if {
	request := _claims(start.notice, ["NPOG-43"])
	every kind in ["YOUTH_OFFICE", "MUNICIPALITY_EXECUTIVE", "TRADE_OFFICE", "FEDERAL_POLICE", "FOREIGN_POLICE_NL"] {
		_denied(object.union(request, {"case_file": true, "recipient_kind": kind})) == set()
	}
	_denied(_case(request)) == {_no_basis}
	_denied(object.union(request, {"case_file": true, "recipient_kind": "PRIVATE_HOUSING"})) == {_no_basis}
}

# NPOG-43
test_npog_43_is_for_prevention_only if {
	request := object.union(_claims(start.notice, ["NPOG-43"]), {"case_file": true, "recipient_kind": "YOUTH_OFFICE"})
	_denied(object.union(request, {"purpose": "CHILD_PROTECTION"})) == set()
	_denied(object.union(request, {"purpose": "YOUTH_WELFARE"})) == {_no_basis}
}

_answer_from_file := object.union(_claims(start.notice, ["STPO-474-2"]), {
	"original_purpose": "PROSECUTION",
	"facts": {"request_mode": "on_request", "special_provision": true},
})

_no_provision := {"rule": "STPO-474-2", "reason": "no_special_provision"}

# STPO-474-2
test_stpo_474_2_an_administrative_body_needs_a_special_provision if {
	_denied(_answer_from_file) == set()
	_denied(start.without_facts(_answer_from_file, ["special_provision"])) == {_no_basis, _no_provision}
}

# STPO-474-2
test_stpo_474_2_speaks_of_requests_of_the_administration_about_criminal_proceedings if {
	request := start.without_facts(_answer_from_file, ["special_provision"])
	_denied(object.union(request, {"facts": {"request_mode": "spontaneous"}})) == {_no_basis}
	_denied(object.union(request, {"original_purpose": "DANGER_PREVENTION"})) == {_no_basis}
	_denied(object.union(request, {"recipient_kind": "PUBLIC_PROSECUTOR"})) == {_no_basis}
}

_from_proceedings(original, sender, recipient, purpose) := object.union(start.notice, {
	"original_purpose": original,
	"sender_kind": sender,
	"recipient_kind": recipient,
	"purpose": purpose,
	"legal_basis_claimed": ["STPO-477"],
})

# STPO-477
test_stpo_477_criminal_proceedings_tell_bodies_that_prosecute if {
	every kind in ["PUBLIC_PROSECUTOR", "COURT", "CUSTOMS", "MUNICIPAL_ORDER", "TRADE_OFFICE"] {
		_denied(_from_proceedings("PROSECUTION", "POLICE_INSPECTION", kind, "ADMIN_OFFENCE")) == set()
		_denied(_from_proceedings("PROSECUTION", "POLICE_INSPECTION", kind, "DANGER_PREVENTION")) == {_no_basis}
	}
}

# STPO-477
test_stpo_477_criminal_proceedings_tell_the_police_for_police_purposes if {
	every kind in ["STATE_CRIMINAL_OFFICE", "FEDERAL_POLICE"] {
		_denied(_from_proceedings("PROSECUTION", "PUBLIC_PROSECUTOR", kind, "DANGER_PREVENTION")) == set()
		_denied(_from_proceedings("PROSECUTION", "PUBLIC_PROSECUTOR", kind, "TRADE_SUPERVISION")) == {_no_basis}
	}
}

# STPO-477
test_stpo_477_fine_proceedings_tell_bodies_that_prosecute if {
	every kind in ["MUNICIPAL_ORDER", "TRADE_OFFICE", "POLICE_INSPECTION", "CUSTOMS", "FEDERAL_POLICE"] {
		_denied(_from_proceedings("ADMIN_OFFENCE", kind, "STATE_CRIMINAL_OFFICE", "PROSECUTION")) == set()
		_denied(_from_proceedings("ADMIN_OFFENCE", kind, "STATE_CRIMINAL_OFFICE", "DANGER_PREVENTION")) == {_no_basis}
	}
	_denied(_from_proceedings("ADMIN_OFFENCE", "FOREIGNERS_AUTHORITY", "STATE_CRIMINAL_OFFICE", "PROSECUTION")) == {_no_basis}
}

# STPO-477
test_stpo_477_is_no_basis_outside_proceedings if {
	_denied(_from_proceedings("TRADE_SUPERVISION", "MUNICIPAL_ORDER", "POLICE_INSPECTION", "PROSECUTION")) == {_no_basis}
	_denied(_from_proceedings("PROSECUTION", "MUNICIPAL_ORDER", "POLICE_INSPECTION", "PROSECUTION")) == {_no_basis}
	_denied(object.union(
		_from_proceedings("PROSECUTION", "POLICE_INSPECTION", "PUBLIC_PROSECUTOR", "PROSECUTION"),
		{"facts": {"request_mode": "on_request"}},
	)) == {_no_basis}
}

# GDPR-6-1E, NPOG-2-1, NSCHG-31, STPO-474-2
test_figures_need_no_basis_whatever_is_claimed_for_them if {
	_denied(_claims(start.table, ["GDPR-6-1F", "GG-35"])) == set()
	against_a_danger := object.union(_claims(start.table, ["NPOG-43"]), {"purpose": "DANGER_PREVENTION"})
	every level in ["none", "concrete"] {
		_denied(object.union(against_a_danger, {
			"sender_controller": "stade",
			"facts": {"danger_level": level},
		})) == set()
	}
	_denied(object.union(start.table, {"sender_kind": "SCHOOL"})) == set()
	_denied(object.union(start.table, {
		"original_purpose": "PROSECUTION",
		"facts": {"request_mode": "on_request"},
	})) == set()
}

# NPOG-2-1
test_npog_2_1_a_basis_that_fails_for_another_reason_lacks_no_danger if {
	request := object.union(_case(_claims(start.notice, ["NPOG-44"])), {"recipient_kind": "PRIVATE_LOGISTICS"})
	_denied(request) == {_no_basis}
	_denied(object.union(request, {"facts": {"danger_level": "none"}})) == {_no_basis, _no_danger}
}

# STPO-474-2
test_stpo_474_2_another_statute_is_the_special_provision if {
	request := object.union(_answer_from_file, {
		"legal_basis_claimed": ["LICENCE-1"],
		"purpose": "WEAPONS_RELIABILITY",
		"facts": {"special_provision": "", "statutory_duty": true},
	})
	_denied(request) == set()
	_denied(object.union(request, {"facts": {"statutory_duty": false}})) == {_no_basis, _no_provision}
}

# STPO-474-2
test_stpo_474_2_a_provision_alone_is_no_basis if {
	_denied(_claims(_answer_from_file, [])) == {_no_basis}
}

_supporting(request) := got if {
	got := lawfulness.supporting with input as start.settled(request)
}

# NPOG-1-2
test_npog_1_2_police_and_order_office_inform_each_other_of_dangers if {
	_supporting(start.notice) == {"NPOG-1-2"}
	_supporting(object.union(start.notice, {"purpose": "TRADE_SUPERVISION"})) == set()
	_supporting(object.union(start.notice, {"recipient_kind": "YOUTH_OFFICE"})) == set()
	_supporting(object.union(start.notice, {"sender_kind": "SCHOOL"})) == set()
	_supporting(_claims(start.notice, ["NPOG-41"])) == set()
}

# NPOG-1-2
test_npog_1_2_opens_no_door if {
	got := lawfulness.covering with input as start.settled(_claims(start.notice, ["NPOG-1-2"]))
	got == set()
}

test_a_norm_counts_on_its_first_and_on_its_last_day if {
	first := lawfulness.covering with input as start.settled(start.notice)
		with data.norms["NPOG-41"].in_force_from_day as start.notice.evaluated_on
	first == {"NPOG-41"}
	last := lawfulness.covering with input as start.settled(start.notice)
		with data.norms["NPOG-41"].in_force_to_day as start.notice.evaluated_on
	last == {"NPOG-41"}
}

# GATEWAY-1
test_a_norm_not_read_in_full_opens_only_for_the_controller_that_confirmed_it if {
	other := object.union(start.notice, {"sender_controller": "city"})
	shut := lawfulness.deny with input as _settled_where({}, other)
	shut == {_unconfirmed}
	opened := lawfulness.deny with input as _settled_where({"city": {"NPOG-41": true}}, other)
	opened == set()
	elsewhere := lawfulness.deny with input as _settled_where({"county": {"NPOG-41": true}}, other)
	elsewhere == {_unconfirmed}
}

_settled_where(confirmed, request) := settled if {
	settled := start.settled(request) with data.lookup.confirmed as confirmed
}
