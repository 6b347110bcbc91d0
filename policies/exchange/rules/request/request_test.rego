# METADATA
# title: Requests that the other tests start from
# description: Each is permitted as it stands; a test changes one thing and looks at what becomes of it.
package exchange.rules.request_test

import data.exchange.rules.findings
import data.exchange.rules.release
import data.exchange.rules.request

_common := {
	"evaluated_at": 1795345200,
	"evaluated_on": 20779,
	"sender_controller": "pi-lueneburg",
}

_facts := {
	"is_bulk": false,
	"is_periodic": false,
	"recipient_task_competence": true,
	"protected_interest_contra": false,
	"justification_present": true,
	"purpose_text_specific": true,
	"review_date_set": true,
	"review_date": 20900,
	"request_mode": "spontaneous",
}

# METADATA
# description: Police tell the order office of blocked exits.
notice := object.union(_common, {
	"exchange_kind": "PREMISES_HAZARD_NOTICE",
	"sender_kind": "POLICE_INSPECTION",
	"recipient_kind": "MUNICIPAL_ORDER",
	"purpose": "DANGER_PREVENTION",
	"original_purpose": "DANGER_PREVENTION",
	"legal_basis_claimed": ["NPOG-1-2", "NPOG-41"],
	"facts": object.union(_facts, {"danger_level": "concrete", "danger_facts": true}),
	"members": {
		"premises_address": {},
		"hazard_facts": {},
		"licensee_name": {"data_subject_role": "responsible_person"},
	},
})

# METADATA
# description: Police tell the youth office of a child met in criminal proceedings.
child_notice := object.union(_common, {
	"exchange_kind": "CHILD_ENDANGERMENT",
	"sender_kind": "POLICE_INSPECTION",
	"recipient_kind": "YOUTH_OFFICE",
	"purpose": "CHILD_PROTECTION",
	"original_purpose": "PROSECUTION",
	"legal_basis_claimed": ["KKG-5"],
	"facts": object.union(_facts, {"weighty_indications": true, "prosecutor_decision": true}),
	"members": {
		"child_identity": {"data_subject_age": 6, "data_subject_role": "endangered_person"},
		"address": {},
	},
})

# METADATA
# description: The youth office calls in the police at once.
call_to_police := object.union(_common, {
	"exchange_kind": "CHILD_ENDANGERMENT",
	"sender_kind": "YOUTH_OFFICE",
	"recipient_kind": "POLICE_INSPECTION",
	"purpose": "CHILD_PROTECTION",
	"original_purpose": "YOUTH_WELFARE",
	"legal_basis_claimed": ["SGB8-8A"],
	"facts": object.union(_facts, {
		"immediate_action": true,
		"guardians_cooperate": false,
		"danger_level": "present_life_limb_freedom",
		"benefit_risk": false,
	}),
	"members": {
		"child_identity": {"data_subject_age": 4, "data_subject_role": "endangered_person"},
		"whereabouts": {},
	},
})

# METADATA
# description: A school tells the youth office after talks failed.
school_notice := object.union(_common, {
	"exchange_kind": "CHILD_ENDANGERMENT",
	"sender_kind": "SCHOOL",
	"recipient_kind": "YOUTH_OFFICE",
	"purpose": "CHILD_PROTECTION",
	"original_purpose": "EDUCATION",
	"legal_basis_claimed": ["KKG-4"],
	"facts": object.union(_facts, {
		"weighty_indications": true,
		"talks_with_guardians_failed": true,
		"prior_notice": true,
		"prior_notice_risk": false,
	}),
	"members": {"guardian_contact": {}, "talks_log_summary": {}},
})

# METADATA
# description: The foreigners authority answers the police about an identity.
identity_answer := object.union(_common, {
	"exchange_kind": "IDENTITY_CHECK",
	"sender_kind": "FOREIGNERS_AUTHORITY",
	"recipient_kind": "POLICE_INSPECTION",
	"purpose": "IDENTITY_CHECK",
	"original_purpose": "RESIDENCE_LAW",
	"legal_basis_claimed": ["AUFENTHG-89-2"],
	"in_reply_to": "0123456789abcdef0123456789abcdef",
	"facts": object.union(_facts, {
		"request_mode": "on_request",
		"recipient_collection_basis": "NPOG-30-2",
		"third_party_collection_reason": "verify_statements",
		"strictly_necessary_reason": true,
	}),
	"members": {"names_and_aliases": {}, "fingerprints": {}},
})

# METADATA
# description: Police give the municipality a table without personal data.
table := object.union(_common, {
	"exchange_kind": "STATISTICS",
	"sender_kind": "POLICE_INSPECTION",
	"recipient_kind": "MUNICIPALITY_EXECUTIVE",
	"purpose": "SITUATION_PICTURE",
	"original_purpose": "STATISTICS",
	"legal_basis_claimed": [],
	"facts": object.union(_facts, {"payload_kind": "aggregate", "is_periodic": true}),
	"members": {"table_district_month_offencegroup": {"cell_min": 9}, "trend_text": {}},
})

# METADATA
# description: A logistics firm reports a suspicious event.
report := object.union(_common, {
	"exchange_kind": "SUSPICIOUS_EVENT",
	"sender_kind": "PRIVATE_LOGISTICS",
	"recipient_kind": "POLICE_INSPECTION",
	"purpose": "DANGER_PREVENTION",
	"original_purpose": "CONTRACT_PERFORMANCE",
	"legal_basis_claimed": ["BDSG-24"],
	"facts": object.union(_facts, {"danger_level": "concrete", "danger_facts": true}),
	"members": {
		"time_place": {},
		"vehicle_plate_observed": {"data_subject_role": "suspect"},
	},
})

# METADATA
# description: A request with other members only.
with_members(start, members) := object.union(object.remove(start, ["members"]), {"members": members})

# METADATA
# description: A request with all that is established of it, as the topics see it.
settled(raw) := whole if {
	established := findings.established with input as raw
	whole := release.settled with input as established
}

# METADATA
# description: A request that lacks some facts.
without_facts(start, facts) := object.union(
	object.remove(start, ["facts"]),
	{"facts": object.remove(start.facts, facts)},
)

test_given_knows_blank_values if {
	request.given(true)
	request.given("x")
	every blank in ["", false, null] {
		not request.given(blank)
	}
}

test_absent_danger_level_is_no_danger if {
	request.danger_rank == 0 with input as without_facts(notice, ["danger_level"])
}

test_danger_levels_are_ordered if {
	levels := ["none", "abstract", "concrete", "considerable", "present", "present_life_limb_freedom"]
	every place, level in levels {
		request.danger_rank == place with input as object.union(notice, {"facts": {"danger_level": level}})
	}
}

test_unknown_danger_level_is_no_danger if {
	request.danger_rank == 0 with input as object.union(notice, {"facts": {"danger_level": "huge"}})
}

test_the_empty_input_says_nothing if {
	request.facts == set() with input as {}
	request.claimed == set() with input as {}
	request.sender_groups == [] with input as {}
	request.recipient_groups == [] with input as {}
}

_police := {"POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE"}

_welfare := {"YOUTH_OFFICE", "SOCIAL_OFFICE"}

_registers := {"REGISTRATION_OFFICE", "ID_CARD_OFFICE"}

_of_the_ndsg := _registers | {
	"MUNICIPAL_ORDER", "TRADE_OFFICE", "FOREIGNERS_AUTHORITY", "TAX_OFFICE_MUNICIPAL", "MUNICIPALITY_EXECUTIVE",
	"FIRE_SERVICE",
}

_abroad := {"FOREIGN_POLICE_NL", "FOREIGN_POLICE_BE"}

_firms := {"PRIVATE_LOGISTICS", "PRIVATE_SECURITY", "PRIVATE_HOUSING"}

_everybody := object.keys(data.agency_kinds)

_public := (_everybody - _firms) - {"PREVENTION_COUNCIL"}

_of_the_npog := _police | {"MUNICIPAL_ORDER", "FIRE_SERVICE"}

# Whom each group takes in, besides that each kind is a group of its own.
_groups := {
	"POLICE": _police,
	"SOCIAL_BODIES": _welfare,
	"WELFARE_PROFESSIONALS": (_welfare | {"SCHOOL"}),
	"REGISTERS": _registers,
	"PRIVATE": _firms,
	"FOREIGN": _abroad,
	"FOREIGN_LE_EU": _abroad,
	"PUBLIC": _public,
	"NPOG_AUTHORITY": _of_the_npog,
	"FIRE_AS_DANGER_PREVENTION": {"FIRE_SERVICE"},
	"NDSG_SENDER": _of_the_ndsg,
	"ADMINISTRATION": ((_of_the_ndsg | _welfare) | {"SCHOOL"}),
	"OTHER_PUBLIC": (_public - _of_the_npog) - {"ARMED_FORCES", "INTELLIGENCE"},
}

_in_group(group) := {kind |
	some kind in _everybody
	groups := request.recipient_groups with input as {"recipient_kind": kind}
	group in groups
}

test_each_group_takes_in_its_kinds if {
	every group, kinds in _groups {
		_in_group(group) == kinds
	}
}

test_each_kind_is_a_group_of_its_own if {
	every kind in _everybody {
		_in_group(kind) == {kind}
	}
}

test_there_is_no_other_group if {
	{group | some row in data.agency_kinds; some group in row.groups} == object.keys(_groups) | _everybody
}

test_the_groups_of_the_sender_are_those_of_its_kind if {
	every kind in _everybody {
		of_sender := request.sender_groups with input as {"sender_kind": kind}
		of_recipient := request.recipient_groups with input as {"recipient_kind": kind}
		of_sender == of_recipient
	}
}
