# METADATA
# title: Who may send to whom, what for
# description: >-
#   Each legal basis with the kinds of body that it speaks of, kind by kind and without the groups that the tables
#   use: whom a group takes in, and which groups a basis names, is held against the law here.
package exchange.rules.lawfulness_test

import data.exchange.rules.lawfulness

_police := {"POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE"}

_federal_and_justice := {"FEDERAL_POLICE", "CUSTOMS", "PUBLIC_PROSECUTOR", "COURT"}

# Bound by the NPOG: police and the authorities of danger prevention.
_of_the_npog := _police | {"MUNICIPAL_ORDER", "FIRE_SERVICE"}

# Social bodies have the Social Code, schools the Schools Act; the others send under the NDSG.
_of_the_ndsg := {
	"MUNICIPAL_ORDER", "TRADE_OFFICE", "FOREIGNERS_AUTHORITY", "REGISTRATION_OFFICE", "ID_CARD_OFFICE",
	"TAX_OFFICE_MUNICIPAL", "MUNICIPALITY_EXECUTIVE", "FIRE_SERVICE",
}

_social := {"YOUTH_OFFICE", "SOCIAL_OFFICE"}

_administration := (_of_the_ndsg | _social) | {"SCHOOL"}

_abroad := {"FOREIGN_POLICE_NL", "FOREIGN_POLICE_BE"}

_firms := {"PRIVATE_LOGISTICS", "PRIVATE_SECURITY", "PRIVATE_HOUSING"}

_authorities := ((_police | _federal_and_justice) | (_administration | _abroad)) | {"ARMED_FORCES", "INTELLIGENCE"}

_everybody := (_authorities | _firms) | {"PREVENTION_COUNCIL"}

_order_and_trade := {"MUNICIPAL_ORDER", "TRADE_OFFICE"}

_side_by_side_with_customs := ({"CUSTOMS", "FOREIGNERS_AUTHORITY"} | _police) | _order_and_trade

_proceedings := {"PROSECUTION", "ADMIN_OFFENCE"}

_prevention := {"DANGER_PREVENTION", "CRIME_PREVENTION"}

_dangers_and_offences := {"DANGER_PREVENTION", "PROSECUTION"}

# Where nothing is said of the purpose, or of that of collection, the basis does not look at it.
_law := {
	"GDPR-6-1F": {"from": _firms, "to": _police, "for": _dangers_and_offences},
	"BDSG-24": {"from": _firms, "to": _police, "for": _dangers_and_offences},
	"NDSG-5-1": {"from": _of_the_ndsg, "to": _authorities},
	"NDSG-6-2": {"from": _of_the_ndsg, "to": _authorities},
	"NDSG-5-PRIV": {"from": _of_the_ndsg, "to": _firms},
	"NPOG-39-1": {"from": (_police | {"MUNICIPAL_ORDER"}), "to": _authorities},
	"NPOG-41": {"from": _of_the_npog, "to": (_of_the_npog | {"FEDERAL_POLICE"}), "for": _prevention},
	"NPOG-43": {
		"from": _of_the_npog,
		"to": (_authorities - _of_the_npog) - {"ARMED_FORCES", "INTELLIGENCE"},
		"for": (_prevention | {"CHILD_PROTECTION"}),
	},
	"NPOG-44": {"from": _of_the_npog, "to": _firms, "for": _prevention},
	"STPO-474-2": {"from": (_police | _federal_and_justice), "to": _administration, "out_of": {"PROSECUTION"}},
	"STPO-477": {
		"from": ((_police | _federal_and_justice) | _order_and_trade),
		"to": ((_police | _federal_and_justice) | _order_and_trade),
		"for": (_proceedings | _prevention),
		"out_of": _proceedings,
	},
	"KKG-4": {"from": {"SCHOOL", "CUSTOMS"}, "to": {"YOUTH_OFFICE"}, "for": {"CHILD_PROTECTION"}},
	"KKG-5": {
		"from": (_police | {"PUBLIC_PROSECUTOR", "COURT"}),
		"to": {"YOUTH_OFFICE"},
		"for": {"CHILD_PROTECTION"},
		"out_of": {"PROSECUTION"},
	},
	"SGB8-8A": {"from": {"YOUTH_OFFICE"}, "to": _police, "for": {"CHILD_PROTECTION"}},
	"SGB10-71-1": {"from": _social, "to": _authorities},
	"SGB10-71-2": {"from": _social, "to": {"FOREIGNERS_AUTHORITY"}, "for": {"RESIDENCE_LAW"}},
	"SGB10-68-1": {
		"from": _social,
		"to": (_police | {"PUBLIC_PROSECUTOR", "COURT", "MUNICIPAL_ORDER", "FIRE_SERVICE"}),
	},
	"SGB10-73": {"from": _social, "to": (_police | {"PUBLIC_PROSECUTOR", "COURT"}), "for": {"PROSECUTION"}},
	"NSCHG-31": {"from": {"SCHOOL"}, "to": (_authorities | _firms)},
	"AUFENTHG-87-1": {"from": _authorities, "to": {"FOREIGNERS_AUTHORITY"}, "for": {"RESIDENCE_LAW"}},
	"AUFENTHG-87-2": {"from": _authorities, "to": {"FOREIGNERS_AUTHORITY"}, "for": {"RESIDENCE_LAW"}},
	"AUFENTHG-89-2": {"from": {"FOREIGNERS_AUTHORITY"}, "to": _police, "for": {"IDENTITY_CHECK"}},
	"AUFENTHG-90-1": {
		"from": {"FOREIGNERS_AUTHORITY"},
		"to": (_police | {"CUSTOMS", "PUBLIC_PROSECUTOR"}),
		"for": (_proceedings | {"UNDECLARED_WORK"}),
	},
	"ASYLG-8-3": {
		"from": {"FOREIGNERS_AUTHORITY"},
		"to": _authorities,
		"for": (_proceedings | {"RESIDENCE_LAW", "DANGER_PREVENTION"}),
	},
	"EGGVG-13-17": {"from": {"PUBLIC_PROSECUTOR", "COURT"}, "to": _authorities},
	"AO-31A": {
		"from": _authorities,
		"to": _authorities,
		"for": {"UNDECLARED_WORK", "BENEFIT_FRAUD", "MONEY_LAUNDERING"},
	},
	"BMG-34": {"from": {"REGISTRATION_OFFICE", "ID_CARD_OFFICE"}, "to": _authorities},
	"SCHWARZARBG-6": {
		"from": _side_by_side_with_customs,
		"to": _side_by_side_with_customs,
		"for": (_proceedings | {"UNDECLARED_WORK"}),
	},
	"BPOLG-32": {"from": {"FEDERAL_POLICE"}, "to": (_authorities | _firms)},
	"IRG-92": {"from": (_police | {"PUBLIC_PROSECUTOR"}), "to": _abroad, "for": {"PROSECUTION"}},
	"LICENCE-1": {"from": _police, "to": {"MUNICIPAL_ORDER"}, "for": {"WEAPONS_RELIABILITY"}},
}

_any_purpose := object.keys(data.purposes.vocabulary)

# What the basis covers, of the bodies and purposes that come first.
_asked(basis) := {
	"sender_kind": min(law.from),
	"recipient_kind": min(law.to),
	"purpose": min(object.get(law, "for", {"DANGER_PREVENTION"})),
	"original_purpose": min(object.get(law, "out_of", {"DANGER_PREVENTION"})),
	"evaluated_on": 20779,
	"legal_basis_claimed": [basis],
} if {
	law := _law[basis]
}

_reaches(basis, request) if {
	covering := lawfulness.covering with input as request
	covering == {basis}
}

_reached(basis, name, values) := {value |
	some value in values
	_reaches(basis, object.union(_asked(basis), {name: value}))
}

test_each_kind_of_body_is_known if object.keys(data.agency_kinds) == _everybody

test_each_basis_that_permits_stands_here if {
	object.keys(_law) == {basis | some basis, row in data.legal_bases; row.effect == "permit"}
}

test_each_basis_speaks_of_its_senders if {
	every basis, law in _law {
		_reached(basis, "sender_kind", _everybody) == law.from
	}
}

test_each_basis_speaks_of_its_recipients if {
	every basis, law in _law {
		_reached(basis, "recipient_kind", _everybody) == law.to
	}
}

test_each_basis_speaks_of_its_purposes if {
	every basis, law in _law {
		_reached(basis, "purpose", _any_purpose) == object.get(law, "for", _any_purpose)
	}
}

test_each_basis_speaks_of_what_its_data_were_collected_for if {
	every basis, law in _law {
		_reached(basis, "original_purpose", _any_purpose) == object.get(law, "out_of", _any_purpose)
	}
}

# What each basis asks for besides: it opens where all of it is met, and not where one thing is missing.
_asks_for := {
	"GDPR-6-1F": {"danger_facts_or_offence"},
	"NDSG-5-1": {"purpose_kept_or_may_change"},
	"NDSG-6-2": {"purpose_may_change"},
	"NPOG-39-1": {"purpose_changes", "may_be_collected_anew"},
	"NPOG-41": {"concrete_danger"},
	"NPOG-43": {"concrete_danger"},
	"STPO-474-2": {"on_request", "special_provision"},
	"STPO-477": {"spontaneous", "prosecuting_or_to_police"},
	"KKG-4": {"weighty_indications", "talks_failed_or_unsafe", "told_or_unsafe"},
	"KKG-5": {"weighty_indications", "prosecutor_decides"},
	"SGB8-8A": {"immediate_action", "guardians_do_not_cooperate"},
	"SGB10-71-1": {"sgb10_71_1_duty"},
	"SGB10-68-1": {"sgb10_68"},
	"SGB10-73": {"judicial_order", "criminal_offence"},
	"NSCHG-31": {"nschg_31_case"},
	"AUFENTHG-89-2": set(),
	"BDSG-24": {"danger_facts_or_offence"},
	"NDSG-5-PRIV": {"purpose_kept_or_may_change", "recipient_committed", "own_task"},
	"NPOG-44": {"concrete_danger", "recipient_committed"},
	"EGGVG-13-17": {"spontaneous", "eggvg_case"},
	"SGB10-71-2": {"on_request", "azr_not_sufficient"},
	"AO-31A": set(),
	"BMG-34": {"register_conditions"},
	"AUFENTHG-87-1": {"on_request", "azr_not_sufficient", "no_school"},
	"AUFENTHG-87-2": {"spontaneous", "no_school"},
	"AUFENTHG-90-1": {"concrete_indications"},
	"ASYLG-8-3": {"asylg_8_3_case"},
	"SCHWARZARBG-6": {"customs_on_one_side", "audit_link_or_indications"},
	"BPOLG-32": {"bpolg_32_case"},
	"IRG-92": {"available_without_coercion", "prosecutor_permits", "irg_request_or_indications"},
	"LICENCE-1": {"on_request", "statutory_duty"},
}

_opens(basis, met) if {
	open := lawfulness.open with input as _asked(basis) with data.exchange.rules.conditions.met as met
	open == {basis}
}

test_each_basis_that_permits_says_what_it_asks_for if object.keys(_asks_for) == object.keys(_law)

test_each_basis_opens_with_all_that_it_asks_for if {
	every basis, conditions in _asks_for {
		_opens(basis, {condition: true | some condition in conditions})
	}
}

test_each_basis_stays_shut_with_one_thing_missing if {
	every basis, conditions in _asks_for {
		every missing in conditions {
			not _opens(basis, {condition: true | some condition in conditions; condition != missing})
		}
	}
}

_struck_out_for(basis) := {kind |
	some kind in _everybody
	struck_out := lawfulness.struck_out with input as {"sender_kind": kind, "legal_basis_claimed": [basis]}
	struck_out == {basis}
}

# PARTNERSHIP-1, AMTSHILFE-1
test_neither_partnership_nor_assistance_is_a_basis_for_anybody if {
	every basis in ["PARTNERSHIP", "COOPERATION_AGREEMENT", "LAGEBILD_CONCEPT", "GG-35", "VWVFG-4"] {
		_struck_out_for(basis) == _everybody
	}
}

# GDPR-6-1E
test_gdpr_6_1e_legitimate_interests_are_none_of_an_authority if _struck_out_for("GDPR-6-1F") == _authorities

# GDPR-6-1E
test_no_statute_is_struck_out if {
	every basis, _ in object.remove(_law, ["GDPR-6-1F"]) {
		_struck_out_for(basis) == set()
	}
}

_supports(change) if {
	basis := "NPOG-1-2"
	request := object.union(
		{
			"sender_kind": "POLICE_INSPECTION",
			"recipient_kind": "POLICE_INSPECTION",
			"purpose": "DANGER_PREVENTION",
			"legal_basis_claimed": [basis],
		},
		change,
	)
	supporting := lawfulness.supporting with input as request
	supporting == {basis}
}

# NPOG-1-2
test_npog_1_2_is_a_task_of_those_whom_the_npog_binds if {
	every side in ["sender_kind", "recipient_kind"] {
		{kind | some kind in _everybody; _supports({side: kind})} == _of_the_npog
	}
	{purpose | some purpose in _any_purpose; _supports({"purpose": purpose})} == {"DANGER_PREVENTION"}
}

# GATEWAY-1
test_each_norm_that_was_not_read_in_full_needs_a_confirmation if {
	every basis, _ in _law {
		_trusted(basis) == _not_read[basis] == false
	}
}

_not_read[basis] := basis in {"NPOG-41", "NPOG-43", "NPOG-44"} if some basis, _ in _law

default _trusted(_) := false

_trusted(basis) if lawfulness.confirmed(basis) with input as {"sender_controller": "nobody"}
