package exchange.main_test

import data.exchange.main
import data.exchange.rules.request_test as start

_decide(request) := decision if {
	decision := main.decision with input as request
}

_released(decision) := {name |
	some outcome in decision.outcomes
	outcome.action == "release"
	some name in outcome.members
}

_placed(decision) := [name | some outcome in decision.outcomes; some name in outcome.members]

_scenarios := {
	"police tell the order office": {
		"input": object.union(start.notice, {"members": {
			"guest_names": {"data_subject_role": "bystander"},
			"witness_name": {"data_subject_role": "witness"},
		}}),
		"verdict": "permit",
		"released": {"premises_address", "hazard_facts", "licensee_name"},
	},
	"police tell the youth office": {
		"input": start.child_notice,
		"verdict": "hold",
		"released": {"child_identity", "address"},
	},
	"a named human approved": {
		"input": object.union(start.child_notice, {"facts": {"human_approval": true}}),
		"verdict": "permit",
		"released": {"child_identity", "address"},
	},
	"the youth office calls the police at once": {
		"input": start.call_to_police,
		"verdict": "permit",
		"released": {"child_identity", "whereabouts"},
	},
	"a school tells the youth office": {
		"input": start.school_notice,
		"verdict": "permit",
		"released": {"guardian_contact", "talks_log_summary"},
	},
	"the foreigners authority answers the police": {
		"input": start.identity_answer,
		"verdict": "hold",
		"released": {"names_and_aliases", "fingerprints"},
	},
	"figures for the municipality": {
		"input": start.table,
		"verdict": "permit",
		"released": {"table_district_month_offencegroup", "trend_text"},
	},
	"figures with a small cell": {
		"input": object.union(start.table, {"members": {"table_district_month_offencegroup": {"cell_min": 2}}}),
		"verdict": "permit",
		"released": {"trend_text"},
	},
	"a firm reports": {
		"input": start.report,
		"verdict": "permit",
		"released": {"time_place", "vehicle_plate_observed"},
	},
	"the partnership as the only basis": {
		"input": object.union(start.notice, {"legal_basis_claimed": ["PARTNERSHIP"]}),
		"verdict": "deny",
		"released": set(),
	},
	"only members that are withheld": {
		"input": start.with_members(start.notice, {"witness_name": {"data_subject_role": "witness"}}),
		"verdict": "deny",
		"released": set(),
	},
	"a kind that no table knows": {
		"input": object.union(start.notice, {"exchange_kind": "GOSSIP"}),
		"verdict": "deny",
		"released": set(),
	},
	"the empty input": {"input": {}, "verdict": "deny", "released": set()},
	"members alone": {"input": {"members": {"a": {}, "b": {}}}, "verdict": "deny", "released": set()},
}

test_verdict_and_release if {
	every scenario in _scenarios {
		decision := _decide(scenario.input)
		decision.verdict == scenario.verdict
		_released(decision) == scenario.released
	}
}

test_every_member_stands_in_exactly_one_outcome if {
	every scenario in _scenarios {
		placed := _placed(_decide(scenario.input))
		offered := object.get(scenario.input, "members", {})
		count(placed) == count(offered)
		{name | some name in placed} == object.keys(offered)
	}
}

test_only_a_denial_has_denials if {
	every scenario in _scenarios {
		decision := _decide(scenario.input)
		_fits(decision.verdict, count(decision.denials))
	}
}

_fits("deny", denials) if denials > 0

_fits(verdict, 0) if verdict in {"permit", "hold"}

test_no_obligation_stands_twice_and_each_is_in_the_table if {
	every scenario in _scenarios {
		decision := _decide(scenario.input)
		codes := {each.code | some each in decision.obligations}
		count(codes) == count(decision.obligations)
		every code in codes {
			data.obligations[code].executor in {"gateway", "sender", "recipient"}
		}
	}
}

test_a_denial_shows_its_first_reason_for_every_member if {
	decision := _decide(object.union(start.notice, {
		"legal_basis_claimed": ["PARTNERSHIP"],
		"facts": {"purpose_text_specific": false},
	}))
	decision.outcomes == [{
		"action": "withhold",
		"parameters": {},
		"reasons": [{"reason": "purpose_missing_or_vague", "rule": "GDPR-5-1B"}],
		"members": ["hazard_facts", "licensee_name", "premises_address"],
	}]
}

test_the_reasons_of_a_member_come_in_order if {
	decision := _decide(object.union(start.identity_answer, {"members": {"religion": {"origin": "asylum_procedure"}}}))
	some outcome in decision.outcomes
	outcome.members == ["religion"]
	outcome.reasons == [
		{"reason": "not_strictly_necessary", "rule": "BDSG-48"},
		{"reason": "asylum_data_lock", "rule": "ASYLG-8-3"},
		{"reason": "art9_no_exception", "rule": "GDPR-9"},
		{"reason": "not_necessary", "rule": "GDPR-5-1C"},
	]
}

test_what_withholds_the_last_member_denies_the_request if {
	decision := _decide(start.with_members(start.notice, {"witness_name": {"data_subject_role": "witness"}}))
	decision.denials == [
		{"reason": "only_police_and_prosecution", "rule": "NPOG-40-2"},
		{"reason": "nothing_necessary_remains", "rule": "GATEWAY-1"},
	]
}

test_a_denial_carries_only_the_duties_of_the_log if {
	decision := _decide(object.union(start.notice, {"legal_basis_claimed": []}))
	{each.code | some each in decision.obligations} == {
		"OB-LOG", "OB-LOG-RETENTION", "OB-LOG-USE-LIMIT", "OB-LOG-NO-VALUES", "OB-LOG-SIGNED",
	}
}

test_without_a_day_to_erase_at_nothing_is_decided if {
	not main.decision with input as object.union(start.notice, {"evaluated_on": 0})
	not main.decision with input as object.union(start.child_notice, {"evaluated_on": 0})
}

test_every_reason_has_its_place_in_the_order if {
	every scenario in _scenarios {
		decision := _decide(scenario.input)
		every pair in decision.denials {
			data.precedence[pair.rule][pair.reason]
		}
	}
}

# NPOG-44
test_npog_44_a_publication_is_no_kind_of_exchange if {
	decision := _decide(object.union(start.notice, {
		"exchange_kind": "PUBLICATION",
		"legal_basis_claimed": ["NPOG-44"],
		"facts": {"head_decision": true, "danger_level": "present_life_limb_freedom"},
	}))
	decision.verdict == "deny"
	decision.denials == [{"reason": "unknown_kind", "rule": "GATEWAY-1"}]
}

_two_things_wrong := object.union(start.notice, {"facts": {"is_bulk": true, "review_date_set": false}})

# MIXED-1
test_mixed_1_one_denial_is_enough_and_each_is_told if {
	both := _decide(_two_things_wrong)
	{pair.rule | some pair in both.denials} == {"BULK-1", "RET-1"}
	one := _decide(object.union(_two_things_wrong, {"facts": {"is_bulk": false}}))
	{pair.rule | some pair in one.denials} == {"RET-1"}
	_decide(start.notice).verdict == "permit"
}

# MIXED-1
test_mixed_1_one_reason_withholds_and_each_is_told if {
	caller := {"caller_name": {"data_subject_role": "informant", "necessity_reason": true}}
	decision := _decide(object.union(start.child_notice, {"members": caller}))
	{pair.rule | some outcome in decision.outcomes; "caller_name" in outcome.members; some pair in outcome.reasons} == {
		"INFORMANT-1", "NPOG-40-2",
	}
	"address" in _released(decision)
}

# MIXED-1
test_mixed_1_the_duties_of_all_rules_add_up if {
	plain := {each.code | some each in _decide(start.notice).obligations}
	timed := object.union(start.notice, {"members": {"hazard_facts": {"delete_after": 20800}}})
	{each.code | some each in _decide(timed).obligations} == plain | {"OB-CONDITIONS"}
}

# NPOG-1-2, NPOG-30-2
test_the_norms_behind_both_doors_are_named if {
	notice := _decide(start.notice)
	{"NPOG-1-2", "NPOG-41"} - {rule | some rule in notice.rules_applied} == set()
	answer := _decide(start.identity_answer)
	{"AUFENTHG-89-2", "NPOG-30-2"} - {rule | some rule in answer.rules_applied} == set()
	not "NPOG-1-2" in answer.rules_applied
	not "NPOG-30-2" in notice.rules_applied
}

# What the tables beside the topics ask, each with all that is established of it.
_of_topics := [start.settled(case.input) |
	some case in data.exchange.rules[_]._cases
	is_object(case.input)
]

# Denials and obligations that speak of persons: where a request asks for none, they do not arise.
_persons_denied := {
	["ABROAD-1", "third_country_no_safeguard"],
	["AMTSHILFE-1", "amtshilfe_is_no_transfer_basis"],
	["AUFENTHG-87-1", "azr_first"],
	["AUFENTHG-87-1", "schools_exempt"],
	["BDSG-48", "discriminating_profiling"],
	["BKAG-3", "bka_channel_required"],
	["BPOLG-32", "not_indispensable"],
	["BULK-1", "bulk_exchange"],
	["DOUBLE-DOOR", "second_door_missing"],
	["GATEWAY-1", "norm_not_confirmed"],
	["GDPR-6-1E", "art6_1_f_not_for_authorities"],
	["GDPR-6-1E", "no_legal_basis"],
	["IRG-92", "foreign_request_incomplete"],
	["IRG-92", "irg_92b_refusal"],
	["KKG-5", "prosecutor_decision_missing"],
	["NDSG-6-2", "purpose_change_not_allowed"],
	["NPOG-2-1", "no_concrete_danger"],
	["NPOG-44", "private_recipient_no_danger"],
	["NSCHG-31", "school_no_basis"],
	["PARTNERSHIP-1", "partnership_is_no_basis"],
	["REG-2", "cross_regime_without_statute"],
	["RET-1", "no_review_date"],
	["STPO-474-2", "no_special_provision"],
	["STPO-477", "private_rights_only"],
	["STPO-480-1", "prosecutor_decision_missing"],
}

_persons_obliged := {
	["BDSG-74", "OB-CONDITIONS"],
	["BDSG-74", "OB-NOTIFY-CORRECTION"],
	["BDSG-74", "OB-QUALITY"],
	["BKAG-3", "OB-COPY-BKA"],
	["BMG-34", "OB-DELETE-IF-UNKNOWN"],
	["EGGVG-18-21", "OB-NOTIFY-CORRECTION"],
	["EGGVG-18-21", "OB-RECIPIENT-CHECK"],
	["EGGVG-18-21", "OB-RETURN-UNNEEDED"],
	["GDPR-5-1B", "OB-PURPOSE-BIND"],
	["IRG-92", "OB-COPY-BKA"],
	["IRG-92", "OB-NO-EVIDENCE"],
	["NDSG-5-PRIV", "OB-COMMITMENT"],
	["NPOG-44", "OB-NO-ONWARD"],
	["RET-1", "OB-DELETE-AT"],
	["RIGHTS-1", "OB-INFORM-DS"],
	["RIGHTS-1", "OB-INFORM-DS-DEFERRED"],
	["RIGHTS-1", "OB-RECIPIENT-INDEX"],
}

test_a_request_that_asks_for_no_person_is_not_denied_for_the_sake_of_one if {
	count(_of_topics) > 0
	every asked in _of_topics {
		denied := main._denied with input as object.union(asked, {"found": {"asks_personal": false}})
		count({pair | some each in denied; pair := [each.rule, each.reason]} & _persons_denied) == 0
	}
}

# Of all topics, whether the request is denied or not.
_duties(asked) := {each |
	some topic in [
		"abroad", "channels", "decision_makers", "marking", "proceedings", "purpose_limitation", "quality", "recipient",
		"registers", "retention", "safeguards", "secrecy", "special_categories",
	]
	duties := data.exchange.rules[topic].obligation with input as asked
	some each in duties
}

test_where_no_person_is_released_nobody_has_duties_to_one if {
	every asked in _of_topics {
		obliged := _duties(object.union(asked, {"release": {"personal": false}}))
		count({pair | some each in obliged; pair := [each.rule, each.code]} & _persons_obliged) == 0
	}
}

test_each_denial_for_the_sake_of_a_person_arises_somewhere if {
	arisen := {[each.rule, each.reason] |
		some asked in _of_topics
		some each in main._denied with input as asked
	}
	count(_persons_denied - arisen) == 0
}
