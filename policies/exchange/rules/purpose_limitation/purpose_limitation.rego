# METADATA
# title: Purpose limitation
# description: A concrete purpose, and no reuse for another one unless a provision allows it (law.md 0.2, steps 1 and 8).
package exchange.rules.purpose_limitation

import data.exchange.rules.conditions
import data.exchange.rules.request

# METADATA
# title: Zweck fehlt oder ist zu unbestimmt
# description: The purpose is in the vocabulary, its text is specific, and a Lagebild has no personal data.
# custom:
#   id: GDPR-5-1B
#   reason: purpose_missing_or_vague
#   de: >-
#     Der Zweck ist nicht festgelegt, nicht eindeutig oder nur ein Schlagwort (etwa „Lagebild“ oder
#     „Kontrolldruck“); ohne konkreten Zweck dürfen Daten nicht übermittelt werden.
#   en: >-
#     The purpose is not specified, not explicit or only a slogan; without a concrete purpose data may not
#     be transmitted.
deny contains {"rule": "GDPR-5-1B", "reason": "purpose_missing_or_vague"} if not _purpose_concrete

_purpose_concrete if {
	input.facts.purpose_text_specific == true
	data.purposes.vocabulary[input.purpose].personal_data == true
}

_purpose_concrete if {
	input.facts.purpose_text_specific == true
	input.found.asks_personal == false
	data.purposes.vocabulary[input.purpose]
}

# METADATA
# title: Ursprünglicher Zweck unbekannt
# description: The purpose of collection is in the vocabulary.
# custom:
#   id: GDPR-5-1B
#   reason: original_purpose_unknown
#   de: >-
#     Es ist nicht angegeben, zu welchem Zweck die Daten erhoben wurden; ohne diese Angabe lässt sich die
#     Weitergabe nicht prüfen.
#   en: The purpose for which the data were collected is not stated; the transmission cannot be assessed.
deny contains {"rule": "GDPR-5-1B", "reason": "original_purpose_unknown"} if not _original_known

_original_known if data.purposes.vocabulary[input.original_purpose]

# METADATA
# title: Zweckänderung nicht erlaubt
# description: A GDPR sender changes the purpose and none of the checkable cases of § 6 (2) NDSG holds.
# custom:
#   id: NDSG-6-2
#   reason: purpose_change_not_allowed
#   de: >-
#     Die Daten wurden zu einem anderen Zweck erhoben, und keiner der gesetzlichen Fälle liegt vor, in denen
#     der Zweck geändert werden darf. Die offene Vereinbarkeitsprüfung trifft nie die Datenschleuse.
#   en: >-
#     The data were collected for another purpose and none of the statutory cases for a change of purpose
#     holds. The open compatibility test is never made by the gateway.
deny contains {"rule": "NDSG-6-2", "reason": "purpose_change_not_allowed"} if {
	input.found.asks_personal == true
	input.found.purpose_changes == true
	"NDSG_SENDER" in input.found.sender_groups
	input.found.regime.sender == "DSGVO"
	input.found.has_basis == false
	not conditions.ndsg_change_allowed
}

_npog_bases := {"NPOG-39-1", "NPOG-41", "NPOG-43", "NPOG-44"}

# The NPOG is the sender's norm: it is claimed, or police hold the data under it; and no special statute carries
# its own change of purpose.
_npog_is_the_norm if {
	_claims_or_holds_under_npog
	count(input.found.satisfied - _npog_bases) == 0
}

_claims_or_holds_under_npog if {
	"NPOG_AUTHORITY" in input.found.sender_groups
	count(request.claimed & _npog_bases) > 0
}

_claims_or_holds_under_npog if {
	"POLICE" in input.found.sender_groups
	not _from_proceedings
}

_from_proceedings if input.original_purpose in data.purposes.prosecuting

# METADATA
# title: Die Daten dürften für den neuen Zweck nicht neu erhoben werden
# description: Hypothetical re-collection fails for the whole request.
# custom:
#   id: NPOG-39-1
#   reason: hypothetical_recollection_fails
#   de: >-
#     Die Daten sollen einem anderen Zweck dienen, dürften dafür aber nicht mit vergleichbaren Mitteln neu
#     erhoben werden; auch Beweisnot oder eine wirksame Einwilligung liegt nicht vor.
#   en: >-
#     The data are to serve another purpose but could not be collected anew for it by comparable means;
#     neither an evidentiary emergency nor valid consent is given.
deny contains {"rule": "NPOG-39-1", "reason": "hypothetical_recollection_fails"} if {
	input.found.asks_personal == true
	input.found.purpose_changes == true
	_npog_is_the_norm
	not conditions.recollection_allowed
}

# Covert data to a body that could not have collected them so.
_not_collectable if {
	not _same_measure
	not input.facts.beweisnot == true
	not conditions.free_consent
	not _same_purpose_within_police
}

# No private body may use covert means, whatever its request says (§ 44 (1) NPOG).
_same_measure if {
	input.facts.recipient_could_use_same_measure == true
	not "PRIVATE" in input.found.recipient_groups
}

_same_purpose_within_police if {
	input.purpose == input.original_purpose
	some group in {"POLICE", "FEDERAL_POLICE"}
	group in input.found.recipient_groups
}

# METADATA
# title: Verdeckt erhobene Angabe dürfte hier nicht neu erhoben werden
# description: Members from covert measures go only where the recipient could use the same measure.
# custom:
#   id: NPOG-39-1
#   reason: hypothetical_recollection_fails
#   de: >-
#     Die Daten sollen einem anderen Zweck dienen, dürften dafür aber nicht mit vergleichbaren Mitteln neu
#     erhoben werden; auch Beweisnot oder eine wirksame Einwilligung liegt nicht vor.
#   en: >-
#     The data are to serve another purpose but could not be collected anew for it by comparable means;
#     neither an evidentiary emergency nor valid consent is given.
withhold contains {
	"rule": "NPOG-39-1", "reason": "hypothetical_recollection_fails",
	"members": covert,
} if {
	input.found.has_covert == true
	covert := input.found.covert
	_not_collectable
}

_terror if input.facts.offence_class == "terror"

_documentation := {name |
	some name, store_class in input.found.said.store_class
	store_class in {"documentation", "case_admin", "control", "backup"}
}

# METADATA
# title: Nur zur Dokumentation oder Sicherung gespeichert
# description: Documentation, administration, control and back-up data stay, unless life is in present danger or terror is at hand.
# custom:
#   id: NPOG-39-2
#   reason: documentation_data_locked
#   de: >-
#     Die Angabe ist nur zur Dokumentation, Vorgangsverwaltung, Datenschutzkontrolle oder Datensicherung
#     gespeichert und darf dafür nicht verwendet werden.
#   en: >-
#     The item is stored only for documentation, case administration, data-protection control or back-up and
#     may not be used for this.
withhold contains {"rule": "NPOG-39-2", "reason": "documentation_data_locked", "members": _documentation} if {
	input.found.said.store_class
	count(_documentation) > 0
	not request.present_danger_to_life
	not _terror
}

# METADATA
# title: Aus einer Maßnahme, die nur bei Katalogtaten zulässig ist
# description: Data from catalogue measures go on only for comparable offences, or to avert a considerable danger.
# custom:
#   id: STPO-479-2
#   reason: catalogue_measure_lock
#   de: >-
#     Die Angabe stammt aus einer Maßnahme, die nur bei bestimmten Straftaten zulässig ist; für diesen Zweck
#     hätte die Maßnahme nicht angeordnet werden dürfen.
#   en: >-
#     The item stems from a measure that is allowed only for certain offences; it could not have been
#     ordered for this purpose.
withhold contains {
	"rule": "STPO-479-2", "reason": "catalogue_measure_lock",
	"members": measured,
} if {
	measured := input.found.traits.STPO_CATALOGUE
	not _catalogue_open
}

# METADATA
# title: Aus einer Maßnahme, die nur bei Katalogtaten zulässig ist
# description: Contents of communication of which nobody says how they were collected count as from such a measure.
# custom:
#   id: STPO-479-2
#   reason: catalogue_measure_lock
#   de: >-
#     Die Angabe stammt aus einer Maßnahme, die nur bei bestimmten Straftaten zulässig ist; für diesen Zweck
#     hätte die Maßnahme nicht angeordnet werden dürfen.
#   en: >-
#     The item stems from a measure that is allowed only for certain offences; it could not have been
#     ordered for this purpose.
withhold contains {
	"rule": "STPO-479-2", "reason": "catalogue_measure_lock",
	"members": _overheard,
} if {
	input.found.traits.communication
	count(_overheard) > 0
	not _catalogue_open
}

_overheard := input.found.traits.communication - {name | some name, _ in input.found.said.collection_method}

_catalogue_open if {
	input.purpose == "PROSECUTION"
	conditions.met.significant_offence
}

_catalogue_open if {
	input.purpose in data.purposes.averting_danger
	input.facts.recipient_could_use_same_measure == true
}

_catalogue_open if {
	input.purpose in data.purposes.averting_danger
	request.considerable_danger
}

_npog_sender_changes_purpose if {
	input.found.asks_personal == true
	input.found.purpose_changes == true
	"POLICE" in input.found.sender_groups
}

_npog_sender_changes_purpose if {
	input.found.asks_personal == true
	input.found.purpose_changes == true
	count(input.found.satisfied & _npog_bases) > 0
}

# METADATA
# title: Zweckänderung nicht begründet
# description: A change of purpose by an NPOG sender must be documented, so it needs a justification.
# custom:
#   id: NPOG-40-1-2
#   reason: undocumented_purpose_change
#   de: >-
#     Die Übermittlung zu einem anderen Zweck muss so dokumentiert sein, dass ihre Rechtmäßigkeit überprüft
#     werden kann; die Begründung fehlt.
#   en: >-
#     A transmission for another purpose must be documented so that its lawfulness can be reviewed; the
#     justification is missing.
deny contains {"rule": "NPOG-40-1-2", "reason": "undocumented_purpose_change"} if {
	_npog_sender_changes_purpose
	not input.facts.justification_present == true
}

# METADATA
# title: Zweckänderung dokumentieren
# custom:
#   id: NPOG-40-1-2
obligation contains {"code": "OB-DOC-PURPOSE", "rule": "NPOG-40-1-2", "parameters": {}} if {
	_npog_sender_changes_purpose
}

# METADATA
# title: Zweckbindung beim Empfänger
# custom:
#   id: GDPR-5-1B
obligation contains {"code": "OB-PURPOSE-BIND", "rule": "GDPR-5-1B", "parameters": {}} if {
	input.release.personal == true
}

# METADATA
# title: Nach Beweisnot für andere Nutzung sperren
# custom:
#   id: NPOG-39-1
obligation contains {"code": "OB-RESTRICT", "rule": "NPOG-39-1", "parameters": {}} if {
	_npog_sender_changes_purpose
	input.facts.beweisnot == true
}
