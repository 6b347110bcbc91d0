# METADATA
# title: From criminal proceedings
# description: What courts, prosecutors and police tell of their own accord (STPO-477, EGGVG-13-17, EGGVG-18-21).
package exchange.rules.proceedings

import data.exchange.rules.request

# METADATA
# title: Nur zum Schutz privater Rechte
# description: Where the police only protect private rights, data from proceedings do not go to them.
# custom:
#   id: STPO-477
#   reason: private_rights_only
#   de: >-
#     Daten aus Straf- und Bußgeldverfahren gehen nicht an die Polizei, wenn sie dort nur private Rechte schützt
#     (§ 481 Abs. 1 StPO).
#   en: >-
#     Data from criminal or fine proceedings do not go to the police where they only protect private rights.
deny contains {"rule": "STPO-477", "reason": "private_rights_only"} if {
	request.given(input.facts.private_rights_only)
	input.found.asks_personal == true
	input.original_purpose in data.purposes.prosecuting
	request.spontaneous
}

_of_justice if {
	request.spontaneous
	some group in {"PUBLIC_PROSECUTOR", "COURT"}
	group in input.found.sender_groups
}

_reportable_outcome if {
	input.facts.proceedings_outcome in data.thresholds.conviction_outcomes
	not _no_crime
}

_no_crime if input.facts.offence_class in {"none", "owi"}

# METADATA
# title: Mitteilung über die Zuverlässigkeit ausgeschlossen
# description: Fines, negligence and discontinued cases are not told for trade and weapons (§ 14 (2) EGGVG).
# custom:
#   id: EGGVG-13-17
#   reason: eggvg_14_2_exclusion
#   de: >-
#     Aus Bußgeldverfahren, Verfahren wegen fahrlässiger Taten und eingestellten Verfahren wird nicht mitgeteilt;
#     ein Ausgang, der eine Mitteilung trägt, ist nicht angegeben (§ 14 Abs. 2 EGGVG).
#   en: >-
#     Fine proceedings, negligent offences and discontinued cases are not reported; no outcome that carries a
#     notice is stated (section 14 (2) EGGVG).
deny contains {"rule": "EGGVG-13-17", "reason": "eggvg_14_2_exclusion"} if {
	"EGGVG-13-17" in input.found.covering
	_of_justice
	input.purpose in {"TRADE_SUPERVISION", "WEAPONS_RELIABILITY"}
	not _reportable_outcome
}

# METADATA
# title: Erforderlichkeit bei Eingang prüfen
# custom:
#   id: EGGVG-18-21
obligation contains {"code": "OB-RECIPIENT-CHECK", "rule": "EGGVG-18-21", "parameters": {}} if {
	_of_justice
	input.release.personal == true
}

# METADATA
# title: Nicht Benötigtes zurücksenden
# custom:
#   id: EGGVG-18-21
obligation contains {"code": "OB-RETURN-UNNEEDED", "rule": "EGGVG-18-21", "parameters": {}} if {
	_of_justice
	input.release.personal == true
}

# METADATA
# title: Ausgang und Berichtigungen nachmelden
# custom:
#   id: EGGVG-18-21
obligation contains {"code": "OB-NOTIFY-CORRECTION", "rule": "EGGVG-18-21", "parameters": {}} if {
	_of_justice
	input.release.personal == true
	input.found.regime.sender != "JI"
}
