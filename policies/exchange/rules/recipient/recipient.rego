# METADATA
# title: The recipient and its door
# description: Competence, contrary interests, the second door, and what only police and prosecution may have.
package exchange.rules.recipient

import data.exchange.rules.request

# METADATA
# description: Who answers for the transmission; social bodies and private senders always do.
accountable := "recipient" if {
	input.facts.request_mode == "on_request"
	"PUBLIC" in input.found.recipient_groups
	not "SOCIAL_BODIES" in input.found.sender_groups
	not "PRIVATE" in input.found.sender_groups
} else := "sender"

# METADATA
# title: Nicht Aufgabe des Empfängers
# description: The purpose lies within the recipient's tasks.
# custom:
#   id: RESP-1
#   reason: outside_recipient_task
#   de: Die Übermittlung gehört nicht zu den Aufgaben der empfangenden Stelle.
#   en: The transmission does not lie within the recipient's tasks.
deny contains {"rule": "RESP-1", "reason": "outside_recipient_task"} if {
	not input.facts.recipient_task_competence == true
	not _competent
}

_competent if {
	not _competence_given
	input.purpose in data.routes[input.exchange_kind][input.sender_kind][input.recipient_kind].recipient_purposes
}

_competence_given if "recipient_task_competence" in input.found.facts

# METADATA
# title: Schutzwürdige Interessen überwiegen
# description: Protected interests of the person visibly prevail.
# custom:
#   id: RESP-1
#   reason: protected_interest_prevails
#   de: Schutzwürdige Interessen der betroffenen Person überwiegen erkennbar; die Übermittlung unterbleibt.
#   en: Protected interests of the data subject visibly prevail; the transmission does not take place.
deny contains {"rule": "RESP-1", "reason": "protected_interest_prevails"} if {
	input.facts.protected_interest_contra != false
}

# METADATA
# title: Zweite Tür fehlt
# description: On request, the recipient's own norm must allow it to collect the data for this purpose.
# custom:
#   id: DOUBLE-DOOR
#   reason: second_door_missing
#   de: >-
#     Die anfragende Stelle nennt keine eigene Vorschrift, nach der sie die Daten zu diesem Zweck erheben
#     darf; Übermittlung und Abruf brauchen je eine Rechtsgrundlage.
#   en: >-
#     The requesting body names no provision of its own that allows it to collect the data for this purpose;
#     transmission and retrieval each need a legal basis.
deny contains {"rule": "DOUBLE-DOOR", "reason": "second_door_missing"} if {
	input.found.asks_personal == true
	not request.spontaneous
	not "FOREIGN" in input.found.recipient_groups
	not _fitting_door
}

# METADATA
# title: Norm des Empfängers noch nicht bestätigt
# description: The recipient's norm would open the second door, but it was not read in full and is not confirmed.
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
	not request.spontaneous
	_fitting_door
	not _confirmed_door
}

# METADATA
# description: The recipient's norm that opened the second door, where one was needed.
opened_by contains input.facts.recipient_collection_basis if {
	not request.spontaneous
	input.found.asks_personal == true
	_fitting_door
	data.norms[input.facts.recipient_collection_basis]
}

# METADATA
# title: Zwei Stellen einer Behörde sind zwei Parteien
# description: Two offices of one legal entity are judged like any others, and the decision says so.
# custom:
#   id: NPOG-40-5
separate_parties contains "NPOG-40-5" if input.facts.same_legal_entity == true

_fitting_door if {
	row := data.collection_bases[input.facts.recipient_collection_basis]
	some group in row.recipients
	group in input.found.recipient_groups
	input.purpose in row.purposes
	every fact in row.facts {
		request.given(input.facts[fact])
	}
	_order_given(row)
	_door_in_force
}

_door_in_force if not _door_dated

_door_in_force if request.covers_today(_period_of_door)

_door_dated if _period_of_door

_period_of_door := data.lookup.periods.collection_bases[input.facts.recipient_collection_basis]

_order_given(row) if not row.order_needed_for

_order_given(row) if {
	every group in row.order_needed_for {
		not group in input.found.recipient_groups
	}
}

_order_given(row) if input.facts[row.order] == true

_confirmed_door if request.case_file

_confirmed_door if data.collection_bases[input.facts.recipient_collection_basis].status in {"V", "P"}

_confirmed_door if data.lookup.confirmed[input.sender_controller][input.facts.recipient_collection_basis]

_privileged if {
	row := data.agency_kinds[input.recipient_kind]
	row.npog_40_2 == "always"
}

_privileged if {
	row := data.agency_kinds[input.recipient_kind]
	row.npog_40_2 == "prosecuting"
	input.purpose in data.purposes.prosecuting
}

# METADATA
# title: Nur für Polizei und Strafverfolgung
# description: >-
#   Assessments, contacts, likely victims, surroundings, witnesses and informants go to police and prosecution
#   only. What a social body sends is settled by the Social Code alone, which names such data itself.
# custom:
#   id: NPOG-40-2
#   reason: only_police_and_prosecution
#   de: >-
#     Wertende Angaben sowie Daten über Kontaktpersonen, mögliche Opfer, Personen im Umfeld, Zeuginnen und
#     Zeugen und Hinweisgebende dürfen nur an Polizei- und Strafverfolgungsbehörden gehen.
#   en: >-
#     Assessments and data on contacts, likely victims, persons in the surroundings, witnesses and informants
#     may go to police and prosecution authorities only.
withhold contains {"rule": "NPOG-40-2", "reason": "only_police_and_prosecution", "members": marked} if {
	marked := input.found.traits.npog_40_2
	not _privileged
	not "SOCIAL_BODIES" in input.found.sender_groups
}

# METADATA
# title: Schutz von Hinweisgebenden
# description: The identity of an informant stays with police and prosecution.
# custom:
#   id: INFORMANT-1
#   reason: informant_protection
#   de: Angaben über Hinweisgebende sind selbst geschützt und bleiben zurück.
#   en: Data on informants are themselves protected and stay behind.
withhold contains {"rule": "INFORMANT-1", "reason": "informant_protection", "members": informants} if {
	informants := input.found.traits.informant
	not "POLICE" in input.found.recipient_groups
	not "PUBLIC_PROSECUTOR" in input.found.recipient_groups
}

# METADATA
# title: Betroffene vorher unterrichten
# custom:
#   id: KKG-4
obligation contains {"code": "OB-INFORM-BEFORE", "rule": "KKG-4", "parameters": {}} if {
	"KKG-4" in input.found.satisfied
	not input.facts.prior_notice_risk == true
}
