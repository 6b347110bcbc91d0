# METADATA
# title: What the rules made of one input
# description: >-
#   Loaded beside the rules where a decision is explained, never where one is made. It asks the rules what
#   they found and looks up in the tables why a claimed basis does not cover the request.
package explanation

import data.exchange.rules.conditions
import data.exchange.rules.findings
import data.exchange.rules.lawfulness
import data.exchange.rules.release

# METADATA
# description: Each claimed basis with what stands against it; nothing does where it is satisfied.
claims[basis] := {
	"struck_out": basis in findings.found.struck_out,
	"satisfied": basis in findings.found.satisfied,
	"covering": basis in findings.found.covering,
	"open": basis in lawfulness.open,
	"effect": object.get(data.legal_bases, [basis, "effect"], "unknown"),
	"misses": [miss | some miss in _order; miss in _misses[basis]],
	"unmet": [condition |
		some condition in object.get(data.legal_bases, [basis, "conditions"], [])
		not conditions.met[condition]
	],
} if {
	some basis in input.legal_basis_claimed
}

_order := ["sender", "recipient", "purpose", "original_purpose", "period"]

_misses[basis] contains "sender" if {
	some basis in input.legal_basis_claimed
	not data.lookup.reach[basis].senders[input.sender_kind]
}

_misses[basis] contains "recipient" if {
	some basis in input.legal_basis_claimed
	not data.lookup.reach[basis].recipients[input.recipient_kind]
}

_misses[basis] contains name if {
	some basis in input.legal_basis_claimed
	some name, listed in {"purpose": "purposes", "original_purpose": "original_purposes"}
	allowed := data.legal_bases[basis][listed]
	not _said(name) in allowed
}

_misses[basis] contains "period" if {
	some basis in input.legal_basis_claimed
	some norm in [data.norms[basis]]
	not _in_force(norm)
}

_said(name) := object.get(input, name, "")

_in_force(norm) if {
	norm.in_force_from_day <= input.evaluated_on
	norm.in_force_to_day >= input.evaluated_on
}

# METADATA
# description: What each topic gave, with the findings and with what remains as a decision has them.
fired := given if {
	given := _of_findings with input as findings.established
}

_of_findings := given if {
	given := _of_release with input as release.settled
}

_of_release := [{"topic": topic, "effect": effect, "given": each} |
	some effect in ["deny", "withhold", "obligation", "obligation_always"]
	some topic
	some each in data.exchange.rules[topic][effect]
]

# METADATA
# description: How necessary the table finds each offered member, a group as the member it belongs to.
rows[name] := row if {
	some name in findings.found.offered
	row := data.necessity[input.exchange_kind][input.recipient_kind][split(name, "#")[0]]
}
