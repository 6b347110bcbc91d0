# METADATA
# title: The decision
# description: >-
#   Combines the topics in the order of law.md 0.2: deny overrides for the request, withhold overrides for a
#   member, union for obligations. Only arrays and objects leave, sorted; every offered member stands in
#   exactly one outcome.
package exchange.main

import data.exchange.rules.abroad
import data.exchange.rules.aggregates
import data.exchange.rules.channels
import data.exchange.rules.customs
import data.exchange.rules.decision_makers
import data.exchange.rules.findings
import data.exchange.rules.foreigners
import data.exchange.rules.gateway
import data.exchange.rules.lawfulness
import data.exchange.rules.marking
import data.exchange.rules.minimisation
import data.exchange.rules.needs
import data.exchange.rules.neutrality
import data.exchange.rules.proceedings
import data.exchange.rules.purpose_limitation
import data.exchange.rules.quality
import data.exchange.rules.recipient
import data.exchange.rules.regime
import data.exchange.rules.registers
import data.exchange.rules.release
import data.exchange.rules.retention
import data.exchange.rules.safeguards
import data.exchange.rules.secrecy
import data.exchange.rules.special_categories

# METADATA
# entrypoint: true
# description: The decision document (schemas/decision.json).
decision := document if {
	document := _of_findings with input as findings.established
}

_of_findings := document if {
	document := _of_release with input as release.settled
}

_of_release := {
	"verdict": _verdict,
	"denials": _denials,
	"outcomes": _outcomes,
	"obligations": sort(_obligations),
	"regime": {"sender": input.found.regime.sender, "recipient": input.found.regime.recipient},
	"accountable": recipient.accountable,
	"neutral": neutrality.neutral,
	"struck_out": sort(input.found.struck_out),
	"rules_applied": sort(_rules_applied),
	"log_class": retention.log_class,
	"needs": sort(_needs),
}

_denied := gateway.stop if count(gateway.stop) > 0

else := union({
	abroad.deny,
	channels.deny,
	customs.deny,
	decision_makers.deny,
	foreigners.deny,
	gateway.deny,
	lawfulness.deny,
	marking.deny,
	minimisation.deny,
	proceedings.deny,
	purpose_limitation.deny,
	recipient.deny,
	regime.deny,
	registers.deny,
	retention.deny,
	secrecy.deny,
	special_categories.deny,
	_denied_members,
})

# Where nothing remains, what withholds the single members denies the request. That a member is not
# necessary is no such reason: it says what the request lacks, not what stands against it.
_denied_members := {{"rule": each.rule, "reason": each.reason} |
	input.release.nothing == true
	some each in input.release.withholdings
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
_ranked := {[0, rule, reason, names] | some [rule, reason], names in input.found.own_words} | {entry |
	some each in input.release.withholdings
	names := each.members - object.get(input.found.own_words, [[each.rule, each.reason]], set())
	count(names) > 0
	entry := [data.precedence[each.rule][each.reason], each.rule, each.reason, names]
}

_in_order := [{"pair": {"reason": reason, "rule": rule}, "names": names} |
	some [_, rule, reason, names] in _ranked
]

# Where each member stands in that order; as a value, so that it is worked out once and not for every member.
_places := _place_sets

_place_sets[name] contains place if {
	some place, each in _in_order
	some name in each.names
}

_reasons := {name: reasons |
	some name in input.release.withheld
	reasons := [_in_order[place].pair | some place in _places[name]]
}

_outcomes := _all_withheld if {
	count(_denied) > 0
} else := array.concat(_released, _withheld)

_all_withheld := [each |
	count(input.found.offered) > 0
	each := {"action": "withhold", "parameters": {}, "reasons": [_denials[0]], "members": sort(input.found.offered)}
]

_released := [each |
	input.release.nothing == false
	each := {"action": "release", "parameters": {}, "reasons": [], "members": sort(input.release.remaining)}
]

_withheld := [each |
	some reasons, names in _withheld_for
	each := {"action": "withhold", "parameters": {}, "reasons": reasons, "members": sort(names)}
]

_withheld_for[reasons] contains name if some name, reasons in _reasons

# What would change each denial; where nothing is denied, each reason for which members stay.
_needs := [each |
	some pair in _denials
	sets := needs.changes[pair.rule][pair.reason]
	each := {"reason": pair.reason, "rule": pair.rule, "members": [], "any_of": sort(sets)}
] if {
	count(_denied) > 0
} else := [each |
	some [rule, reason], names in _stay_for
	sets := needs.changes[rule][reason]
	each := {"reason": reason, "rule": rule, "members": sort(names), "any_of": sort(sets)}
]

_stay_for := {pair: names |
	some pair, all_names in _names_of
	names := _changeable(pair, all_names)
	count(names) > 0
}

_names_of[[rule, reason]] contains name if {
	some [_, rule, reason, names] in _ranked
	some name in names
}

# Of the members that are not necessary, a reason can change only what stands with the conditional ones.
_changeable(pair, names) := names & input.found.conditional if {
	data.needs.reasons[pair[0]][pair[1]].members == "conditional"
} else := names

_obligations := _always if count(_denied) > 0

else := _always | union({
	abroad.obligation,
	decision_makers.obligation,
	marking.obligation,
	channels.obligation,
	proceedings.obligation,
	purpose_limitation.obligation,
	quality.obligation,
	recipient.obligation,
	registers.obligation,
	retention.obligation,
	safeguards.obligation,
	secrecy.obligation,
	special_categories.obligation,
})

_always := union({
	abroad.obligation_always,
	aggregates.obligation_always,
	marking.obligation_always,
	registers.obligation_always,
	retention.obligation_always,
})

_rules_applied := union({
	{"LOG-1", "LOG-TECH", "MIXED-1", "REG-1"},
	input.found.satisfied,
	lawfulness.supporting,
	recipient.opened_by,
	recipient.separate_parties,
	{each.rule | some each in _denied},
	{each.rule | some each in input.release.withholdings},
	{each.rule | some each in _obligations},
})
