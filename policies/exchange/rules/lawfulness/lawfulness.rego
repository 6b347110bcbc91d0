# METADATA
# title: A legal basis opens the first door
# description: Which claimed bases are struck out, which cover the exchange, which are satisfied (law.md 0.2, steps 2 and 7).
package exchange.rules.lawfulness

import data.exchange.rules.conditions
import data.exchange.rules.regime
import data.exchange.rules.request

# METADATA
# description: Claimed codes that are never a legal basis, or not for this sender.
struck_out := {basis |
	some basis in request.claimed
	data.lookup.reach[basis].struck_out_for[input.sender_kind]
}

# METADATA
# description: Claimed statutes that speak of this sender in its regime, this recipient and this purpose.
covering := {basis |
	some basis in (request.claimed - struck_out)
	reach := data.lookup.reach[basis]
	reach.senders[input.sender_kind]
	reach.recipients[input.recipient_kind]
	row := data.legal_bases[basis]
	row.effect == "permit"
	regime.sender == object.get(row, "sender_regime", regime.sender)
	input.purpose in object.get(row, "purposes", [input.purpose])
	input.original_purpose in object.get(row, "original_purposes", [input.original_purpose])
	norm := data.norms[basis]
	norm.in_force_from_day <= input.evaluated_on
	norm.in_force_to_day >= input.evaluated_on
}

# METADATA
# description: Claimed task norms that support what another basis permits, and never stand alone (NPOG-1-2).
supporting := {basis |
	some basis in request.claimed
	row := data.legal_bases[basis]
	row.effect == "support"
	reach := data.lookup.reach[basis]
	reach.senders[input.sender_kind]
	reach.recipients[input.recipient_kind]
	input.purpose in row.purposes
}

# METADATA
# description: Satisfied but for the confirmation that a norm not read in full needs.
open := {basis |
	some basis in covering
	every condition in data.legal_bases[basis].conditions {
		conditions.met[condition]
	}
}

# METADATA
# description: Statutes whose every condition is met.
satisfied := {basis | some basis in open; confirmed(basis)}

# METADATA
# description: Norms that were read in full, in a case file, or with the sender's controller's recorded confirmation.
confirmed(norm) if data.norms[norm].status in {"V", "P"}

confirmed(_) if request.case_file

confirmed(norm) if data.lookup.confirmed[input.sender_controller][norm]

# METADATA
# title: Die Sicherheitspartnerschaft ist keine Rechtsgrundlage
# description: Partnership, cooperation agreement and Lagebild concept are struck out and nothing else holds.
# custom:
#   id: PARTNERSHIP-1
#   reason: partnership_is_no_basis
#   de: >-
#     Eine Sicherheitspartnerschaft, ein Kooperationsvertrag oder ein Lagebildkonzept ist keine
#     Rechtsgrundlage; die Partnerschaft „führt aber nicht zum Austausch zusätzlicher personenbezogener
#     Daten“ (Hansestadt Lüneburg, Antwort VO/11398/24 vom 31.07.2024).
#   en: >-
#     A security partnership, a cooperation agreement or a situation-picture concept is no legal basis; the
#     partnership does not lead to any additional exchange of personal data.
deny contains {"rule": "PARTNERSHIP-1", "reason": "partnership_is_no_basis"} if {
	input.found.asks_personal == true
	input.found.has_basis == false
	count(input.found.struck_out & {"PARTNERSHIP", "COOPERATION_AGREEMENT", "LAGEBILD_CONCEPT"}) > 0
}

# METADATA
# title: Amtshilfe ist keine Übermittlungsbefugnis
# description: Administrative assistance is struck out and nothing else holds.
# custom:
#   id: AMTSHILFE-1
#   reason: amtshilfe_is_no_transfer_basis
#   de: >-
#     Die Pflicht zur Amtshilfe erlaubt für sich allein keine Übermittlung personenbezogener Daten; es fehlt
#     eine Vorschrift, die sie erlaubt.
#   en: >-
#     The duty of administrative assistance alone does not permit the transmission of personal data; a
#     provision that does is missing.
deny contains {"rule": "AMTSHILFE-1", "reason": "amtshilfe_is_no_transfer_basis"} if {
	input.found.asks_personal == true
	input.found.has_basis == false
	count(input.found.struck_out & {"GG-35", "VWVFG-4"}) > 0
}

# METADATA
# title: Berechtigtes Interesse gilt nicht für Behörden
# description: Art. 6 (1) (f) GDPR is struck out for authorities and nothing else holds.
# custom:
#   id: GDPR-6-1E
#   reason: art6_1_f_not_for_authorities
#   de: >-
#     Auf ein berechtigtes Interesse (Art. 6 Abs. 1 Buchst. f DSGVO) können sich Behörden bei der Erfüllung
#     ihrer Aufgaben nicht berufen.
#   en: Authorities cannot rely on legitimate interests in the performance of their tasks.
deny contains {"rule": "GDPR-6-1E", "reason": "art6_1_f_not_for_authorities"} if {
	input.found.asks_personal == true
	input.found.has_basis == false
	"GDPR-6-1F" in input.found.struck_out
}

# METADATA
# title: Keine Rechtsgrundlage
# description: No claimed basis is a statute whose conditions are met.
# custom:
#   id: GDPR-6-1E
#   reason: no_legal_basis
#   de: >-
#     Keine der genannten Rechtsgrundlagen ist eine Vorschrift, die diese Übermittlung erlaubt und deren
#     Voraussetzungen vorliegen.
#   en: >-
#     None of the legal bases named is a provision that permits this transmission and whose conditions are
#     met.
deny contains {"rule": "GDPR-6-1E", "reason": "no_legal_basis"} if {
	input.found.asks_personal == true
	input.found.has_open_basis == false
}

# METADATA
# title: Norm vom Verantwortlichen noch nicht bestätigt
# description: Only a norm that was not read in full would open the door, and the controller has not confirmed it.
# custom:
#   id: GATEWAY-1
#   reason: norm_not_confirmed
#   de: >-
#     Die genannte Vorschrift ist im Regelwerk nicht im geltenden Wortlaut geprüft; sie trägt erst, wenn der
#     Verantwortliche der absendenden Stelle den Wortlaut gelesen und bestätigt hat.
#   en: >-
#     The current wording of the provision named is not verified in the rules; it can be relied on only
#     after the sender's controller has read and confirmed it.
deny contains {"rule": "GATEWAY-1", "reason": "norm_not_confirmed"} if {
	input.found.asks_personal == true
	input.found.has_basis == false
	input.found.has_open_basis == true
}

# METADATA
# title: Keine konkrete Gefahr
# description: A claimed basis asks for a concrete danger, there is none, and nothing else holds.
# custom:
#   id: NPOG-2-1
#   reason: no_concrete_danger
#   de: >-
#     Die genannte Befugnis setzt eine konkrete Gefahr voraus: im einzelnen Fall hinreichend wahrscheinlich
#     und in absehbarer Zeit. Allgemeine Erfahrung oder ein bloßer Verdacht genügt nicht.
#   en: >-
#     The power named requires a concrete danger: sufficiently probable in the individual case and in the
#     foreseeable future. General experience or mere suspicion is not enough.
deny contains {"rule": "NPOG-2-1", "reason": "no_concrete_danger"} if {
	input.found.asks_personal == true
	input.found.has_open_basis == false
	input.found.concrete_danger == false
	some basis in input.found.covering
	"concrete_danger" in data.legal_bases[basis].conditions
}

# METADATA
# title: Schulen übermitteln nur auf besonderer Grundlage
# description: A school sends only under § 31 NSchG on request or under a special statute.
# custom:
#   id: NSCHG-31
#   reason: school_no_basis
#   de: >-
#     Schulen dürfen Daten an andere öffentliche Stellen nur auf deren Ersuchen und nur das Unerlässliche
#     übermitteln, sonst nur aufgrund einer besonderen Vorschrift; beides liegt nicht vor.
#   en: >-
#     Schools may pass data to other public bodies only on request and only what is indispensable, otherwise
#     only under a special provision; neither is the case.
deny contains {"rule": "NSCHG-31", "reason": "school_no_basis"} if {
	input.found.asks_personal == true
	input.found.has_basis == false
	input.sender_kind == "SCHOOL"
}

# METADATA
# title: Keine besondere Vorschrift für Auskünfte aus Strafverfahren
# description: On request of an administrative body, data from criminal proceedings need a special provision.
# custom:
#   id: STPO-474-2
#   reason: no_special_provision
#   de: >-
#     Auskünfte aus Strafverfahren an andere öffentliche Stellen setzen eine besondere Vorschrift oder einen
#     Rechtsanspruch im Zusammenhang mit der Straftat voraus; dazu ist nichts vorgetragen.
#   en: >-
#     Information from criminal proceedings for other public bodies requires a special provision or a legal
#     claim linked to the offence; none is shown.
deny contains {"rule": "STPO-474-2", "reason": "no_special_provision"} if {
	input.found.asks_personal == true
	input.found.has_basis == false
	not request.spontaneous
	input.original_purpose == "PROSECUTION"
	"ADMINISTRATION" in input.found.recipient_groups
	not conditions.met.special_provision
}
