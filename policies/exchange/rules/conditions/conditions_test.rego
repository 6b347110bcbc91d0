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
