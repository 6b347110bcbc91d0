"""An explanation as lines for people: German first, English beside it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from textwrap import wrap
from typing import Any

from gateway.policy.catalogue import UNREAD
from gateway.policy.explanation_words import (
    ACTIONS,
    EXECUTORS,
    MODES,
    NEEDS,
    VERDICTS,
)

Json = Any
Part = Mapping[str, Json]

_WIDTH = 100
_EPOCH = date(1970, 1, 1)
_HARD_SPACE = "\N{NO-BREAK SPACE}"
_BINDS = re.compile(r"(§§?|\b(?:Art|Abs|S|Nr|Buchst)\.|[✓✗–]) ")
"""What is not parted from the word after it: `§ 71`, `Abs. 2`."""

_GOOD, _BAD, _NONE = "✓", "✗", "–"


def lines_of(explanation: Part) -> Iterator[str]:
    """Give the path of the exchange line by line, at most 100 characters wide."""
    yield from _head(explanation)
    yield from _regimes(explanation)
    yield from _first_door(explanation)
    yield from _second_door(explanation)
    yield from _gates(explanation)
    yield from _members(explanation)
    yield from _obligations(explanation)
    yield from _needs(explanation)
    yield from _result(explanation)


def _head(explanation: Part) -> Iterator[str]:
    sender, recipient = explanation["sender"], explanation["recipient"]
    yield from _text(f"{explanation['exchange_kind']}: {explanation['title']}", 0)
    yield from _text(f"{_labelled(sender, 'kind')} → {_labelled(recipient, 'kind')}", 2)
    purpose, original = explanation["purpose"], explanation["original_purpose"]
    yield from _text(
        f"Zweck (purpose): {_labelled(purpose, 'id')};"
        f" erhoben für (collected for): {_labelled(original, 'id')}",
        2,
    )
    yield f"  Stichtag (evaluated on): {explanation['evaluated_on']}"


def _regimes(explanation: Part) -> Iterator[str]:
    yield from _heading("1. Rechtsregime", "regimes")
    for side, label in (("sender", "Absender (sender)"), ("recipient", "Empfänger (recipient)")):
        yield f"  {label}: {explanation[side]['regime']}"
    accountable = EXECUTORS[explanation["accountable"]]
    yield f"  Verantwortlich für die Übermittlung: {accountable[0]} (accountable: {accountable[1]})"


def _first_door(explanation: Part) -> Iterator[str]:
    yield from _heading("2. Erste Tür: genannte Rechtsgrundlagen", "first door: claimed bases")
    for basis in explanation["bases"]:
        good = {"satisfied": _GOOD, "supports": _NONE}.get(basis["state"], _BAD)
        yield from _text(f"{good} {basis['basis']}{_cited(basis)}", 2)
        yield from _text(f"{basis['de']} ({basis['en']})", 6)
        for against in basis["against"]:
            yield from _text(f"- {against['de']} ({against['en']})", 6)
    if not explanation["bases"]:
        yield f"  {_NONE} keine genannt (none claimed)"


def _second_door(explanation: Part) -> Iterator[str]:
    door = explanation["second_door"]
    yield from _heading("3. Zweite Tür: Erhebung beim Empfänger", "second door")
    de, en = MODES.get(door["request_mode"], MODES[None])
    yield from _text(f"{de} ({en})", 2)
    if door["basis"]:
        yield from _text(f"genannt (named): {door['basis']}{_cited(door)}", 2)


def _gates(explanation: Part) -> Iterator[str]:
    yield from _heading("4. Was der Übermittlung entgegensteht", "what stands against it")
    silent = [gate["topic"] for gate in explanation["gates"] if not gate["denials"]]
    yield from _text(f"{_GOOD} ohne Einwand (no objection): {', '.join(silent)}", 2)
    for denial in explanation["denials"]:
        yield from _reason(denial, 2)


def _members(explanation: Part) -> Iterator[str]:
    yield from _heading("5. Die Angaben", "the members")
    for member in explanation["members"]:
        mark = _BAD if member["action"] == "withhold" else _GOOD
        de, en = ACTIONS[member["action"]]
        need = NEEDS.get(member["need"], NEEDS[None])
        yield from _text(f"{mark} {_called(member)}", 2)
        yield from _text(
            f"{de} ({en}){_with(member)}; Tabelle: {need[0]} (table: {need[1]}){_period(member)}", 6
        )
        for reason in member["reasons"]:
            if explanation["verdict"] == "deny":  # its sentence stands among the denials
                yield from _text(f"{_BAD} {reason['rule']}/{reason['reason']}{_cited(reason)}", 6)
            else:
                yield from _reason(reason, 6)
        if member["besides"]:
            yield "      auch für sich allein zurückzuhalten (withheld by itself, too):"
            for reason in member["besides"]:
                yield from _reason(reason, 6)
    if not explanation["members"]:
        yield f"  {_NONE} keine angeboten (none offered)"


def _obligations(explanation: Part) -> Iterator[str]:
    yield from _heading("6. Auflagen", "obligations")
    for item in explanation["obligations"]:
        executor = EXECUTORS.get(item["executor"], (item["executor"], item["executor"]))
        yield from _text(f"{item['code']} ({item['rule']}){_cited(item)}", 2)
        yield from _text(f"{item['de']} ({item['en']}){_with(item)}", 6)
        yield from _text(f"Es erfüllt (fulfilled by): {executor[0]} ({executor[1]})", 6)
        if item["place"]:
            yield f"      {item['place']}"


def _needs(explanation: Part) -> Iterator[str]:
    if not explanation["needs"]:
        return
    yield from _heading("7. Was es ändern würde", "what would change it")
    for need in explanation["needs"]:
        members = f" [{', '.join(need['members'])}]" if need["members"] else ""
        yield from _text(f"{need['rule']}/{need['reason']}{members}", 2)
        for number, facts in enumerate(need["any_of"]):
            if number:
                yield from _text("oder (or)", 4)
            for fact in facts:
                yield from _text(f"- {_wanted(fact)}", 6)


def _wanted(fact: Part) -> str:
    """A fact, what it must say, and the evidence that it requires."""
    label = f"{fact['label_de']} ({fact['fact']})" if fact["label_de"] else str(fact["fact"])
    whose = " der Angabe (of the member)" if fact.get("of") == "member" else ""
    value = ""
    if "value" in fact:
        value = f" = {json.dumps(fact['value'], ensure_ascii=False)}"
    elif "at_least" in fact:
        value = f" mindestens (at least) {json.dumps(fact['at_least'], ensure_ascii=False)}"
    evidence = ""
    if fact["evidence_de"]:
        evidence = f"; Nachweis: {fact['evidence_de']} (evidence: {fact['evidence_en']})"
    return f"{label}{whose}{value}{evidence}"


def _result(explanation: Part) -> Iterator[str]:
    de, en = VERDICTS[explanation["verdict"]]
    yield ""
    yield f"Ergebnis: {de} ({en})"
    yield from _text(f"Angewandt (rules applied): {', '.join(explanation['rules_applied'])}", 0)
    if explanation["neutral"]:
        yield from _text(
            "Der Anfragende erhält die neutrale Antwort; diese Gründe sind nur für den Inhaber der"
            " Daten und die Prüfung bestimmt. (The requester gets the neutral answer; these"
            " reasons are for the holder and the auditor only.)",
            0,
        )
    yield f"Policy-Digest {explanation['policy_digest']}"


def _reason(reason: Part, indent: int) -> Iterator[str]:
    yield from _text(f"{_BAD} {reason['rule']}/{reason['reason']}{_cited(reason)}", indent)
    for sentence in (reason["de"], reason["en"]):
        if sentence:
            yield from _text(sentence, indent + 2)
    if reason["place"]:
        yield f"{' ' * (indent + 2)}{reason['place']}"


def _heading(de: str, en: str) -> Iterator[str]:
    yield ""
    yield f"{de} ({en})"


def _cited(part: Part) -> str:
    unread = "" if part["verified"] else f" ({UNREAD[0]}; {UNREAD[1]})"
    return f": {part['citation']}{unread}" if part["citation"] else unread


def _with(part: Part) -> str:
    """The parameters as people read them: a day number as its date."""
    said = [f"{name}: {_value(name, value)}" for name, value in part["parameters"].items()]
    return f" [{', '.join(said)}]" if said else ""


def _value(name: str, value: Json) -> str:
    if name.endswith("_day") and isinstance(value, int):
        return (_EPOCH + timedelta(value)).isoformat()
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _period(member: Part) -> str:
    """The days between which the row counts, where it says so."""
    first, last = member["in_force"]
    return f", gilt (in force) {first or '…'} – {last or '…'}" if first or last else ""


def _called(member: Part) -> str:
    return f"{member['name']}: {member['label_de']}" if member["label_de"] else str(member["name"])


def _labelled(part: Part | None, key: str) -> str:
    if part is None:
        return "– (none)"
    return f"{part['label_de']} ({part[key]})" if part["label_de"] else str(part[key])


def _text(text: str, indent: int) -> Iterator[str]:
    """Give *text* in lines; those after the first stand two further in."""
    first, later = " " * indent, " " * (indent + 2)
    bound = _BINDS.sub(lambda found: f"{found[1]}{_HARD_SPACE}", " ".join(text.split()))
    for line in wrap(
        bound,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    ):
        yield line.replace(_HARD_SPACE, " ")
