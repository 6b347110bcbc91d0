package exchange.rules.special_categories_test

import data.exchange.rules.request_test as start
import data.exchange.rules.special_categories

_injured := {"injured_names_and_injuries": {"data_subject_role": "victim", "necessity_reason": true}}

_not_strictly(names) := {"rule": "BDSG-48", "reason": "not_strictly_necessary", "members": names}

_no_exception(names) := {"rule": "GDPR-9", "reason": "art9_no_exception", "members": names}

_fire := object.union(start.notice, {"sender_kind": "FIRE_SERVICE", "original_purpose": "FIRE_RESCUE"})

_school := object.union(start.school_notice, {"members": {"observed_injuries_dates": {"data_subject_role": "endangered_person"}}})

_withheld := {
	"ordinary data": {"input": start.notice, "want": set()},
	"injuries from the police": {
		"input": object.union(start.notice, {"members": _injured}),
		"want": {_not_strictly({"injured_names_and_injuries"})},
	},
	"injuries from the police, strictly necessary": {
		"input": object.union(start.notice, {"members": _injured, "facts": {"strictly_necessary_reason": true}}),
		"want": set(),
	},
	"strict necessity covers no member that the table does not find necessary": {
		"input": object.union(start.notice, {
			"members": {"injured_names_and_injuries": {"data_subject_role": "victim"}},
			"facts": {"strictly_necessary_reason": true},
		}),
		"want": {_not_strictly({"injured_names_and_injuries"})},
	},
	"injuries from the fire service": {
		"input": object.union(_fire, {"members": _injured}),
		"want": {_no_exception({"injured_names_and_injuries"})},
	},
	"injuries from the fire service with an exception": {
		"input": object.union(_fire, {"members": _injured, "facts": {"art9_exception": true}}),
		"want": set(),
	},
	"a school between two bodies under the GDPR": {
		"input": _school,
		"want": {_no_exception({"observed_injuries_dates"})},
	},
	"a school with an exception": {
		"input": object.union(_school, {"facts": {"art9_exception": true}}),
		"want": set(),
	},
	"fingerprints under the statute for them": {"input": start.identity_answer, "want": set()},
	"fingerprints that are not strictly necessary": {
		"input": start.without_facts(start.identity_answer, ["strictly_necessary_reason"]),
		"want": {_not_strictly({"fingerprints"})},
	},
	"fingerprints to which the sender adds health": {
		"input": object.union(start.identity_answer, {"members": {"fingerprints": {"category": "HEALTH"}}}),
		"want": {_no_exception({"fingerprints"})},
	},
	"religion has no such statute": {
		"input": object.union(start.identity_answer, {"members": {"religion": {"necessity_reason": true}}}),
		"want": {_no_exception({"religion"})},
	},
	"the statute is not satisfied": {
		"input": object.union(start.identity_answer, {"purpose": "DANGER_PREVENTION"}),
		"want": {_no_exception({"fingerprints"})},
	},
	"a private report with sick notes": {
		"input": object.union(start.report, {"members": {"driver_sick_notes": {"data_subject_role": "bystander"}}}),
		"want": {_no_exception({"driver_sick_notes"}), _not_strictly({"driver_sick_notes"})},
	},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _withheld {
		got := special_categories.withhold with input as start.settled(case.input)
		got == case.want
	}
}

_profiling := {{"rule": "BDSG-48", "reason": "discriminating_profiling"}}

_selected(request, key) := object.union(request, {"facts": {"selection_key": key}})

_cases := {
	"no selection": {"input": start.notice, "want": set()},
	"selected by an event": {"input": _selected(start.notice, "event"), "want": set()},
	"selected by surname": {"input": _selected(start.notice, "surname"), "want": _profiling},
	"selected by ethnicity": {"input": _selected(start.notice, "ethnicity"), "want": _profiling},
	"selected by 'Clan'": {"input": _selected(start.notice, "Clan"), "want": _profiling},
	"a report selected by ethnicity": {"input": _selected(start.report, "ethnicity"), "want": _profiling},
	"a school's notice selected by surname, outside law enforcement": {
		"input": _selected(start.school_notice, "surname"),
		"want": set(),
	},
	"figures by surname hold no person": {"input": _selected(start.table, "surname"), "want": set()},
	"the empty input": {"input": {}, "want": set()},
}

test_deny if {
	every case in _cases {
		got := special_categories.deny with input as start.settled(case.input)
		got == case.want
	}
}

test_safeguards_follow_fingerprints if {
	got := special_categories.obligation with input as start.settled(start.identity_answer)
	got == {{"code": "OB-SAFEGUARDS-ART9", "rule": "GDPR-9", "parameters": {}}}
}

test_safeguards_follow_injuries_from_the_police if {
	got := special_categories.obligation with input as start.settled(object.union(start.notice, {
		"members": _injured,
		"facts": {"strictly_necessary_reason": true},
	}))
	got == {{"code": "OB-SAFEGUARDS-ART9", "rule": "BDSG-48", "parameters": {}}}
}

_kept(request) := {each.rule | some each in got} if {
	got := special_categories.withhold with input as start.settled(request)
}

_injured_at_a_fire := object.union(_fire, {"members": _injured})

# GDPR-9
test_gdpr_9_special_categories_need_an_exception if {
	_kept(_injured_at_a_fire) == {"GDPR-9"}
	_kept(object.union(_injured_at_a_fire, {"facts": {"art9_exception": true}})) == set()
	_kept(_fire) == set()
}

# GDPR-9
test_gdpr_9_safeguards_follow_what_is_released if {
	got := special_categories.obligation with input as start.settled(object.union(
		_injured_at_a_fire,
		{"facts": {"art9_exception": true}},
	))
	got == {{"code": "OB-SAFEGUARDS-ART9", "rule": "GDPR-9", "parameters": {}}}
	none := special_categories.obligation with input as start.settled(_injured_at_a_fire)
	none == set()
}

_injured_of_the_police := object.union(start.notice, {"members": _injured})

# BDSG-48
test_bdsg_48_the_police_release_what_is_strictly_necessary if {
	_kept(_injured_of_the_police) == {"BDSG-48"}
	_kept(object.union(_injured_of_the_police, {"facts": {"strictly_necessary_reason": true}})) == set()
}

# BDSG-48
test_bdsg_48_binds_who_sends_to_the_police_too if {
	sick := object.union(start.report, {
		"facts": {"art9_exception": true},
		"members": {"driver_sick_notes": {"data_subject_role": "bystander", "necessity_reason": true}},
	})
	_kept(sick) == {"BDSG-48"}
	_kept(object.union(sick, {"facts": {"strictly_necessary_reason": true}})) == set()
}

# BDSG-48
test_bdsg_48_nobody_is_picked_by_name_or_descent if {
	every key in [
		"surname", "Surname", "family_name", "family", "family_affiliation", "clan", "clan_membership", "descent",
		"ethnicity", "ethnic_origin", "religion", "nationality_of_origin",
	] {
		got := special_categories.deny with input as start.settled(_selected(start.notice, key))
		got == _profiling
	}
	every key in ["premises", "offence", "x"] {
		got := special_categories.deny with input as start.settled(_selected(start.notice, key))
		got == set()
	}
}
