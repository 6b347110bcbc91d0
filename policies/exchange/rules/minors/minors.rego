# METADATA
# title: Minors
# description: Data about children serve their protection, prosecution, or a danger to the child itself.
package exchange.rules.minors

_locked := set() if input.purpose in {"CHILD_PROTECTION", "PROSECUTION"}

else := input.found.traits.minor - _endangered if input.purpose == "DANGER_PREVENTION"

else := input.found.traits.minor

_endangered := object.get(input.found.traits, "endangered_person", set())

# METADATA
# title: Schutz Minderjähriger
# description: Members about a person under 18 stay for other purposes.
# custom:
#   id: MINOR-1
#   reason: minor_protection
#   de: Angaben über Minderjährige werden zu diesem Zweck nicht weitergegeben.
#   en: Data about minors are not passed on for this purpose.
withhold contains {"rule": "MINOR-1", "reason": "minor_protection", "members": _locked} if {
	input.found.traits.minor
	count(_locked) > 0
}
