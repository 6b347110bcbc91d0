# METADATA
# title: Channels
# description: Intelligence, armed forces, foreign and private recipients, lists and periodic exchange (law.md 0.2, step 4).
package exchange.rules.channels

# METADATA
# title: Verfassungsschutz nur auf eigenem Weg
# description: Exchange with intelligence services follows their own law.
# custom:
#   id: NPOG-40-3
#   reason: intelligence_channel_required
#   de: Für den Austausch mit dem Verfassungsschutz gilt eigenes Recht; die Datenschleuse ist dafür nicht der Weg.
#   en: Exchange with the intelligence service follows its own law; the gateway is not its channel.
deny contains {"rule": "NPOG-40-3", "reason": "intelligence_channel_required"} if {
	"INTELLIGENCE" in input.found.recipient_groups
}

# METADATA
# title: Kein Übermittlungsweg zur Bundeswehr
# description: >-
#   The armed forces are no general recipient. One path is open: courts and prosecutors tell the disciplinary
#   superior of a criminal case against a soldier (§ 89 SG).
# custom:
#   id: BW-1
#   reason: bundeswehr_no_path
#   de: Die Bundeswehr ist keine allgemeine Empfängerin; ein gesetzlicher Übermittlungsweg besteht hier nicht.
#   en: The armed forces are no general recipient; there is no statutory path here.
deny contains {"rule": "BW-1", "reason": "bundeswehr_no_path"} if {
	"ARMED_FORCES" in input.found.recipient_groups
	not _to_the_disciplinary_superior
}

_to_the_disciplinary_superior if {
	input.purpose == "DISCIPLINARY"
	input.original_purpose == "PROSECUTION"
	some group in {"PUBLIC_PROSECUTOR", "COURT"}
	group in input.found.sender_groups
}

# § 3 (3) to (5) BKAG: to neighbours and EU states, for crime of regional importance at the border or in imminent danger.
_bka_exception if {
	input.facts.regional_border_crime == true
	_neighbour_or_eu
}

_bka_exception if {
	input.facts.imminent_danger == true
	_neighbour_or_eu
}

_bka_exception if input.facts.bka_agreement == true

_neighbour_or_eu if data.countries[input.facts.country].neighbour_or_eu == true

_neighbour_or_eu if {
	"FOREIGN_LE_EU" in input.found.recipient_groups
	not "country" in input.found.facts
}

# METADATA
# title: Auslandsverkehr läuft über das Bundeskriminalamt
# description: Foreign police traffic belongs to the BKA unless an exception holds.
# custom:
#   id: BKAG-3
#   reason: bka_channel_required
#   de: >-
#     Der polizeiliche Verkehr mit ausländischen Stellen obliegt dem Bundeskriminalamt; keine der Ausnahmen
#     liegt vor.
#   en: Police traffic with foreign bodies belongs to the Federal Criminal Police Office; no exception holds.
deny contains {"rule": "BKAG-3", "reason": "bka_channel_required"} if {
	input.found.asks_personal == true
	"FOREIGN" in input.found.recipient_groups
	not _bka_exception
}

# METADATA
# title: Private Empfänger nur bei konkreter Gefahr
# description: Personal data go to private bodies only in a concrete danger.
# custom:
#   id: NPOG-44
#   reason: private_recipient_no_danger
#   de: >-
#     An Stellen außerhalb des öffentlichen Bereichs dürfen personenbezogene Daten nur gehen, wenn es zur
#     Abwehr einer konkreten Gefahr erforderlich ist.
#   en: Personal data may go to bodies outside the public sector only to avert a concrete danger.
deny contains {"rule": "NPOG-44", "reason": "private_recipient_no_danger"} if {
	input.found.asks_personal == true
	"PRIVATE" in input.found.recipient_groups
	input.found.concrete_danger == false
	count(input.found.satisfied & _other_law_for_private) == 0
}

# § 44 (1) NPOG itself leaves room for general data-protection law, and does not bind the Federal Police or schools.
_other_law_for_private := {"NDSG-5-PRIV", "BPOLG-32", "NSCHG-31"}

# METADATA
# title: Keine regelmäßige oder pauschale Weitergabe von Personendaten
# description: Bulk and periodic exchange of personal data is no individual case.
# custom:
#   id: BULK-1
#   reason: bulk_exchange
#   de: >-
#     Pauschale oder regelmäßige Übermittlungen von Personendaten sind nicht zulässig; jede Übermittlung ist
#     ein Einzelfall.
#   en: Blanket or periodic transmissions of personal data are not permitted; each one is an individual case.
deny contains {"rule": "BULK-1", "reason": "bulk_exchange"} if {
	input.found.asks_personal == true
	_bulk
	not _ordered_by_statute
}

# § 42a NPOG (register updates to the police), § 90b AufenthG (comparison of the two registers).
_ordered_by_statute if {
	input.facts.statutory_duty == true
	"REGISTRATION_OFFICE" in input.found.sender_groups
	some group in {"POLICE", "FOREIGNERS_AUTHORITY"}
	group in input.found.recipient_groups
}

_ordered_by_statute if {
	input.facts.statutory_duty == true
	"FOREIGNERS_AUTHORITY" in input.found.sender_groups
	"REGISTRATION_OFFICE" in input.found.recipient_groups
}

_bulk if input.facts.is_bulk != false

_bulk if input.facts.is_periodic != false

# METADATA
# title: Keine Strafdaten an private Stellen
# description: Data on convictions and offences stay from private partners.
# custom:
#   id: PRIV-HINT-1
#   reason: criminal_data_private
#   de: >-
#     Daten über Straftaten und Verurteilungen gehen nicht an private Stellen; sie sind keine
#     Hilfspolizei.
#   en: Data on offences and convictions do not go to private bodies; they are no auxiliary police.
withhold contains {"rule": "PRIV-HINT-1", "reason": "criminal_data_private", "members": criminal} if {
	"PRIVATE" in input.found.recipient_groups
	criminal := input.found.traits.criminal
	input.exchange_kind != "PREVENTION_HINT"
}

# METADATA
# title: Präventionshinweise nennen keine Personen
# description: A prevention hint is text; personal data in it stay.
# custom:
#   id: PRIV-HINT-1
#   reason: criminal_data_private
#   de: >-
#     Daten über Straftaten und Verurteilungen gehen nicht an private Stellen; sie sind keine
#     Hilfspolizei.
#   en: Data on offences and convictions do not go to private bodies; they are no auxiliary police.
withhold contains {"rule": "PRIV-HINT-1", "reason": "criminal_data_private", "members": persons} if {
	input.exchange_kind == "PREVENTION_HINT"
	persons := input.found.personal
	count(persons) > 0
}

# METADATA
# title: Verpflichtung des privaten Empfängers
# custom:
#   id: NDSG-5-PRIV
obligation contains {"code": "OB-COMMITMENT", "rule": "NDSG-5-PRIV", "parameters": {}} if {
	"PRIVATE" in input.found.recipient_groups
	input.release.personal == true
}

# METADATA
# title: Keine Weitergabe ohne Zustimmung
# custom:
#   id: NPOG-44
obligation contains {"code": "OB-NO-ONWARD", "rule": "NPOG-44", "parameters": {}} if {
	"NPOG-44" in input.found.satisfied
	input.release.personal == true
}
