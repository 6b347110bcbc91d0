# METADATA
# title: The request, read once
# description: What the other topics ask of the request itself. Facts that are absent count as not given.
package exchange.rules.request

# METADATA
# description: A text or flag counts as given when it is neither empty, false nor null.
given(value) if not value in {"", false, null}

# METADATA
# description: Names of the facts that came, whatever they say.
default facts := set()

facts := object.keys(input.facts)

# METADATA
# description: The input comes from a case file, so O and U norms count as confirmed and no request id is asked for.
default case_file := false

case_file if input.case_file == true

# METADATA
# description: The day of the decision lies in a period, its first and last day included.
covers_today(period) if {
	period.from <= input.evaluated_on
	period.to >= input.evaluated_on
}

# METADATA
# description: The sender acts of its own accord. Everything else is treated as an answer to a request.
default spontaneous := false

spontaneous if input.facts.request_mode == "spontaneous"

# METADATA
# description: The legal bases that the sender claims.
claimed := {basis | some basis in input.legal_basis_claimed}

# METADATA
# description: Groups of the sender's kind, with the kind itself.
default sender_groups := []

sender_groups := data.agency_kinds[input.sender_kind].groups

# METADATA
# description: Groups of the recipient's kind, with the kind itself.
default recipient_groups := []

recipient_groups := data.agency_kinds[input.recipient_kind].groups

# METADATA
# description: The data are to serve another purpose than the one they were collected for.
default purpose_changes := false

purpose_changes if input.purpose != input.original_purpose

# METADATA
# description: The danger levels of law.md 2.5 in their order; what is not said is no danger.
default danger_rank := 0

danger_rank := data.thresholds.danger_levels[input.facts.danger_level]

# METADATA
# description: A concrete danger or more (NPOG-2-1).
default concrete_danger := false

concrete_danger if danger_rank >= data.thresholds.danger_levels.concrete

# METADATA
# description: A danger to a significant legal interest or more.
default considerable_danger := false

considerable_danger if danger_rank >= data.thresholds.danger_levels.considerable

# METADATA
# description: A present danger to life, limb or freedom.
present_danger_to_life if input.facts.danger_level == "present_life_limb_freedom"
