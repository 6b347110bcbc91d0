package exchange.rules.safeguards_test

import data.exchange.rules.request_test as start
import data.exchange.rules.safeguards

_codes(request) := {each.code | some each in got} if {
	got := safeguards.obligation with input as start.settled(request)
}

_cases := {
	"personal data": {
		"input": start.notice,
		"want": {"OB-ENCRYPT", "OB-RECIPIENT-INDEX", "OB-INFORM-DS"},
	},
	"personal data where information would do harm": {
		"input": object.union(start.notice, {"facts": {"data_subject_information_risk": true}}),
		"want": {"OB-ENCRYPT", "OB-RECIPIENT-INDEX", "OB-INFORM-DS-DEFERRED"},
	},
	"figures": {"input": start.table, "want": {"OB-ENCRYPT"}},
	"the empty input": {"input": {}, "want": set()},
}

test_obligation if {
	every case in _cases {
		_codes(case.input) == case.want
	}
}
