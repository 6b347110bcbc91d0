# METADATA
# title: Marking of covert data
# description: Marked at the sender, kept at the recipient, documented for control only (law.md 0.2, step 9).
package exchange.rules.marking

import data.exchange.rules.request

_marked := {name |
	some name, marking in input.found.said.marking
	request.given(marking)
}

# The marking names the measure; other parts of the model may be missing.
_measure_named := {name |
	some name, marking in input.found.said.marking
	request.given(marking.method)
}

# METADATA
# title: Kennzeichnung fehlt
# description: Data from covert means are marked with the measure.
# custom:
#   id: NPOG-38-2
#   reason: marking_missing
#   de: Verdeckt erhobene Daten müssen gekennzeichnet sein; die Kennzeichnung fehlt.
#   en: Covertly collected data must be marked; the marking is missing.
deny contains {"rule": "NPOG-38-2", "reason": "marking_missing"} if {
	input.found.has_covert == true
	count(input.found.covert - _measure_named) > 0
}

_marked_released := input.release.remaining & _marked

# METADATA
# title: Empfänger erhält die Kennzeichnung nicht
# description: Marked data go only where the marking is kept.
# custom:
#   id: NPOG-40-1-4
#   reason: recipient_drops_marking
#   de: Gekennzeichnete Daten dürfen nur übermittelt werden, wenn der Empfänger die Kennzeichnung aufrechterhält.
#   en: Marked data may be transmitted only if the recipient keeps the marking.
deny contains {"rule": "NPOG-40-1-4", "reason": "recipient_drops_marking"} if {
	input.found.said.marking
	count(_marked_concerned) > 0
	not input.facts.recipient_keeps_marking == true
}

# What would be released; where nothing would be, whatever is marked.
_marked_concerned := _marked_released if input.release.nothing == false

else := _marked

# METADATA
# title: Kennzeichnung aufrechterhalten
# custom:
#   id: NPOG-40-1-4
obligation contains {"code": "OB-KEEP-MARK", "rule": "NPOG-40-1-4", "parameters": {}} if {
	input.found.said.marking
	count(_marked_released) > 0
}

# §§ 12, 14 BKAG, § 483 (1) S. 3 StPO, § 38 (2) NPOG: what a marking says. It binds the BKA system alone, and serves
# here as the model.
_model := {"method", "basis", "person_category", "interest_or_offence", "collecting_body"}

_parts := {part |
	some name in _marked_released
	some part, value in input.found.said.marking[name]
	_model[part]
	request.given(value)
}

# METADATA
# title: Kennzeichnung nach ihrem Modell aufrechterhalten
# description: Names the parts of the model that the released markings have, which the recipient has to keep.
# custom:
#   id: MARK-MODEL
obligation contains {"code": "OB-KEEP-MARK", "rule": "MARK-MODEL", "parameters": {"parts": concat(", ", _parts)}} if {
	input.found.said.marking
	count(_parts) > 0
}

# METADATA
# title: Dokumentation nur zur Datenschutzkontrolle
# custom:
#   id: NPOG-40-1-5
obligation_always contains {"code": "OB-LOG-DPA-ONLY", "rule": "NPOG-40-1-5", "parameters": {}} if {
	input.found.has_covert == true
}

# METADATA
# title: Besondere Löschfrist der Dokumentation
# custom:
#   id: NPOG-40-1-5
obligation contains {"code": "OB-LOG-RETENTION-COVERT", "rule": "NPOG-40-1-5", "parameters": {}} if {
	input.release.covert == true
}
