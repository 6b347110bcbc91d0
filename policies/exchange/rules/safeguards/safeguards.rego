# METADATA
# title: Safeguards of every release
# description: Encryption and the rights of the persons concerned (SYS-1, RIGHTS-1).
package exchange.rules.safeguards

import data.exchange.rules.release
import data.exchange.rules.request

# METADATA
# title: Verschlüsselt übermitteln
# custom:
#   id: SYS-1
obligation contains {"code": "OB-ENCRYPT", "rule": "SYS-1", "parameters": {}} if count(release.remaining) > 0

# METADATA
# title: Empfänger für Auskünfte festhalten
# custom:
#   id: RIGHTS-1
obligation contains {"code": "OB-RECIPIENT-INDEX", "rule": "RIGHTS-1", "parameters": {}} if release.releases_personal

# METADATA
# title: Betroffene Person unterrichten
# custom:
#   id: RIGHTS-1
obligation contains {"code": "OB-INFORM-DS", "rule": "RIGHTS-1", "parameters": {}} if {
	release.releases_personal
	not "data_subject_information_risk" in request.affirmed
}

# METADATA
# title: Unterrichtung aufgeschoben, Grund festhalten
# custom:
#   id: RIGHTS-1
obligation contains {"code": "OB-INFORM-DS-DEFERRED", "rule": "RIGHTS-1", "parameters": {}} if {
	release.releases_personal
	input.facts.data_subject_information_risk == true
}
