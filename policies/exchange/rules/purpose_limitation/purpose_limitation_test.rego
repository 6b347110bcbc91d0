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
		"want": {_vague},
	},
	"a slogan": {
		"input": object.union(start.notice, {"facts": {"purpose_text_specific": false}}),
		"want": {_vague},
	},
	"personal data for the Lagebild": {
		"input": object.union(start.notice, {"purpose": "SITUATION_PICTURE"}),
		"want": {_vague},
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
