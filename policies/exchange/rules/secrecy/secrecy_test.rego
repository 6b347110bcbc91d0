package exchange.rules.secrecy_test

import data.exchange.rules.recipient
import data.exchange.rules.request_test as start
import data.exchange.rules.secrecy

_social := {"rule": "SGB1-35", "reason": "social_secrecy"}

_conditions := {"rule": "SGB10-68-1", "reason": "sgb10_68_conditions"}

_benefit := {"rule": "SGB8-64-65", "reason": "benefit_success_at_risk"}

_claims(bases) := object.union(start.call_to_police, {"legal_basis_claimed": bases})

_on_request := object.union(_claims(["SGB10-68-1"]), {"facts": {
	"request_mode": "on_request",
	"request_age_days": 183,
	"head_decision": true,
	"obtainable_elsewhere": false,
}})

_cases := {
	"police have no social secrecy": {"input": start.notice, "want": set()},
	"the youth office at once": {"input": start.call_to_police, "want": set()},
	"the youth office on general law": {"input": _claims(["NDSG-5-1"]), "want": {_social}},
	"the guardians cooperate": {
		"input": object.union(start.call_to_police, {"facts": {"guardians_cooperate": true}}),
		"want": {_social},
	},
	"not at once": {
		"input": object.union(start.call_to_police, {"facts": {"immediate_action": false}}),
		"want": {_social},
	},
	"on request with all conditions": {"input": _on_request, "want": set()},
	"a request over six months old": {
		"input": object.union(_on_request, {"facts": {"request_age_days": 184}}),
		"want": {_social, _conditions},
	},
	"a request without the decision of the head": {
		"input": object.union(_on_request, {"facts": {"head_decision": false}}),
		"want": {_social, _conditions},
	},
	"obtainable elsewhere": {
		"input": object.union(_on_request, {"facts": {"obtainable_elsewhere": true}}),
		"want": {_social, _conditions},
	},
	"not on request": {
		"input": object.union(_on_request, {"facts": {"request_mode": "spontaneous"}}),
		"want": {_social, _conditions},
	},
	"the help is at risk": {
		"input": object.union(start.call_to_police, {"facts": {"benefit_risk": true}}),
		"want": {_benefit},
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := secrecy.deny with input as start.settled(case.input)
		got == case.want
	}
}

_pairs(request) := {[each.rule, each.members] | some each in got} if {
	got := secrecy.withhold with input as start.settled(request)
}

_with(request, name, attributes) := object.union(request, {"members": {name: attributes}})

_listed := object.union(start.with_members(_on_request, {"name": {}}), {"exchange_kind": "SOCIAL_DATA_REQUEST"})

_withheld := {
	"what § 8a opens": {"input": start.call_to_police, "want": set()},
	"what § 68 does not list": {
		"input": _on_request,
		"want": {["SGB1-35", {"child_identity"}], ["SGB10-68-1", {"child_identity"}]},
	},
	"only what § 68 lists": {
		"input": object.union(_listed, {"purpose": "PROSECUTION"}),
		"want": set(),
	},
	"prosecution with social data that the police hold": {
		"input": object.union(_with(start.notice, "hazard_facts", {"secrecy": "social"}), {"purpose": "PROSECUTION"}),
		"want": {["SGB1-35", {"hazard_facts"}]},
	},
	"beyond § 68 for prosecution without the judge": {
		"input": object.union(_on_request, {"purpose": "PROSECUTION"}),
		"want": {
			["SGB1-35", {"child_identity"}],
			["SGB10-68-1", {"child_identity"}],
			["SGB10-73", {"child_identity"}],
		},
	},
	"the judge's order in a felony": {
		"input": object.union(_claims(["SGB10-73"]), {
			"purpose": "PROSECUTION",
			"facts": {"judicial_order": true, "offence_class": "felony"},
		}),
		"want": set(),
	},
	"the judge's order in a lesser offence, beyond basic data": {
		"input": object.union(_claims(["SGB10-73"]), {
			"purpose": "PROSECUTION",
			"facts": {"judicial_order": true, "offence_class": "misdemeanour"},
		}),
		"want": {["SGB1-35", {"child_identity"}]},
	},
	"tax data of an offence to the foreigners authority": {
		"input": object.union(_with(start.notice, "hazard_facts", {"secrecy": "tax"}), {
			"recipient_kind": "FOREIGNERS_AUTHORITY",
			"purpose": "RESIDENCE_LAW",
			"original_purpose": "TAXATION",
			"legal_basis_claimed": ["AUFENTHG-87-2"],
			"facts": {"fine_actual": 500},
		}),
		"want": set(),
	},
	"tax data of an offence to the order office": {
		"input": object.union(_with(start.notice, "hazard_facts", {"secrecy": "tax"}), {
			"original_purpose": "TAXATION",
			"legal_basis_claimed": ["AUFENTHG-87-2"],
			"facts": {"fine_actual": 500},
		}),
		"want": {["AO-30", {"hazard_facts"}]},
	},
	"tax data of a felony for another purpose than its prosecution": {
		"input": object.union(
			_with(start.notice, "hazard_facts", {"secrecy": "tax"}),
			{"facts": {"offence_class": "felony"}},
		),
		"want": {["AO-30", {"hazard_facts"}]},
	},
	"tax data of a small offence to the foreigners authority": {
		"input": object.union(_with(start.notice, "hazard_facts", {"secrecy": "tax"}), {
			"recipient_kind": "FOREIGNERS_AUTHORITY",
			"purpose": "RESIDENCE_LAW",
			"original_purpose": "TAXATION",
			"legal_basis_claimed": ["AUFENTHG-87-2"],
			"facts": {"fine_actual": 499},
		}),
		"want": {["AO-30", {"hazard_facts"}]},
	},
	"entrusted data": {
		"input": _with(start.call_to_police, "therapy_notes_mother", {"necessity_reason": true}),
		"want": {["SGB8-64-65", {"therapy_notes_mother"}]},
	},
	"entrusted data with consent": {
		"input": _with(start.call_to_police, "therapy_notes_mother", {"consent": true}),
		"want": set(),
	},
	"entrusted by the sender's word": {
		"input": _with(start.call_to_police, "whereabouts", {"secrecy": "entrusted"}),
		"want": {["SGB8-64-65", {"whereabouts"}]},
	},
	"from a doctor": {
		"input": _with(start.notice, "hazard_facts", {"origin": "professional_203"}),
		"want": {["STGB-203", {"hazard_facts"}]},
	},
	"from a doctor who may speak": {
		"input": object.union(
			_with(start.notice, "hazard_facts", {"origin": "professional_203"}),
			{"facts": {"release_authority": true}},
		),
		"want": set(),
	},
	"a medical certificate, by the schema": {
		"input": _with(start.identity_answer, "medical_certificate", {}),
		"want": {["STGB-203", {"medical_certificate"}]},
	},
	"tax data": {
		"input": _with(start.notice, "hazard_facts", {"secrecy": "tax"}),
		"want": {["AO-30", {"hazard_facts"}]},
	},
	"tax data with consent": {
		"input": _with(start.notice, "hazard_facts", {"secrecy": "tax", "consent": true}),
		"want": set(),
	},
	"tax data in a considerable danger": {
		"input": object.union(
			_with(start.notice, "hazard_facts", {"secrecy": "tax"}),
			{"facts": {"danger_level": "considerable"}},
		),
		"want": set(),
	},
	"tax data to prosecute a felony": {
		"input": object.union(_with(start.notice, "hazard_facts", {"secrecy": "tax"}), {
			"purpose": "PROSECUTION",
			"facts": {"offence_class": "felony"},
		}),
		"want": set(),
	},
	"tax data to prosecute a misdemeanour": {
		"input": object.union(_with(start.notice, "hazard_facts", {"secrecy": "tax"}), {
			"purpose": "PROSECUTION",
			"facts": {"offence_class": "misdemeanour"},
		}),
		"want": {["AO-30", {"hazard_facts"}]},
	},
	"all that a tax office holds": {
		"input": object.union(
			start.with_members(start.notice, {"hazard_facts": {}}),
			{"sender_kind": "TAX_OFFICE_MUNICIPAL"},
		),
		"want": {["AO-30", {"hazard_facts"}]},
	},
	"social data that the police hold": {
		"input": _with(start.notice, "hazard_facts", {"category": "SOCIAL_BENEFIT"}),
		"want": {["SGB1-35", {"hazard_facts"}]},
	},
	"asylum data, by the schema": {
		"input": _with(start.identity_answer, "asylum_reasons", {}),
		"want": {["ASYLG-8-3", {"asylum_reasons"}]},
	},
	"asylum data in a considerable danger": {
		"input": object.union(
			_with(start.identity_answer, "asylum_reasons", {}),
			{"facts": {"danger_level": "considerable"}},
		),
		"want": set(),
	},
	"asylum data for prosecution": {
		"input": object.union(_with(start.identity_answer, "asylum_reasons", {}), {"purpose": "PROSECUTION"}),
		"want": set(),
	},
	"asylum data for a fine, on request": {
		"input": object.union(_with(start.identity_answer, "asylum_reasons", {}), {"purpose": "ADMIN_OFFENCE"}),
		"want": set(),
	},
	"asylum data for a fine, unasked": {
		"input": object.union(_with(start.identity_answer, "asylum_reasons", {}), {
			"purpose": "ADMIN_OFFENCE",
			"facts": {"request_mode": "spontaneous"},
		}),
		"want": {["ASYLG-8-3", {"asylum_reasons"}]},
	},
}

test_withhold if {
	every case in _withheld {
		_pairs(case.input) == case.want
	}
}

_ordered(attributes) := object.union(_with(_claims(["SGB10-73"]), "guardian_identity", attributes), {
	"purpose": "PROSECUTION",
	"facts": {"judicial_order": true, "offence_class": "felony"},
	"members": {"child_identity": {"named_in_order": true}},
})

test_what_the_order_of_sgb10_73_passes_over_stays if {
	_pairs(_ordered({"named_in_order": true})) == set()
	_pairs(_ordered({})) == {["SGB10-73", {"guardian_identity"}]}
	_pairs(_ordered({"named_in_order": false})) == {["SGB10-73", {"guardian_identity"}]}
}

test_an_order_that_says_of_a_member_that_it_is_not_named_holds_it_back if {
	request := object.union(_ordered({}), {"members": {
		"child_identity": {"named_in_order": false},
		"whereabouts": {"named_in_order": false},
	}})
	_pairs(request) == {["SGB10-73", {"child_identity", "whereabouts"}]}
}

test_what_the_order_names_matters_for_prosecution_by_a_social_body_alone if {
	_pairs(object.union(_ordered({}), {"purpose": "DANGER_PREVENTION", "legal_basis_claimed": ["SGB8-8A", "SGB10-71-1"]})) == set()
	got := _pairs(object.union(_ordered({"named_in_order": false}), {"sender_kind": "CUSTOMS"}))
	not "SGB10-73" in {rule | some [rule, _] in got}
}

# § 73 (2) SGB X: also former addresses, as § 72 (1) S. 2 SGB X lists them.
_lesser := object.union(
	start.with_members(_claims(["SGB10-73"]), {
		"former_addresses": {"necessity_reason": true},
		"benefit_payments_2026": {},
		"appointment_dates_2026": {},
	}),
	{
		"exchange_kind": "SOCIAL_DATA_REQUEST",
		"purpose": "PROSECUTION",
		"facts": {"judicial_order": true, "offence_class": "misdemeanour"},
	},
)

test_sgb10_73_in_a_lesser_offence_opens_benefits_and_former_addresses if {
	_pairs(_lesser) == {["SGB1-35", {"appointment_dates_2026"}]}
	_pairs(object.union(_lesser, {"facts": {"offence_class": "significant"}})) == set()
}

_confided := _with(start.call_to_police, "therapy_notes_mother", {"necessity_reason": true})

_stays(request) if _pairs(request)[["SGB8-64-65", {"therapy_notes_mother"}]]

test_entrusted_data_open_as_sgb8_64_65_says if {
	every change in [
		{"facts": {"release_authority": true}},
		{"recipient_kind": "COURT"},
		{"recipient_kind": "YOUTH_OFFICE"},
	] {
		_stays(_confided)
		not _stays(object.union(_confided, change))
	}
}

test_entrusted_data_stay_from_a_court_with_another_task if {
	_stays(object.union(_confided, {"recipient_kind": "COURT", "purpose": "PROSECUTION"}))
}

test_entrusted_data_stay_from_a_youth_office_that_is_told_by_another_body if {
	_stays(object.union(_confided, {"recipient_kind": "YOUTH_OFFICE", "sender_kind": "SOCIAL_OFFICE"}))
}

test_a_consent_that_is_not_valid_opens_nothing if {
	request := object.union(_confided, {"members": {"therapy_notes_mother": {"consent": true}}})
	not _stays(object.union(request, {"facts": {"consent": {"valid": true}}}))
	_stays(object.union(request, {"facts": {"consent": {"valid": false}}}))
}

_needed := {"child_identity": "needed", "whereabouts": "needed"}

_codes(sender, recipient) := {each.code | some each in got} if {
	request := object.union(start.call_to_police, {
		"sender_kind": sender,
		"recipient_kind": recipient,
		"legal_basis_claimed": ["SGB10-71-1"],
		"facts": {"weighty_indications": true},
	})
	settled := start.settled(request) with data.lookup.needs.CHILD_ENDANGERMENT as {recipient: _needed}
	got := secrecy.obligation with input as settled
}

test_for_a_professional_outside_the_youth_office_pseudonymises_by_sgb8_64_65 if {
	_codes("YOUTH_OFFICE", "YOUTH_OFFICE") == {"OB-PSEUDONYMISE"}
	_codes("SOCIAL_OFFICE", "YOUTH_OFFICE") == set()
}

test_where_nothing_goes_nothing_is_pseudonymised if {
	got := secrecy.obligation with input as start.settled(object.union(start.call_to_police, {"recipient_kind": "YOUTH_OFFICE"}))
	got == set()
}

test_the_police_are_no_professionals_and_need_the_names if {
	got := secrecy.obligation with input as start.settled(start.call_to_police)
	not "OB-PSEUDONYMISE" in {each.code | some each in got}
}

# The rules of the Social Code are conclusive: § 40 (2) NPOG does not narrow what they open.
_assessed(sender) := got if {
	request := object.union(start.call_to_police, {
		"sender_kind": sender,
		"recipient_kind": "FOREIGNERS_AUTHORITY",
		"members": {"whereabouts": {"is_assessment": true}},
	})
	got := recipient.withhold with input as start.settled(request)
}

test_an_assessment_of_a_social_body_is_for_the_social_code_alone if {
	_assessed("YOUTH_OFFICE") == set()
	{each.rule | some each in _assessed("SCHOOL")} == {"NPOG-40-2"}
}

# SGB10-78
test_secrecy_goes_along_with_social_data if {
	got := secrecy.obligation with input as start.settled(start.call_to_police)
	got == {{"code": "OB-SECRECY-EXTENDED", "rule": "SGB10-78", "parameters": {}}}
}

test_without_social_data_sgb10_78_asks_for_nothing if {
	got := secrecy.obligation with input as start.settled(object.union(start.call_to_police, {"sender_kind": "SCHOOL"}))
	got == set()
}

test_tax_data_to_prevent_a_felony_are_open if {
	request := object.union(_with(start.notice, "hazard_facts", {"secrecy": "tax"}), {
		"purpose": "CRIME_PREVENTION",
		"facts": {"offence_class": "felony"},
	})
	_pairs(request) == set()
	_pairs(object.union(request, {"facts": {"offence_class": "misdemeanour"}})) == {["AO-30", {"hazard_facts"}]}
}

test_tax_data_are_open_against_undeclared_work_by_ao_31a if {
	request := object.union(_with(start.notice, "hazard_facts", {"secrecy": "tax"}), {
		"purpose": "UNDECLARED_WORK",
		"legal_basis_claimed": ["AO-31A"],
	})
	_pairs(request) == set()
	_pairs(object.union(request, {"purpose": "TRADE_SUPERVISION"})) == {["AO-30", {"hazard_facts"}]}
}

test_tax_data_go_no_further if {
	got := secrecy.obligation with input as start.settled(_with(start.notice, "hazard_facts", {"secrecy": "tax", "consent": true}))
	got == {{"code": "OB-NO-ONWARD", "rule": "AO-30", "parameters": {}}}
}

_without_order(withheld) := {name |
	some each in withheld
	each.reason == "judicial_order_missing"
	some name in each.members
}

test_without_the_list_of_sgb10_68_a_judge_orders_every_member if {
	request := object.union(start.call_to_police, {
		"purpose": "PROSECUTION",
		"facts": {"judicial_order": false},
	})
	without_list := object.union(
		object.remove(data.legal_bases, ["SGB10-68-1"]),
		{"SGB10-68-1": object.remove(data.legal_bases["SGB10-68-1"], ["opens_members"])},
	)
	listed := secrecy.withhold with input as start.settled(request)
	unlisted := secrecy.withhold with input as start.settled(request) with data.legal_bases as without_list
	_without_order(unlisted) - _without_order(listed) == {"whereabouts"}
}

# The closed lists of the Social Code, member by member, with what stays beside them.
_lists := {
	"SGB10-68-1": {
		"request": object.union(_on_request, {"sender_kind": "SOCIAL_OFFICE"}),
		"listed": {
			"name", "first_name", "date_of_birth", "place_of_birth", "current_address", "whereabouts",
			"current_employer",
		},
	},
	"SGB10-73": {
		"request": object.union(_lesser, {"sender_kind": "SOCIAL_OFFICE"}),
		"listed": {
			"name", "first_name", "date_of_birth", "place_of_birth", "current_address", "whereabouts",
			"former_addresses", "current_employer", "benefit_payments_2026", "benefit_amounts",
		},
	},
	"SGB10-71-2": {
		"request": object.union(_claims(["SGB10-71-2"]), {
			"recipient_kind": "FOREIGNERS_AUTHORITY",
			"purpose": "RESIDENCE_LAW",
			"facts": {"request_mode": "on_request", "azr_sufficient": false, "expulsion_ground": true},
		}),
		"listed": {"name", "date_of_birth", "current_address", "benefit_grant_yes_no", "expected_social_behaviour"},
	},
}

_kept_secret(request, names) := {name |
	got := secrecy.withhold with input as start.settled(start.with_members(request, {name: {} | some name in names}))
	some each in got
	object.remove(each, ["members"]) == _social
	some name in each.members
}

# SGB10-68-1, SGB10-71-2, SGB10-73
test_each_closed_list_opens_what_it_names_and_nothing_else if {
	every list in _lists {
		_kept_secret(list.request, list.listed | {"diagnosis", "benefit_history"}) == {"diagnosis", "benefit_history"}
	}
}

# SGB10-73
test_sgb10_73_needs_no_order_for_what_section_68_lists if {
	listed := _lists["SGB10-68-1"].listed
	members := {name: {} | some name in (listed | {"diagnosis"})}
	unordered := object.union(_on_request, {"sender_kind": "SOCIAL_OFFICE", "purpose": "PROSECUTION"})
	got := secrecy.withhold with input as start.settled(start.with_members(unordered, members))
	_without_order(got) == {"diagnosis"}
}
