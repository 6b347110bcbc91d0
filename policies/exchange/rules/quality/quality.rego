# METADATA
# title: Quality of the data
# description: Roles told apart, facts from assessments, nothing outdated (BDSG-72-73, BDSG-74).
package exchange.rules.quality

import data.exchange.rules.request

_expired := {name |
	some name, day in input.found.said.delete_after
	day < input.evaluated_on
} | {name |
	some name, day in input.found.said.delete_after
	not is_number(day)
}

# METADATA
# title: Löschdatum überschritten
# description: A member past its deletion date is not sent.
# custom:
#   id: BDSG-74
#   reason: outdated_or_expired
#   de: Das Löschdatum der Angabe ist überschritten; veraltete Daten werden nicht übermittelt.
#   en: The item is past its deletion date; outdated data are not transmitted.
withhold contains {"rule": "BDSG-74", "reason": "outdated_or_expired", "members": _expired} if {
	input.found.said.delete_after
	count(_expired) > 0
}

# METADATA
# title: Rolle der Person nicht angegeben
# description: A member that needs the role of the person came without one.
# custom:
#   id: BDSG-72-73
#   reason: role_unlabelled
#   de: >-
#     Es ist nicht angegeben, in welcher Rolle die Person betroffen ist (etwa verdächtig, Opfer, Zeugin);
#     ohne diese Angabe bleibt sie zurück.
#   en: The role of the person concerned (for example suspect, victim, witness) is not stated.
withhold contains {"rule": "BDSG-72-73", "reason": "role_unlabelled", "members": unlabelled} if {
	unlabelled := input.found.unlabelled
	count(unlabelled) > 0
}

# METADATA
# title: Wertungen kennzeichnen und aktenführende Stelle nennen
# custom:
#   id: BDSG-72-73
obligation contains {"code": "OB-ASSESSMENT-SOURCE", "rule": "BDSG-72-73", "parameters": {}} if {
	"assessment" in input.release.traits
}

# METADATA
# title: Richtigkeit, Vollständigkeit, Zuverlässigkeit und Stand beifügen
# custom:
#   id: BDSG-74
obligation contains {"code": "OB-QUALITY", "rule": "BDSG-74", "parameters": {}} if {
	input.release.personal == true
	input.found.regime.sender == "JI"
}

# METADATA
# title: Fehler und unrechtmäßige Übermittlung nachmelden
# custom:
#   id: BDSG-74
obligation contains {"code": "OB-NOTIFY-CORRECTION", "rule": "BDSG-74", "parameters": {}} if {
	input.release.personal == true
	input.found.regime.sender == "JI"
}

# METADATA
# title: Auf besondere Bedingungen hinweisen
# custom:
#   id: BDSG-74
obligation contains {"code": "OB-CONDITIONS", "rule": "BDSG-74", "parameters": {}} if {
	input.release.personal == true
	input.found.regime.sender == "JI"
	_conditions
}

_conditions if count(input.release.remaining & _conditioned) > 0

_conditions if request.given(input.facts.conditions)

# Abroad there are always some: no use as evidence without consent, no other purpose.
_conditions if "FOREIGN" in input.found.recipient_groups

_conditioned := {name |
	some attribute in {"marking", "delete_after"}
	some name, value in input.found.said[attribute]
	value != false
}
