package exchange.rules.foreigners_test

import data.exchange.rules.foreigners
import data.exchange.rules.request_test as start

_exempt := {"rule": "AUFENTHG-87-1", "reason": "schools_exempt"}

_azr := {"rule": "AUFENTHG-87-1", "reason": "azr_first"}

_small := {"rule": "AUFENTHG-87-2", "reason": "below_threshold_87_4"}

_asked(sender, members) := start.with_members(
	object.union(start.school_notice, {
		"exchange_kind": "FOREIGNERS_REQUEST",
		"sender_kind": sender,
		"recipient_kind": "FOREIGNERS_AUTHORITY",
		"purpose": "RESIDENCE_LAW",
		"legal_basis_claimed": ["SGB10-71-2"],
		"facts": {
			"request_mode": "on_request",
			"azr_sufficient": false,
			"recipient_collection_basis": "AUFENTHG-87-1",
		},
	}),
	members,
)

_youth := _asked("YOUTH_OFFICE", {
	"name": {},
	"benefit_grant_yes_no": {},
	"expected_social_behaviour": {"necessity_reason": true},
	"health_report": {"necessity_reason": true},
})

_school := _asked("SCHOOL", {"pupil_name": {"necessity_reason": true}})

_told := start.with_members(
	object.union(start.notice, {
		"exchange_kind": "PROSECUTOR_TO_FOREIGNERS",
		"sender_kind": "PUBLIC_PROSECUTOR",
		"recipient_kind": "FOREIGNERS_AUTHORITY",
		"purpose": "RESIDENCE_LAW",
		"original_purpose": "PROSECUTION",
		"legal_basis_claimed": ["AUFENTHG-87-2"],
		"facts": {"offence_class": "misdemeanour"},
	}),
	{"charge_date": {}, "legal_provisions": {}},
)

_fine(max) := object.union(_told, {"facts": {"offence_class": "owi", "fine_max": max}})

_cases := {
	"the register does not suffice": {"input": _youth, "want": set()},
	"the register suffices": {"input": object.union(_youth, {"facts": {"azr_sufficient": true}}), "want": {_azr}},
	"nobody looked into the register": {"input": start.without_facts(_youth, ["azr_sufficient"]), "want": {_azr}},
	"a school is asked": {"input": _school, "want": {_exempt}},
	"a school speaks unasked": {
		"input": object.union(_school, {"facts": {"request_mode": "spontaneous"}}),
		"want": set(),
	},
	"a school is asked for figures": {
		"input": object.union(start.table, {
			"sender_kind": "SCHOOL",
			"recipient_kind": "FOREIGNERS_AUTHORITY",
			"facts": {"request_mode": "on_request"},
		}),
		"want": set(),
	},
	"a school tells the youth office": {"input": start.school_notice, "want": set()},
	"the prosecutor tells of a charge": {"input": _told, "want": set()},
	"a fine of up to 1,000 euro": {"input": _fine(1000), "want": {_small}},
	"a fine of more than 1,000 euro": {"input": _fine(1001), "want": set()},
	"a fine of unknown maximum": {"input": _fine("high"), "want": {_small}},
	"a maximum fine without a class of the offence": {
		"input": start.without_facts(_fine(35), ["offence_class"]),
		"want": {_small},
	},
	"from fine proceedings, and nothing else said": {
		"input": object.union(start.without_facts(_told, ["offence_class"]), {"original_purpose": "ADMIN_OFFENCE"}),
		"want": {_small},
	},
	"from criminal proceedings, and nothing else said": {
		"input": start.without_facts(_told, ["offence_class"]),
		"want": set(),
	},
	"a charge with a fine beside it": {
		"input": object.union(_told, {"facts": {"fine_max": 35}}),
		"want": set(),
	},
	"a charge that came out of fine proceedings": {
		"input": object.union(_told, {"original_purpose": "ADMIN_OFFENCE"}),
		"want": set(),
	},
	"a small fine told to the order office": {
		"input": object.union(start.notice, {"facts": {"offence_class": "owi"}}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := foreigners.deny with input as start.settled(case.input)
		got == case.want
	}
}

_secret(members) := {{"rule": "SGB10-71-2", "reason": "social_secrecy", "members": members}}

_special(members) := {{"rule": "AUFENTHG-87-2", "reason": "special_rule_88", "members": members}}

_doctor := object.union(_told, {"members": {"legal_provisions": {"origin": "professional_203"}}})

_tax := object.union(_told, {
	"original_purpose": "TAXATION",
	"members": {"legal_provisions": {"secrecy": "tax"}},
})

_withheld := {
	"the closed list, and what is beyond it": {
		"input": _youth,
		"want": (_secret({"expected_social_behaviour", "health_report"}) | _special({"health_report"})),
	},
	"the forecast of the youth office with a ground for expulsion": {
		"input": object.union(_youth, {"facts": {"expulsion_ground": true}}),
		"want": (_secret({"health_report"}) | _special({"health_report"})),
	},
	"the forecast of a social office": {
		"input": object.union(_youth, {"sender_kind": "SOCIAL_OFFICE", "facts": {"expulsion_ground": true}}),
		"want": (_secret({"expected_social_behaviour", "health_report"}) | _special({"health_report"})),
	},
	"only the closed list": {"input": start.with_members(_youth, {"name": {}}), "want": set()},
	"an ordinary notice": {"input": _told, "want": set()},
	"from a doctor": {"input": _doctor, "want": _special({"legal_provisions"})},
	"from a doctor in a concrete danger": {
		"input": object.union(_doctor, {"facts": {"danger_level": "concrete"}}),
		"want": _special({"legal_provisions"}),
	},
	"from a doctor in a considerable danger": {
		"input": object.union(_doctor, {"facts": {"danger_level": "considerable"}}),
		"want": set(),
	},
	"tax data": {"input": _tax, "want": _special({"legal_provisions"})},
	"tax data with proceedings": {
		"input": object.union(_tax, {"facts": {"criminal_proceedings": true}}),
		"want": set(),
	},
	"tax data of other proceedings": {
		"input": object.union(_tax, {"original_purpose": "PROSECUTION", "facts": {"criminal_proceedings": true}}),
		"want": _special({"legal_provisions"}),
	},
	"tax data of another fine": {
		"input": object.union(_tax, {"original_purpose": "PROSECUTION", "facts": {"fine_actual": 500}}),
		"want": _special({"legal_provisions"}),
	},
	"tax data with a fine of unknown height": {
		"input": object.union(_tax, {"facts": {"fine_actual": "high"}}),
		"want": _special({"legal_provisions"}),
	},
	"social data that the prosecutor holds": {
		"input": object.union(_told, {"members": {"legal_provisions": {"secrecy": "social"}}}),
		"want": set(),
	},
	"tax data with a fine below 500 euro": {
		"input": object.union(_tax, {"facts": {"fine_actual": 499}}),
		"want": _special({"legal_provisions"}),
	},
	"tax data with a fine of 500 euro": {"input": object.union(_tax, {"facts": {"fine_actual": 500}}), "want": set()},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _withheld {
		got := foreigners.withhold with input as start.settled(case.input)
		got == case.want
	}
}
