package exchange.rules.minors_test

import data.exchange.rules.minors
import data.exchange.rules.request_test as start

_locked(names) := {{"rule": "MINOR-1", "reason": "minor_protection", "members": names}}

_cases := {
	"nobody under age": {"input": start.notice, "want": set()},
	"a child for its protection": {"input": start.child_notice, "want": set()},
	"a young guest at a dangerous place": {
		"input": object.union(start.notice, {"members": {"guest_names": {"data_subject_age": 15}}}),
		"want": _locked({"guest_names"}),
	},
	"a grown-up guest": {
		"input": object.union(start.notice, {"members": {"guest_names": {"data_subject_age": 18}}}),
		"want": set(),
	},
	"an age that is no number": {
		"input": object.union(start.notice, {"members": {"guest_names": {"data_subject_age": "?"}}}),
		"want": _locked({"guest_names"}),
	},
	"an endangered child in a danger": {
		"input": object.union(start.child_notice, {"purpose": "DANGER_PREVENTION"}),
		"want": set(),
	},
	"a child in another role": {
		"input": object.union(start.child_notice, {
			"purpose": "DANGER_PREVENTION",
			"members": {"child_identity": {"data_subject_role": "victim"}},
		}),
		"want": _locked({"child_identity"}),
	},
	"a child for prosecution": {
		"input": object.union(start.child_notice, {"purpose": "PROSECUTION"}),
		"want": set(),
	},
	"a child whose age nobody states": {
		"input": object.union(
			start.with_members(start.child_notice, {"child_identity": {}}),
			{"purpose": "RESIDENCE_LAW"},
		),
		"want": _locked({"child_identity"}),
	},
	"an identity check of a young person": {
		"input": object.union(start.identity_answer, {"members": {"names_and_aliases": {"data_subject_age": 16}}}),
		"want": _locked({"names_and_aliases"}),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _cases {
		got := minors.withhold with input as start.settled(case.input)
		got == case.want
	}
}

_kept(request) := got if {
	got := minors.withhold with input as start.settled(request)
}

_guest(age) := object.union(start.notice, {"members": {"guest_names": {"data_subject_age": age}}})

# MINOR-1
test_minor_1_data_on_a_minor_stay_for_other_purposes if {
	_kept(_guest(17)) == _locked({"guest_names"})
	_kept(_guest(18)) == set()
}

# MINOR-1
test_minor_1_protection_and_prosecution_are_the_purposes_that_may if {
	every purpose in ["CHILD_PROTECTION", "PROSECUTION"] {
		_kept(object.union(_guest(12), {"purpose": purpose})) == set()
	}
	every purpose in ["RESIDENCE_LAW", "TRADE_SUPERVISION", "CRIME_PREVENTION", "UNDECLARED_WORK", "IDENTITY_CHECK"] {
		_kept(object.union(_guest(12), {"purpose": purpose})) == _locked({"guest_names"})
	}
}

# MINOR-1
test_minor_1_a_danger_counts_for_the_endangered_child_alone if {
	endangered := {"members": {"guest_names": {"data_subject_role": "endangered_person"}}}
	_kept(object.union(_guest(12), endangered)) == set()
	_kept(object.union(_guest(12), object.union(endangered, {"purpose": "CRIME_PREVENTION"}))) == _locked({"guest_names"})
}
