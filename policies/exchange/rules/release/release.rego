# METADATA
# title: What remains
# description: Withhold overrides for a member; what no topic withholds remains (law.md 0.2, MIXED-1).
package exchange.rules.release

import data.exchange.rules.abroad
import data.exchange.rules.aggregates
import data.exchange.rules.channels
import data.exchange.rules.customs
import data.exchange.rules.foreigners
import data.exchange.rules.minimisation
import data.exchange.rules.minors
import data.exchange.rules.purpose_limitation
import data.exchange.rules.quality
import data.exchange.rules.recipient
import data.exchange.rules.registers
import data.exchange.rules.secrecy
import data.exchange.rules.special_categories

# METADATA
# description: Every contribution of a topic that withholds members, with rule and reason.
withholdings := union({
	abroad.withhold,
	aggregates.withhold,
	channels.withhold,
	customs.withhold,
	foreigners.withhold,
	minimisation.withhold,
	minors.withhold,
	purpose_limitation.withhold,
	quality.withhold,
	recipient.withhold,
	registers.withhold,
	secrecy.withhold,
	special_categories.withhold,
})

# METADATA
# title: Zurückhalten geht vor
# description: Members that some topic withholds.
# custom:
#   id: MIXED-1
withheld := union({each.members | some each in withholdings})

# METADATA
# description: Members that no topic withholds.
remaining := input.found.offered - withheld

# METADATA
# description: Traits that some member has which would be released.
traits := {trait |
	some trait, names in input.found.traits
	count(names & remaining) > 0
}

# METADATA
# description: >-
#   The input with its findings and with what remains, from which denials and obligations follow: whether
#   nothing would be released, personal data, or covertly collected data.
settled := object.union(input, {"release": {
	"withholdings": withholdings,
	"withheld": withheld,
	"remaining": remaining,
	"nothing": count(remaining) == 0,
	"personal": count(remaining & input.found.personal) > 0,
	"covert": count(remaining & input.found.covert) > 0,
	"traits": traits,
}})
