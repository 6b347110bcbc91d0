# METADATA
# title: The offered members
# description: >-
#   Category, secrecy and origin of each member are the union of what the payload schema says and what
#   the sender added; a sender can only add.
package exchange.rules.members

import data.exchange.rules.request

# METADATA
# description: Names of the offered members and groups.
default offered := set()

offered := object.keys(input.members)

# METADATA
# description: The schema's mark of each offered member; groups (name#1) share the mark of their member.
marks[name] := data.members[input.exchange_kind][split(name, "#")[0]] if some name in offered

# METADATA
# description: Member and category, by schema or by the sender.
categories contains [name, mark.category] if some name, mark in marks

categories contains [name, member.category] if some name, member in input.members

# METADATA
# description: Member and flag (art9, minor, personal and others) that its categories carry.
flags := {[name, flag] |
	some [name, category] in categories
	some flag in data.categories[category].flags
}

# METADATA
# description: Members that concern a person. An unknown category is personal.
personal := offered - {name | some [name, "not_personal"] in flags}

# METADATA
# description: The request asks for personal data at all.
asks_personal if count(personal) > 0

asks_personal if input.facts.payload_kind == "personal"

# METADATA
# description: Members that hold special categories (Art. 9 GDPR).
art9 := {name | some [name, "art9"] in flags}

# METADATA
# description: Members that hold figures only.
aggregates := {name | some [name, "aggregate"] in flags}

# METADATA
# description: Members about a person under 18.
minors := {name | some [name, "minor"] in flags} | {name |
	some name, member in input.members
	member.data_subject_age < 18
}

# METADATA
# description: Member and role of the person whom it is about, as the sender says it.
roles := {[name, member.data_subject_role] | some name, member in input.members}

_known_role := {name |
	some [name, role] in roles
	role in object.keys(data.roles)
}

# METADATA
# description: Members that need a role and came without a known one.
unlabelled := {name | some name, mark in marks; mark.role_needed == true} - _known_role

_secrecy_default := object.get(data.agency_kinds, [input.sender_kind, "default_secrecy"], "none")

_secrecy := {[name, mark.secrecy] | some name, mark in marks} | {[name, member.secrecy] | some name, member in input.members}

_held_by_sender(secrecy) := offered if _secrecy_default == secrecy

else := set()

# METADATA
# description: Members under social secrecy.
social := (_held_by_sender("social") | {name | some [name, "social"] in _secrecy}) | {name | some [name, "social"] in flags}

# METADATA
# description: Members entrusted for personal or educational help.
entrusted := {name | some [name, "entrusted"] in _secrecy} | {name | some [name, "entrusted"] in flags}

# METADATA
# description: Members under tax secrecy.
tax := (_held_by_sender("tax") | {name | some [name, "tax"] in _secrecy}) | {name | some [name, "tax"] in flags}

_origins := {[name, mark.origin] | some name, mark in marks} | {[name, member.origin] | some name, member in input.members}

# METADATA
# description: Members received from a person bound to professional secrecy.
professional := {name | some [name, "professional_203"] in _origins}

# METADATA
# description: Members that stem from an asylum procedure.
asylum := {name | some [name, "asylum_procedure"] in _origins}

# METADATA
# description: Members collected by covert or special means of the NPOG.
covert := {name |
	some name, member in input.members
	member.collection_method in {"COVERT_NPOG_32_2", "COVERT_NPOG_33A_37A"}
}

# METADATA
# description: Members from measures that the StPO allows for catalogue offences only.
catalogue_measure := {name |
	some name, member in input.members
	member.collection_method == "STPO_CATALOGUE"
}

# METADATA
# description: Members for which the sender says in the individual case why they are needed.
justified := {name |
	some name, member in input.members
	request.given(member.necessity_reason)
}
