package exchange.rules.release_test

import data.exchange.rules.release
import data.exchange.rules.request_test as start

_cases := {
	"all needed": {
		"input": start.notice,
		"want": {"premises_address", "hazard_facts", "licensee_name"},
	},
	"one expired": {
		"input": object.union(start.notice, {"members": {"hazard_facts": {"delete_after": 1}}}),
		"want": {"premises_address", "licensee_name"},
	},
	"one that is not necessary": {
		"input": object.union(start.notice, {"members": {"guest_names": {"data_subject_role": "bystander"}}}),
		"want": {"premises_address", "hazard_facts", "licensee_name"},
	},
	"the empty input": {"input": {}, "want": set()},
}

test_remaining if {
	every case in _cases {
		got := release.remaining with input as start.settled(case.input)
		got == case.want
	}
}

test_withheld_and_remaining_are_all if {
	request := object.union(start.notice, {"members": {"witness_name": {}, "shoe_size": {}}})
	withheld := release.withheld with input as start.settled(request)
	remaining := release.remaining with input as start.settled(request)
	withheld | remaining == object.keys(request.members)
	count(withheld & remaining) == 0
}
