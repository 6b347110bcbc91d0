# METADATA
# title: The two regimes
# description: DSGVO with NDSG part 1, or the law-enforcement regime (JI), for each side of its own (REG-1, REG-2).
package exchange.rules.regime

import data.exchange.rules.lawfulness
import data.exchange.rules.members

_regime(kind, purpose) := row.other_regime if {
	row := data.agency_kinds[kind]
	purpose in row.other_regime_for
} else := data.agency_kinds[kind].regime

# METADATA
# description: Where a kind is unknown the ordinary regime stands; such a request is denied elsewhere.
default sender := "DSGVO"

default recipient := "DSGVO"

# METADATA
# description: The sender's regime follows the purpose for which it holds the data.
sender := _regime(input.sender_kind, object.get(input, "original_purpose", ""))

# METADATA
# description: The recipient's regime follows the purpose for which it asks.
recipient := _regime(input.recipient_kind, object.get(input, "purpose", ""))

# METADATA
# description: Either side is under the law-enforcement regime.
either_ji if sender == "JI"

either_ji if recipient == "JI"

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
	members.asks_personal
	sender == "JI"
	recipient == "DSGVO"
	count(lawfulness.covering) == 0
}
