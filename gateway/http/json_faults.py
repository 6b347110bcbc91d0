"""What can be wrong with a body, said in German."""

from collections.abc import Mapping

from gateway.steps.receive import JsonFault

IN_GERMAN: Mapping[JsonFault, str] = {
    JsonFault.BYTE_ORDER_MARK: "Der Inhalt beginnt mit einer Byte-Reihenfolge-Marke (BOM)",
    JsonFault.NOT_UTF_8: "Der Inhalt ist kein UTF-8",
    JsonFault.TOO_DEEP: "Der Inhalt ist zu tief verschachtelt",
    JsonFault.NOT_JSON: "Der Inhalt ist kein JSON",
    JsonFault.NOT_AN_OBJECT: "Der Inhalt ist kein JSON-Objekt",
    JsonFault.DUPLICATE_MEMBER: "Ein Element steht in seinem Objekt zweimal",
    JsonFault.NOT_A_NUMBER: "NaN und Infinity sind keine Zahlen",
    JsonFault.FRACTION: "Eine Zahl hat Nachkommastellen oder einen Exponenten",
    JsonFault.INTEGER_RANGE: "Eine ganze Zahl liegt außerhalb von ±(2^53 - 1)",
    JsonFault.LONE_SURROGATE: "Ein halbes Zeichen (einzelnes Surrogat)",
    JsonFault.NUL: "Ein NUL-Zeichen",
}
