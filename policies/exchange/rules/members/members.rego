# METADATA
# title: The offered members
# description: >-
#   Traits of each member are the union of what the payload schema says (category, secrecy, origin) and
#   what the sender added; a sender can only add.
package exchange.rules.members

import data.exchange.rules.request

# METADATA
# description: Names of the offered members and groups.
default offered := set()

offered := object.keys(input.members)

_plain := {name: mark |
	some name in offered
	mark := data.members[input.exchange_kind][name]
}

# METADATA
# description: Groups (name#1) and the member they belong to, whose mark and row they share.
groups := {name: base |
	some name in (offered - object.keys(_plain))
	base := split(name, "#")[0]
}

_grouped := {name: mark |
	some name, base in groups
	mark := data.members[input.exchange_kind][base]
}

# METADATA
# description: The schema's mark of each offered member.
marks := object.union(_plain, _grouped)

# Trait by trait: what the schema says.
_traits[trait] contains name if {
	some name, mark in marks
	some trait in data.categories[mark.category].flags
}

_traits[mark.secrecy] contains name if some name, mark in marks

_traits[mark.origin] contains name if some name, mark in marks

# What the sender adds. An added category takes nothing away, so it makes no member impersonal.
_traits[trait] contains name if {
	some name, member in input.members
	some trait in data.categories[member.category].flags
	trait != "not_personal"
}

_traits[trait] contains name if {
	some name, member in input.members
	some trait in data.roles[member.data_subject_role].flags
}

_traits[member.secrecy] contains name if some name, member in input.members

_traits[member.origin] contains name if some name, member in input.members

_traits[member.collection_method] contains name if some name, member in input.members

_traits.minor contains name if {
	some name, member in input.members
	member.data_subject_age < 18
}

_traits.minor contains name if {
	some name, member in input.members
	age := member.data_subject_age
	not is_number(age)
}

_traits[trait] contains name if {
	some name, member in input.members
	member.is_assessment == true
	some trait in {"assessment", "npog_40_2"}
}

# What the sender's kind holds under secrecy, all of it.
_traits[secrecy] contains name if {
	secrecy := data.agency_kinds[input.sender_kind].default_secrecy
	secrecy != "none"
	some name in offered
}

_table := _traits

# METADATA
# description: The traits that some offered member has; a rule asks first whether its trait is among them.
traits := object.keys(_table)

# METADATA
# description: Members that have a trait (art9, minor, social, professional_203, COVERT_NPOG_32_2 and others).
having(trait) := object.get(_table, trait, set())

# METADATA
# description: Members that concern a person. An unknown category is personal, an added one takes nothing away.
personal := (offered - having("not_personal")) | {name |
	some name, member in input.members
	member.category
	not _without_persons(member.category)
}

_without_persons(category) if "not_personal" in data.categories[category].flags

# METADATA
# description: The request asks for personal data at all.
asks_personal if count(personal) > 0

asks_personal if input.facts.payload_kind == "personal"

# METADATA
# description: Members that hold special categories (Art. 9 GDPR).
art9 := having("art9")

# METADATA
# description: Members under social secrecy.
social := having("social")

# METADATA
# description: Members collected by covert or special means of the NPOG.
covert := having("COVERT_NPOG_32_2") | having("COVERT_NPOG_33A_37A")

# METADATA
# description: Members from measures that the StPO allows for catalogue offences only.
catalogue_measure := having("STPO_CATALOGUE")

# METADATA
# description: Members that need the role of the person and came without a known one.
unlabelled := {name | some name, mark in marks; mark.role_needed == true} - having("labelled")

# METADATA
# description: Members for which the sender says in the individual case why they are needed.
justified := {name |
	some name, member in input.members
	request.given(member.necessity_reason)
}
