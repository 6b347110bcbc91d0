# METADATA
# title: Safeguards of every release
# description: Encryption and the rights of the persons concerned (SYS-1, RIGHTS-1).
package exchange.rules.safeguards

# METADATA
# title: Verschlüsselt übermitteln
# custom:
#   id: SYS-1
obligation contains {"code": "OB-ENCRYPT", "rule": "SYS-1", "parameters": {}} if input.release.nothing == false

# METADATA
# title: Empfänger für Auskünfte festhalten
# custom:
#   id: RIGHTS-1
obligation contains {"code": "OB-RECIPIENT-INDEX", "rule": "RIGHTS-1", "parameters": {}} if {
	input.release.personal == true
}

# METADATA
# title: Betroffene Person unterrichten
# custom:
#   id: RIGHTS-1
obligation contains {"code": "OB-INFORM-DS", "rule": "RIGHTS-1", "parameters": {}} if {
	input.release.personal == true
	not input.facts.data_subject_information_risk == true
}

# METADATA
# title: Unterrichtung aufgeschoben, Grund festhalten
# custom:
#   id: RIGHTS-1
obligation contains {"code": "OB-INFORM-DS-DEFERRED", "rule": "RIGHTS-1", "parameters": {}} if {
	input.release.personal == true
	input.facts.data_subject_information_risk == true
}
