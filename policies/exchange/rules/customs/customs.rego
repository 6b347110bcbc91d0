# METADATA
# title: Customs and Federal Police
# description: The link to an audit, and what is indispensable (SCHWARZARBG-6, BPOLG-32).
package exchange.rules.customs

import data.exchange.rules.conditions

# METADATA
# title: Kein Bezug zu den Prüfgegenständen
# description: Between customs and their supporting bodies only what is linked to the audit subjects.
# custom:
#   id: SCHWARZARBG-6
#   reason: no_audit_link
#   de: >-
#     Zwischen Zoll und den unterstützenden Stellen wird nur übermittelt, was mit den Prüfgegenständen
#     zusammenhängt, vom Zoll an die Polizei auch anderes mit tatsächlichen Anhaltspunkten für eine Straftat; beides
#     ist nicht dargelegt (§ 6 Abs. 1 SchwarzArbG).
#   en: >-
#     Between customs and the supporting bodies only what is linked to the audit subjects is transmitted, from
#     customs to police also other offences with factual indications; neither is shown.
deny contains {"rule": "SCHWARZARBG-6", "reason": "no_audit_link"} if {
	"SCHWARZARBG-6" in input.found.covering
	conditions.met.customs_on_one_side
	count(input.found.satisfied) == 0
	not conditions.met.audit_link_or_indications
}

# METADATA
# title: Kein Bezug zu den Prüfgegenständen
# description: Members about persons whom the audit does not concern stay.
# custom:
#   id: SCHWARZARBG-6
#   reason: no_audit_link
#   de: >-
#     Zwischen Zoll und den unterstützenden Stellen wird nur übermittelt, was mit den Prüfgegenständen
#     zusammenhängt, vom Zoll an die Polizei auch anderes mit tatsächlichen Anhaltspunkten für eine Straftat; beides
#     ist nicht dargelegt (§ 6 Abs. 1 SchwarzArbG).
#   en: >-
#     Between customs and the supporting bodies only what is linked to the audit subjects is transmitted, from
#     customs to police also other offences with factual indications; neither is shown.
withhold contains {"rule": "SCHWARZARBG-6", "reason": "no_audit_link", "members": uninvolved} if {
	uninvolved := input.found.traits.uninvolved
	"SCHWARZARBG-6" in input.found.covering
	count(input.found.satisfied - {"SCHWARZARBG-6"}) == 0
}

# METADATA
# title: Nicht unerlässlich
# description: The Federal Police give data to private bodies only where indispensable.
# custom:
#   id: BPOLG-32
#   reason: not_indispensable
#   de: >-
#     Die Bundespolizei darf Daten an nichtöffentliche Stellen nur übermitteln, wenn das unerlässlich ist; das ist
#     nicht dargelegt (§ 32 BPolG).
#   en: >-
#     The Federal Police may pass data to bodies outside the public sector only if that is indispensable; this is
#     not shown.
deny contains {"rule": "BPOLG-32", "reason": "not_indispensable"} if {
	"PRIVATE" in input.found.recipient_groups
	"FEDERAL_POLICE" in input.found.sender_groups
	input.found.asks_personal == true
	not input.facts.indispensable == true
}
