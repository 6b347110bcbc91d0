# METADATA
# title: The gateway's own conditions
# description: Rule GATEWAY-1, which stands beside the catalogue. No statute, but the gateway's default deny.
package exchange.rules.gateway

import data.exchange.rules.request

# METADATA
# title: Art des Austauschs unbekannt
# description: The exchange kind is in no table.
# custom:
#   id: GATEWAY-1
#   reason: unknown_kind
#   de: Diese Art des Austauschs ist der Datenschleuse nicht bekannt.
#   en: This kind of exchange is not known to the gateway.
stop contains {"rule": "GATEWAY-1", "reason": "unknown_kind"} if not _known_kind

_known_kind if data.routes[input.exchange_kind]

# METADATA
# title: Für diese Art des Austauschs gibt es noch keine Regeln
# description: The kind is known, but no table says which members are necessary.
# custom:
#   id: GATEWAY-1
#   reason: kind_without_rules
#   de: >-
#     Für diese Art des Austauschs ist noch nicht festgelegt, welche Angaben erforderlich sind; deshalb wird
#     nichts weitergegeben.
#   en: >-
#     It is not yet laid down which data are necessary for this kind of exchange; therefore nothing is
#     passed on.
stop contains {"rule": "GATEWAY-1", "reason": "kind_without_rules"} if {
	_known_kind
	not _kind_has_rules
}

_kind_has_rules if data.necessity[input.exchange_kind]

# METADATA
# title: Weg nicht vorgesehen
# description: Sender and recipient kind are no route of this exchange kind.
# custom:
#   id: GATEWAY-1
#   reason: route_not_listed
#   de: Von dieser Stelle zu dieser Stelle ist ein Austausch dieser Art nicht vorgesehen.
#   en: An exchange of this kind is not provided for between these two agencies.
deny contains {"rule": "GATEWAY-1", "reason": "route_not_listed"} if {
	not _listed
}

_listed if {
	data.routes[input.exchange_kind][input.sender_kind][input.recipient_kind]
	_route_in_force
}

_route_in_force if not _route_dated

_route_in_force if request.covers_today(_period_of_route)

_route_dated if _period_of_route

_period_of_route := data.lookup.periods.routes[input.exchange_kind][input.sender_kind][input.recipient_kind]

# METADATA
# title: Bezug auf eine Anfrage fehlt
# description: An answer to a request names that request; a case file has none.
# custom:
#   id: GATEWAY-1
#   reason: request_reference_missing
#   de: >-
#     Die Übermittlung soll auf eine Anfrage antworten, nennt aber keine in der Datenschleuse gestellte
#     Anfrage.
#   en: The exchange claims to answer a request but names no request made through the gateway.
deny contains {"rule": "GATEWAY-1", "reason": "request_reference_missing"} if {
	not request.spontaneous
	not request.case_file
	not _names_request
}

_names_request if request.given(input.in_reply_to)

# METADATA
# title: Es bleibt nichts übrig, was weitergegeben werden darf
# description: Every member is withheld for a reason of its own.
# custom:
#   id: GATEWAY-1
#   reason: nothing_necessary_remains
#   de: >-
#     Keine der angebotenen Angaben darf weitergegeben werden; eine Übermittlung ohne Inhalt findet nicht
#     statt.
#   en: None of the data offered may be passed on; an exchange without content does not take place.
deny contains {"rule": "GATEWAY-1", "reason": "nothing_necessary_remains"} if {
	input.release.nothing == true
}

# METADATA
# title: Auflage, die niemand erfüllen kann
# description: Given by the gateway itself, when an obligation has no one to fulfil it.
# custom:
#   id: GATEWAY-1
#   reason: obligation_unsupported
#   de: Die Entscheidung enthält eine Auflage, die die Datenschleuse nicht erfüllen kann.
#   en: The decision carries an obligation that the gateway cannot fulfil.
given_by_the_gateway := [{"rule": "GATEWAY-1", "reason": "obligation_unsupported"}]
