"""Says what a finding means, with what to do: German first, then English."""

from dataclasses import dataclass

from gateway.fsck.findings import Code


@dataclass(frozen=True, slots=True)
class Words:
    """What is wrong, and what to do, in two languages."""

    de: str
    en: str
    todo: str
    todo_en: str


_STOP = (
    "Die Datenschleuse anhalten, Datenbank und WAL-Dateien unverändert sichern, die Auditoren "
    "verständigen: ihre Kopie und ihr letzter Kontrollpunkt zeigen, was unverändert ist. Nichts "
    "von Hand berichtigen.",
    "Stop the gateway, save database and WAL files as they are, tell the auditors: their copy and "
    "their last checkpoint show what is unaltered. Put nothing right by hand.",
)
_RECORD = (
    "Der Eintrag selbst bleibt bewiesen, seine Angaben nicht. Datenbank und Schlüssel sichern "
    "und mit der letzten Sicherung vergleichen; die verantwortliche Stelle verständigen.",
    "The entry itself stays proven, its statements do not. Save database and keys, compare with "
    "the last backup, and tell the controller.",
)
_DELIVERY = (
    "Den Vorgang beim Absender und beim Empfänger klären, bevor die Auslieferung weiterläuft; die "
    "Einträge des Protokolls gelten, nicht die Zeile der Tabelle.",
    "Clear the exchange up with sender and recipient before deliveries go on; the entries of the "
    "log hold, not the row of the table.",
)
_CONCERN = (
    "Bis zur Klärung keine Lese-Aufrufe zulassen (die Datenschleuse anhalten); die Zeile mit dem "
    "Eintrag vergleichen. Hat die Stelle gelesen, was sie nichts angeht, ist das ein "
    "Datenschutzvorfall.",
    "Allow no reading calls until it is cleared up (stop the gateway); compare the row with the "
    "entry. If the unit has read what is none of its business, that is a data breach.",
)
_CHANGE = (
    "In Kraft ist, was der Eintrag zeigt; `log verify` prüft dort jede Stimme. Den Entwurf nicht "
    "weiter verwenden: zurückziehen und neu vorschlagen.",
    "In force is what the entry shows; `log verify` checks every vote there. Do not go on with the "
    "draft: withdraw it and propose it anew.",
)
_HARMLESS = (
    "Solange nichts anderes gefunden wird, ist nichts verloren; die Herkunft klären, die Zeile "
    "stehen lassen.",
    "As long as nothing else is found nothing is lost; find out where it comes from, leave the "
    "row alone.",
)

WORDS: dict[Code, Words] = {
    Code.HEAD_REFUSED: Words(
        "Der Kopf des Protokolls passt nicht zu sich selbst.",
        "The head of the log does not fit itself.",
        *_STOP,
    ),
    Code.ROOT_DIFFERS: Words(
        "Die Einträge ergeben eine andere Wurzel als die unterschriebene.",
        "The entries give another root than the one that was signed.",
        *_STOP,
    ),
    Code.ENTRY_MISSING: Words("Ein Eintrag fehlt.", "An entry is missing.", *_STOP),
    Code.ENTRY_REFUSED: Words(
        "Ein Eintrag ist nicht so, wie ihn die Datenschleuse unterschrieben hätte.",
        "An entry is not as the gateway would have signed it.",
        *_STOP,
    ),
    Code.ENTRY_DIFFERS: Words(
        "Die Zeile eines Eintrags nennt anderes als sein Blatt.",
        "The row of an entry names other things than its leaf.",
        *_STOP,
    ),
    Code.LEAF_HASH_DIFFERS: Words(
        "Der gespeicherte Hash eines Blattes ist nicht seiner.",
        "The stored hash of a leaf is not its own.",
        *_STOP,
    ),
    Code.CHECKPOINT_REFUSED: Words(
        "Ein Kontrollpunkt ist nicht der seiner Einträge.",
        "A checkpoint is not that of its entries.",
        *_STOP,
    ),
    Code.CHECKPOINT_MISSING: Words(
        "Der Kontrollpunkt eines Eintrags fehlt: sein Beleg kann nicht mehr ausgegeben werden.",
        "The checkpoint of an entry is missing: its receipt cannot be given again.",
        *_STOP,
    ),
    Code.TILE_DIFFERS: Words(
        "Eine Kachel enthält nicht die Hashes der Einträge unter ihr.",
        "A tile does not hold the hashes of the entries below it.",
        *_STOP,
    ),
    Code.PART_REFUSED: Words(
        "Ein Teil eines Vorgangs öffnet sich nicht oder gehört nicht zu seinem Eintrag.",
        "A part of a record does not open, or does not belong to its entry.",
        *_RECORD,
    ),
    Code.CLAIM_WRONG: Words(
        "Ein Idempotency-Key steht bei einem falschen Eintrag.",
        "An idempotency key stands at a wrong entry.",
        *_DELIVERY,
    ),
    Code.CLAIM_MISSING: Words(
        "Zu einer Entscheidung fehlt der Idempotency-Key: eine Wiederholung würde neu entschieden.",
        "A decision has no idempotency key: a repeat of it would be decided anew.",
        *_DELIVERY,
    ),
    Code.DELIVERY_WRONG: Words(
        "Eine Lieferung gehört nicht zu ihrer Entscheidung.",
        "A delivery does not belong to its decision.",
        *_DELIVERY,
    ),
    Code.DELIVERY_MISSING: Words(
        "Zu einer zulässigen Übermittlung fehlt die Lieferung.",
        "A permitted exchange has no delivery.",
        *_DELIVERY,
    ),
    Code.STATE_WRONG: Words(
        "Der Stand einer Lieferung passt nicht zu ihren Einträgen.",
        "The state of a delivery does not fit its entries.",
        *_DELIVERY,
    ),
    Code.PAYLOAD_WRONG: Words(
        "Ein verschlüsselter Inhalt ist noch da oder schon fort, obwohl der Stand anderes sagt.",
        "A sealed payload is still there, or gone already, though the state says otherwise.",
        *_DELIVERY,
    ),
    Code.CONCERN_WRONG: Words(
        "Eine Stelle könnte einen Eintrag lesen, der sie nicht betrifft.",
        "A unit could read an entry that does not concern it.",
        *_CONCERN,
    ),
    Code.CONCERN_MISSING: Words(
        "Eine Stelle sieht einen Eintrag nicht, der sie betrifft.",
        "A unit does not see an entry that concerns it.",
        *_HARMLESS,
    ),
    Code.REGISTRY_WRONG: Words(
        "Das Verzeichnis der Stellen ist nicht das, das in Kraft ist.",
        "The registry of units is not the one in force.",
        *_STOP,
    ),
    Code.CHANGE_WRONG: Words(
        "Ein Entwurf oder eine Stimme ist nicht so, wie Menschen sie unterschrieben haben.",
        "A draft or a ballot is not as people signed it.",
        *_CHANGE,
    ),
    Code.CHANGE_MISSING: Words(
        "Der Entwurf zu einer Änderung, die in Kraft ist, fehlt.",
        "The draft of a change in force is missing.",
        *_CHANGE,
    ),
    Code.ORPHAN: Words("Eine Zeile gehört zu nichts.", "A row belongs to nothing.", *_HARMLESS),
}
