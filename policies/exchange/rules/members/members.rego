# METADATA
# title: The offered members
# description: >-
#   Traits of each member are the union of what the payload schema says (category, secrecy, origin) and
#   what the sender added; a sender can only add.
package exchange.rules.members

# METADATA
# description: Names of the offered members and groups.
default offered := set()

offered := object.keys(input.members)

# METADATA
# description: Groups (name#1) and the member they belong to, whose mark and row they share.
groups := {name: base |
	some name in offered
	contains(name, "#")
	base := split(name, "#")[0]
} if {
	contains(concat(" ", offered), "#")
} else := {}

# METADATA
# description: What the sender says of members, by attribute, then by member.
said := _said

_said[attribute][name] := value if {
	some name, member in input.members
	some attribute, value in member
}

# METADATA
# description: >-
#   Members by trait (art9, minor, social, professional_203, COVERT_NPOG_32_2 and others). First, what the
#   schema says: the flags of the category, the secrecy and the origin.
traits := _traits

_traits[trait] contains name if {
	schema := data.lookup.traits[input.exchange_kind]
	some name in offered
	some trait in schema[name]
}

_traits[trait] contains name if {
	some name, base in groups
	some trait in data.lookup.traits[input.exchange_kind][base]
}

# What the sender adds. An added category takes nothing away, so it makes no member impersonal.
_traits[trait] contains name if {
	some name, category in said.category
	some trait in data.categories[category].flags
	trait != "not_personal"
}

_traits[trait] contains name if {
	some name, role in said.data_subject_role
	some trait in data.lookup.roles[role]
}

_traits[trait] contains name if {
	some attribute in {"secrecy", "origin", "collection_method"}
	some name, trait in said[attribute]
}

_traits.minor contains name if {
	some name, age in said.data_subject_age
	_under_age(age)
}

_traits[trait] contains name if {
	some name, true in said.is_assessment
	some trait in {"assessment", "npog_40_2"}
}

# What the sender's kind holds under secrecy, all of it.
_traits[secrecy] contains name if {
	secrecy := data.agency_kinds[input.sender_kind].default_secrecy
	secrecy != "none"
	some name in offered
}

_under_age(age) if age < 18

_under_age(age) if not is_number(age)

# METADATA
# description: Members that concern a person. An unknown category is personal, an added one takes nothing away.
personal := (offered - object.get(traits, "not_personal", set())) | {name |
	some name, category in said.category
	category != false
	not _without_persons(category)
}

_without_persons(category) if "not_personal" in data.categories[category].flags

# METADATA
# description: >-
#   The request asks for personal data at all. A prevention hint does not where text is left without them: who is
#   named in it stays behind whatever the basis (PRIV-HINT-1), and text needs none.
default asks_personal := false

asks_personal if {
	count(personal) > 0
	not _hint_with_text
}

asks_personal if {
	input.facts.payload_kind == "personal"
	not _hint_with_text
}

_hint_with_text if {
	input.exchange_kind == "PREVENTION_HINT"
	count(offered - personal) > 0
}

# METADATA
# description: Members collected by covert or special means of the NPOG.
covert := union({names |
	some measure in {"COVERT_NPOG_32_2", "COVERT_NPOG_33A_37A"}
	names := traits[measure]
})

# METADATA
# description: Members that need the role of the person and came without a known one.
unlabelled contains name if {
	needed := data.lookup.role_needed[input.exchange_kind]
	some name in (offered - _labelled)
	needed[name]
}

unlabelled contains name if {
	some name, base in groups
	data.lookup.role_needed[input.exchange_kind][base]
	not name in _labelled
}

_labelled := {name |
	known := data.lookup.labelled
	some name, role in said.data_subject_role
	known[role]
}
