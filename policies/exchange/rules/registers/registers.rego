# METADATA
# title: Registers
# description: Blocks and regular updates of the registration and identity-card registers (BMG-34).
package exchange.rules.registers

import data.exchange.rules.request

_blocked if request.given(input.facts.information_block)

_lifted if input.facts.block_hearing_result in data.thresholds.block_lifted_by

# METADATA
# title: Auskunft nicht möglich
# description: A block stands and danger cannot be excluded; the answer must not tell a block from missing data.
# custom:
#   id: BMG-34
#   reason: neutral_no_answer
#   de: Eine Auskunft ist nicht möglich.
#   en: No information can be given.
deny contains {"rule": "BMG-34", "reason": "neutral_no_answer"} if {
	"REGISTERS" in input.found.sender_groups
	_blocked
	not _lifted
}

# METADATA
# title: Neutrale Antwort
# custom:
#   id: BMG-34
obligation_always contains {"code": "OB-NEUTRAL-ANSWER", "rule": "BMG-34", "parameters": {}} if {
	"REGISTERS" in input.found.sender_groups
	_blocked
	not _lifted
}

# METADATA
# title: Betroffene Person und sperrende Stelle unterrichten
# custom:
#   id: BMG-34
obligation_always contains {"code": "OB-INFORM-BLOCK-AUTHORITY", "rule": "BMG-34", "parameters": {}} if {
	"REGISTERS" in input.found.sender_groups
	_blocked
}

# Regular updates of the register for the police (§ 42a NPOG).
_update if {
	input.facts.is_periodic == true
	"POLICE" in input.found.recipient_groups
}

_of_age(age) if {
	is_number(age)
	age >= data.thresholds.register_update_min_age
}

_too_young := {name |
	some name, age in input.found.said.data_subject_age
	not _of_age(age)
}

# METADATA
# title: Keine Meldedaten von Kindern unter 14 Jahren
# description: Regular updates concern only persons aged 14 or more.
# custom:
#   id: MINOR-1
#   reason: minor_protection
#   de: Angaben über Minderjährige werden zu diesem Zweck nicht weitergegeben.
#   en: Data about minors are not passed on for this purpose.
withhold contains {"rule": "MINOR-1", "reason": "minor_protection", "members": _too_young} if {
	"REGISTERS" in input.found.sender_groups
	_update
	count(_too_young) > 0
}

# METADATA
# title: Unbekannte Personen sofort löschen
# custom:
#   id: BMG-34
obligation contains {"code": "OB-DELETE-IF-UNKNOWN", "rule": "BMG-34", "parameters": {}} if {
	"REGISTERS" in input.found.sender_groups
	_update
	input.release.personal == true
	not input.facts.recipient_known_person == true
}
