package exchange.rules.gateway_test

import data.exchange.rules.gateway
import data.exchange.rules.request_test as start

_pair(reason) := {"rule": "GATEWAY-1", "reason": reason}

_stops := {
	"a kind with rules": {"input": start.notice, "want": set()},
	"a kind that no table knows": {
		"input": object.union(start.notice, {"exchange_kind": "GOSSIP"}),
		"want": {_pair("unknown_kind")},
	},
	"the empty input": {"input": {}, "want": {_pair("unknown_kind")}},
}

test_stop if {
	every case in _stops {
		got := gateway.stop with input as start.settled(case.input)
		got == case.want
	}
}

test_a_kind_without_a_table_has_no_rules if {
	got := gateway.stop with input as start.settled(start.notice)
		with data.necessity as object.remove(data.necessity, ["PREMISES_HAZARD_NOTICE"])
	got == {_pair("kind_without_rules")}
}

_cases := {
	"a listed route": {"input": start.notice, "want": set()},
	"a route that is not listed": {
		"input": object.union(start.notice, {"sender_kind": "STATE_CRIMINAL_OFFICE"}),
		"want": {_pair("route_not_listed")},
	},
	"an answer that names its request": {"input": start.identity_answer, "want": set()},
	"an answer that names none": {
		"input": object.remove(start.identity_answer, ["in_reply_to"]),
		"want": {_pair("request_reference_missing")},
	},
	"the same in a case file": {
		"input": object.union(object.remove(start.identity_answer, ["in_reply_to"]), {"case_file": true}),
		"want": set(),
	},
	"no request mode": {
		"input": start.without_facts(start.notice, ["request_mode"]),
		"want": {_pair("request_reference_missing")},
	},
	"only what is withheld": {
		"input": start.with_members(start.notice, {"guest_names": {"data_subject_role": "bystander"}}),
		"want": {_pair("nothing_necessary_remains")},
	},
	"no member at all": {
		"input": start.with_members(start.notice, {}),
		"want": {_pair("nothing_necessary_remains")},
	},
	"the empty input": {
		"input": {},
		"want": {
			_pair("route_not_listed"),
			_pair("request_reference_missing"),
			_pair("nothing_necessary_remains"),
		},
	},
}

test_deny if {
	every case in _cases {
		got := gateway.deny with input as start.settled(case.input)
		got == case.want
	}
}

_where(period) := got if {
	dated := {"PREMISES_HAZARD_NOTICE": {"POLICE_INSPECTION": {"MUNICIPAL_ORDER": period}}}
	settled := start.settled(start.notice)
	got := gateway.deny with input as settled with data.lookup.periods.routes as dated
}

test_a_route_counts_from_its_first_to_its_last_day if {
	_where({"from": 20779, "to": 20779}) == set()
	_where({"from": 20780, "to": 30000}) == {_pair("route_not_listed")}
	_where({"from": 0, "to": 20778}) == {_pair("route_not_listed")}
}
