# METADATA
# title: To foreigners authorities
# description: What §§ 87, 88 AufenthG and § 71 (2) SGB X open, and what they close (AUFENTHG-87-1, AUFENTHG-87-2, SGB10-71-2).
package exchange.rules.foreigners

import data.exchange.rules.request

# METADATA
# title: Schulen sind ausgenommen
# description: Schools and educational institutions do not answer a request of a foreigners authority.
# custom:
#   id: AUFENTHG-87-1
#   reason: schools_exempt
#   de: >-
#     Schulen sowie Bildungs- und Erziehungseinrichtungen sind von der Pflicht, Ausländerbehörden auf Ersuchen
#     Umstände mitzuteilen, ausgenommen (§ 87 Abs. 1 Satz 1 AufenthG).
#   en: Schools and educational institutions are exempt from the duty to inform foreigners authorities on request.
deny contains {"rule": "AUFENTHG-87-1", "reason": "schools_exempt"} if {
	"FOREIGNERS_AUTHORITY" in input.found.recipient_groups
	"SCHOOL" in input.found.sender_groups
	input.found.asks_personal == true
	not request.spontaneous
}

# METADATA
# title: Zuerst das Ausländerzentralregister
# description: A request of a foreigners authority is allowed only where the central register does not suffice.
# custom:
#   id: AUFENTHG-87-1
#   reason: azr_first
#   de: >-
#     Ein Ersuchen der Ausländerbehörde ist nur zulässig, wenn der Abruf aus dem Ausländerzentralregister nicht
#     ausreicht; das ist nicht dargelegt.
#   en: >-
#     A request of the foreigners authority is allowed only where retrieval from the Central Register of
#     Foreigners does not suffice; this is not shown.
deny contains {"rule": "AUFENTHG-87-1", "reason": "azr_first"} if {
	"FOREIGNERS_AUTHORITY" in input.found.recipient_groups
	input.found.asks_personal == true
	not request.spontaneous
	not input.facts.azr_sufficient == false
}

_above_threshold if {
	is_number(input.facts.fine_max)
	input.facts.fine_max > data.thresholds.small_fine_max_eur
}

# METADATA
# title: Bußgeld bis 1.000 Euro
# description: Fine proceedings for offences with a maximum fine of up to 1,000 euro are not reported.
# custom:
#   id: AUFENTHG-87-2
#   reason: below_threshold_87_4
#   de: >-
#     Über Ordnungswidrigkeiten, die mit einer Geldbuße von höchstens 1.000 Euro geahndet werden können, werden
#     Ausländerbehörden nicht unterrichtet (§ 87 Abs. 4 AufenthG); ein höheres Höchstmaß ist nicht angegeben.
#   en: >-
#     Foreigners authorities are not told of administrative offences with a maximum fine of up to 1,000 euro; no
#     higher maximum is stated.
deny contains {"rule": "AUFENTHG-87-2", "reason": "below_threshold_87_4"} if {
	"FOREIGNERS_AUTHORITY" in input.found.recipient_groups
	_of_fine_proceedings
	not _above_threshold
}

_of_fine_proceedings if input.facts.offence_class == "owi"

# Nobody says of which class the offence is, but it comes from fine proceedings, or a maximum fine is named.
_of_fine_proceedings if {
	not "offence_class" in input.found.facts
	input.original_purpose == "ADMIN_OFFENCE"
}

_of_fine_proceedings if {
	not "offence_class" in input.found.facts
	"fine_max" in input.found.facts
}

# METADATA
# title: Besondere Verwendungsregel steht entgegen
# description: Data of a person bound to professional secrecy go to a foreigners authority only in a serious danger.
# custom:
#   id: AUFENTHG-87-2
#   reason: special_rule_88
#   de: >-
#     Einer Mitteilung an die Ausländerbehörde steht eine besondere gesetzliche Verwendungsregel entgegen
#     (§ 88 AufenthG).
#   en: A special statutory rule on use stands against informing the foreigners authority (section 88 AufenthG).
withhold contains {"rule": "AUFENTHG-87-2", "reason": "special_rule_88", "members": professional} if {
	"FOREIGNERS_AUTHORITY" in input.found.recipient_groups
	professional := input.found.traits.professional_203
	not request.considerable_danger
}

# METADATA
# title: Besondere Verwendungsregel steht entgegen
# description: Tax data go to a foreigners authority only for tax or customs offences with proceedings or a fine from 500 euro.
# custom:
#   id: AUFENTHG-87-2
#   reason: special_rule_88
#   de: >-
#     Einer Mitteilung an die Ausländerbehörde steht eine besondere gesetzliche Verwendungsregel entgegen
#     (§ 88 AufenthG).
#   en: A special statutory rule on use stands against informing the foreigners authority (section 88 AufenthG).
withhold contains {"rule": "AUFENTHG-87-2", "reason": "special_rule_88", "members": tax} if {
	"FOREIGNERS_AUTHORITY" in input.found.recipient_groups
	tax := input.found.traits.tax
	not tax_offence
}

# METADATA
# description: A tax or customs offence for which proceedings are open or a fine of 500 euro or more was set (§ 88 AufenthG).
tax_offence if {
	input.original_purpose == "TAXATION"
	input.facts.criminal_proceedings == true
}

tax_offence if {
	input.original_purpose == "TAXATION"
	is_number(input.facts.fine_actual)
	input.facts.fine_actual >= data.thresholds.tax_fine_min_eur
}

_may_forecast if {
	"YOUTH_OFFICE" in input.found.sender_groups
	input.facts.expulsion_ground == true
}

_forecast := {"expected_social_behaviour"} if not _may_forecast

else := set()

_listed := {name | some name in data.legal_bases["SGB10-71-2"].opens_members} - _forecast

_on_the_list := {name |
	some name in input.found.traits.social
	split(name, "#")[0] in _listed
}

_beyond_the_list := input.found.traits.social - _on_the_list

# METADATA
# title: Nicht in der Liste des § 71 Abs. 2 SGB X
# description: Social bodies tell foreigners authorities only the closed list.
# custom:
#   id: SGB10-71-2
#   reason: social_secrecy
#   de: >-
#     An Ausländerbehörden dürfen Sozialdaten nur gehen, soweit sie in § 71 Abs. 2 SGB X aufgezählt sind; das zu
#     erwartende soziale Verhalten teilt nur das Jugendamt mit und nur, wenn ein Ausweisungsgrund vorliegt.
#   en: >-
#     Social data may go to foreigners authorities only as listed in section 71 (2) SGB X; expected social
#     behaviour only from the youth office and only if there is a ground for expulsion.
withhold contains {"rule": "SGB10-71-2", "reason": "social_secrecy", "members": _beyond_the_list} if {
	"FOREIGNERS_AUTHORITY" in input.found.recipient_groups
	"SOCIAL_BODIES" in input.found.sender_groups
	count(_beyond_the_list) > 0
}
