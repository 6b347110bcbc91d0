# METADATA
# title: The two regimes
# description: DSGVO with NDSG part 1, or the law-enforcement regime (JI), for each side of its own (REG-1, REG-2).
package exchange.rules.regime

# METADATA
# description: Where a kind is unknown the ordinary regime stands; such a request is denied elsewhere.
default sender := "DSGVO"

default recipient := "DSGVO"

# METADATA
# title: Das Rechtsregime des Absenders
# description: The sender's regime follows the purpose for which it holds the data.
# custom:
#   id: REG-1
sender := row.other_regime if {
	row := data.agency_kinds[input.sender_kind]
	input.original_purpose in row.other_regime_for
} else := data.agency_kinds[input.sender_kind].regime

# METADATA
# title: Das Rechtsregime des Empfängers
# description: The recipient's regime follows the purpose for which it asks.
# custom:
#   id: REG-1
recipient := row.other_regime if {
	row := data.agency_kinds[input.recipient_kind]
	input.purpose in row.other_regime_for
} else := data.agency_kinds[input.recipient_kind].regime

# METADATA
# title: Von der Strafverfolgung in die Verwaltung nur mit Gesetz
# description: From JI to DSGVO only where a claimed statute covers the purpose.
# custom:
#   id: REG-2
#   reason: cross_regime_without_statute
#   de: >-
#     Daten aus Gefahrenabwehr oder Strafverfolgung dürfen zu anderen Zwecken nur weitergegeben werden, wenn
#     ein Gesetz das vorsieht; keine der genannten Rechtsgrundlagen deckt diesen Zweck.
#   en: >-
#     Law-enforcement data may be passed on for other purposes only where a statute provides for it; none of
#     the legal bases named covers this purpose.
deny contains {"rule": "REG-2", "reason": "cross_regime_without_statute"} if {
	input.found.asks_personal == true
	input.found.regime.sender == "JI"
	input.found.regime.recipient == "DSGVO"
	count(input.found.covering) == 0
}
