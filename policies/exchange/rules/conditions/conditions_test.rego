package exchange.rules.conditions_test

import data.exchange.rules.conditions
import data.exchange.rules.request_test as start

_cases := {
	"a concrete danger": {"input": start.notice, "condition": "concrete_danger", "want": true},
	"an abstract danger": {
		"input": object.union(start.notice, {"facts": {"danger_level": "abstract"}}),
		"condition": "concrete_danger",
		"want": false,
	},
	"cooperation not stated": {
		"input": start.without_facts(start.call_to_police, ["guardians_cooperate"]),
		"condition": "guardians_do_not_cooperate",
		"want": false,
	},
	"no cooperation": {"input": start.call_to_police, "condition": "guardians_do_not_cooperate", "want": true},
	"immediate action not stated": {
		"input": start.without_facts(start.call_to_police, ["immediate_action"]),
		"condition": "immediate_action",
		"want": false,
	},
	"told beforehand": {"input": start.school_notice, "condition": "told_or_unsafe", "want": true},
	"not told": {
		"input": start.without_facts(start.school_notice, ["prior_notice"]),
		"condition": "told_or_unsafe",
		"want": false,
	},
	"a judge's order that is only asked for": {
		"input": object.union(start.call_to_police, {"facts": {"judicial_order": "soon"}}),
		"condition": "judicial_order",
		"want": false,
	},
	"an age of the request that is no number": {
		"input": object.union(start.call_to_police, {"facts": {
			"request_mode": "on_request",
			"request_age_days": null,
			"head_decision": true,
			"obtainable_elsewhere": false,
		}}),
		"condition": "sgb10_68",
		"want": false,
	},
	"talks that would endanger the child": {
		"input": object.union(start.school_notice, {"facts": {
			"talks_with_guardians_failed": false,
			"prior_notice_risk": true,
		}}),
		"condition": "talks_failed_or_unsafe",
		"want": true,
	},
	"talks not held": {
		"input": start.without_facts(start.school_notice, ["talks_with_guardians_failed"]),
		"condition": "talks_failed_or_unsafe",
		"want": false,
	},
	"of its own accord": {"input": start.notice, "condition": "spontaneous", "want": true},
	"on request": {"input": start.identity_answer, "condition": "spontaneous", "want": false},
	"another purpose": {"input": start.child_notice, "condition": "purpose_changes", "want": true},
	"the same purpose": {"input": start.notice, "condition": "purpose_changes", "want": false},
	"the purpose is kept": {"input": start.notice, "condition": "purpose_kept_or_may_change", "want": true},
	"the purpose may change in a danger": {
		"input": object.union(start.notice, {"original_purpose": "FIRE_RESCUE"}),
		"condition": "purpose_kept_or_may_change",
		"want": true,
	},
	"the purpose may change, said alone": {
		"input": object.union(start.notice, {"original_purpose": "FIRE_RESCUE"}),
		"condition": "purpose_may_change",
		"want": true,
	},
	"the purpose may change to prosecute": {
		"input": object.union(start.notice, {"purpose": "PROSECUTION", "facts": {"danger_level": "none"}}),
		"condition": "purpose_may_change",
		"want": true,
	},
	"the purpose may not change to prosecute what is no offence (NDSG-6-2)": {
		"input": object.union(start.notice, {"purpose": "PROSECUTION", "facts": {"offence_class": "none"}}),
		"condition": "purpose_may_change",
		"want": false,
	},
	"the purpose may not change without a danger": {
		"input": object.union(start.notice, {"original_purpose": "FIRE_RESCUE", "facts": {"danger_level": "none"}}),
		"condition": "purpose_kept_or_may_change",
		"want": false,
	},
	"collected anew in a danger": {"input": start.notice, "condition": "may_be_collected_anew", "want": true},
	"not collected anew to supervise trade": {
		"input": object.union(start.notice, {"purpose": "TRADE_SUPERVISION"}),
		"condition": "may_be_collected_anew",
		"want": false,
	},
	"to a body that prosecutes": {
		"input": object.union(start.notice, {"purpose": "ADMIN_OFFENCE"}),
		"condition": "prosecuting_or_to_police",
		"want": true,
	},
	"from criminal proceedings to the police (STPO-477)": {
		"input": object.union(start.report, {"original_purpose": "PROSECUTION"}),
		"condition": "prosecuting_or_to_police",
		"want": true,
	},
	"from fine proceedings to the police for another purpose (STPO-477)": {
		"input": object.union(start.report, {"original_purpose": "ADMIN_OFFENCE"}),
		"condition": "prosecuting_or_to_police",
		"want": false,
	},
	"to the administration": {"input": start.notice, "condition": "prosecuting_or_to_police", "want": false},
	"a firm reports a danger with facts": {"input": start.report, "condition": "danger_facts_or_offence", "want": true},
	"a firm reports a danger without facts": {
		"input": start.without_facts(start.report, ["danger_facts"]),
		"condition": "danger_facts_or_offence",
		"want": false,
	},
	"a firm reports a general impression": {
		"input": object.union(start.report, {"facts": {"danger_level": "abstract"}}),
		"condition": "danger_facts_or_offence",
		"want": false,
	},
	"a firm reports an offence": {
		"input": _reported({"offence_class": "misdemeanour"}),
		"condition": "danger_facts_or_offence",
		"want": true,
	},
	"a firm reports what is no offence": {
		"input": _reported({"offence_class": "owi", "danger_facts": true}),
		"condition": "danger_facts_or_offence",
		"want": false,
	},
	"a firm reports facts, and not their class": {
		"input": _reported({"danger_facts": true}),
		"condition": "danger_facts_or_offence",
		"want": true,
	},
	"a firm reports indications, and not their class": {
		"input": _reported({"factual_indications": true}),
		"condition": "danger_facts_or_offence",
		"want": true,
	},
	"a firm reports neither facts nor class": {
		"input": _reported({}),
		"condition": "danger_facts_or_offence",
		"want": false,
	},
	"unknown conditions are never met": {"input": start.notice, "condition": "weather", "want": false},
	"the empty input": {"input": {}, "condition": "concrete_danger", "want": false},
}

# What a firm reports so that it is prosecuted (BDSG-24).
_reported(facts) := object.union(
	start.without_facts(start.report, ["danger_facts", "danger_level"]),
	{"purpose": "PROSECUTION", "facts": facts},
)

test_met if {
	every case in _cases {
		got := _met(case.condition) with input as case.input
		got == case.want
	}
}

default _met(_) := false

_met(condition) if conditions.met[condition]

# BDSG-24
test_bdsg_24_a_firm_may_report_dangers_and_offences if {
	settled := start.settled(start.report)
	"BDSG-24" in settled.found.satisfied
	impression := start.settled(object.union(start.report, {"facts": {"danger_level": "abstract"}}))
	not "BDSG-24" in impression.found.satisfied
}

# BDSG-24
test_bdsg_24_is_for_private_senders_to_the_police if {
	every other in [{"sender_kind": "MUNICIPAL_ORDER"}, {"recipient_kind": "TRADE_OFFICE"}, {"purpose": "TRADE_SUPERVISION"}] {
		settled := start.settled(object.union(start.report, other))
		not "BDSG-24" in settled.found.satisfied
	}
}

# Each case of a condition that asks for several things: what meets it, and each thing changed alone.
_roads := [
	{
		"condition": "sgb10_68",
		"given": {"facts": {
			"request_mode": "on_request",
			"request_age_days": 183,
			"head_decision": true,
			"obtainable_elsewhere": false,
			"protected_interest_contra": false,
		}},
		"others": [
			{"facts": {"request_mode": "spontaneous"}},
			{"facts": {"request_age_days": 184}},
			{"facts": {"request_age_days": null}},
			{"facts": {"head_decision": false}},
			{"facts": {"obtainable_elsewhere": true}},
			{"facts": {"protected_interest_contra": true}},
		],
	},
	{
		"condition": "prosecutor_decides",
		"given": {"facts": {"prosecutor_decision": true}},
		"others": [{"facts": {"prosecutor_decision": false}}],
	},
	{
		"condition": "purpose_may_change",
		"given": {
			"purpose": "DANGER_PREVENTION",
			"original_purpose": "TRADE_SUPERVISION",
			"facts": {"danger_level": "concrete"},
		},
		"others": [
			{"original_purpose": "DANGER_PREVENTION"},
			{"purpose": "TAXATION"},
			{"facts": {"danger_level": "abstract"}},
		],
	},
	{
		"condition": "prosecuting_or_to_police",
		"given": {
			"purpose": "DANGER_PREVENTION",
			"original_purpose": "PROSECUTION",
			"recipient_kind": "POLICE_INSPECTION",
		},
		"others": [{"original_purpose": "TAXATION"}, {"recipient_kind": "TRADE_OFFICE"}],
	},
	{
		"condition": "danger_facts_or_offence",
		"given": {"purpose": "PROSECUTION", "facts": {"offence_class": "misdemeanour"}},
		"others": [{"purpose": "TRADE_SUPERVISION"}, {"facts": {"offence_class": "none"}}],
	},
	{
		"condition": "danger_facts_or_offence",
		"given": {"purpose": "DANGER_PREVENTION", "facts": {"danger_level": "concrete", "danger_facts": true}},
		"others": [{"purpose": "TRADE_SUPERVISION"}, {"facts": {"danger_facts": false}}],
	},
	{
		"condition": "eggvg_case",
		"given": {"purpose": "TRADE_SUPERVISION", "facts": {"reliability_link": true}},
		"others": [{"purpose": "RESIDENCE_LAW"}, {"facts": {"reliability_link": false}}],
	},
	{
		"condition": "eggvg_case",
		"given": {"purpose": "DANGER_PREVENTION", "facts": {"danger_level": "concrete"}},
		"others": [{"purpose": "RESIDENCE_LAW"}, {"facts": {"danger_level": "abstract"}}],
	},
	{
		"condition": "eggvg_case",
		"given": {"purpose": "CHILD_PROTECTION", "facts": {"weighty_indications": true}},
		"others": [{"purpose": "YOUTH_WELFARE"}, {"facts": {"weighty_indications": false}}],
	},
	{
		"condition": "sgb10_71_1_duty",
		"given": {
			"purpose": "CHILD_PROTECTION",
			"recipient_kind": "YOUTH_OFFICE",
			"facts": {"weighty_indications": true},
		},
		"others": [
			{"purpose": "YOUTH_WELFARE"},
			{"recipient_kind": "SOCIAL_OFFICE"},
			{"facts": {"weighty_indications": false}},
		],
	},
	{
		"condition": "sgb10_71_1_duty",
		"given": {"purpose": "DANGER_PREVENTION", "facts": {"offence_class": "felony"}},
		"others": [{"purpose": "RESIDENCE_LAW"}, {"facts": {"offence_class": "significant"}}],
	},
	{
		"condition": "nschg_31_case",
		"given": {"recipient_kind": "YOUTH_OFFICE", "facts": {"request_mode": "on_request"}},
		"others": [{"recipient_kind": "PRIVATE_LOGISTICS"}, {"facts": {"request_mode": "spontaneous"}}],
	},
	{
		"condition": "nschg_31_case",
		"given": {
			"recipient_kind": "PRIVATE_LOGISTICS",
			"facts": {"request_mode": "spontaneous", "recipient_commitment_purpose": true},
		},
		"others": [{"recipient_kind": "YOUTH_OFFICE"}, {"facts": {"recipient_commitment_purpose": false}}],
	},
	{
		"condition": "register_conditions",
		"given": {
			"sender_kind": "ID_CARD_OFFICE",
			"recipient_kind": "POLICE_INSPECTION",
			"facts": {"request_mode": "on_request", "obtainable_from_person": false},
		},
		"others": [
			{"recipient_kind": "TRADE_OFFICE"},
			{"facts": {"request_mode": "spontaneous"}},
			{"facts": {"obtainable_from_person": true}},
		],
	},
	{
		"condition": "asylg_8_3_case",
		"given": {"purpose": "DANGER_PREVENTION", "facts": {"danger_level": "considerable"}},
		"others": [{"purpose": "TRADE_SUPERVISION"}, {"facts": {"danger_level": "concrete"}}],
	},
	{
		"condition": "asylg_8_3_case",
		"given": {"purpose": "ADMIN_OFFENCE", "facts": {"request_mode": "on_request"}},
		"others": [{"purpose": "TRADE_SUPERVISION"}, {"facts": {"request_mode": "spontaneous"}}],
	},
	{
		"condition": "audit_link_or_indications",
		"given": {
			"sender_kind": "CUSTOMS",
			"recipient_kind": "POLICE_INSPECTION",
			"facts": {"factual_indications": true},
		},
		"others": [
			{"sender_kind": "TRADE_OFFICE"},
			{"recipient_kind": "TRADE_OFFICE"},
			{"facts": {"factual_indications": false}},
		],
	},
	{
		"condition": "bpolg_32_case",
		"given": {
			"recipient_kind": "TRADE_OFFICE",
			"purpose": "DANGER_PREVENTION",
			"facts": {"danger_level": "concrete"},
		},
		"others": [
			{"recipient_kind": "PRIVATE_LOGISTICS"},
			{"purpose": "TRADE_SUPERVISION"},
			{"facts": {"danger_level": "abstract"}},
		],
	},
	{
		"condition": "bpolg_32_case",
		"given": {"recipient_kind": "TRADE_OFFICE", "purpose": "PROSECUTION", "facts": {}},
		"others": [{"recipient_kind": "PRIVATE_LOGISTICS"}, {"purpose": "TRADE_SUPERVISION"}],
	},
	{
		"condition": "bpolg_32_case",
		"given": {"recipient_kind": "TRADE_OFFICE", "purpose": "TRADE_SUPERVISION", "facts": {"sender_task": true}},
		"others": [{"recipient_kind": "PRIVATE_LOGISTICS"}, {"facts": {"sender_task": false}}],
	},
	{
		"condition": "bpolg_32_case",
		"given": {
			"recipient_kind": "PRIVATE_LOGISTICS",
			"purpose": "TRADE_SUPERVISION",
			"facts": {"indispensable": true},
		},
		"others": [{"recipient_kind": "TRADE_OFFICE"}, {"facts": {"indispensable": false}}],
	},
	{
		"condition": "irg_request_or_indications",
		"given": {"facts": {"request_mode": "on_request", "request": {"complete": true}}},
		"others": [{"facts": {"request_mode": "spontaneous"}}, {"facts": {"request": {"complete": false}}}],
	},
	{
		"condition": "irg_request_or_indications",
		"given": {"facts": {"request_mode": "spontaneous", "factual_indications": true}},
		"others": [{"facts": {"request_mode": "on_request"}}, {"facts": {"factual_indications": false}}],
	},
	{
		"condition": "irg_request_or_indications",
		"given": {"facts": {"request_mode": "spontaneous", "serious_offence": true}},
		"others": [{"facts": {"request_mode": "on_request"}}, {"facts": {"serious_offence": false}}],
	},
]

test_each_case_of_a_condition_falls_with_each_thing_that_it_asks_for if {
	every road in _roads {
		met := _met(road.condition) with input as road.given
		met == true
		every other in road.others {
			still := _met(road.condition) with input as object.union(road.given, other)
			still == false
		}
	}
}

_averting_danger := {"DANGER_PREVENTION", "CRIME_PREVENTION", "IDENTITY_CHECK", "CHILD_PROTECTION"}

_prosecuting := {"PROSECUTION", "ADMIN_OFFENCE"}

_in_danger(purpose) := {
	"purpose": purpose,
	"original_purpose": "FIRE_RESCUE",
	"facts": {"danger_level": "concrete"},
}

# NPOG-39-1, NDSG-6-2
test_what_averts_dangers_and_what_prosecutes if {
	{purpose |
		some purpose, _ in data.purposes.vocabulary
		conditions.recollection_allowed with input as _in_danger(purpose)
	} == _averting_danger
	{purpose |
		some purpose, _ in data.purposes.vocabulary
		conditions.ndsg_change_allowed with input as _in_danger(purpose)
	} == _averting_danger | _prosecuting
}
