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

met["criminal_offence"] if input.facts.offence_class in _criminal

# § 24 (1) Nr. 1 BDSG: a danger with facts, or an offence.
met["danger_facts_or_offence"] if _danger_facts

met["danger_facts_or_offence"] if {
	input.purpose == "PROSECUTION"
	input.facts.offence_class in _criminal
}

met["danger_facts_or_offence"] if _offence_facts

# § 5 (1) NDSG: collected for this purpose, or the purpose may change.
met["purpose_kept_or_may_change"] if input.purpose == input.original_purpose

met["purpose_kept_or_may_change"] if ndsg_change_allowed

met["purpose_may_change"] if ndsg_change_allowed

met["may_be_collected_anew"] if recollection_allowed

# § 477 StPO, §§ 49a, 49b OWiG: to bodies that prosecute. § 481 (1) StPO: from criminal proceedings to the police for police-law purposes.
met["prosecuting_or_to_police"] if input.purpose in data.purposes.prosecuting

met["prosecuting_or_to_police"] if {
	input.original_purpose == "PROSECUTION"
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

# § 5 (1) S. 2 NDSG, § 44 NPOG: a private recipient has committed itself to the purpose.
met["recipient_committed"] if input.facts.recipient_commitment_purpose == true

# § 5 (5) WaffG: the weapons authority must obtain the statement of the police.
met["statutory_duty"] if input.facts.statutory_duty == true

met["own_task"] if input.facts.sender_task == true

# § 13 (1) EGGVG: a special provision, or consent.
met["eggvg_case"] if request.given(input.facts.special_provision)

met["eggvg_case"] if input.facts.consent.valid == true

# § 14 (1) Nr. 5 and 7 EGGVG: the data raise doubts about reliability.
met["eggvg_case"] if {
	input.purpose in {"TRADE_SUPERVISION", "WEAPONS_RELIABILITY"}
	input.facts.reliability_link == true
}

# § 17 Nr. 3 and 4 EGGVG: a danger to public security, a serious impairment of rights.
met["eggvg_case"] if {
	input.purpose in {"DANGER_PREVENTION", "CRIME_PREVENTION"}
	request.concrete_danger
}

# § 17 Nr. 5 EGGVG: weighty indications that a child is endangered.
met["eggvg_case"] if {
	input.purpose == "CHILD_PROTECTION"
	request.given(input.facts.weighty_indications)
}

# § 71 (1) SGB X: undeclared work; § 4 (1), (5) KKG, which speaks of the youth office alone; § 138 StGB, which
# speaks of planned crimes alone: to prosecute those committed is § 73 SGB X.
met["sgb10_71_1_duty"] if input.purpose == "UNDECLARED_WORK"

met["sgb10_71_1_duty"] if {
	input.purpose == "CHILD_PROTECTION"
	input.recipient_kind == "YOUTH_OFFICE"
	request.given(input.facts.weighty_indications)
}

met["sgb10_71_1_duty"] if {
	input.purpose in {"CRIME_PREVENTION", "DANGER_PREVENTION"}
	input.facts.offence_class in {"felony", "terror"}
}

# § 87 (1) S. 2 AufenthG: only where the central register does not suffice.
met["azr_not_sufficient"] if input.facts.azr_sufficient == false

# § 87 (1), (2) AufenthG: all public bodies except schools and educational institutions.
met["no_school"] if not input.sender_kind == "SCHOOL"

# § 31 (2), (3) NSchG: to public bodies on request; private ones have committed themselves to the purpose.
met["nschg_31_case"] if {
	"PUBLIC" in request.recipient_groups
	not request.spontaneous
}

met["nschg_31_case"] if {
	"PRIVATE" in request.recipient_groups
	input.facts.recipient_commitment_purpose == true
}

# § 34 BMG: so far as necessary. ID registers: to the police, on request, not to be had from the person.
met["register_conditions"] if input.sender_kind == "REGISTRATION_OFFICE"

met["register_conditions"] if {
	"POLICE" in request.recipient_groups
	not request.spontaneous
	input.facts.obtainable_from_person == false
}

met["concrete_indications"] if input.facts.concrete_indications == true

# § 8 (3) AsylG.
met["asylg_8_3_case"] if input.purpose in {"RESIDENCE_LAW", "PROSECUTION"}

met["asylg_8_3_case"] if {
	input.purpose == "DANGER_PREVENTION"
	request.considerable_danger
}

met["asylg_8_3_case"] if {
	input.purpose == "ADMIN_OFFENCE"
	not request.spontaneous
}

met["customs_on_one_side"] if "CUSTOMS" in {input.sender_kind, input.recipient_kind}

# § 6 (1) SchwarzArbG: linked to the audit subjects; customs to police also other offences with factual indications.
met["audit_link_or_indications"] if input.facts.audit_subject_link == true

met["audit_link_or_indications"] if {
	input.sender_kind == "CUSTOMS"
	"POLICE" in request.recipient_groups
	request.given(input.facts.factual_indications)
}

# § 32 BPolG: police and customs; other public bodies for their own task, dangers, prosecution; private ones if indispensable.
met["bpolg_32_case"] if {
	some group in {"POLICE", "CUSTOMS"}
	group in request.recipient_groups
}

met["bpolg_32_case"] if {
	"PUBLIC" in request.recipient_groups
	input.purpose in data.purposes.averting_danger
	request.concrete_danger
}

met["bpolg_32_case"] if {
	"PUBLIC" in request.recipient_groups
	input.purpose in data.purposes.prosecuting
}

met["bpolg_32_case"] if {
	"PUBLIC" in request.recipient_groups
	input.facts.sender_task == true
}

met["bpolg_32_case"] if {
	"PRIVATE" in request.recipient_groups
	input.facts.indispensable == true
}

met["available_without_coercion"] if input.facts.available_without_coercion == true

met["prosecutor_permits"] if input.facts.prosecutor_permission == true

met["prosecutor_permits"] if input.sender_kind == "PUBLIC_PROSECUTOR"

# §§ 92, 92a IRG: a complete request, or unasked with objective indications.
met["irg_request_or_indications"] if {
	not request.spontaneous
	input.facts.request.complete == true
}

met["irg_request_or_indications"] if {
	request.spontaneous
	request.given(input.facts.factual_indications)
}

met["irg_request_or_indications"] if {
	request.spontaneous
	input.facts.serious_offence == true
}

_significant := {"significant", "felony", "terror"}

_criminal := {"misdemeanour"} | _significant

_danger_facts if {
	input.purpose == "DANGER_PREVENTION"
	request.given(input.facts.danger_facts)
	not _no_danger
}

# Facts of an offence whose class the reporter need not know; what is said to be none is none.
_offence_facts if {
	input.purpose == "PROSECUTION"
	some fact in ["danger_facts", "factual_indications"]
	request.given(input.facts[fact])
	not "offence_class" in request.facts
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
	not input.facts.offence_class == "none"
}

# METADATA
# description: One of § 39 (1) Nr. 1 to 3 NPOG holds for the request (NPOG-39-1).
recollection_allowed if {
	input.purpose in data.purposes.averting_danger
	request.concrete_danger
}

recollection_allowed if input.facts.beweisnot == true

recollection_allowed if free_consent

# METADATA
# description: Valid consent of the person; where she was not told that she is free to refuse, it is none (§ 31 (4) NPOG).
free_consent if {
	input.facts.consent.valid == true
	not input.facts.consent.voluntary_notice == false
}
