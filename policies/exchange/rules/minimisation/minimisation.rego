# METADATA
# title: Data minimisation
# description: A member is released only because the necessity table names it (law.md 0.2, steps 1 and 10).
package exchange.rules.minimisation

import data.exchange.rules.members
import data.exchange.rules.request

# How necessary the table finds each offered member for this kind and recipient.
_needs := _own_needs if count(members.groups) == 0

else := object.union(_own_needs, {name: need |
	some name, base in members.groups
	need := _rows_in_force[base]
})

_own_needs := {name: need |
	table := _rows_in_force
	some name in members.offered
	need := table[name]
}

# A row that is not yet or no longer in force finds nothing necessary.
_rows_in_force := object.remove(_rows, _out_of_force) if _dated_rows

else := _rows

_rows := data.lookup.needs[input.exchange_kind][input.recipient_kind]

_dated_rows := data.lookup.periods.necessity[input.exchange_kind][input.recipient_kind]

_out_of_force := {name |
	some name, period in _dated_rows
	not request.covers_today(period)
}

# METADATA
# description: Members that the table finds necessary with a reason in the individual case.
conditional := {name | some name, "conditional" in _needs}

# METADATA
# description: Members that are needed, or conditional with a reason in the individual case.
necessary := ({name | some name, "needed" in _needs} | {name |
	some name in conditional
	request.given(members.said.necessity_reason[name])
}) | {name |
	some name in conditional
	some ground in _row(name).suffices
	_grounds[ground][name]
}

# What a row may accept in place of a reason: the person's consent, or a present danger.
_grounds.consent[name] if some name, true in members.said.consent

_grounds.present_danger[name] if {
	request.danger_rank >= data.thresholds.danger_levels.present
	some name in conditional
}

# METADATA
# description: Members that the table withholds whatever the reason; they are named first.
never_necessary := {name | some name, "withhold" in _needs}

# METADATA
# title: Begründung der Erforderlichkeit fehlt
# description: The request says why the data are needed.
# custom:
#   id: GDPR-5-1C
#   reason: justification_missing
#   de: Es fehlt eine nachprüfbare Begründung, warum die Daten für die Aufgabe des Empfängers erforderlich sind.
#   en: A reason that can be checked why the recipient's task needs the data is missing.
deny contains {"rule": "GDPR-5-1C", "reason": "justification_missing"} if {
	not input.facts.justification_present == true
}

# METADATA
# title: Für diese Aufgabe nicht erforderlich
# description: Not needed, or conditional without a reason in the individual case.
# custom:
#   id: GDPR-5-1C
#   reason: not_necessary
#   de: >-
#     Die Angabe ist für die Aufgabe des Empfängers nicht zwingend notwendig, oder es fehlt die Begründung
#     im Einzelfall, die sie voraussetzt.
#   en: >-
#     The item is not indispensable for the recipient's task, or the reason in the individual case that it
#     requires is missing.
withhold contains {"rule": "GDPR-5-1C", "reason": "not_necessary", "members": unnecessary} if {
	unnecessary := input.found.offered - input.found.necessary
	count(unnecessary) > 0
}

# METADATA
# description: >-
#   What the table itself says of members that it does not find necessary: pair of rule and reason, and the
#   members. These words come before every other reason.
own_words := _rows_of_conditional if count(never_necessary) == 0

else := object.union(
	_rows_of_conditional,
	{_not_necessary: _never_or_unless},
)

_not_necessary := ["GDPR-5-1C", "not_necessary"]

_never_or_unless := never_necessary | object.get(_rows_of_conditional, [_not_necessary], set())

# What the rows of conditional members say that came without a reason in the individual case.
_rows_of_conditional := _of_conditional

_of_conditional[[row.rule, row.reason]] contains name if {
	some name in (conditional - necessary)
	row := _row(name)
}

_row(name) := _table[object.get(members.groups, name, name)]

_table := data.necessity[input.exchange_kind][input.recipient_kind]
