package exchange.rules.regime_test

import data.exchange.rules.regime
import data.exchange.rules.request_test as start

_cross := {{"rule": "REG-2", "reason": "cross_regime_without_statute"}}

_cases := {
	"a statute covers the purpose": {"input": start.notice, "want": set()},
	"no statute": {"input": object.union(start.notice, {"legal_basis_claimed": ["NPOG-1-2"]}), "want": _cross},
	"the partnership": {"input": object.union(start.notice, {"legal_basis_claimed": ["PARTNERSHIP"]}), "want": _cross},
	"a statute for another purpose": {
		"input": object.union(start.notice, {"purpose": "TRADE_SUPERVISION"}),
		"want": _cross,
	},
	"a statute that covers the purpose, its danger missing": {
		"input": object.union(start.notice, {"facts": {"danger_level": "none"}}),
		"want": set(),
	},
	"from one law-enforcement body to another": {
		"input": object.union(start.notice, {"recipient_kind": "FEDERAL_POLICE", "legal_basis_claimed": []}),
		"want": set(),
	},
	"the order office prosecutes a fine": {
		"input": object.union(start.notice, {"purpose": "ADMIN_OFFENCE", "legal_basis_claimed": []}),
		"want": set(),
	},
	"from the administration to the police": {
		"input": object.union(start.report, {"legal_basis_claimed": []}),
		"want": set(),
	},
	"figures": {"input": start.table, "want": set()},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := regime.deny with input as start.settled(case.input)
		got == case.want
	}
}

_sides := {
	"police, administration": {"input": start.notice, "want": ["JI", "DSGVO"]},
	"administration, police": {"input": start.call_to_police, "want": ["DSGVO", "JI"]},
	"school, administration": {"input": start.school_notice, "want": ["DSGVO", "DSGVO"]},
	"a fine as the purpose": {
		"input": object.union(start.notice, {"purpose": "ADMIN_OFFENCE"}),
		"want": ["JI", "JI"],
	},
	"police about their staff": {
		"input": object.union(start.notice, {"original_purpose": "DISCIPLINARY"}),
		"want": ["DSGVO", "DSGVO"],
	},
	"kinds that no table knows": {"input": {}, "want": ["DSGVO", "DSGVO"]},
}

test_regime if {
	every case in _sides {
		sender := regime.sender with input as start.settled(case.input)
		recipient := regime.recipient with input as start.settled(case.input)
		[sender, recipient] == case.want
	}
}

_regimes(request) := [sender, recipient] if {
	settled := start.settled(request)
	sender := regime.sender with input as settled
	recipient := regime.recipient with input as settled
}

# REG-1
test_reg_1_the_order_office_prosecutes_under_ji if {
	request := {"sender_kind": "MUNICIPAL_ORDER", "recipient_kind": "POLICE_INSPECTION"}
	_regimes(object.union(request, {"original_purpose": "ADMIN_OFFENCE"})) == ["JI", "JI"]
	_regimes(object.union(request, {"original_purpose": "DANGER_PREVENTION"})) == ["DSGVO", "JI"]
}

# REG-1
test_reg_1_each_side_by_its_own_purpose if {
	request := {
		"sender_kind": "MUNICIPAL_ORDER", "recipient_kind": "MUNICIPAL_ORDER",
		"original_purpose": "TRADE_SUPERVISION", "purpose": "ADMIN_OFFENCE",
	}
	_regimes(request) == ["DSGVO", "JI"]
}

# REG-1
test_reg_1_a_court_by_its_task if {
	request := {"sender_kind": "COURT", "recipient_kind": "YOUTH_OFFICE"}
	_regimes(object.union(request, {"original_purpose": "PROSECUTION"})) == ["JI", "DSGVO"]
	_regimes(object.union(request, {"original_purpose": "CHILD_PROTECTION"})) == ["DSGVO", "DSGVO"]
}

_denied(request) := got if {
	got := regime.deny with input as start.settled(request)
}

# REG-2
test_reg_2_to_the_administration_only_by_statute if {
	_denied(object.union(start.notice, {"legal_basis_claimed": ["NDSG-5-1"]})) == _cross
	_denied(object.union(start.notice, {"legal_basis_claimed": ["NPOG-41"]})) == set()
}

# REG-2
test_reg_2_findings_of_fine_proceedings_need_a_statute_of_that_regime if {
	request := object.union(start.notice, {
		"sender_kind": "MUNICIPAL_ORDER", "recipient_kind": "FOREIGNERS_AUTHORITY",
		"purpose": "RESIDENCE_LAW", "legal_basis_claimed": ["NDSG-5-1", "NDSG-6-2"],
	})
	_denied(object.union(request, {"original_purpose": "ADMIN_OFFENCE"})) == _cross
	_denied(object.union(request, {"original_purpose": "TRADE_SUPERVISION"})) == set()
	_denied(object.union(request, {
		"original_purpose": "ADMIN_OFFENCE",
		"legal_basis_claimed": ["AUFENTHG-87-2"],
	})) == set()
}

_staff_and_contracts := {"DISCIPLINARY", "MUNICIPAL_ADMIN", "CONTRACT_PERFORMANCE"}

# The purposes for which a body acts under the other regime than the ordinary one of its kind.
_exceptions := {
	"POLICE_INSPECTION": _staff_and_contracts,
	"STATE_CRIMINAL_OFFICE": _staff_and_contracts,
	"FEDERAL_POLICE": _staff_and_contracts,
	"PUBLIC_PROSECUTOR": _staff_and_contracts,
	"CUSTOMS": (_staff_and_contracts | {"TAXATION"}),
	"MUNICIPAL_ORDER": {"ADMIN_OFFENCE"},
	"TRADE_OFFICE": {"ADMIN_OFFENCE"},
	"COURT": {"PROSECUTION", "ADMIN_OFFENCE"},
}

_of_police_and_justice := {
	"POLICE_INSPECTION", "STATE_CRIMINAL_OFFICE", "FEDERAL_POLICE", "PUBLIC_PROSECUTOR", "CUSTOMS",
	"FOREIGN_POLICE_NL", "FOREIGN_POLICE_BE",
}

_under_ji(kind) := {purpose |
	some purpose, _ in data.purposes.vocabulary
	sender := regime.sender with input as {"sender_kind": kind, "original_purpose": purpose}
	recipient := regime.recipient with input as {"recipient_kind": kind, "purpose": purpose}
	sender == recipient
	sender == "JI"
}

# REG-1
test_reg_1_each_kind_has_its_regime_for_each_purpose if {
	every_purpose := object.keys(data.purposes.vocabulary)
	every kind, _ in data.agency_kinds {
		_expected(kind, every_purpose) == _under_ji(kind)
	}
}

_expected(kind, purposes) := purposes - object.get(_exceptions, kind, set()) if kind in _of_police_and_justice

else := object.get(_exceptions, kind, set())
