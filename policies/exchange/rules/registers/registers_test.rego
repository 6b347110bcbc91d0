package exchange.rules.registers_test

import data.exchange.rules.registers
import data.exchange.rules.request_test as start

_neutral := {"rule": "BMG-34", "reason": "neutral_no_answer"}

_asked := start.with_members(
	object.union(start.identity_answer, {
		"exchange_kind": "REGISTER_REQUEST",
		"sender_kind": "REGISTRATION_OFFICE",
		"recipient_kind": "MUNICIPAL_ORDER",
		"purpose": "DANGER_PREVENTION",
		"original_purpose": "REGISTRATION",
		"legal_basis_claimed": ["BMG-34"],
	}),
	{"name": {"necessity_reason": true, "data_subject_age": 40}},
)

_blocked := object.union(_asked, {"facts": {
	"information_block": {"set_by": "POLICE"},
	"block_hearing_result": "danger_not_excluded",
}})

_lifted := object.union(_blocked, {"facts": {"block_hearing_result": "danger_excluded"}})

_cases := {
	"no block": {"input": _asked, "want": set()},
	"a block": {"input": _blocked, "want": {_neutral}},
	"a block without a hearing": {
		"input": start.without_facts(_blocked, ["block_hearing_result"]),
		"want": {_neutral},
	},
	"a block after a hearing that excludes the danger": {"input": _lifted, "want": set()},
	"a block in an identity-card register": {
		"input": object.union(_blocked, {"sender_kind": "ID_CARD_OFFICE"}),
		"want": {_neutral},
	},
	"a block that is none": {"input": object.union(_asked, {"facts": {"information_block": null}}), "want": set()},
	"police speak of a block": {
		"input": object.union(start.notice, {"facts": {"information_block": {"set_by": "POLICE"}}}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := registers.deny with input as start.settled(case.input)
		got == case.want
	}
}

_always(request) := {each.code | some each in got} if {
	got := registers.obligation_always with input as start.settled(request)
}

test_a_block_is_answered_neutrally_and_told if {
	_always(_blocked) == {"OB-NEUTRAL-ANSWER", "OB-INFORM-BLOCK-AUTHORITY"}
}

test_a_block_that_gives_way_is_told if {
	_always(_lifted) == {"OB-INFORM-BLOCK-AUTHORITY"}
}

test_without_a_block_nobody_is_told if {
	_always(_asked) == set()
}

_update(age) := object.union(_asked, {
	"recipient_kind": "POLICE_INSPECTION",
	"members": {"name": {"data_subject_age": age}},
	"facts": {"is_periodic": true},
})

_young := {{"rule": "MINOR-1", "reason": "minor_protection", "members": {"name"}}}

_withheld := {
	"a child of 13": {"input": _update(13), "want": _young},
	"a child of unknown age": {"input": _update("young"), "want": _young},
	"a person of 14": {"input": _update(14), "want": set()},
	"a child of 13 in a single answer": {
		"input": object.union(_update(13), {"facts": {"is_periodic": false}}),
		"want": set(),
	},
	"a child of 13 in regular updates to an order office": {
		"input": object.union(_update(13), {"recipient_kind": "MUNICIPAL_ORDER"}),
		"want": set(),
	},
	"a child of 13 in regular updates from no register": {
		"input": object.union(_update(13), {"sender_kind": "FOREIGNERS_AUTHORITY"}),
		"want": set(),
	},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _withheld {
		got := registers.withhold with input as start.settled(case.input)
		got == case.want
	}
}

_needs := {"name": "needed"}

test_updates_on_unknown_persons_are_deleted if {
	settled := start.settled(_update(40)) with data.lookup.needs.REGISTER_REQUEST.POLICE_INSPECTION as _needs
	got := registers.obligation with input as settled
	got == {{"code": "OB-DELETE-IF-UNKNOWN", "rule": "BMG-34", "parameters": {}}}
}

test_updates_on_known_persons_stay if {
	known := object.union(_update(40), {"facts": {"recipient_known_person": true}})
	settled := start.settled(known) with data.lookup.needs.REGISTER_REQUEST.POLICE_INSPECTION as _needs
	got := registers.obligation with input as settled
	got == set()
}

test_what_no_register_sends_is_no_update if {
	other := object.union(_update(40), {"sender_kind": "FOREIGNERS_AUTHORITY"})
	settled := start.settled(other) with data.lookup.needs.REGISTER_REQUEST.POLICE_INSPECTION as _needs
	settled.release.personal == true
	got := registers.obligation with input as settled
	got == set()
}

test_where_nothing_goes_nothing_is_deleted if {
	settled := start.settled(_update(13)) with data.lookup.needs.REGISTER_REQUEST.POLICE_INSPECTION as _needs
	got := registers.obligation with input as settled
	got == set()
}

test_a_single_answer_is_no_update if {
	got := registers.obligation with input as start.settled(_asked)
	got == set()
}
