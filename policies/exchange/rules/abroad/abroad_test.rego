package exchange.rules.abroad_test

import data.exchange.rules.abroad
import data.exchange.rules.request_test as start

_incomplete := {"rule": "IRG-92", "reason": "foreign_request_incomplete"}

_refused := {"rule": "IRG-92", "reason": "irg_92b_refusal"}

_third := {"rule": "ABROAD-1", "reason": "third_country_no_safeguard"}

_asked := start.with_members(
	object.union(start.notice, {
		"exchange_kind": "CROSS_BORDER",
		"recipient_kind": "FOREIGN_POLICE_NL",
		"purpose": "PROSECUTION",
		"original_purpose": "PROSECUTION",
		"legal_basis_claimed": ["IRG-92"],
		"in_reply_to": "0123456789abcdef0123456789abcdef",
		"facts": {
			"request_mode": "on_request",
			"country": "NL",
			"regional_border_crime": true,
			"available_without_coercion": true,
			"prosecutor_permission": true,
			"prosecutor_decision": true,
			"request": {"complete": true, "offence": "x", "facts": true, "purpose": true, "person_link": true},
		},
	}),
	{"modus_operandi": {}, "crime_scenes_and_times": {}},
)

_but(facts) := object.union(_asked, {"facts": facts})

_cases := {
	"a complete request of the Netherlands": {"input": _asked, "want": set()},
	"a request that is not complete": {"input": _but({"request": {"complete": false}}), "want": {_incomplete}},
	"a request that names no offence": {"input": _but({"request": {"offence": null}}), "want": {_incomplete}},
	"no request document": {"input": start.without_facts(_asked, ["request"]), "want": {_incomplete}},
	"unasked": {
		"input": object.union(start.without_facts(_asked, ["request"]), {"facts": {"request_mode": "spontaneous"}}),
		"want": set(),
	},
	"the prosecutor refused": {"input": _but({"prosecutor_permission": false}), "want": {_refused}},
	"the prosecutor itself": {
		"input": object.union(_but({"prosecutor_permission": false}), {"sender_kind": "PUBLIC_PROSECUTOR"}),
		"want": set(),
	},
	"only with coercion": {"input": _but({"available_without_coercion": false}), "want": {_refused}},
	"the investigation would suffer": {"input": _but({"endangers_investigation": true}), "want": {_refused}},
	"the investigation would not suffer": {"input": _but({"endangers_investigation": false}), "want": set()},
	"data of a third state": {"input": _but({"origin_state": "US"}), "want": {_refused}},
	"data of a Schengen-associated state": {"input": _but({"origin_state": "NO"}), "want": set()},
	"data of a third state with consent": {
		"input": _but({"origin_state": "US", "consent": {"valid": true}}),
		"want": set(),
	},
	"data of an EU state": {"input": _but({"origin_state": "FR"}), "want": set()},
	"to avert a danger": {
		"input": object.union(_but({"prosecutor_permission": false}), {"purpose": "DANGER_PREVENTION"}),
		"want": set(),
	},
	"a third country": {"input": _but({"country": "US"}), "want": {_third}},
	"a third country with adequacy": {"input": _but({"country": "US", "adequacy": true}), "want": set()},
	"a third country with safeguards": {"input": _but({"country": "US", "safeguards": true}), "want": set()},
	"a Schengen-associated state": {"input": _but({"country": "CH"}), "want": set()},
	"EU police of a country not named": {"input": start.without_facts(_asked, ["country"]), "want": set()},
	"at home": {"input": start.notice, "want": set()},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := abroad.deny with input as start.settled(case.input)
		got == case.want
	}
}

_with(attributes) := object.union(_asked, {"members": {"modus_operandi": attributes}})

_social := {{"rule": "ABROAD-1", "reason": "social_data_abroad", "members": {"modus_operandi"}}}

_withheld := {
	"our own data": {"input": _asked, "want": set()},
	"data of a third state": {
		"input": _with({"origin": "third_state"}),
		"want": {{"rule": "IRG-92", "reason": "irg_92b_refusal", "members": {"modus_operandi"}}},
	},
	"data of a third state with consent": {"input": _with({"origin": "third_state", "consent": true}), "want": set()},
	"social data": {"input": _with({"secrecy": "social"}), "want": _social},
	"social data by the order of a court": {
		"input": object.union(_with({"secrecy": "social"}), {"facts": {"judicial_order": true}}),
		"want": set(),
	},
	"social data by the order of a court to avert a danger": {
		"input": object.union(_with({"secrecy": "social"}), {
			"purpose": "DANGER_PREVENTION",
			"facts": {"judicial_order": true},
		}),
		"want": _social,
	},
	"social data for a social task": {
		"input": object.union(_with({"secrecy": "social"}), {"purpose": "SOCIAL_BENEFITS"}),
		"want": set(),
	},
	"social data at home": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"secrecy": "social"}}}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _withheld {
		got := abroad.withhold with input as start.settled(case.input)
		got == case.want
	}
}

_codes(request) := {[each.rule, each.code] | some each in got} if {
	got := abroad.obligation with input as start.settled(request)
}

test_an_answer_abroad_is_no_evidence_and_copied if {
	_codes(_asked) == {["IRG-92", "OB-NO-EVIDENCE"], ["IRG-92", "OB-COPY-BKA"]}
}

test_a_warning_abroad_is_told_to_the_bka if {
	_codes(object.union(_asked, {"purpose": "DANGER_PREVENTION"})) == {["BKAG-3", "OB-COPY-BKA"]}
}

test_at_home_nothing_is_copied if {
	_codes(start.notice) == set()
}

test_an_incomplete_request_may_be_completed if {
	got := abroad.obligation_always with input as start.settled(_but({"request": {"complete": false}}))
	got == {{"code": "OB-ASK-COMPLETE", "rule": "IRG-92", "parameters": {}}}
}

test_who_asked_for_nothing_has_nothing_to_complete if {
	unasked := object.union(start.without_facts(_asked, ["request"]), {"facts": {"request_mode": "spontaneous"}})
	got := abroad.obligation_always with input as start.settled(unasked)
	got == set()
}

test_a_complete_request_is_not_asked_for_more if {
	got := abroad.obligation_always with input as start.settled(_asked)
	got == set()
}

_denied(request) := got if {
	got := abroad.deny with input as start.settled(request)
}

_opens(request) if {
	settled := start.settled(request)
	"IRG-92" in settled.found.satisfied
}

# IRG-92
test_irg_92_a_complete_request_opens_the_door if {
	_opens(_asked)
	_denied(_asked) == set()
}

# IRG-92
test_irg_92_each_ground_of_refusal_shuts_it if {
	every fact, value in {"prosecutor_permission": false, "available_without_coercion": false} {
		_denied(_but({fact: value})) == {_refused}
		not _opens(_but({fact: value}))
	}
	not _opens(_but({"request": {"complete": false}}))
}

# IRG-92
test_irg_92_each_part_of_the_request_is_asked_for if {
	every part in ["offence", "facts", "purpose", "person_link"] {
		_denied(_but({"request": {part: false}})) == {_incomplete}
	}
}

# IRG-92
test_irg_92_unasked_only_with_indications_or_a_serious_offence if {
	unasked := object.union(start.without_facts(_asked, ["request"]), {"facts": {"request_mode": "spontaneous"}})
	not _opens(unasked)
	_opens(object.union(unasked, {"facts": {"factual_indications": true}}))
	_opens(object.union(unasked, {"facts": {"serious_offence": true}}))
}

# IRG-92
test_irg_92_is_for_prosecution_abroad if {
	not _opens(object.union(_asked, {"purpose": "DANGER_PREVENTION"}))
	not _opens(object.union(_asked, {"recipient_kind": "POLICE_INSPECTION"}))
}

# ABROAD-1
test_abroad_1_a_third_country_needs_adequacy_or_safeguards if {
	far := _but({"country": "US"})
	_denied(far) == {_third}
	every fact in ["adequacy", "safeguards"] {
		_denied(object.union(far, {"facts": {fact: true}})) == set()
		_denied(object.union(far, {"facts": {fact: false}})) == {_third}
	}
}

# ABROAD-1
test_abroad_1_eu_and_schengen_states_are_like_domestic if {
	every country in ["NL", "BE", "FR", "CH", "IS", "LI", "NO"] {
		_denied(_but({"country": country})) == set()
	}
}

# ABROAD-1
test_abroad_1_a_body_outside_the_eu_that_names_no_country_is_in_a_third_one if {
	settled := start.settled(start.without_facts(_asked, ["country"]))
	got := abroad.deny with input as object.union(settled, {"found": {"recipient_groups": ["FOREIGN", "PUBLIC"]}})
	got == {_third}
}

# ABROAD-1
test_abroad_1_social_data_go_abroad_by_order_of_a_domestic_court if {
	asked := _with({"secrecy": "social"})
	kept := abroad.withhold with input as start.settled(asked)
	kept == _social
	sent := abroad.withhold with input as start.settled(object.union(asked, {"facts": {"judicial_order": true}}))
	sent == set()
}

# ABROAD-1
test_abroad_1_every_state_of_the_table_says_what_it_is if {
	every row in data.countries {
		row.label_de != ""
		row.reason_de != ""
		row.like_domestic == true
		is_boolean(row.neighbour_or_eu)
		row.status in {"V", "P", "O", "U"}
	}
	{code | some code, row in data.countries; row.neighbour_or_eu == false} == {"IS", "LI", "NO"}
}
