package exchange.rules.recipient_test

import data.exchange.rules.recipient
import data.exchange.rules.request_test as start

_outside := {"rule": "RESP-1", "reason": "outside_recipient_task"}

_interest := {"rule": "RESP-1", "reason": "protected_interest_prevails"}

_door := {"rule": "DOUBLE-DOOR", "reason": "second_door_missing"}

_unconfirmed := {"rule": "GATEWAY-1", "reason": "norm_not_confirmed"}

_answer(facts) := object.union(start.identity_answer, {"facts": facts})

_federal := object.union(start.notice, {
	"recipient_kind": "FEDERAL_POLICE",
	"facts": {"request_mode": "on_request", "recipient_collection_basis": "BPOLG-21"},
})

_cases := {
	"a competent recipient": {"input": start.notice, "want": set()},
	"not competent": {
		"input": object.union(start.notice, {"facts": {"recipient_task_competence": false}}),
		"want": {_outside},
	},
	"competence from the table of routes": {
		"input": start.without_facts(start.notice, ["recipient_task_competence"]),
		"want": set(),
	},
	"a purpose that the route does not have": {
		"input": object.union(
			start.without_facts(start.notice, ["recipient_task_competence"]),
			{"purpose": "RESIDENCE_LAW"},
		),
		"want": {_outside},
	},
	"interests prevail": {
		"input": object.union(start.notice, {"facts": {"protected_interest_contra": true}}),
		"want": {_interest},
	},
	"interests neither true nor false": {
		"input": object.union(start.notice, {"facts": {"protected_interest_contra": "?"}}),
		"want": {_interest},
	},
	"both doors open": {"input": start.identity_answer, "want": set()},
	"on request without a second door": {
		"input": start.without_facts(start.identity_answer, ["recipient_collection_basis"]),
		"want": {_door},
	},
	"request mode not stated": {
		"input": start.without_facts(start.notice, ["request_mode"]),
		"want": {_door},
	},
	"a second door that no table knows": {
		"input": _answer({"recipient_collection_basis": "PARTNERSHIP"}),
		"want": {_door},
	},
	"a second door without its case": {
		"input": start.without_facts(start.identity_answer, ["third_party_collection_reason"]),
		"want": {_door},
	},
	"a second door that ends before this purpose": {
		"input": object.union(start.identity_answer, {"purpose": "TRADE_SUPERVISION"}),
		"want": {_door},
	},
	"police on the prosecutor's order": {
		"input": _answer({
			"recipient_collection_basis": "STPO-161-1",
			"case_reference": true,
			"prosecutor_order": true,
		}),
		"want": set(),
	},
	"police without the prosecutor's order": {
		"input": _answer({"recipient_collection_basis": "STPO-161-1", "case_reference": true}),
		"want": {_door},
	},
	"the prosecutor in person": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "PUBLIC_PROSECUTOR",
			"facts": {"recipient_collection_basis": "STPO-161-1", "case_reference": true},
		}),
		"want": set(),
	},
	"the trade office about reliability": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "TRADE_OFFICE",
			"purpose": "TRADE_SUPERVISION",
			"facts": {"recipient_collection_basis": "LICENCE-1"},
		}),
		"want": set(),
	},
	"the trade office about something else": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "TRADE_OFFICE",
			"purpose": "TAXATION",
			"facts": {"recipient_collection_basis": "LICENCE-1"},
		}),
		"want": {_door},
	},
	"customs about undeclared work": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "CUSTOMS",
			"purpose": "UNDECLARED_WORK",
			"facts": {"recipient_collection_basis": "SCHWARZARBG-6"},
		}),
		"want": set(),
	},
	"customs about something else": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "CUSTOMS",
			"purpose": "TAXATION",
			"facts": {"recipient_collection_basis": "SCHWARZARBG-6"},
		}),
		"want": {_door},
	},
	"the foreigners authority about residence": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "FOREIGNERS_AUTHORITY",
			"purpose": "RESIDENCE_LAW",
			"facts": {"recipient_collection_basis": "AUFENTHG-87-1"},
		}),
		"want": set(),
	},
	"the trade office on the norm of the foreigners authority": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "TRADE_OFFICE",
			"purpose": "RESIDENCE_LAW",
			"facts": {"recipient_collection_basis": "AUFENTHG-87-1"},
		}),
		"want": {_door},
	},
	"two offices of one city without a second door (NPOG-40-5)": {
		"input": object.union(
			start.without_facts(start.identity_answer, ["recipient_collection_basis"]),
			{"recipient_kind": "MUNICIPAL_ORDER", "facts": {"same_legal_entity": true}},
		),
		"want": {_door},
	},
	"two offices of one city with a second door (NPOG-40-5)": {
		"input": object.union(start.identity_answer, {
			"recipient_kind": "MUNICIPAL_ORDER",
			"facts": {"same_legal_entity": true},
		}),
		"want": set(),
	},
	"a norm of the recipient that nobody confirmed": {"input": _federal, "want": {_unconfirmed}},
	"the same in a case file": {"input": object.union(_federal, {"case_file": true}), "want": set()},
	"figures need no second door": {
		"input": object.union(start.table, {"facts": {"request_mode": "on_request"}}),
		"want": set(),
	},
	"a foreign body needs no second door here": {
		"input": object.union(start.notice, {
			"recipient_kind": "FOREIGN_POLICE_NL",
			"facts": {"request_mode": "on_request"},
		}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": {_outside}},
}

test_deny if {
	every case in _cases {
		got := recipient.deny with input as start.settled(case.input)
		got == case.want
	}
}

_police_only(names) := {"rule": "NPOG-40-2", "reason": "only_police_and_prosecution", "members": names}

_informants(names) := {"rule": "INFORMANT-1", "reason": "informant_protection", "members": names}

_withheld := {
	"facts about the responsible person": {"input": start.notice, "want": set()},
	"a witness": {
		"input": object.union(start.notice, {"members": {"witness_name": {"data_subject_role": "witness"}}}),
		"want": {_police_only({"witness_name"})},
	},
	"an assessment by its category": {
		"input": object.union(start.notice, {"members": {"assessment_clan_affinity": {}}}),
		"want": {_police_only({"assessment_clan_affinity"})},
	},
	"an assessment by the sender's word": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"is_assessment": true}}}),
		"want": {_police_only({"hazard_facts"})},
	},
	"a likely victim": {
		"input": object.union(start.child_notice, {"members": {"child_identity": {"data_subject_role": "victim_potential"}}}),
		"want": {_police_only({"child_identity"})},
	},
	"an endangered child": {"input": start.child_notice, "want": set()},
	"an informant": {
		"input": object.union(start.child_notice, {"members": {"caller_name": {"data_subject_role": "informant"}}}),
		"want": {_police_only({"caller_name"}), _informants({"caller_name"})},
	},
	"an informant to the police": {
		"input": object.union(start.call_to_police, {"members": {"caller_name": {"data_subject_role": "informant"}}}),
		"want": set(),
	},
	"an informant to the Federal Police": {
		"input": object.union(start.call_to_police, {
			"recipient_kind": "FEDERAL_POLICE",
			"members": {"caller_name": {"data_subject_role": "informant"}},
		}),
		"want": {_informants({"caller_name"})},
	},
	"a witness to customs that prosecute": {
		"input": object.union(start.notice, {
			"recipient_kind": "CUSTOMS",
			"purpose": "PROSECUTION",
			"members": {"witness_name": {"data_subject_role": "witness"}},
		}),
		"want": set(),
	},
	"a witness to customs that do not": {
		"input": object.union(start.notice, {
			"recipient_kind": "CUSTOMS",
			"members": {"witness_name": {"data_subject_role": "witness"}},
		}),
		"want": {_police_only({"witness_name"})},
	},
}

test_withhold if {
	every case in _withheld {
		got := recipient.withhold with input as start.settled(case.input)
		got == case.want
	}
}

test_the_sender_answers_for_what_it_sends_unasked if {
	recipient.accountable == "sender" with input as start.settled(start.notice)
}

test_a_public_requester_answers_for_its_request if {
	recipient.accountable == "recipient" with input as start.settled(start.identity_answer)
}

test_a_social_body_always_answers if {
	request := object.union(start.call_to_police, {"facts": {"request_mode": "on_request"}})
	recipient.accountable == "sender" with input as start.settled(request)
}

test_persons_are_told_before_a_school_speaks if {
	got := recipient.obligation with input as start.settled(start.school_notice)
	got == {{"code": "OB-INFORM-BEFORE", "rule": "KKG-4", "parameters": {}}}
}

test_nobody_is_told_where_that_endangers_the_child if {
	got := recipient.obligation with input as start.settled(object.union(start.school_notice, {"facts": {"prior_notice_risk": true}}))
	got == set()
}

_denied(request) := got if {
	got := recipient.deny with input as start.settled(request)
}

# RESP-1
test_resp_1_the_recipient_must_be_competent if {
	_denied(start.notice) == set()
	_denied(object.union(start.notice, {"facts": {"recipient_task_competence": false}})) == {_outside}
}

# RESP-1
test_resp_1_prevailing_interests_stand_against_it if {
	_denied(object.union(start.notice, {"facts": {"protected_interest_contra": true}})) == {_interest}
	_denied(object.union(start.notice, {"facts": {"protected_interest_contra": false}})) == set()
}

# RESP-1
test_resp_1_a_private_firm_always_answers_for_its_report if {
	recipient.accountable == "sender" with input as start.settled(object.union(
		start.report,
		{"facts": {"request_mode": "on_request"}},
	))
}

# DOUBLE-DOOR
test_double_door_a_request_needs_a_norm_of_the_requester if {
	_denied(start.identity_answer) == set()
	_denied(start.without_facts(start.identity_answer, ["recipient_collection_basis"])) == {_door}
	_denied(start.without_facts(start.notice, ["recipient_collection_basis"])) == set()
}

# DOUBLE-DOOR
test_double_door_a_private_firm_has_no_norm_to_ask_on if {
	every door in object.keys(data.collection_bases) {
		request := object.union(start.identity_answer, {
			"recipient_kind": "PRIVATE_LOGISTICS",
			"facts": {"recipient_collection_basis": door},
		})
		_denied(request) == {_door}
	}
}

# NPOG-30-2
test_npog_30_2_third_parties_are_asked_in_its_cases_only if {
	every ground in ["legal_provision", "verify_statements", "interest_of_data_subject", "task_endangered_otherwise"] {
		_denied(_answer({"third_party_collection_reason": ground})) == set()
	}
	_denied(_answer({"third_party_collection_reason": ""})) == {_door}
}

# NPOG-30-2
test_npog_30_2_is_the_door_of_police_and_order_office if {
	_denied(object.union(start.identity_answer, {"recipient_kind": "MUNICIPAL_ORDER"})) == set()
	_denied(object.union(start.identity_answer, {"recipient_kind": "TRADE_OFFICE"})) == {_door}
}

_for_prosecution := object.union(start.identity_answer, {
	"purpose": "PROSECUTION",
	"facts": {"recipient_collection_basis": "STPO-161-1", "case_reference": true, "prosecutor_order": true},
})

# STPO-161-1
test_stpo_161_1_police_act_on_the_prosecutors_order if {
	_denied(_for_prosecution) == set()
	_denied(object.union(_for_prosecution, {"facts": {"prosecutor_order": false}})) == {_door}
	_denied(start.without_facts(_for_prosecution, ["prosecutor_order"])) == {_door}
	federal := object.union(_for_prosecution, {"recipient_kind": "FEDERAL_POLICE"})
	_denied(federal) == set()
	_denied(object.union(federal, {"facts": {"prosecutor_order": false}})) == {_door}
}

# STPO-161-1
test_stpo_161_1_is_a_door_in_a_case_for_prosecution if {
	_denied(start.without_facts(_for_prosecution, ["case_reference"])) == {_door}
	_denied(object.union(_for_prosecution, {"purpose": "DANGER_PREVENTION"})) == {_door}
	_denied(object.union(_for_prosecution, {"recipient_kind": "MUNICIPAL_ORDER"})) == {_door}
}

_withholds(request) := got if {
	got := recipient.withhold with input as start.settled(request)
}

# NPOG-40-2
test_npog_40_2_each_role_of_the_list_stays_from_the_administration if {
	every role in ["contact", "victim_potential", "surroundings", "witness", "informant"] {
		request := object.union(start.notice, {"members": {"hazard_facts": {"data_subject_role": role}}})
		_police_only({"hazard_facts"}) in _withholds(request)
	}
	every role in ["suspect", "future_offender", "convicted", "responsible_person", "victim", "endangered_person", "bystander"] {
		_withholds(object.union(start.notice, {"members": {"hazard_facts": {"data_subject_role": role}}})) == set()
	}
}

# NPOG-40-2
test_npog_40_2_police_and_prosecution_may_have_them if {
	request := object.union(start.notice, {"members": {"witness_name": {"data_subject_role": "witness"}}})
	every kind in ["POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE", "FEDERAL_POLICE", "PUBLIC_PROSECUTOR"] {
		_withholds(object.union(request, {"recipient_kind": kind})) == set()
	}
	every kind in ["COURT", "YOUTH_OFFICE", "PRIVATE_LOGISTICS", "FOREIGN_POLICE_NL"] {
		_withholds(object.union(request, {"recipient_kind": kind})) == {_police_only({"witness_name"})}
	}
}

# NPOG-40-5
test_npog_40_5_one_legal_entity_opens_nothing if {
	every fact in [true, false] {
		one := {"facts": {"same_legal_entity": fact}}
		_denied(object.union(start.identity_answer, one)) == set()
		_denied(start.without_facts(object.union(start.identity_answer, one), ["recipient_collection_basis"])) == {_door}
	}
}

_named_caller(request) := object.union(request, {"members": {"caller_name": {
	"data_subject_role": "informant",
	"necessity_reason": true,
}}})

_kept_by_informant_1(request) if {
	got := recipient.withhold with input as start.settled(request)
	"INFORMANT-1" in {each.rule | some each in got}
}

# INFORMANT-1
test_informant_1_who_gave_a_hint_stays_from_the_administration if {
	_kept_by_informant_1(_named_caller(start.child_notice))
	_kept_by_informant_1(_named_caller(start.school_notice))
	not _kept_by_informant_1(start.child_notice)
}

# INFORMANT-1
test_informant_1_police_and_prosecutors_may_know if {
	every kind in ["POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE", "PUBLIC_PROSECUTOR"] {
		not _kept_by_informant_1(object.union(_named_caller(start.call_to_police), {"recipient_kind": kind}))
	}
	_kept_by_informant_1(object.union(_named_caller(start.call_to_police), {"recipient_kind": "COURT"}))
}

_opened_by(request) := got if {
	got := recipient.opened_by with input as start.settled(request)
}

# NPOG-30-2, STPO-161-1
test_the_norm_that_opened_the_second_door_is_named if {
	_opened_by(start.identity_answer) == {"NPOG-30-2"}
	_opened_by(_for_prosecution) == {"STPO-161-1"}
	_opened_by(start.without_facts(_for_prosecution, ["prosecutor_order"])) == set()
	_opened_by(object.union(start.identity_answer, {"facts": {"request_mode": "spontaneous"}})) == set()
	_opened_by(object.union(_federal, {"case_file": true})) == set()
	_opened_by(object.union(start.table, {
		"recipient_kind": "POLICE_INSPECTION",
		"purpose": "DANGER_PREVENTION",
		"facts": object.union(start.identity_answer.facts, {}),
	})) == set()
}

# DOUBLE-DOOR
test_double_door_a_confirmed_norm_of_the_recipient_opens_it if {
	_denied(_federal) == {_unconfirmed}
	confirmed := recipient.deny with input as start.settled(_federal)
		with data.lookup.confirmed["pi-lueneburg"]["BPOLG-21"] as true
	confirmed == set()
}

# DOUBLE-DOOR
test_double_door_an_unconfirmed_norm_is_no_matter_where_no_door_is_needed if {
	_denied(object.union(_federal, {"facts": {"request_mode": "spontaneous"}})) == set()
	_denied(object.union(start.table, {
		"recipient_kind": "FEDERAL_POLICE",
		"purpose": "DANGER_PREVENTION",
		"facts": {"request_mode": "on_request", "recipient_collection_basis": "BPOLG-21"},
	})) == set()
}

# INFORMANT-1
test_informant_1_the_prosecutor_may_know if {
	request := object.union(start.call_to_police, {
		"recipient_kind": "PUBLIC_PROSECUTOR",
		"members": {"caller_name": {"data_subject_role": "informant"}},
	})
	_withholds(request) == set()
	_withholds(object.union(request, {"recipient_kind": "FEDERAL_POLICE"})) == {_informants({"caller_name"})}
}

_asked_where(period) := got if {
	settled := start.settled(start.identity_answer)
	got := recipient.deny with input as settled with data.lookup.periods.collection_bases as {"NPOG-30-2": period}
}

# DOUBLE-DOOR
test_double_door_the_recipients_norm_counts_from_its_first_to_its_last_day if {
	_asked_where({"from": 20779, "to": 20779}) == set()
	_asked_where({"from": 20780, "to": 30000}) == {_door}
	_asked_where({"from": 0, "to": 20778}) == {_door}
}

# NPOG-40-5
test_npog_40_5_two_offices_of_one_city_are_two_parties if {
	one := recipient.separate_parties with input as start.settled(_answer({"same_legal_entity": true}))
	one == {"NPOG-40-5"}
	two := recipient.separate_parties with input as start.settled(_answer({"same_legal_entity": false}))
	two == set()
}

# Each norm of a recipient with the kinds of body that may ask on it, and what for.
_doors := {
	"NPOG-30-2": {
		"of": {"POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE", "MUNICIPAL_ORDER"},
		"for": {"DANGER_PREVENTION", "CRIME_PREVENTION", "IDENTITY_CHECK", "CHILD_PROTECTION"},
	},
	"STPO-161-1": {
		"of": {"POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE", "FEDERAL_POLICE", "PUBLIC_PROSECUTOR"},
		"for": {"PROSECUTION", "IDENTITY_CHECK"},
	},
	"BPOLG-21": {"of": {"FEDERAL_POLICE"}, "for": {"DANGER_PREVENTION", "CRIME_PREVENTION"}},
	"SGB8-8A": {"of": {"YOUTH_OFFICE"}, "for": {"CHILD_PROTECTION"}},
	"LICENCE-1": {"of": {"TRADE_OFFICE", "MUNICIPAL_ORDER"}, "for": {"TRADE_SUPERVISION", "WEAPONS_RELIABILITY"}},
	"SCHWARZARBG-6": {
		"of": {"CUSTOMS", "POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE"},
		"for": {"UNDECLARED_WORK", "PROSECUTION", "ADMIN_OFFENCE"},
	},
	"AUFENTHG-87-1": {"of": {"FOREIGNERS_AUTHORITY"}, "for": {"RESIDENCE_LAW"}},
}

_opens(basis, kind, purpose) if {
	denied := recipient.deny with input as {
		"recipient_kind": kind,
		"purpose": purpose,
		"case_file": true,
		"facts": {
			"request_mode": "on_request",
			"recipient_collection_basis": basis,
			"third_party_collection_reason": "verify_statements",
			"case_reference": true,
			"prosecutor_order": true,
		},
		"found": {"asks_personal": true, "recipient_groups": data.agency_kinds[kind].groups, "facts": set()},
	}
	not _door in denied
}

# A foreign body needs no second door here.
_at_home := {kind | some kind, row in data.agency_kinds; not "FOREIGN" in row.groups}

# DOUBLE-DOOR
test_double_door_each_norm_is_that_of_its_recipients_for_its_purposes if {
	object.keys(_doors) == object.keys(data.collection_bases)
	every basis, door in _doors {
		{kind | some kind in _at_home; _opens(basis, kind, min(door.for))} == door.of
		{purpose | some purpose, _ in data.purposes.vocabulary; _opens(basis, min(door.of), purpose)} == door.for
	}
}
