package exchange.rules.aggregates_test

import data.exchange.main
import data.exchange.rules.aggregates
import data.exchange.rules.request_test as start

_table := "table_district_month_offencegroup"

_street := "table_street_offence_nationality_age"

_small(names) := {{"rule": "STAT-1", "reason": "reidentification_risk", "members": names}}

_figures(members, facts) := object.union(start.with_members(start.table, members), {"facts": facts})

_cases := {
	"no cell under the threshold": {"input": start.table, "want": set()},
	"a cell at the threshold": {"input": _figures({_table: {"cell_min": 5}}, {}), "want": set()},
	"a cell under it": {"input": _figures({_table: {"cell_min": 4}}, {}), "want": _small({_table})},
	"a threshold of the case": {
		"input": _figures({_table: {"cell_min": 9}}, {"k_threshold": 10}),
		"want": _small({_table}),
	},
	"a threshold of the case that is no number": {
		"input": _figures({_table: {"cell_min": 9}}, {"k_threshold": "many"}),
		"want": set(),
	},
	"the smallest cell of the request": {
		"input": _figures({_table: {}}, {"cell_min": 3}),
		"want": _small({_table}),
	},
	"the member's own cell goes before": {
		"input": _figures({_table: {"cell_min": 9}}, {"cell_min": 3}),
		"want": set(),
	},
	"a smallest cell that nobody knows": {"input": _figures({_table: {}}, {}), "want": _small({_table})},
	"a smallest cell that is no number": {
		"input": _figures({_table: {"cell_min": "many"}}, {}),
		"want": _small({_table}),
	},
	"only the small one of two": {
		"input": _figures({_table: {"cell_min": 9}, _street: {"cell_min": 1}}, {}),
		"want": _small({_street}),
	},
	"text has no cells": {"input": _figures({"trend_text": {}}, {}), "want": set()},
	"the empty input": {"input": {}, "want": set()},
}

test_withhold if {
	every case in _cases {
		got := aggregates.withhold with input as start.settled(case.input)
		got == case.want
	}
}

test_small_cells_are_to_be_suppressed if {
	got := aggregates.obligation_always with input as start.settled(_figures({_table: {"cell_min": 1}}, {}))
	got == {{"code": "OB-SUPPRESS", "rule": "STAT-1", "parameters": {"k_threshold": 5}}}
}

test_large_cells_are_not if {
	got := aggregates.obligation_always with input as start.settled(start.table)
	got == set()
}

_kept(cell) := got if {
	got := aggregates.withhold with input as start.settled(_figures({_table: {"cell_min": cell}}, {}))
}

# STAT-1
test_stat_1_a_table_with_a_small_cell_stays if {
	every cell in [0, 1, 4] {
		_kept(cell) == _small({_table})
	}
	every cell in [5, 6, 1000] {
		_kept(cell) == set()
	}
}

# STAT-1
test_stat_1_large_cells_need_no_legal_basis if {
	decision := main.decision with input as object.union(start.table, {"legal_basis_claimed": []})
	decision.verdict == "permit"
	small := main.decision with input as start.with_members(start.table, {_table: {"cell_min": 4}})
	{"rule": "STAT-1", "reason": "reidentification_risk"} in small.denials
}
