# METADATA
# title: Findings
# description: >-
#   What is established of a request before any rule is applied to it, each point once. The rules read it
#   as `input.found`, beside the facts as they came; the engine passes over a rule that names a finding
#   which is not there without looking at the rest of it.
package exchange.rules.findings

import data.exchange.rules.lawfulness
import data.exchange.rules.members
import data.exchange.rules.minimisation
import data.exchange.rules.regime
import data.exchange.rules.request

# METADATA
# description: >-
#   All findings. None may be undefined, else there is no decision at all: a rule cannot miss a finding
#   because it is absent, only because it says no.
found := {
	"asks_personal": members.asks_personal,
	"conditional": minimisation.conditional,
	"concrete_danger": request.concrete_danger,
	"covering": lawfulness.covering,
	"covert": members.covert,
	"facts": request.facts,
	"has_basis": count(lawfulness.satisfied) > 0,
	"has_covert": count(members.covert) > 0,
	"has_open_basis": count(lawfulness.open) > 0,
	"necessary": minimisation.necessary,
	"offered": members.offered,
	"own_words": minimisation.own_words,
	"personal": members.personal,
	"purpose_changes": request.purpose_changes,
	"recipient_groups": request.recipient_groups,
	"regime": {"sender": regime.sender, "recipient": regime.recipient},
	"said": members.said,
	"satisfied": lawfulness.satisfied,
	"sender_groups": request.sender_groups,
	"struck_out": lawfulness.struck_out,
	"traits": members.traits,
	"unlabelled": members.unlabelled,
}

# METADATA
# description: The input with its findings; whatever a caller put there is gone.
established := object.union(object.remove(input, ["found", "release"]), {"found": found})
