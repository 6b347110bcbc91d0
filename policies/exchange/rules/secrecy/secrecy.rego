# METADATA
# title: Secrecy
# description: Social, entrusted, professional, tax and asylum secrecy are conclusive (law.md 0.2, step 5).
package exchange.rules.secrecy

import data.exchange.rules.conditions
import data.exchange.rules.foreigners
import data.exchange.rules.request

_social_rules := {basis |
	some basis in input.found.satisfied
	data.legal_bases[basis].opens == "social"
}

# What a satisfied rule of the Social Code opens: all, or a closed list of members.
_opened := input.found.offered if {
	some basis in _social_rules
	not _lists[basis]
} else := {name |
	some basis in _social_rules
	listed := _lists[basis]
	some name in input.found.offered
	split(name, "#")[0] in listed
}

_lists[basis] := data.legal_bases[basis].opens_members if some basis in _social_rules

# § 73 (2) SGB X: for other offences than felonies and significant ones only basic data and benefits paid.
_lists[basis] := data.legal_bases[basis].opens_members_in_lesser_offences if {
	some basis in _social_rules
	not conditions.met.significant_offence
}

# METADATA
# title: Sozialgeheimnis
# description: No transmission rule of the Social Code matches.
# custom:
#   id: SGB1-35
#   reason: social_secrecy
#   de: >-
#     Sozialdaten dürfen nur nach den Vorschriften des Sozialgesetzbuchs übermittelt werden; keine von ihnen
#     erlaubt das hier.
#   en: Social data may be transmitted only under the Social Code; none of its provisions permits it here.
deny contains {"rule": "SGB1-35", "reason": "social_secrecy"} if {
	"SOCIAL_BODIES" in input.found.sender_groups
	input.found.traits.social
	count(_social_rules) == 0
}

# METADATA
# title: Sozialgeheimnis
# description: The member lies outside what a satisfied rule of the Social Code opens.
# custom:
#   id: SGB1-35
#   reason: social_secrecy
#   de: >-
#     Sozialdaten dürfen nur nach den Vorschriften des Sozialgesetzbuchs übermittelt werden; keine von ihnen
#     erlaubt das hier.
#   en: Social data may be transmitted only under the Social Code; none of its provisions permits it here.
withhold contains {"rule": "SGB1-35", "reason": "social_secrecy", "members": closed} if {
	social := input.found.traits.social
	closed := social - _opened
	count(closed) > 0
}

# METADATA
# title: Voraussetzungen des § 68 SGB X fehlen
# description: § 68 SGB X is claimed, its conditions are not met, and no other rule of the Social Code is.
# custom:
#   id: SGB10-68-1
#   reason: sgb10_68_conditions
#   de: >-
#     Die Übermittlung nach § 68 SGB X setzt ein Ersuchen im Einzelfall voraus, das nicht älter als sechs
#     Monate ist, und die Entscheidung der Leitung; sie umfasst nur die dort genannten Angaben.
#   en: >-
#     A transmission under section 68 SGB X requires a request in the individual case not older than six
#     months and the decision of the head of the body; it covers only the items listed there.
deny contains {"rule": "SGB10-68-1", "reason": "sgb10_68_conditions"} if {
	"SGB10-68-1" in input.found.covering
	count(_social_rules) == 0
}

# METADATA
# title: Nicht in der Liste des § 68 SGB X
# description: Only the closed list of § 68 SGB X is open.
# custom:
#   id: SGB10-68-1
#   reason: sgb10_68_conditions
#   de: >-
#     Die Übermittlung nach § 68 SGB X setzt ein Ersuchen im Einzelfall voraus, das nicht älter als sechs
#     Monate ist, und die Entscheidung der Leitung; sie umfasst nur die dort genannten Angaben.
#   en: >-
#     A transmission under section 68 SGB X requires a request in the individual case not older than six
#     months and the decision of the head of the body; it covers only the items listed there.
withhold contains {"rule": "SGB10-68-1", "reason": "sgb10_68_conditions", "members": closed} if {
	social := input.found.traits.social
	_social_rules == {"SGB10-68-1"}
	closed := social - _opened
	count(closed) > 0
}

_listed_in_sgb10_68 := {name | some name in data.legal_bases["SGB10-68-1"].opens_members}

_beyond_sgb10_68 := {name |
	some name in input.found.traits.social
	member := split(name, "#")[0]
	not member in _listed_in_sgb10_68
}

# METADATA
# title: Richterliche Anordnung fehlt
# description: For prosecution, social data beyond § 68 SGB X need the judge's order.
# custom:
#   id: SGB10-73
#   reason: judicial_order_missing
#   de: >-
#     Sozialdaten für ein Strafverfahren dürfen über die Grundangaben hinaus nur auf richterliche Anordnung
#     übermittelt werden.
#   en: Beyond basic items social data for criminal proceedings may be transmitted only on a judge's order.
withhold contains {"rule": "SGB10-73", "reason": "judicial_order_missing", "members": _beyond_sgb10_68} if {
	input.purpose == "PROSECUTION"
	"SOCIAL_BODIES" in input.found.sender_groups
	not input.facts.judicial_order == true
	count(_beyond_sgb10_68) > 0
}

# An order that names members covers these alone, beside what § 68 SGB X lists.
_not_ordered(said) := {name | some name, false in said} | {name |
	true in {named | some named in said}
	some name in _beyond_sgb10_68
	not said[name] == true
}

# METADATA
# title: In der richterlichen Anordnung nicht genannt
# description: The judge's order names members, and not these.
# custom:
#   id: SGB10-73
#   reason: judicial_order_missing
#   de: >-
#     Sozialdaten für ein Strafverfahren dürfen über die Grundangaben hinaus nur auf richterliche Anordnung
#     übermittelt werden.
#   en: Beyond basic items social data for criminal proceedings may be transmitted only on a judge's order.
withhold contains {"rule": "SGB10-73", "reason": "judicial_order_missing", "members": passed_over} if {
	said := input.found.said.named_in_order
	"SOCIAL_BODIES" in input.found.sender_groups
	input.purpose == "PROSECUTION"
	passed_over := _not_ordered(said)
	count(passed_over) > 0
}

# A consent that was not free, or is no longer valid, is none.
_with_consent := {name |
	some name, true in input.found.said.consent
	not input.facts.consent.valid == false
}

# § 65 (1) SGB VIII: whoever entrusted them agrees; to the family court; to the youth office that takes the
# case over or judges the risk; or where a person bound by § 203 StGB could disclose.
_confided := input.found.offered if _may_be_confided

else := _with_consent

_may_be_confided if _authorised

_may_be_confided if {
	input.recipient_kind == "COURT"
	input.purpose == "CHILD_PROTECTION"
}

_may_be_confided if {
	input.recipient_kind == "YOUTH_OFFICE"
	input.sender_kind == "YOUTH_OFFICE"
}

# METADATA
# title: Anvertraute Daten
# description: Data entrusted for personal and educational help stay without the consent of who entrusted them.
# custom:
#   id: SGB8-64-65
#   reason: entrusted_data
#   de: >-
#     Daten, die zum Zweck persönlicher und erzieherischer Hilfe anvertraut wurden, werden ohne Einwilligung
#     der Person, die sie anvertraut hat, nicht weitergegeben.
#   en: >-
#     Data entrusted for personal and educational help are not passed on without the consent of the person
#     who entrusted them.
withhold contains {"rule": "SGB8-64-65", "reason": "entrusted_data", "members": closed} if {
	entrusted := input.found.traits.entrusted
	closed := entrusted - _confided
	count(closed) > 0
}

# METADATA
# title: Erfolg der Hilfe gefährdet
# description: The youth office says that the transmission puts the success of a benefit at risk.
# custom:
#   id: SGB8-64-65
#   reason: benefit_success_at_risk
#   de: Die Übermittlung würde den Erfolg einer zu gewährenden Leistung der Jugendhilfe in Frage stellen.
#   en: The transmission would put the success of a youth-welfare benefit at risk.
deny contains {"rule": "SGB8-64-65", "reason": "benefit_success_at_risk"} if {
	input.sender_kind == "YOUTH_OFFICE"
	input.facts.benefit_risk != false
}

# METADATA
# title: Berufsgeheimnis
# description: Received from a person bound to professional secrecy, without authority to release.
# custom:
#   id: STGB-203
#   reason: professional_secrecy
#   de: >-
#     Die Angabe stammt von einer Person, die der beruflichen Schweigepflicht unterliegt; eine Befugnis zur
#     Weitergabe ist nicht dargelegt.
#   en: >-
#     The item stems from a person bound to professional secrecy; no authority to pass it on is shown.
withhold contains {"rule": "STGB-203", "reason": "professional_secrecy", "members": professional} if {
	professional := input.found.traits.professional_203
	not _authorised
}

_authorised if request.given(input.facts.release_authority)

_tax_open if {
	some basis in input.found.satisfied
	data.legal_bases[basis].opens == "tax"
}

_tax_open if {
	"AUFENTHG-87-2" in input.found.satisfied
	foreigners.tax_offence
}

_tax_open if {
	input.purpose in data.purposes.averting_danger
	request.considerable_danger
}

_tax_open if {
	input.purpose in {"PROSECUTION", "CRIME_PREVENTION"}
	input.facts.offence_class in {"felony", "terror"}
}

# METADATA
# title: Steuergeheimnis
# description: None of the listed cases of § 30 AO is given.
# custom:
#   id: AO-30
#   reason: tax_secrecy
#   de: Die Angabe unterliegt dem Steuergeheimnis; keiner der gesetzlichen Fälle der Offenbarung liegt vor.
#   en: The item is under tax secrecy; none of the statutory cases of disclosure is given.
withhold contains {"rule": "AO-30", "reason": "tax_secrecy", "members": closed} if {
	tax := input.found.traits.tax
	closed := tax - _with_consent
	count(closed) > 0
	not _tax_open
}

_asylum_open if input.purpose in {"RESIDENCE_LAW", "PROSECUTION"}

_asylum_open if {
	input.purpose in data.purposes.averting_danger
	request.considerable_danger
}

_asylum_open if {
	input.purpose == "ADMIN_OFFENCE"
	not request.spontaneous
}

# METADATA
# title: Daten aus dem Asylverfahren
# description: Asylum data go on only for the purposes that § 8 (3) AsylG lists.
# custom:
#   id: ASYLG-8-3
#   reason: asylum_data_lock
#   de: >-
#     Daten aus dem Asylverfahren dürfen nur zu den gesetzlich genannten Zwecken weitergegeben werden; dieser
#     gehört nicht dazu.
#   en: Asylum data may be passed on only for the purposes listed in the statute; this is none of them.
withhold contains {"rule": "ASYLG-8-3", "reason": "asylum_data_lock", "members": asylum} if {
	asylum := input.found.traits.asylum_procedure
	not _asylum_open
}

# METADATA
# title: Sozialgeheimnis gilt beim Empfänger weiter
# custom:
#   id: SGB10-78
obligation contains {"code": "OB-SECRECY-EXTENDED", "rule": "SGB10-78", "parameters": {}} if {
	"social" in input.release.traits
	not "SOCIAL_BODIES" in input.found.recipient_groups
}

# METADATA
# title: Vor der Abgabe an Fachleute pseudonymisieren
# description: Social data of the youth office for a professional outside it (§ 64 (2a) SGB VIII).
# custom:
#   id: SGB8-64-65
obligation contains {"code": "OB-PSEUDONYMISE", "rule": "SGB8-64-65", "parameters": {}} if {
	"social" in input.release.traits
	input.sender_kind == "YOUTH_OFFICE"
	"WELFARE_PROFESSIONALS" in input.found.recipient_groups
}

# METADATA
# title: Keine Weitergabe ohne Zustimmung
# custom:
#   id: AO-30
obligation contains {"code": "OB-NO-ONWARD", "rule": "AO-30", "parameters": {}} if {
	"tax" in input.release.traits
}
