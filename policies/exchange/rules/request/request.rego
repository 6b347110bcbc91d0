# METADATA
# title: The request, read once
# description: What the other topics ask of the request itself. Facts that are absent count as not given.
package exchange.rules.request

# METADATA
# description: A text or flag counts as given when it is neither empty, false nor null.
given(value) if not value in {"", false, null}

# METADATA
# description: >-
#   Facts that are true. Rules ask these sets, because a negated call on an absent fact is undefined and a
#   denial that hangs on it would be gone.
affirmed := {fact | some fact, true in input.facts}

# METADATA
# description: Facts that are given, whether true, a text, a number or an object.
default stated := set()

stated := object.keys(input.facts) - ({fact | some fact, false in input.facts} | _blank)

_blank := {fact | some fact, "" in input.facts} | {fact | some fact, null in input.facts}

# METADATA
# description: The input comes from a case file, so O and U norms count as confirmed and no request id is asked for.
case_file if input.case_file == true

# METADATA
# description: The sender acts of its own accord. Everything else is treated as an answer to a request.
spontaneous if input.facts.request_mode == "spontaneous"

# METADATA
# description: The legal bases that the sender claims.
claimed := {basis | some basis in input.legal_basis_claimed}

# METADATA
# description: Groups of the sender's kind, with the kind itself.
sender_groups := {group | some group in data.agency_kinds[input.sender_kind].groups}

# METADATA
# description: Groups of the recipient's kind, with the kind itself.
recipient_groups := {group | some group in data.agency_kinds[input.recipient_kind].groups}

# METADATA
# description: The data are to serve another purpose than the one they were collected for.
purpose_changes if input.purpose != input.original_purpose

# METADATA
# description: The danger levels of law.md 2.5 in their order; what is not said is no danger.
default danger_rank := 0

danger_rank := data.thresholds.danger_levels[input.facts.danger_level]

# METADATA
# description: A concrete danger or more (NPOG-2-1).
concrete_danger if danger_rank >= data.thresholds.danger_levels.concrete

# METADATA
# description: A danger to a significant legal interest or more.
considerable_danger if danger_rank >= data.thresholds.danger_levels.considerable

# METADATA
# description: A present danger to life, limb or freedom.
present_danger_to_life if input.facts.danger_level == "present_life_limb_freedom"
