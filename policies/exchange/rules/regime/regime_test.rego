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
