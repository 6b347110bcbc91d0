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

_plain := {name: mark |
	some name in offered
	mark := data.members[input.exchange_kind][name]
}

# METADATA
# description: Groups (name#1) and the member they belong to, whose marks and rows they share.
groups := {name: base |
	some name in (offered - object.keys(_plain))
	base := split(name, "#")[0]
}

# METADATA
# description: The schema's mark of each offered member.
marks := _plain if count(groups) == 0

marks := object.union(_plain, _grouped) if count(groups) > 0

_grouped := {name: mark |
	some name, base in groups
	mark := data.members[input.exchange_kind][base]
}

_added_categories := {[name, member.category] | some name, member in input.members}

_schema_flags := {[flag, name] |
	some name, mark in marks
	some flag in data.categories[mark.category].flags
}

_flags := _schema_flags | {[flag, name] |
	some [name, category] in _added_categories
	some flag in data.categories[category].flags
}

# METADATA
# description: Members with a flag that one of their categories carries (art9, minor and others).
flagged(flag) := {name | some [own, name] in _flags; own == flag}

# METADATA
# description: Members of a category.
in_category(category) := {name | some name, mark in marks; mark.category == category} | {name | some [name, own] in _added_categories; own == category}

# METADATA
# description: Members that concern a person. An unknown category is personal, an added one may not take that away.
personal := (offered - {name | some ["not_personal", name] in _schema_flags}) | {name |
	some [name, category] in _added_categories
	not _without_persons(category)
}

_without_persons(category) if "not_personal" in data.categories[category].flags

# METADATA
# description: The request asks for personal data at all.
asks_personal if count(personal) > 0

asks_personal if input.facts.payload_kind == "personal"

# METADATA
# description: Members that hold special categories (Art. 9 GDPR).
art9 := flagged("art9")

# METADATA
# description: Members about a person under 18.
minors := flagged("minor") | {name | some name, member in input.members; member.data_subject_age < 18}

# METADATA
# description: Role of the person whom a member is about, as the sender says it.
roles := {name: member.data_subject_role | some name, member in input.members}

# METADATA
# description: Members that need a role and came without a known one.
unlabelled := {name | some name, mark in marks; mark.role_needed == true} - {name | some name, role in roles; data.roles[role].label_de}

_default_secrecy[secrecy] := offered if {
	secrecy := data.agency_kinds[input.sender_kind].default_secrecy
	secrecy != "none"
}

# Member and secrecy or origin, of those that have one.
_secrecies := {[mark.secrecy, name] | some name, mark in marks} | {[member.secrecy, name] | some name, member in input.members}

_origins := {[mark.origin, name] | some name, mark in marks} | {[member.origin, name] | some name, member in input.members}

# METADATA
# description: Members under social secrecy, by schema, by category, by the sender's kind or by the sender's word.
social := (object.get(_default_secrecy, "social", set()) | flagged("social")) | {name |
	some ["social", name] in _secrecies
}

# METADATA
# description: Members under tax secrecy, likewise.
tax := (object.get(_default_secrecy, "tax", set()) | flagged("tax")) | {name |
	some ["tax", name] in _secrecies
}

# METADATA
# description: Members entrusted for personal and educational help.
entrusted := flagged("entrusted") | {name | some ["entrusted", name] in _secrecies}

# METADATA
# description: Members received from a person bound to professional secrecy.
professional := {name | some ["professional_203", name] in _origins}

# METADATA
# description: Members that stem from an asylum procedure.
asylum := {name | some ["asylum_procedure", name] in _origins}

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
