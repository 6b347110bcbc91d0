package exchange.rules.proceedings_test

import data.exchange.rules.proceedings
import data.exchange.rules.request_test as start

_private := {"rule": "STPO-477", "reason": "private_rights_only"}

_excluded := {"rule": "EGGVG-13-17", "reason": "eggvg_14_2_exclusion"}

_told := start.with_members(
	object.union(start.notice, {
		"exchange_kind": "LICENCE_RELIABILITY",
		"sender_kind": "PUBLIC_PROSECUTOR",
		"recipient_kind": "TRADE_OFFICE",
		"purpose": "TRADE_SUPERVISION",
		"original_purpose": "PROSECUTION",
		"legal_basis_claimed": ["EGGVG-13-17"],
		"facts": {
			"reliability_link": true,
			"offence_class": "significant",
			"proceedings_outcome": "final_conviction",
		},
	}),
	{"court_and_file_number": {}, "judgment_operative_part": {}},
)

_but(facts) := object.union(_told, {"facts": facts})

_to_police := object.union(start.notice, {
	"recipient_kind": "STATE_CRIMINAL_OFFICE",
	"original_purpose": "PROSECUTION",
	"facts": {"private_rights_only": true},
})

_cases := {
	"a final conviction": {"input": _told, "want": set()},
	"a discontinued case": {"input": _but({"proceedings_outcome": "discontinued"}), "want": {_excluded}},
	"an outcome not stated": {"input": start.without_facts(_told, ["proceedings_outcome"]), "want": {_excluded}},
	"a fine": {"input": _but({"offence_class": "owi"}), "want": {_excluded}},
	"a discontinued case of a court": {
		"input": object.union(_but({"proceedings_outcome": "discontinued"}), {"sender_kind": "COURT"}),
		"want": {_excluded},
	},
	"a discontinued case in a danger": {
		"input": object.union(_but({"proceedings_outcome": "discontinued"}), {"purpose": "DANGER_PREVENTION"}),
		"want": set(),
	},
	"another basis than the EGGVG": {
		"input": object.union(_but({"proceedings_outcome": "discontinued"}), {"legal_basis_claimed": ["NPOG-43"]}),
		"want": set(),
	},
	"police that only protect private rights": {"input": _to_police, "want": {_private}},
	"police that protect more": {
		"input": object.union(_to_police, {"facts": {"private_rights_only": false}}),
		"want": set(),
	},
	"police data that stem from no proceedings": {
		"input": object.union(_to_police, {"original_purpose": "DANGER_PREVENTION"}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := proceedings.deny with input as start.settled(case.input)
		got == case.want
	}
}

_codes(request) := {each.code | some each in got} if {
	got := proceedings.obligation with input as start.settled(request)
}

test_the_recipient_checks_and_returns if {
	_codes(_told) == {"OB-RECIPIENT-CHECK", "OB-RETURN-UNNEEDED"}
}

test_a_court_outside_criminal_law_reports_the_outcome_too if {
	_codes(object.union(_told, {"sender_kind": "COURT", "original_purpose": "DISCIPLINARY"})) == {
		"OB-RECIPIENT-CHECK",
		"OB-RETURN-UNNEEDED",
		"OB-NOTIFY-CORRECTION",
	}
}

test_police_have_no_duty_of_the_prosecutor if {
	_codes(start.notice) == set()
}

test_an_answer_is_no_notice if {
	_codes(_but({"request_mode": "on_request"})) == set()
}

_denied(request) := got if {
	got := proceedings.deny with input as start.settled(request)
}

# STPO-477
test_stpo_477_private_rights_alone_are_no_matter_of_the_police if {
	every original in ["PROSECUTION", "ADMIN_OFFENCE"] {
		request := object.union(_to_police, {"original_purpose": original})
		_denied(request) == {_private}
		_denied(object.union(request, {"facts": {"private_rights_only": false}})) == set()
		_denied(object.union(request, {"facts": {"request_mode": "on_request"}})) == set()
	}
}

# EGGVG-13-17
test_eggvg_13_17_fines_and_discontinued_cases_are_not_told if {
	every outcome in ["final_conviction", "conviction", "penalty_order", "charge", "pending"] {
		_denied(_but({"proceedings_outcome": outcome})) == set()
	}
	every outcome in ["discontinued", "acquittal", "fine", "negligence", ""] {
		_denied(_but({"proceedings_outcome": outcome})) == {_excluded}
	}
	every class in ["none", "owi"] {
		_denied(_but({"offence_class": class})) == {_excluded}
	}
}

# EGGVG-18-21
test_eggvg_18_21_the_recipient_checks_and_returns_what_comes_unasked if {
	every kind in ["PUBLIC_PROSECUTOR", "COURT"] {
		_codes(object.union(_told, {"sender_kind": kind})) == {"OB-RECIPIENT-CHECK", "OB-RETURN-UNNEEDED"}
	}
}

# EGGVG-18-21
test_eggvg_18_21_neither_an_answer_nor_other_senders if {
	_codes(_but({"request_mode": "on_request"})) == set()
	_codes(object.union(_told, {"sender_kind": "POLICE_INSPECTION"})) == set()
}

# STPO-477
test_stpo_477_figures_touch_no_private_rights if {
	figures := object.union(start.table, {
		"original_purpose": "PROSECUTION",
		"facts": {"private_rights_only": true},
	})
	_denied(figures) == set()
	_denied(object.union(figures, {"members": {"trend_text": {"category": "IDENTITY_BASIC"}}})) == {_private}
}

# EGGVG-13-17
test_eggvg_13_17_what_is_asked_for_is_no_notice if {
	_denied(_but({"proceedings_outcome": "discontinued", "request_mode": "on_request"})) == set()
}

# EGGVG-18-21
test_eggvg_18_21_figures_are_not_returned if {
	every kind in ["PUBLIC_PROSECUTOR", "COURT"] {
		_codes(object.union(start.table, {"sender_kind": kind})) == set()
	}
}
