# METADATA
# title: Data minimisation
# description: A member is released only because the necessity table names it (law.md 0.2, steps 1 and 10).
package exchange.rules.minimisation

import data.exchange.rules.members
import data.exchange.rules.request

# METADATA
# description: The necessity table's row of each offered member for this kind and recipient.
rows := _plain if count(members.groups) == 0

rows := object.union(_plain, _grouped) if count(members.groups) > 0

_plain := {name: row |
	some name in members.offered
	row := data.necessity[input.exchange_kind][input.recipient_kind][name]
}

_grouped := {name: row |
	some name, base in members.groups
	row := data.necessity[input.exchange_kind][input.recipient_kind][base]
}

# METADATA
# description: Members that are needed, or conditional with a reason in the individual case.
necessary := {name | some name, row in rows; row.need == "needed"} | {name | some name, row in rows; row.need == "conditional"; name in members.justified}

# METADATA
# description: Members that the table withholds whatever the reason; they are named first.
never_necessary := {name | some name, row in rows; row.need == "withhold"}

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
# description: Reasons that the table itself gives for a member that it does not find necessary.
row_reasons[name] := {"rule": row.rule, "reason": row.reason} if {
	some name in (members.offered - (necessary | never_necessary))
	row := rows[name]
}
