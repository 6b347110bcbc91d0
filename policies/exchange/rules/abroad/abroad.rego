# METADATA
# title: To police abroad
# description: Requests of EU law enforcement, third countries and social data abroad (IRG-92, ABROAD-1, BKAG-3).
package exchange.rules.abroad

import data.exchange.rules.conditions
import data.exchange.rules.request

# What §§ 92 ff. IRG are about.
_prosecution_in_the_eu if {
	"FOREIGN_LE_EU" in input.found.recipient_groups
	input.purpose == "PROSECUTION"
	input.found.asks_personal == true
}

_incomplete if not input.facts.request.complete == true

_incomplete if {
	some part in ["offence", "facts", "purpose", "person_link"]
	input.facts.request[part] in {"", false, null}
}

# METADATA
# title: Ausländisches Ersuchen unvollständig
# description: The request lacks what § 92 IRG asks for; the foreign body may complete it.
# custom:
#   id: IRG-92
#   reason: foreign_request_incomplete
#   de: >-
#     Dem Ersuchen der ausländischen Stelle fehlen Angaben, die es enthalten muss (etwa Straftat, Tatsachen, Zweck,
#     Zusammenhang zwischen Zweck und Person); sie erhält Gelegenheit, es zu vervollständigen.
#   en: >-
#     The foreign request lacks what it must contain (such as offence, facts, purpose, link of purpose and person);
#     the foreign body may complete it.
deny contains {"rule": "IRG-92", "reason": "foreign_request_incomplete"} if {
	_prosecution_in_the_eu
	not request.spontaneous
	_incomplete
}

_refused if not conditions.met.prosecutor_permits

_refused if not conditions.met.available_without_coercion

_refused if _from_third_state

_refused if request.given(input.facts.endangers_investigation)

_from_third_state if {
	state := input.facts.origin_state
	not data.countries[state].like_domestic
	not input.facts.consent.valid == true
}

# METADATA
# title: Verweigerungsgrund nach § 92b IRG
# description: >-
#   The permission is missing, coercion would be needed, the investigation would be endangered, or data of a
#   third state lack its consent.
# custom:
#   id: IRG-92
#   reason: irg_92b_refusal
#   de: >-
#     Ein Grund, die Übermittlung zu verweigern, liegt vor: Die Erlaubnis der Staatsanwaltschaft oder des Gerichts
#     fehlt, die Daten sind nicht ohne Zwang verfügbar, Ermittlungen wären gefährdet, oder ein Drittstaat, aus dem
#     sie stammen, hat nicht zugestimmt (§ 92b IRG).
#   en: >-
#     A ground for refusal is given: the permission of prosecutor or court is missing, the data are not available
#     without coercion, the investigation would be endangered, or a third state from which they come has not
#     consented.
deny contains {"rule": "IRG-92", "reason": "irg_92b_refusal"} if {
	_prosecution_in_the_eu
	_refused
}

_of_third_states := input.found.traits.third_state - {name | some name, true in input.found.said.consent}

# METADATA
# title: Verweigerungsgrund nach § 92b IRG
# description: Members that come from a third state stay without its consent.
# custom:
#   id: IRG-92
#   reason: irg_92b_refusal
#   de: >-
#     Ein Grund, die Übermittlung zu verweigern, liegt vor: Die Erlaubnis der Staatsanwaltschaft oder des Gerichts
#     fehlt, die Daten sind nicht ohne Zwang verfügbar, Ermittlungen wären gefährdet, oder ein Drittstaat, aus dem
#     sie stammen, hat nicht zugestimmt (§ 92b IRG).
#   en: >-
#     A ground for refusal is given: the permission of prosecutor or court is missing, the data are not available
#     without coercion, the investigation would be endangered, or a third state from which they come has not
#     consented.
withhold contains {"rule": "IRG-92", "reason": "irg_92b_refusal", "members": _of_third_states} if {
	input.found.traits.third_state
	"FOREIGN" in input.found.recipient_groups
	count(_of_third_states) > 0
}

# Inside the EU and the Schengen-associated states the domestic standard holds.
_like_domestic if data.countries[input.facts.country].like_domestic == true

_like_domestic if {
	"FOREIGN_LE_EU" in input.found.recipient_groups
	not "country" in input.found.facts
}

_third_country_open if input.facts.adequacy == true

_third_country_open if input.facts.safeguards == true

# METADATA
# title: Drittland ohne Garantien
# description: To a third country only with an adequacy decision or safeguards.
# custom:
#   id: ABROAD-1
#   reason: third_country_no_safeguard
#   de: >-
#     In ein Drittland dürfen Daten nur bei einem Angemessenheitsbeschluss oder geeigneten Garantien gehen; beides
#     ist nicht dargelegt.
#   en: Data may go to a third country only with an adequacy decision or suitable safeguards; neither is shown.
deny contains {"rule": "ABROAD-1", "reason": "third_country_no_safeguard"} if {
	"FOREIGN" in input.found.recipient_groups
	input.found.asks_personal == true
	not _like_domestic
	not _third_country_open
}

_social_may_go_abroad if input.purpose in {"SOCIAL_BENEFITS", "YOUTH_WELFARE"}

_social_may_go_abroad if {
	input.purpose == "PROSECUTION"
	input.facts.judicial_order == true
}

# METADATA
# title: Sozialdaten nicht ins Ausland
# description: Social data go abroad only for social tasks or with the order of a domestic court.
# custom:
#   id: ABROAD-1
#   reason: social_data_abroad
#   de: >-
#     Sozialdaten gehen nur für soziale Aufgaben oder auf Anordnung eines inländischen Gerichts ins Ausland; beides
#     liegt nicht vor.
#   en: Social data go abroad only for social tasks or on the order of a domestic court; neither is the case.
withhold contains {"rule": "ABROAD-1", "reason": "social_data_abroad", "members": social} if {
	"FOREIGN" in input.found.recipient_groups
	social := input.found.traits.social
	not _social_may_go_abroad
}

# METADATA
# title: Gelegenheit zur Vervollständigung
# custom:
#   id: IRG-92
obligation_always contains {"code": "OB-ASK-COMPLETE", "rule": "IRG-92", "parameters": {}} if {
	_prosecution_in_the_eu
	not request.spontaneous
	_incomplete
}

# METADATA
# title: Keine Verwendung als Beweismittel ohne Zustimmung
# custom:
#   id: IRG-92
obligation contains {"code": "OB-NO-EVIDENCE", "rule": "IRG-92", "parameters": {}} if {
	_prosecution_in_the_eu
	input.release.personal == true
}

# METADATA
# title: Kopie an die nationale Kontaktstelle
# custom:
#   id: IRG-92
obligation contains {"code": "OB-COPY-BKA", "rule": "IRG-92", "parameters": {}} if {
	_prosecution_in_the_eu
	input.release.personal == true
}

# METADATA
# title: Bundeskriminalamt unterrichten
# custom:
#   id: BKAG-3
obligation contains {"code": "OB-COPY-BKA", "rule": "BKAG-3", "parameters": {}} if {
	"FOREIGN" in input.found.recipient_groups
	input.release.personal == true
	not _prosecution_in_the_eu
}
