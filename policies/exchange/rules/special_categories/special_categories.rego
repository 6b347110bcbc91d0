# METADATA
# title: Special categories of personal data
# description: A GDPR sender needs an exception (GDPR-9); under JI they must be strictly necessary (BDSG-48).
package exchange.rules.special_categories

import data.exchange.rules.request

# Categories for which a satisfied statute is itself the exception.
_excepted_categories := {category |
	some basis in input.found.satisfied
	some category in data.legal_bases[basis].special_categories
}

_excepted := {name |
	some name in input.found.traits.art9
	data.members[input.exchange_kind][split(name, "#")[0]].category in _excepted_categories
	not input.members[name].category
}

_without_exception := input.found.traits.art9 - _excepted if not _exception_shown

else := set()

_exception_shown if request.given(input.facts.art9_exception)

# METADATA
# title: Besondere Kategorie ohne Ausnahme
# description: Special categories of a GDPR sender stay without an exception of Art. 9 (2).
# custom:
#   id: GDPR-9
#   reason: art9_no_exception
#   de: >-
#     Die Angabe gehört zu den besonderen Kategorien personenbezogener Daten (etwa Gesundheit, Religion,
#     Herkunft); eine Ausnahme vom Verarbeitungsverbot ist nicht dargelegt.
#   en: >-
#     The item belongs to the special categories of personal data; no exception from the prohibition is
#     shown.
withhold contains {"rule": "GDPR-9", "reason": "art9_no_exception", "members": _without_exception} if {
	input.found.traits.art9
	input.found.regime.sender != "JI"
	count(_without_exception) > 0
}

_not_strictly := input.found.traits.art9 - input.found.necessary if {
	request.given(input.facts.strictly_necessary_reason)
} else := input.found.traits.art9

# METADATA
# title: Nicht unbedingt erforderlich
# description: Under JI special categories are released only if strictly necessary.
# custom:
#   id: BDSG-48
#   reason: not_strictly_necessary
#   de: >-
#     Besondere Kategorien personenbezogener Daten dürfen hier nur verarbeitet werden, wenn das unbedingt
#     erforderlich ist; das ist für diese Angabe nicht dargelegt.
#   en: >-
#     Special categories of personal data may be processed here only if strictly necessary; this is not
#     shown for this item.
withhold contains {"rule": "BDSG-48", "reason": "not_strictly_necessary", "members": _not_strictly} if {
	input.found.traits.art9
	"JI" in input.found.regime
	count(_not_strictly) > 0
}

# METADATA
# title: Auswahl nach Familienname oder Herkunft
# description: Family name, descent or 'clan' as a selection key is profiling on ethnic origin by proxy.
# custom:
#   id: BDSG-48
#   reason: discriminating_profiling
#   de: >-
#     Personen werden nach Familienname, Abstammung oder „Clan“-Zugehörigkeit ausgewählt; das wirkt als
#     Auswahl nach ethnischer Herkunft und ist verboten.
#   en: >-
#     Persons are selected by family name, descent or 'clan' membership; this works as a selection by ethnic
#     origin and is prohibited.
deny contains {"rule": "BDSG-48", "reason": "discriminating_profiling"} if {
	input.found.asks_personal == true
	"JI" in input.found.regime
	lower(input.facts.selection_key) in data.thresholds.discriminating_selection_keys
}

# METADATA
# title: Schutzvorkehrungen für besondere Kategorien
# custom:
#   id: GDPR-9
obligation contains {"code": "OB-SAFEGUARDS-ART9", "rule": "GDPR-9", "parameters": {}} if {
	"art9" in input.release.traits
	input.found.regime.sender != "JI"
}

# METADATA
# title: Schutzvorkehrungen für besondere Kategorien
# custom:
#   id: BDSG-48
obligation contains {"code": "OB-SAFEGUARDS-ART9", "rule": "BDSG-48", "parameters": {}} if {
	"art9" in input.release.traits
	input.found.regime.sender == "JI"
}
