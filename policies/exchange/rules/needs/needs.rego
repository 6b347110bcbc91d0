# METADATA
# title: What would change a reason
# description: >-
#   For each reason the smallest sets of facts that would take it away, of those that are not there yet: from the
#   table, or what the conditions of a claimed basis lack. What evidence each fact requires stands in the table.
package exchange.rules.needs

# METADATA
# description: >-
#   Rule, reason: each set of facts, as a sorted list. A set of which all is there already would change nothing.
changes[rule][reason] contains lacking if {
	some row in data.needs.reasons[rule][reason].any_of
	_about(row)
	lacking := [fact | some fact in row.facts; not _there(fact)]
	count(lacking) > 0
}

changes[rule][reason] contains lacking if {
	wanted := data.needs.reasons[rule][reason]
	wanted.bases == true
	some basis in (input.found.covering - input.found.satisfied)
	object.get(data.legal_bases[basis], "opens", "") == object.get(
		wanted, "opens",
		object.get(data.legal_bases[basis], "opens", ""),
	)
	some row in data.lookup.needs_of_bases[basis]
	_about(row)
	lacking := [fact | some fact in row.facts; not _there(fact)]
	count(lacking) > 0
}

_about(row) if {
	_purpose in object.get(row, "purposes", [_purpose])
	_original in object.get(row, "original_purposes", [_original])
}

_purpose := object.get(input, "purpose", "")

_original := object.get(input, "original_purpose", "")

# What is said of single members stands at each of them, and so is never there for all.
_there(fact) if {
	not fact.of == "member"
	said := object.get(input.facts, split(fact.fact, "."), null)
	said != null
	_suffices(fact, said)
}

_suffices(fact, said) if said == fact.value

_suffices(fact, said) if {
	fact.given == true
	not said in {"", false}
}

_suffices(fact, said) if {
	is_number(fact.at_least)
	is_number(said)
	said >= fact.at_least
}

_suffices(fact, said) if data.needs.ranks[fact.fact][said] >= data.needs.ranks[fact.fact][fact.at_least]
