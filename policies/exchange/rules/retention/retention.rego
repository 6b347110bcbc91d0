# METADATA
# title: Retention and the decision log
# description: A delete date travels with each release; the log has its own classes (RET-1, LOG-1, LOG-TECH).
package exchange.rules.retention

import data.exchange.rules.request

# METADATA
# title: Lösch- oder Prüfdatum fehlt
# description: >-
#   Each release of personal data carries a delete or review date. What the police hold of a closed case is to be
#   deleted and not sent on, unless a concrete new lead exists (BVerfG BKAG II, headnote 2).
# custom:
#   id: RET-1
#   reason: no_review_date
#   de: >-
#     Es ist kein Datum festgelegt, an dem der Empfänger die Daten löscht oder die Speicherung überprüft, oder der
#     Anlassfall ist abgeschlossen und ein konkreter neuer Anhaltspunkt nicht genannt; dann sind die Daten zu löschen.
#   en: >-
#     No date is set on which the recipient deletes the data or reviews their storage, or the case is closed and no
#     concrete new lead is stated; then the data are to be deleted.
deny contains {"rule": "RET-1", "reason": "no_review_date"} if {
	input.found.asks_personal == true
	_no_date_ahead
}

_no_date_ahead if not input.facts.review_date_set == true

_no_date_ahead if {
	input.facts.case_closed == true
	some group in {"POLICE", "FEDERAL_POLICE"}
	group in input.found.sender_groups
	not _new_lead
}

_new_lead if request.given(input.facts.factual_indications)

_new_lead if {
	input.found.concrete_danger == true
	request.given(input.facts.danger_facts)
}

# The sender's review date and the members' own dates, either of which may be absent.
_delete_days contains input.facts.review_date

_delete_days contains day if {
	some name, day in input.found.said.delete_after
	name in input.release.remaining
}

_delete_at := {"delete_at_day": min(_delete_days)} if count(_delete_days) > 0

else := {}

# METADATA
# title: Lösch- oder Prüfdatum mitgeben
# custom:
#   id: RET-1
obligation contains {"code": "OB-DELETE-AT", "rule": "RET-1", "parameters": _delete_at} if {
	input.release.personal == true
}

# METADATA
# description: The class that decides how long the record of this decision is kept (law.md 0.3).
log_class := "covert_data_transmission_documentation" if {
	input.release.covert == true
} else := "private_recipient_proof_BPol" if {
	"PRIVATE" in input.found.recipient_groups
	"FEDERAL_POLICE" in input.found.sender_groups
	input.release.personal == true
} else := "decision_log_JI" if {
	"JI" in input.found.regime
} else := "decision_log_DSGVO"

# METADATA
# description: 31 December of the year after the one that a day lies in, both counted from 1970-01-01.
end_of_next_year(day) := data.calendar.last_days[(year - data.calendar.first_year) + 1] if {
	year := time.date(day * 86400000000000)[0]
}

# METADATA
# description: Day at whose end the record of this decision is erased; without it nothing is permitted.
erase_at_day := end_of_next_year(input.evaluated_on)

_erase := {"log_class": log_class, "erase_at_day": erase_at_day}

# METADATA
# title: Entscheidung protokollieren
# custom:
#   id: LOG-1
obligation_always contains {"code": "OB-LOG", "rule": "LOG-1", "parameters": {}}

# METADATA
# title: Protokoll fristgerecht löschen
# custom:
#   id: LOG-1
obligation_always contains {"code": "OB-LOG-RETENTION", "rule": "LOG-1", "parameters": _erase}

# METADATA
# title: Protokoll nur zur Kontrolle verwenden
# custom:
#   id: LOG-1
obligation_always contains {"code": "OB-LOG-USE-LIMIT", "rule": "LOG-1", "parameters": {}}

# METADATA
# title: Keine Inhalte im Protokoll
# custom:
#   id: LOG-1
obligation_always contains {"code": "OB-LOG-NO-VALUES", "rule": "LOG-1", "parameters": {}}

# METADATA
# title: Protokoll signieren
# custom:
#   id: LOG-TECH
obligation_always contains {"code": "OB-LOG-SIGNED", "rule": "LOG-TECH", "parameters": {}}
