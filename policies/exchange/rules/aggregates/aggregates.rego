# METADATA
# title: Figures
# description: A table is not personal only while no person can be singled out (STAT-1).
package exchange.rules.aggregates

_k := input.facts.k_threshold if is_number(input.facts.k_threshold)

else := data.thresholds.k_threshold

_cell_min(name) := cell if {
	cell := input.members[name].cell_min
} else := input.facts.cell_min

_large_enough(name) if {
	is_number(_cell_min(name))
	_cell_min(name) >= _k
}

_small := {name |
	some name in input.found.traits.aggregate
	not _large_enough(name)
}

# METADATA
# title: Einzelne Personen könnten erkennbar sein
# description: The smallest non-zero cell is below the threshold, or not known.
# custom:
#   id: STAT-1
#   reason: reidentification_risk
#   de: >-
#     Mindestens ein Feld der Tabelle ist so klein besetzt, dass einzelne Personen erkennbar sein könnten;
#     die Tabelle bleibt ganz zurück.
#   en: >-
#     At least one cell of the table is so small that persons could be singled out; the whole table stays
#     behind.
withhold contains {"rule": "STAT-1", "reason": "reidentification_risk", "members": _small} if {
	input.found.traits.aggregate
	count(_small) > 0
}

# METADATA
# title: Kleine Felder unterdrücken
# custom:
#   id: STAT-1
obligation_always contains {"code": "OB-SUPPRESS", "rule": "STAT-1", "parameters": {"k_threshold": _k}} if {
	input.found.traits.aggregate
	count(_small) > 0
}
