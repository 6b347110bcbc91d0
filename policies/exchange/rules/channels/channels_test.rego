package exchange.rules.channels_test

import data.exchange.main
import data.exchange.rules.channels
import data.exchange.rules.request_test as start

_bulk := {"rule": "BULK-1", "reason": "bulk_exchange"}

_no_path := {"rule": "BW-1", "reason": "bundeswehr_no_path"}

_by_the_bka := {"rule": "BKAG-3", "reason": "bka_channel_required"}

_to(kind) := object.union(start.notice, {"recipient_kind": kind})

_criminal_case_of_a_soldier := object.union(_to("ARMED_FORCES"), {
	"sender_kind": "PUBLIC_PROSECUTOR",
	"original_purpose": "PROSECUTION",
	"purpose": "DISCIPLINARY",
})

_abroad(facts) := object.union(_to("FOREIGN_POLICE_NL"), {"facts": facts})

_updates(sender, recipient) := object.union(start.notice, {
	"sender_kind": sender,
	"recipient_kind": recipient,
	"facts": {"is_periodic": true},
})

_cases := {
	"one case between two authorities": {"input": start.notice, "want": set()},
	"the intelligence service": {
		"input": _to("INTELLIGENCE"),
		"want": {{"rule": "NPOG-40-3", "reason": "intelligence_channel_required"}},
	},
	"the armed forces": {
		"input": _to("ARMED_FORCES"),
		"want": {_no_path},
	},
	"a prosecutor tells the disciplinary superior": {"input": _criminal_case_of_a_soldier, "want": set()},
	"a court tells the disciplinary superior": {
		"input": object.union(_criminal_case_of_a_soldier, {"sender_kind": "COURT"}),
		"want": set(),
	},
	"the police tell the disciplinary superior": {
		"input": object.union(_criminal_case_of_a_soldier, {"sender_kind": "POLICE_INSPECTION"}),
		"want": {_no_path},
	},
	"a prosecutor tells the armed forces of a fine": {
		"input": object.union(_criminal_case_of_a_soldier, {"original_purpose": "ADMIN_OFFENCE"}),
		"want": {_no_path},
	},
	"a prosecutor tells the armed forces for another purpose": {
		"input": object.union(_criminal_case_of_a_soldier, {"purpose": "SITUATION_PICTURE"}),
		"want": {_no_path},
	},
	"a foreign police": {
		"input": _to("FOREIGN_POLICE_NL"),
		"want": {_by_the_bka},
	},
	"a foreign police at the border": {
		"input": object.union(_to("FOREIGN_POLICE_NL"), {"facts": {"regional_border_crime": true}}),
		"want": set(),
	},
	"a foreign police in imminent danger": {
		"input": object.union(_to("FOREIGN_POLICE_BE"), {"facts": {"imminent_danger": true}}),
		"want": set(),
	},
	"a foreign police with the agreement of the BKA": {
		"input": object.union(_to("FOREIGN_POLICE_BE"), {"facts": {"bka_agreement": true}}),
		"want": set(),
	},
	"the Netherlands at the border": {
		"input": _abroad({"regional_border_crime": true, "country": "NL"}),
		"want": set(),
	},
	"a third country at its border": {
		"input": _abroad({"regional_border_crime": true, "country": "TR"}),
		"want": {_by_the_bka},
	},
	"a neighbour outside the EU in imminent danger": {
		"input": _abroad({"imminent_danger": true, "country": "CH"}),
		"want": set(),
	},
	"neither neighbour nor EU state in imminent danger": {
		"input": _abroad({"imminent_danger": true, "country": "NO"}),
		"want": {_by_the_bka},
	},
	"a third country with the agreement of the BKA": {
		"input": _abroad({"bka_agreement": true, "country": "TR"}),
		"want": set(),
	},
	"a private firm in a concrete danger": {"input": _to("PRIVATE_LOGISTICS"), "want": set()},
	"a private firm without a danger": {
		"input": object.union(_to("PRIVATE_LOGISTICS"), {"facts": {"danger_level": "abstract"}}),
		"want": {{"rule": "NPOG-44", "reason": "private_recipient_no_danger"}},
	},
	"a private firm without a danger, under general law": {
		"input": object.union(_to("PRIVATE_LOGISTICS"), {
			"sender_kind": "TRADE_OFFICE",
			"legal_basis_claimed": ["NDSG-5-PRIV"],
			"facts": {"danger_level": "none", "sender_task": true, "recipient_commitment_purpose": true},
		}),
		"want": set(),
	},
	"a school to a firm that has committed itself": {
		"input": object.union(_to("PRIVATE_LOGISTICS"), {
			"sender_kind": "SCHOOL",
			"legal_basis_claimed": ["NSCHG-31"],
			"facts": {"danger_level": "none", "recipient_commitment_purpose": true},
		}),
		"want": set(),
	},
	"the same without its commitment": {
		"input": object.union(_to("PRIVATE_LOGISTICS"), {
			"sender_kind": "TRADE_OFFICE",
			"legal_basis_claimed": ["NDSG-5-PRIV"],
			"facts": {"danger_level": "none", "sender_task": true, "recipient_commitment_purpose": false},
		}),
		"want": {{"rule": "NPOG-44", "reason": "private_recipient_no_danger"}},
	},
	"register updates to the police": {
		"input": object.union(_updates("REGISTRATION_OFFICE", "POLICE_INSPECTION"), {"facts": {"statutory_duty": true}}),
		"want": set(),
	},
	"the comparison of two registers": {
		"input": object.union(
			_updates("FOREIGNERS_AUTHORITY", "REGISTRATION_OFFICE"),
			{"facts": {"statutory_duty": true}},
		),
		"want": set(),
	},
	"register updates that no statute orders": {
		"input": _updates("REGISTRATION_OFFICE", "POLICE_INSPECTION"),
		"want": {_bulk},
	},
	"register updates to the trade office": {
		"input": object.union(_updates("REGISTRATION_OFFICE", "TRADE_OFFICE"), {"facts": {"statutory_duty": true}}),
		"want": {_bulk},
	},
	"the comparison of two registers that no statute orders": {
		"input": _updates("FOREIGNERS_AUTHORITY", "REGISTRATION_OFFICE"),
		"want": {_bulk},
	},
	"updates of the trade office to the registration office": {
		"input": object.union(_updates("TRADE_OFFICE", "REGISTRATION_OFFICE"), {"facts": {"statutory_duty": true}}),
		"want": {_bulk},
	},
	"updates of the foreigners authority to the trade office": {
		"input": object.union(_updates("FOREIGNERS_AUTHORITY", "TRADE_OFFICE"), {"facts": {"statutory_duty": true}}),
		"want": {_bulk},
	},
	"updates of the order office": {
		"input": object.union(_updates("MUNICIPAL_ORDER", "POLICE_INSPECTION"), {"facts": {"statutory_duty": true}}),
		"want": {_bulk},
	},
	"a list of persons": {
		"input": object.union(start.notice, {"facts": {"is_bulk": true}}),
		"want": {_bulk},
	},
	"every month": {
		"input": object.union(start.notice, {"facts": {"is_periodic": true}}),
		"want": {_bulk},
	},
	"neither a list nor none": {
		"input": object.union(start.notice, {"facts": {"is_bulk": "?"}}),
		"want": {_bulk},
	},
	"figures every month": {"input": start.table, "want": set()},
	"figures that name a person": {
		"input": object.union(start.table, {"members": {"trend_text": {"category": "IDENTITY_BASIC"}}}),
		"want": {_bulk},
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := channels.deny with input as start.settled(case.input)
		got == case.want
	}
}

_record := {"licensee_criminal_record": {"data_subject_role": "responsible_person"}}

test_criminal_data_stay_from_private_firms if {
	got := channels.withhold with input as start.settled(object.union(_to("PRIVATE_SECURITY"), {"members": _record}))
	got == {{"rule": "PRIV-HINT-1", "reason": "criminal_data_private", "members": {"licensee_criminal_record"}}}
}

test_criminal_data_to_an_authority_are_no_matter_of_this_rule if {
	got := channels.withhold with input as start.settled(object.union(start.notice, {"members": _record}))
	got == set()
}

test_a_private_recipient_commits_itself if {
	needs := {"hazard_facts": "needed"}
	settled := start.settled(_to("PRIVATE_LOGISTICS"))
		with data.lookup.needs.PREMISES_HAZARD_NOTICE.PRIVATE_LOGISTICS as needs
	got := channels.obligation with input as settled
	got == {{"code": "OB-COMMITMENT", "rule": "NDSG-5-PRIV", "parameters": {}}}
}

_hint := object.union(
	start.with_members(start.table, {"checklist_text": {}, "suspect_names": {"data_subject_role": "suspect"}}),
	{"exchange_kind": "PREVENTION_HINT", "recipient_kind": "PRIVATE_LOGISTICS"},
)

test_a_prevention_hint_names_nobody if {
	got := channels.withhold with input as start.settled(_hint)
	got == {{"rule": "PRIV-HINT-1", "reason": "criminal_data_private", "members": {"suspect_names"}}}
}

test_a_prevention_hint_is_text if {
	got := channels.withhold with input as start.settled(start.with_members(_hint, {"checklist_text": {}}))
	got == set()
}

_denied(request) := got if {
	got := channels.deny with input as start.settled(request)
}

# NPOG-40-3
test_npog_40_3_the_intelligence_service_has_its_own_channel if {
	_denied(_to("INTELLIGENCE")) == {{"rule": "NPOG-40-3", "reason": "intelligence_channel_required"}}
	_denied(_to("STATE_CRIMINAL_OFFICE")) == set()
}

# NPOG-44
test_npog_44_a_firm_is_told_only_in_a_concrete_danger if {
	every level in ["none", "abstract"] {
		request := object.union(_to("PRIVATE_HOUSING"), {"facts": {"danger_level": level}})
		_denied(request) == {{"rule": "NPOG-44", "reason": "private_recipient_no_danger"}}
	}
	_denied(object.union(_to("PRIVATE_HOUSING"), {"facts": {"danger_level": "concrete"}})) == set()
	_denied(object.union(start.notice, {"facts": {"danger_level": "none"}})) == set()
}

_warning := object.union(
	start.with_members(_to("PRIVATE_LOGISTICS"), {"time_window": {}}),
	{
		"exchange_kind": "PRIVATE_WARNING",
		"legal_basis_claimed": ["NPOG-44"],
		"case_file": true,
		"facts": {"recipient_commitment_purpose": true},
	},
)

# NPOG-44
test_npog_44_a_firm_passes_nothing_on if {
	got := channels.obligation with input as start.settled(_warning)
	{"code": "OB-NO-ONWARD", "rule": "NPOG-44", "parameters": {}} in got
}

# NPOG-44
test_npog_44_where_nobody_is_named_there_is_nothing_to_keep_to_oneself if {
	got := channels.obligation with input as object.union(start.settled(_warning), {"release": {"personal": false}})
	got == set()
}

# NPOG-44
test_npog_44_what_goes_to_a_firm_on_other_law_is_no_matter_of_this_rule if {
	got := channels.obligation with input as start.settled(object.union(_warning, {
		"sender_kind": "FEDERAL_POLICE",
		"legal_basis_claimed": ["BPOLG-32"],
		"facts": {"indispensable": true},
	}))
	{each.code | some each in got} == {"OB-COMMITMENT"}
}

# PRIV-HINT-1
test_priv_hint_1_who_is_named_in_a_hint_does_not_hold_back_its_text if {
	decision := main.decision with input as object.union(_hint, {"purpose": "PREVENTION_ADVICE"})
	decision.verdict == "permit"
	{outcome.action: outcome.members | some outcome in decision.outcomes} == {
		"release": ["checklist_text"],
		"withhold": ["suspect_names"],
	}
}

# PRIV-HINT-1
test_priv_hint_1_a_hint_of_names_alone_is_denied if {
	names := start.with_members(_hint, {"suspect_names": {"data_subject_role": "suspect"}})
	decision := main.decision with input as object.union(names, {"purpose": "PREVENTION_ADVICE"})
	{"rule": "PRIV-HINT-1", "reason": "criminal_data_private"} in decision.denials
	{"rule": "GDPR-6-1E", "reason": "no_legal_basis"} in decision.denials
}

# BW-1
test_bw_1_the_armed_forces_are_no_general_recipient if {
	every kind in ["MUNICIPAL_ORDER", "POLICE_INSPECTION", "FEDERAL_POLICE"] {
		_denied(object.union(_criminal_case_of_a_soldier, {"sender_kind": kind})) == {_no_path}
	}
}

# BW-1
test_bw_1_courts_and_prosecutors_have_a_path_to_the_disciplinary_superior if {
	every kind in ["PUBLIC_PROSECUTOR", "COURT"] {
		_denied(object.union(_criminal_case_of_a_soldier, {"sender_kind": kind})) == set()
	}
}

# BKAG-3
test_bkag_3_foreign_police_are_written_to_through_the_bka if {
	_denied(_abroad({"regional_border_crime": false, "imminent_danger": false, "bka_agreement": false})) == {_by_the_bka}
	every exception in ["regional_border_crime", "imminent_danger", "bka_agreement"] {
		_denied(_abroad({exception: true})) == set()
	}
}

# BKAG-3
test_bkag_3_the_exceptions_of_the_border_hold_for_neighbours_and_eu_states if {
	every exception in ["regional_border_crime", "imminent_danger"] {
		_denied(_abroad({exception: true, "country": "BE"})) == set()
		_denied(_abroad({exception: true, "country": "US"})) == {_by_the_bka}
	}
	_denied(_abroad({"bka_agreement": true, "country": "US"})) == set()
}

# BKAG-3
test_bkag_3_a_body_outside_the_eu_that_names_no_country_is_no_neighbour if {
	settled := start.settled(_abroad({"regional_border_crime": true}))
	got := channels.deny with input as object.union(settled, {"found": {"recipient_groups": ["FOREIGN", "PUBLIC"]}})
	got == {_by_the_bka}
}

# BULK-1
test_bulk_1_neither_lists_nor_periods_of_personal_data if {
	every fact in ["is_bulk", "is_periodic"] {
		_denied(object.union(start.notice, {"facts": {fact: true}})) == {_bulk}
		_denied(object.union(start.notice, {"facts": {fact: false}})) == set()
		_denied(object.union(start.table, {"facts": {fact: true}})) == set()
	}
}

# BULK-1
test_bulk_1_an_individual_case_is_no_list if {
	two := object.union(
		start.with_members(start.notice, {"full_names": {"necessity_reason": true}}),
		{"exchange_kind": "PERSON_LIST_EXCHANGE"},
	)
	_denied(two) == set()
	_denied(object.union(two, {"facts": {"is_bulk": true}})) == {_bulk}
}

# PRIV-HINT-1
test_priv_hint_1_criminal_data_stay_from_private_bodies if {
	to_a_firm := object.union(_to("PRIVATE_HOUSING"), {"members": _record})
	kept := channels.withhold with input as start.settled(to_a_firm)
	kept == {{"rule": "PRIV-HINT-1", "reason": "criminal_data_private", "members": {"licensee_criminal_record"}}}
	sent := channels.withhold with input as start.settled(object.union(to_a_firm, {"recipient_kind": "TRADE_OFFICE"}))
	sent == set()
}
