# METADATA
# title: Who must decide
# description: Prosecutor, and the named human whom no rule replaces (law.md 0.2, step 6).
package exchange.rules.decision_makers

import data.exchange.rules.conditions
import data.exchange.rules.request

# A notice to the youth office under the NPOG in a concrete danger is no transmission under the StPO.
_child_notice_under_npog if {
	input.recipient_kind == "YOUTH_OFFICE"
	"NPOG-43" in input.found.satisfied
}

# METADATA
# title: Entscheidung der Staatsanwaltschaft fehlt
# description: On data from criminal proceedings the prosecutor decides.
# custom:
#   id: STPO-480-1
#   reason: prosecutor_decision_missing
#   de: >-
#     Über die Weitergabe von Daten aus einem Strafverfahren entscheidet die Staatsanwaltschaft; ihre
#     Entscheidung liegt nicht vor.
#   en: The public prosecutor decides on passing on data from criminal proceedings; no decision is given.
deny contains {"rule": "STPO-480-1", "reason": "prosecutor_decision_missing"} if {
	input.found.asks_personal == true
	"POLICE" in input.found.sender_groups
	input.original_purpose == "PROSECUTION"
	not "POLICE" in input.found.recipient_groups
	not "FEDERAL_POLICE" in input.found.recipient_groups
	not conditions.prosecutor_decides
	not _child_notice_under_npog
}

# METADATA
# title: Anordnung der Mitteilung an das Jugendamt fehlt
# description: In criminal proceedings judge or prosecutor orders the notice to the youth office.
# custom:
#   id: KKG-5
#   reason: prosecutor_decision_missing
#   de: >-
#     Die Mitteilung an das Jugendamt aus einem Strafverfahren ordnet die Staatsanwaltschaft oder das Gericht
#     an; die Anordnung liegt nicht vor.
#   en: The notice to the youth office from criminal proceedings is ordered by prosecutor or court.
deny contains {"rule": "KKG-5", "reason": "prosecutor_decision_missing"} if {
	input.found.asks_personal == true
	input.original_purpose == "PROSECUTION"
	input.recipient_kind == "YOUTH_OFFICE"
	not conditions.prosecutor_decides
	not _child_notice_under_npog
}

# METADATA
# title: Weitergabe gefährdet die Ermittlungen
# description: Purposes of criminal proceedings stand against the transmission.
# custom:
#   id: STPO-479-1
#   reason: endangers_investigation
#   de: Zwecke eines Strafverfahrens stehen der Übermittlung entgegen; sie würde die Ermittlungen gefährden.
#   en: Purposes of criminal proceedings stand against the transmission; it would endanger the investigation.
deny contains {"rule": "STPO-479-1", "reason": "endangers_investigation"} if {
	request.given(input.facts.endangers_investigation)
}

# METADATA
# title: Übermittlung in der Akte vermerken
# custom:
#   id: STPO-480-1
obligation contains {"code": "OB-DOC-FILE", "rule": "STPO-480-1", "parameters": {}} if {
	input.found.asks_personal == true
	input.original_purpose == "PROSECUTION"
	some group in {"POLICE", "PUBLIC_PROSECUTOR", "COURT"}
	group in input.found.sender_groups
}

_for_a_human := {
	"art9", "social", "minor",
	"COVERT_NPOG_32_2", "COVERT_NPOG_33A_37A", "STPO_CATALOGUE",
}

# METADATA
# description: The release needs a named human (AUTO-1).
default human_needed := false

human_needed if count(input.release.traits & _for_a_human) > 0

human_needed if {
	input.release.personal == true
	some group in {"PRIVATE", "FOREIGN"}
	group in input.found.recipient_groups
}

_approved if request.given(input.facts.human_approval)

# The danger is such that data go first and the human decides at once after.
_no_delay if input.facts.danger_level in data.gateway.release_before_approval.danger_levels

# METADATA
# description: The human has not decided, and the danger allows to wait.
human_awaited if {
	human_needed
	not _approved
	not _no_delay
}

_due := {"due_within_h": data.thresholds.approval_after_release_h} if _no_delay

else := {}

# METADATA
# title: Ein namentlich genannter Mensch entscheidet
# custom:
#   id: AUTO-1
obligation contains {"code": "OB-HUMAN-APPROVAL", "rule": "AUTO-1", "parameters": _due} if human_needed
