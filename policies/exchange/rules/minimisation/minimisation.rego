# METADATA
# title: Data minimisation
# description: A member is released only because the necessity table names it (law.md 0.2, steps 1 and 10).
package exchange.rules.minimisation

import data.exchange.rules.members
import data.exchange.rules.request

_table := data.necessity[input.exchange_kind][input.recipient_kind]

# How necessary the table finds each offered member for this kind and recipient.
_needs := {name: need | some name in members.offered; need := _table[name].need}

_grouped_needs := {name: need | some name, base in members.groups; need := _table[base].need}

_all_needs := object.union(_needs, _grouped_needs)

_conditional := {name | some name, "conditional" in _all_needs}

# METADATA
# description: Members that are needed, or conditional with a reason in the individual case.
necessary := {name | some name, "needed" in _all_needs} | (_conditional & members.justified)

# METADATA
# description: Members that the table withholds whatever the reason; they are named first.
never_necessary := {name | some name, "withhold" in _all_needs}

# METADATA
# title: Begründung der Erforderlichkeit fehlt
# description: The request says why the data are needed.
# custom:
#   id: GDPR-5-1C
#   reason: justification_missing
#   de: Es fehlt eine nachprüfbare Begründung, warum die Daten für die Aufgabe des Empfängers erforderlich sind.
#   en: A reason that can be checked why the recipient's task needs the data is missing.
deny contains {"rule": "GDPR-5-1C", "reason": "justification_missing"} if {
	not "justification_present" in request.affirmed
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
	unnecessary := members.offered - necessary
	count(unnecessary) > 0
}

# METADATA
# description: >-
#   What the table itself says of members that it does not find necessary: pair of rule and reason, and the
#   members. These words come before every other reason.
own_words := _own_words

_own_words[["GDPR-5-1C", "not_necessary"]] contains name if some name in never_necessary

_own_words[[row.rule, row.reason]] contains name if {
	some name in (_conditional - members.justified)
	row := _table[object.get(members.groups, name, name)]
}
