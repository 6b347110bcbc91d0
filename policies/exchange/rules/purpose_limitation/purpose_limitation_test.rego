package exchange.rules.purpose_limitation_test

import data.exchange.rules.purpose_limitation
import data.exchange.rules.request_test as start

_vague := {"rule": "GDPR-5-1B", "reason": "purpose_missing_or_vague"}

_unknown := {"rule": "GDPR-5-1B", "reason": "original_purpose_unknown"}

_change := {"rule": "NDSG-6-2", "reason": "purpose_change_not_allowed"}

_anew := {"rule": "NPOG-39-1", "reason": "hypothetical_recollection_fails"}

_undocumented := {"rule": "NPOG-40-1-2", "reason": "undocumented_purpose_change"}

_fire := object.union(start.notice, {
	"sender_kind": "FIRE_SERVICE",
	"original_purpose": "FIRE_RESCUE",
	"legal_basis_claimed": ["NDSG-5-1", "NDSG-6-2"],
})

_cases := {
	"one purpose": {"input": start.notice, "want": set()},
	"no purpose": {"input": object.remove(start.notice, ["purpose"]), "want": {_vague}},
	"a purpose that no table knows": {
		"input": object.union(start.notice, {"purpose": "KONTROLLDRUCK"}),
		"want": {_vague, _anew},
	},
	"a slogan": {
		"input": object.union(start.notice, {"facts": {"purpose_text_specific": false}}),
		"want": {_vague},
	},
	"personal data for the Lagebild": {
		"input": object.union(start.notice, {"purpose": "SITUATION_PICTURE"}),
		"want": {_vague, _anew},
	},
	"figures for the Lagebild": {"input": start.table, "want": set()},
	"figures on a slogan": {
		"input": object.union(start.table, {"facts": {"purpose_text_specific": false}}),
		"want": {_vague},
	},
	"original purpose not stated": {
		"input": object.remove(start.notice, ["original_purpose"]),
		"want": {_unknown},
	},
	"original purpose unknown": {
		"input": object.union(start.table, {"original_purpose": "SOMETHING"}),
		"want": {_unknown},
	},
	"fire rescue data against a concrete danger": {"input": _fire, "want": set()},
	"fire rescue data without a danger": {
		"input": object.union(_fire, {"facts": {"danger_level": "none"}}),
		"want": {_change},
	},
	"fire rescue data on the partnership": {
		"input": object.union(_fire, {"facts": {"danger_level": "none"}, "legal_basis_claimed": ["PARTNERSHIP"]}),
		"want": {_change},
	},
	"police data of proceedings against a concrete danger": {
		"input": object.union(start.notice, {"original_purpose": "PROSECUTION"}),
		"want": set(),
	},
	"police data of proceedings without a danger": {
		"input": object.union(start.notice, {"original_purpose": "PROSECUTION", "facts": {"danger_level": "none"}}),
		"want": {_anew},
	},
	"the same with valid consent": {
		"input": object.union(start.notice, {
			"original_purpose": "PROSECUTION",
			"facts": {"danger_level": "none", "consent": {"valid": true}},
		}),
		"want": set(),
	},
	"the same in an evidentiary emergency": {
		"input": object.union(start.notice, {
			"original_purpose": "PROSECUTION",
			"facts": {"danger_level": "none", "beweisnot": true},
		}),
		"want": set(),
	},
	"the same with consent that nobody told her was free (NPOG-39-1)": {
		"input": object.union(start.notice, {
			"original_purpose": "PROSECUTION",
			"facts": {"danger_level": "none", "consent": {"valid": true, "voluntary_notice": false}},
		}),
		"want": {_anew},
	},
	"police data on a norm that is none of theirs (NPOG-39-1)": {
		"input": object.union(start.notice, {"purpose": "TRADE_SUPERVISION", "legal_basis_claimed": ["LICENCE-1"]}),
		"want": {_anew},
	},
	"police data for the purpose that they were collected for, on that norm": {
		"input": object.union(start.notice, {"legal_basis_claimed": ["LICENCE-1"]}),
		"want": set(),
	},
	"data of proceedings on a norm outside the NPOG": {
		"input": object.union(start.notice, {
			"original_purpose": "PROSECUTION",
			"purpose": "TRADE_SUPERVISION",
			"legal_basis_claimed": ["STPO-474-2"],
		}),
		"want": set(),
	},
	"trade data of the order office to avert a danger on police law": {
		"input": object.union(_fire, {
			"sender_kind": "MUNICIPAL_ORDER",
			"recipient_kind": "POLICE_INSPECTION",
			"legal_basis_claimed": ["NPOG-41"],
		}),
		"want": set(),
	},
	"the same to supervise trade (NPOG-39-1)": {
		"input": object.union(_fire, {
			"sender_kind": "MUNICIPAL_ORDER",
			"recipient_kind": "POLICE_INSPECTION",
			"purpose": "TRADE_SUPERVISION",
			"legal_basis_claimed": ["NPOG-41"],
		}),
		"want": {_anew, _change},
	},
	"a change of purpose to prosecute an offence (NDSG-6-2)": {
		"input": object.union(_fire, {"purpose": "PROSECUTION", "facts": {"offence_class": "misdemeanour"}}),
		"want": set(),
	},
	"the same where there is no offence (NDSG-6-2)": {
		"input": object.union(_fire, {"purpose": "PROSECUTION", "facts": {"offence_class": "none"}}),
		"want": {_change},
	},
	"findings of fine proceedings are not measured by the NDSG": {
		"input": object.union(_fire, {
			"sender_kind": "MUNICIPAL_ORDER",
			"original_purpose": "ADMIN_OFFENCE",
			"facts": {"danger_level": "none"},
		}),
		"want": set(),
	},
	"a change of purpose that nobody justified": {
		"input": object.union(start.notice, {
			"original_purpose": "PROSECUTION",
			"facts": {"justification_present": false},
		}),
		"want": {_undocumented},
	},
	"a special statute carries its own change": {"input": start.child_notice, "want": set()},
	"a private report is not measured by the NDSG": {
		"input": object.union(start.report, {"facts": {"danger_level": "none"}}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": {_vague, _unknown}},
}

test_deny if {
	every case in _cases {
		got := purpose_limitation.deny with input as start.settled(case.input)
		got == case.want
	}
}

_covert := {"collection_method": "COVERT_NPOG_33A_37A", "marking": {"method": "observation"}}

_withheld := {
	"covert findings to the order office": {
		"input": object.union(start.notice, {"members": {"hazard_facts": _covert}}),
		"want": {{"rule": "NPOG-39-1", "reason": "hypothetical_recollection_fails", "members": {"hazard_facts"}}},
	},
	"covert findings that the recipient could collect alike": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": _covert},
			"facts": {"recipient_could_use_same_measure": true},
		}),
		"want": set(),
	},
	"covert findings among police for the same purpose": {
		"input": object.union(start.notice, {
			"recipient_kind": "STATE_CRIMINAL_OFFICE",
			"members": {"hazard_facts": _covert},
		}),
		"want": set(),
	},
	"covert findings among police for another purpose": {
		"input": object.union(start.notice, {
			"recipient_kind": "STATE_CRIMINAL_OFFICE",
			"original_purpose": "CRIME_PREVENTION",
			"members": {"hazard_facts": _covert},
		}),
		"want": {{"rule": "NPOG-39-1", "reason": "hypothetical_recollection_fails", "members": {"hazard_facts"}}},
	},
	"covert findings to the order office with the person's consent (NPOG-39-1)": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": _covert},
			"facts": {"consent": {"valid": true}},
		}),
		"want": set(),
	},
	"covert findings to the order office in an evidentiary emergency (NPOG-39-1)": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": _covert},
			"facts": {"beweisnot": true},
		}),
		"want": set(),
	},
	"open findings": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"collection_method": "OPEN"}}}),
		"want": set(),
	},
	"back-up data": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"store_class": "backup"}}}),
		"want": {{"rule": "NPOG-39-2", "reason": "documentation_data_locked", "members": {"hazard_facts"}}},
	},
	"back-up data to save a life": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": {"store_class": "backup"}},
			"facts": {"danger_level": "present_life_limb_freedom"},
		}),
		"want": set(),
	},
	"back-up data against terror": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": {"store_class": "control"}},
			"facts": {"offence_class": "terror"},
		}),
		"want": set(),
	},
	"data of the case itself": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"store_class": "case"}}}),
		"want": set(),
	},
	"a catalogue measure in a concrete danger": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"collection_method": "STPO_CATALOGUE"}}}),
		"want": {{"rule": "STPO-479-2", "reason": "catalogue_measure_lock", "members": {"hazard_facts"}}},
	},
	"what was overheard, nobody says how": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"category": "COMMUNICATION_CONTENT"}}}),
		"want": {{"rule": "STPO-479-2", "reason": "catalogue_measure_lock", "members": {"hazard_facts"}}},
	},
	"what was said openly": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {
			"category": "COMMUNICATION_CONTENT",
			"collection_method": "OPEN",
		}}}),
		"want": set(),
	},
	"covert findings to a firm that claims that it could collect them": {
		"input": object.union(start.notice, {
			"recipient_kind": "PRIVATE_LOGISTICS",
			"members": {"hazard_facts": {"collection_method": "COVERT_NPOG_32_2"}},
			"facts": {"recipient_could_use_same_measure": true},
		}),
		"want": {{"rule": "NPOG-39-1", "reason": "hypothetical_recollection_fails", "members": {"hazard_facts"}}},
	},
	"a catalogue measure in a considerable danger": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": {"collection_method": "STPO_CATALOGUE"}},
			"facts": {"danger_level": "considerable"},
		}),
		"want": set(),
	},
	"a catalogue measure that the recipient could take": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": {"collection_method": "STPO_CATALOGUE"}},
			"facts": {"recipient_could_use_same_measure": true},
		}),
		"want": set(),
	},
	"a catalogue measure for a significant offence": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": {"collection_method": "STPO_CATALOGUE"}},
			"purpose": "PROSECUTION",
			"facts": {"offence_class": "significant"},
		}),
		"want": set(),
	},
	"a catalogue measure for a minor offence": {
		"input": object.union(start.notice, {
			"members": {"hazard_facts": {"collection_method": "STPO_CATALOGUE"}},
			"purpose": "PROSECUTION",
			"facts": {"offence_class": "misdemeanour"},
		}),
		"want": {{"rule": "STPO-479-2", "reason": "catalogue_measure_lock", "members": {"hazard_facts"}}},
	},
}

test_withhold if {
	every case in _withheld {
		got := purpose_limitation.withhold with input as start.settled(case.input)
		got == case.want
	}
}

test_a_change_of_purpose_by_the_police_is_documented if {
	got := purpose_limitation.obligation with input as start.settled(start.child_notice)
	{"code": "OB-DOC-PURPOSE", "rule": "NPOG-40-1-2", "parameters": {}} in got
}

test_a_change_of_purpose_under_police_law_is_documented_by_the_order_office if {
	got := purpose_limitation.obligation with input as start.settled(object.union(start.notice, {
		"sender_kind": "MUNICIPAL_ORDER",
		"recipient_kind": "POLICE_INSPECTION",
		"original_purpose": "TRADE_SUPERVISION",
	}))
	{"code": "OB-DOC-PURPOSE", "rule": "NPOG-40-1-2", "parameters": {}} in got
}

test_the_recipient_is_bound_to_the_purpose if {
	got := purpose_limitation.obligation with input as start.settled(start.notice)
	got == {{"code": "OB-PURPOSE-BIND", "rule": "GDPR-5-1B", "parameters": {}}}
}

test_data_given_in_an_emergency_of_evidence_are_blocked if {
	got := purpose_limitation.obligation with input as start.settled(object.union(start.child_notice, {"facts": {"beweisnot": true}}))
	{"code": "OB-RESTRICT", "rule": "NPOG-39-1", "parameters": {}} in got
}

test_figures_bind_nobody if {
	got := purpose_limitation.obligation with input as start.settled(start.table)
	got == set()
}

_denied(request) := got if {
	got := purpose_limitation.deny with input as start.settled(request)
}

_stays(request) := {each.reason | some each in got} if {
	got := purpose_limitation.withhold with input as start.settled(request)
}

# GDPR-5-1B
test_gdpr_5_1b_a_slogan_is_no_purpose if {
	_denied(object.union(start.notice, {"facts": {"purpose_text_specific": true}})) == set()
	_denied(object.union(start.notice, {"facts": {"purpose_text_specific": false}})) == {_vague}
	_denied(start.without_facts(start.notice, ["purpose_text_specific"])) == {_vague}
}

# GDPR-5-1B
test_gdpr_5_1b_the_purpose_of_collection_is_known if {
	_denied(object.remove(start.notice, ["original_purpose"])) == {_unknown}
	_denied(object.union(start.notice, {"original_purpose": "DANGER_PREVENTION"})) == set()
}

# NDSG-6-2
test_ndsg_6_2_fire_rescue_data_need_a_concrete_danger if {
	_denied(_fire) == set()
	_denied(object.union(_fire, {"facts": {"danger_level": "abstract"}})) == {_change}
}

_of_observation := object.union(start.notice, {
	"recipient_kind": "FEDERAL_POLICE",
	"original_purpose": "CRIME_PREVENTION",
	"members": {"hazard_facts": _covert},
	"facts": {"recipient_could_use_same_measure": true},
})

# NPOG-39-1
test_npog_39_1_covert_data_go_where_the_measure_could_be_taken if {
	_stays(_of_observation) == set()
	_stays(object.union(_of_observation, {"facts": {"recipient_could_use_same_measure": false}})) == {"hypothetical_recollection_fails"}
}

# NPOG-39-1
test_npog_39_1_another_purpose_than_averting_dangers_fails if {
	_denied(object.union(start.notice, {"original_purpose": "CRIME_PREVENTION"})) == set()
	_denied(object.union(start.notice, {"purpose": "TRADE_SUPERVISION"})) == {_anew}
}

# NPOG-39-2
test_npog_39_2_data_kept_for_control_stay if {
	every class in ["documentation", "case_admin", "control", "backup"] {
		request := object.union(start.notice, {"members": {"hazard_facts": {"store_class": class}}})
		_stays(request) == {"documentation_data_locked"}
		_stays(object.union(request, {"facts": {"danger_level": "present"}})) == {"documentation_data_locked"}
		_stays(object.union(request, {"facts": {"danger_level": "present_life_limb_freedom"}})) == set()
		_stays(object.union(request, {"facts": {"offence_class": "felony"}})) == {"documentation_data_locked"}
		_stays(object.union(request, {"facts": {"offence_class": "terror"}})) == set()
	}
	_stays(object.union(start.notice, {"members": {"hazard_facts": {"store_class": "case"}}})) == set()
}

# NPOG-40-1-2
test_npog_40_1_2_a_change_of_purpose_is_justified if {
	request := object.union(start.notice, {"facts": {"justification_present": false}})
	_denied(request) == set()
	_denied(object.union(request, {"original_purpose": "CRIME_PREVENTION"})) == {_undocumented}
}

# NPOG-40-1-2
test_npog_40_1_2_a_change_of_purpose_under_other_law_is_not_documented_here if {
	got := purpose_limitation.obligation with input as start.settled(_fire)
	{each.code | some each in got} == {"OB-PURPOSE-BIND"}
}

_of_a_measure := object.union(start.notice, {
	"purpose": "PROSECUTION",
	"members": {"hazard_facts": {"collection_method": "STPO_CATALOGUE"}},
	"facts": {"offence_class": "significant"},
})

# STPO-479-2
test_stpo_479_2_only_offences_for_which_it_could_be_ordered if {
	every class in ["significant", "felony", "terror"] {
		_stays(object.union(_of_a_measure, {"facts": {"offence_class": class}})) == set()
	}
	every class in ["none", "owi", "misdemeanour"] {
		_stays(object.union(_of_a_measure, {"facts": {"offence_class": class}})) == {"catalogue_measure_lock"}
	}
}

# STPO-479-2
test_stpo_479_2_neither_trade_nor_residence if {
	every purpose in ["TRADE_SUPERVISION", "RESIDENCE_LAW", "ADMIN_OFFENCE"] {
		request := object.union(_of_a_measure, {
			"purpose": purpose,
			"facts": {"danger_level": "present", "recipient_could_use_same_measure": true},
		})
		_stays(request) == {"catalogue_measure_lock"}
	}
}

# GDPR-5-1B
test_gdpr_5_1b_figures_too_serve_a_purpose_that_is_known if {
	_denied(start.table) == set()
	_denied(object.union(start.table, {"purpose": "KONTROLLDRUCK"})) == {_vague}
}

# NDSG-6-2
test_ndsg_6_2_is_no_reason_where_the_purpose_stays_or_may_change if {
	without := object.union(_fire, {"legal_basis_claimed": []})
	_denied(without) == set()
	_denied(object.union(without, {"purpose": "FIRE_RESCUE", "facts": {"danger_level": "none"}})) == set()
	_denied(object.union(without, {"facts": {"danger_level": "none"}})) == {_change}
}

# NPOG-39-1
test_npog_39_1_does_not_bind_who_only_claims_the_npog if {
	request := object.union(_fire, {
		"purpose": "TRADE_SUPERVISION",
		"legal_basis_claimed": ["NPOG-41"],
		"facts": {"danger_level": "none"},
	})
	_denied(object.union(request, {"sender_kind": "MUNICIPAL_ORDER"})) == {_anew, _change}
	_denied(object.union(request, {"sender_kind": "TRADE_OFFICE"})) == {_change}
}

# NPOG-40-1-2
test_npog_40_1_2_figures_change_no_purpose if {
	figures := object.union(start.table, {
		"sender_kind": "MUNICIPAL_ORDER",
		"recipient_kind": "POLICE_INSPECTION",
		"purpose": "DANGER_PREVENTION",
		"legal_basis_claimed": ["NPOG-41"],
		"facts": {"danger_level": "concrete"},
	})
	every request in [figures, object.union(figures, {"sender_kind": "POLICE_INSPECTION"})] {
		got := purpose_limitation.obligation with input as start.settled(request)
		got == set()
		_denied(object.union(request, {"facts": {"justification_present": false}})) == set()
	}
}

# STPO-479-2
test_stpo_479_2_what_was_overheard_goes_where_the_measure_could_be_taken if {
	request := object.union(start.notice, {"members": {"hazard_facts": {"category": "COMMUNICATION_CONTENT"}}})
	_stays(request) == {"catalogue_measure_lock"}
	_stays(object.union(request, {"facts": {"recipient_could_use_same_measure": true}})) == set()
}

_of_persons := {
	"DANGER_PREVENTION", "CRIME_PREVENTION", "PROSECUTION", "ADMIN_OFFENCE", "IDENTITY_CHECK", "CHILD_PROTECTION",
	"YOUTH_WELFARE", "SOCIAL_BENEFITS", "RESIDENCE_LAW", "TRADE_SUPERVISION", "WEAPONS_RELIABILITY", "UNDECLARED_WORK",
	"BENEFIT_FRAUD", "MONEY_LAUNDERING", "TAXATION", "EDUCATION", "REGISTRATION", "FIRE_RESCUE", "MUNICIPAL_ADMIN",
	"DISCIPLINARY", "CONTRACT_PERFORMANCE",
}

_of_no_persons := {"SITUATION_PICTURE", "STATISTICS", "PREVENTION_ADVICE"}

_found_vague(start_from, purpose) if {
	got := purpose_limitation.deny with input as start.settled(object.union(start_from, {"purpose": purpose}))
	_vague in got
}

_found_unknown(purpose) if {
	got := purpose_limitation.deny with input as start.settled(object.union(start.table, {"original_purpose": purpose}))
	_unknown in got
}

# GDPR-5-1B
test_gdpr_5_1b_each_purpose_of_the_vocabulary_is_one if {
	every purpose in _of_persons | _of_no_persons {
		not _found_unknown(purpose)
		not _found_vague(start.table, purpose)
	}
}

# GDPR-5-1B
test_gdpr_5_1b_personal_data_serve_purposes_of_their_own if {
	{purpose | some purpose in (_of_persons | _of_no_persons); _found_vague(start.notice, purpose)} == _of_no_persons
}
