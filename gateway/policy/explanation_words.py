"""The words of an explanation for the closed sets that a decision is made of."""

STATES = {
    "satisfied": ("trägt", "holds"),
    "struck_out": ("gestrichen, für diese Stelle nie eine Rechtsgrundlage", "struck out"),
    "supports": ("stützt nur, trägt allein keine Übermittlung", "supports, but never alone"),
    "unknown": ("steht in keiner Tabelle der Rechtsgrundlagen", "not in the tables"),
    "misses": ("gilt für diesen Vorgang nicht", "does not apply to this exchange"),
    "unmet": ("trägt nicht, eine Voraussetzung fehlt", "does not hold, a condition is not met"),
    "unconfirmed": (
        "trägt noch nicht: der Verantwortliche hat den Wortlaut nicht bestätigt",
        "not yet: the controller has not confirmed the wording",
    ),
}
"""What a claimed basis is worth."""

AGAINST = {
    "sender": ("nicht für diesen Absender", "not for this sender"),
    "recipient": ("nicht für diesen Empfänger", "not for this recipient"),
    "purpose": ("nicht für diesen Zweck", "not for this purpose"),
    "original_purpose": (
        "nicht für den Zweck, zu dem erhoben wurde",
        "not for the purpose of collection",
    ),
    "period": ("am Stichtag nicht in Kraft", "not in force on that day"),
}
"""Why a basis does not apply; what a condition asks for stands in policies/conditions."""

VERDICTS = {
    "permit": ("ZULÄSSIG", "permitted"),
    "hold": ("WARTET auf einen benannten Menschen", "held for a named human"),
    "deny": ("NICHT ZULÄSSIG, nichts wird übermittelt", "denied, nothing leaves"),
}

ACTIONS = {
    "release": ("weitergegeben", "released"),
    "withhold": ("zurückgehalten", "withheld"),
    "generalise": ("vergröbert weitergegeben", "released in a coarser form"),
    "pseudonymise": ("unter Pseudonym weitergegeben", "released under a pseudonym"),
}

NEEDS = {
    "needed": ("erforderlich", "needed"),
    "conditional": ("bedingt erforderlich", "conditional"),
    "withhold": ("nie erforderlich", "never necessary"),
    None: ("steht nicht in der Tabelle", "not in the table"),
}
"""How necessary the table finds a member."""

MODES = {
    "spontaneous": ("aus eigenem Anlass des Absenders", "of the sender's own accord"),
    "on_request": ("auf Ersuchen des Empfängers", "on request of the recipient"),
    None: ("nicht gesagt; behandelt wie ein Ersuchen", "not said; treated as a request"),
}

EXECUTORS = {
    "gateway": ("die Datenschleuse", "the gateway"),
    "sender": ("der Absender", "the sender"),
    "recipient": ("der Empfänger", "the recipient"),
}
