# METADATA
# title: Neutral answers
# description: >-
#   Whether who asked never learns why nothing came: of registers with blocks, of social bodies, and where
#   informants stand in the data (BMG-34, SGB1-35, INFORMANT-1).
package exchange.rules.neutrality

import data.exchange.rules.request

# METADATA
# description: The exchange answers a request, and holder or kind ask for a neutral answer.
default neutral := false

neutral if {
	not request.spontaneous
	data.neutral.exchange_kinds[input.exchange_kind]
}

neutral if {
	not request.spontaneous
	some group in input.found.sender_groups
	data.neutral.holder_groups[group]
}
