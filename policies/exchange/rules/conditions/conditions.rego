# METADATA
# title: Conditions of legal bases
# description: >-
#   Each condition has a name that a row of legal_bases names. A condition that no rule here establishes is
#   not met, so a row with an unknown condition opens nothing.
package exchange.rules.conditions

import data.exchange.rules.request

# METADATA
# description: The conditions that this request meets, by name.
met["concrete_danger"] if request.concrete_danger

met["spontaneous"] if request.spontaneous

met["on_request"] if not request.spontaneous

met["purpose_changes"] if request.purpose_changes

met["weighty_indications"] if request.given(input.facts.weighty_indications)

met["prosecutor_decides"] if prosecutor_decides

met["immediate_action"] if input.facts.immediate_action == true

met["guardians_do_not_cooperate"] if input.facts.guardians_cooperate == false

met["judicial_order"] if input.facts.judicial_order == true

met["special_provision"] if request.given(input.facts.special_provision)

# § 4 (1), (3) KKG: talks have failed, or would put the protection of the child at risk.
met["talks_failed_or_unsafe"] if input.facts.talks_with_guardians_failed == true

met["talks_failed_or_unsafe"] if input.facts.prior_notice_risk == true

# § 4 (3) KKG: told beforehand, unless that puts the protection of the child at risk.
met["told_or_unsafe"] if input.facts.prior_notice == true

met["told_or_unsafe"] if input.facts.prior_notice_risk == true

met["significant_offence"] if input.facts.offence_class in _significant

# § 24 (1) Nr. 1 BDSG: a danger with facts, or an offence.
met["danger_facts_or_offence"] if _danger_facts

met["danger_facts_or_offence"] if {
	input.purpose == "PROSECUTION"
	input.facts.offence_class in _criminal
}

# § 5 (1) NDSG: collected for this purpose, or the purpose may change.
met["purpose_kept_or_may_change"] if input.purpose == input.original_purpose

met["purpose_kept_or_may_change"] if ndsg_change_allowed

met["purpose_may_change"] if ndsg_change_allowed

met["may_be_collected_anew"] if recollection_allowed

# § 477 StPO: to bodies that prosecute; § 481 (1) StPO: to the police for police-law purposes.
met["prosecuting_or_to_police"] if input.purpose in data.purposes.prosecuting

met["prosecuting_or_to_police"] if {
	some group in {"POLICE", "FEDERAL_POLICE"}
	group in request.recipient_groups
}

# § 68 (1) SGB X: in the individual case, not older than six months, decided by the head of the body.
met["sgb10_68"] if {
	not request.spontaneous
	is_number(input.facts.request_age_days)
	input.facts.request_age_days <= data.thresholds.sgb10_68_max_age_days
	input.facts.head_decision == true
	input.facts.obtainable_elsewhere == false
	input.facts.protected_interest_contra == false
}

_significant := {"significant", "felony", "terror"}

_criminal := {"misdemeanour"} | _significant

_danger_facts if {
	input.purpose == "DANGER_PREVENTION"
	request.given(input.facts.danger_facts)
	not _no_danger
}

_no_danger if input.facts.danger_level in {"none", "abstract"}

# METADATA
# description: The prosecutor, or the presiding judge, decides on data from criminal proceedings (STPO-480-1, KKG-5).
prosecutor_decides if input.facts.prosecutor_decision == true

prosecutor_decides if input.sender_kind in {"PUBLIC_PROSECUTOR", "COURT"}

# METADATA
# description: The cases of § 6 (2) NDSG that facts can show (Nr. 1, Nr. 2); the others are for a human.
ndsg_change_allowed if {
	request.purpose_changes
	input.purpose in data.purposes.averting_danger
	request.concrete_danger
}

ndsg_change_allowed if {
	request.purpose_changes
	input.purpose in data.purposes.prosecuting
}

# METADATA
# description: One of § 39 (1) Nr. 1 to 3 NPOG holds for the request (NPOG-39-1).
recollection_allowed if {
	input.purpose in data.purposes.averting_danger
	request.concrete_danger
}

recollection_allowed if input.facts.beweisnot == true

recollection_allowed if input.facts.consent.valid == true
