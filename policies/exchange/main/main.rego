# METADATA
# title: The decision
# description: >-
#   Combines the topics in the order of law.md 0.2: deny overrides for the request, withhold overrides for a
#   member, union for obligations. Only arrays and objects leave, sorted; every offered member stands in
#   exactly one outcome.
package exchange.main

import data.exchange.rules.aggregates
import data.exchange.rules.channels
import data.exchange.rules.decision_makers
import data.exchange.rules.gateway
import data.exchange.rules.lawfulness
import data.exchange.rules.marking
import data.exchange.rules.members
import data.exchange.rules.minimisation
import data.exchange.rules.purpose_limitation
import data.exchange.rules.quality
import data.exchange.rules.recipient
import data.exchange.rules.regime
import data.exchange.rules.release
import data.exchange.rules.retention
import data.exchange.rules.safeguards
import data.exchange.rules.secrecy
import data.exchange.rules.special_categories

# METADATA
# entrypoint: true
# description: The decision document (schemas/decision.json).
decision := {
	"verdict": _verdict,
	"denials": _denials,
	"outcomes": _outcomes,
	"obligations": [each | some each in _obligations],
	"regime": {"sender": regime.sender, "recipient": regime.recipient},
	"accountable": recipient.accountable,
	"neutral": false,
	"struck_out": [basis | some basis in lawfulness.struck_out],
	"rules_applied": [rule | some rule in _rules_applied],
	"log_class": retention.log_class,
	"needs": [],
}

_denied := gateway.stop if count(gateway.stop) > 0

else := union({
	channels.deny,
	decision_makers.deny,
	gateway.deny,
	lawfulness.deny,
	marking.deny,
	minimisation.deny,
	purpose_limitation.deny,
	recipient.deny,
	regime.deny,
	retention.deny,
	secrecy.deny,
	special_categories.deny,
	_denied_members,
})

# Where nothing remains, what withholds the single members denies the request. That a member is not
# necessary is no such reason: it says what the request lacks, not what stands against it.
_denied_members := {{"rule": each.rule, "reason": each.reason} |
	count(release.remaining) == 0
	some each in release.withholdings
	each.reason != "not_necessary"
}

_ranked_denials := {[data.precedence[pair.rule][pair.reason], pair.rule, pair.reason] | some pair in _denied}

_denials := [{"reason": reason, "rule": rule} | some [_, rule, reason] in _ranked_denials]

_verdict := "deny" if {
	count(_denied) > 0
} else := "hold" if {
	is_number(retention.erase_at_day)
	decision_makers.human_awaited
} else := "permit" if {
	is_number(retention.erase_at_day)
}

# The table's own word comes first, then the order of the catalogue.
_ranked := {[0, rule, reason, names] | some [rule, reason], names in minimisation.own_words} | {entry |
	some each in release.withholdings
	names := each.members - object.get(minimisation.own_words, [[each.rule, each.reason]], set())
	count(names) > 0
	entry := [data.precedence[each.rule][each.reason], each.rule, each.reason, names]
}

_reasons := {name: reasons |
	some name in release.withheld
	reasons := [{"reason": reason, "rule": rule} | some [_, rule, reason, names] in _ranked; names[name]]
}

_outcomes := _all_withheld if {
	count(_denied) > 0
} else := array.concat(_released, _withheld)

_all_withheld := [each |
	count(members.offered) > 0
	each := {"action": "withhold", "parameters": {}, "reasons": [_denials[0]], "members": _sorted(members.offered)}
]

_released := [each |
	count(release.remaining) > 0
	each := {"action": "release", "parameters": {}, "reasons": [], "members": _sorted(release.remaining)}
]

_withheld := [each |
	some reasons in {reasons | some reasons in _reasons}
	each := {
		"action": "withhold",
		"parameters": {},
		"reasons": reasons,
		"members": [name | some name, own in _reasons; own == reasons],
	}
]

_sorted(names) := [name | some name in names]

_obligations := _always if count(_denied) > 0

else := _always | union({
	decision_makers.obligation,
	marking.obligation,
	channels.obligation,
	purpose_limitation.obligation,
	quality.obligation,
	recipient.obligation,
	retention.obligation,
	safeguards.obligation,
	secrecy.obligation,
	special_categories.obligation,
})

_always := union({aggregates.obligation_always, marking.obligation_always, retention.obligation_always})

_rules_applied := union({
	{"LOG-1", "LOG-TECH", "MIXED-1", "REG-1"},
	lawfulness.satisfied,
	{each.rule | some each in _denied},
	{each.rule | some each in release.withholdings},
	{each.rule | some each in _obligations},
})
