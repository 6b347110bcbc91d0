"""What the gateway itself does for an obligation.

The table of executors is policy data. An obligation that names the gateway and has no row
here turns the decision into a refusal (DESIGN 4.1): nothing is released with a duty that
nobody fulfils.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from gateway.errors import PolicyUnavailable
from gateway.groups import item_name, name_in
from gateway.member_facts import items_spoken_of, stated_of
from gateway.model.decision import Decision, Obligation
from gateway.model.exchange import Exchange

Json = Any

FULFILLED_BY = {
    "OB-LOG": "steps/record.py: every decision is an entry",
    "OB-LOG-RETENTION": "steps/record.py: the record's bucket ends with its class",
    "OB-LOG-USE-LIMIT": "reading.py: records are read by their parties and by auditors only",
    "OB-LOG-NO-VALUES": "steps/record.py: parts hold member names, never values",
    "OB-LOG-SIGNED": "tlog/entry.py, tlog/checkpoint.py",
    "OB-LOG-DPA-ONLY": "adapters/log_export.py: opened for data-protection control only",
    "OB-LOG-RETENTION-COVERT": "steps/record.py: the record's bucket ends with its class",
    "OB-DOC-PURPOSE": "steps/record.py: purpose, original purpose and reason are in the record",
    "OB-DELETE-AT": "travelling(): the date goes with the payload; steps/forward.py looks at it",
    "OB-KEEP-MARK": "travelling(): the marking goes with the payload",
    "OB-QUALITY": "travelling(): date and reliability of each member go with the payload",
    "OB-CONDITIONS": "travelling(): conditions go with the payload",
    "OB-ASSESSMENT-SOURCE": "travelling(): assessments are labelled with the file-holding body",
    "OB-RECIPIENT-INDEX": "steps/record.py: blind index of the persons released",
    "OB-HUMAN-APPROVAL": "steps/record.py: held, or approval due after release",
    "OB-SAFEGUARDS-ART9": "sealing.py: sealed to the recipient; reasons in the record",
    "OB-ENCRYPT": "sealing.py: sealed to the recipient's own key",
    "OB-NEUTRAL-ANSWER": "readings/data_requests.py: the requester is told nothing but the answer",
    "OB-SUPPRESS": "policies: a table below the threshold is withheld whole",
}
"""Obligation code -> where the gateway fulfils it."""

_LABELS = {
    "OB-KEEP-MARK": ("marking",),
    "OB-QUALITY": ("as_of", "reliability"),
    "OB-ASSESSMENT-SOURCE": ("is_assessment", "assessment_source"),
}
_EPOCH = date(1970, 1, 1).toordinal()


def unsupported(decision: Decision, executors: Mapping[str, Mapping[str, Json]]) -> frozenset[str]:
    """Return the codes of the obligations that nobody fulfils.

    An obligation without a row in the table of executors counts as one.
    """
    return frozenset(
        obligation.code
        for obligation in decision.obligations
        if (row := executors.get(obligation.code)) is None
        or (row["executor"] == "gateway" and obligation.code not in FULFILLED_BY)
    )


def retention(decision: Decision) -> tuple[str, int]:
    """Return log class and last day (since 1970-01-01) of the record of *decision*.

    Raises:
        PolicyUnavailable: The decision does not say how long its record is kept.
    """
    obligation = decision.obligation("OB-LOG-RETENTION")
    last_day = None if obligation is None else _day(obligation, "erase_at_day")
    if last_day is None:
        raise PolicyUnavailable("the decision does not say how long its record is kept")
    return decision.log_class, last_day


def delete_at_day(decision: Decision) -> int | None:
    """Return the day after which the recipient must no longer have the data, if one is known.

    Raises:
        PolicyUnavailable: What the decision names is no day.
    """
    obligation = decision.obligation("OB-DELETE-AT")
    return None if obligation is None else _day(obligation, "delete_at_day")


def _day(obligation: Obligation, name: str) -> int | None:
    value = obligation.parameters.get(name)
    if value is None:
        return None
    if type(value) is not int or not 1 <= value + _EPOCH <= date.max.toordinal():
        raise PolicyUnavailable(f"{name} of {obligation.code} is no day")
    return value


def travelling(
    decision: Decision, exchange: Exchange, executors: Mapping[str, Mapping[str, Json]]
) -> dict[str, Json]:
    """Return what goes with the payload: the recipient's duties, labels, and the date to delete."""
    attributes = [
        attribute
        for obligation in decision.obligations
        for attribute in _LABELS.get(obligation.code, ())
    ]
    labels = {
        name: label
        for name, words in _said_of_released(decision, exchange)
        if (label := {key: words[key] for key in attributes if words.get(key) is not None})
    }
    until = delete_at_day(decision)
    return {
        "obligations": [
            described(item, executors)
            for item in decision.obligations
            if executors[item.code]["executor"] == "recipient" or item.code in _TRAVEL
        ],
        "labels": labels,
        **_conditions(decision, exchange),
        "delete_at": None if until is None else date.fromordinal(until + _EPOCH).isoformat(),
    }


def _conditions(decision: Decision, exchange: Exchange) -> dict[str, Json]:
    """The sender's own words to the recipient about special conditions (BDSG-74)."""
    words = exchange.stated_facts.get("conditions")
    if decision.obligation("OB-CONDITIONS") is None or not words:
        return {}
    return {"conditions": words}


def _said_of_released(
    decision: Decision, exchange: Exchange
) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Give the sender's words about what is released, by member or by item as it arrives."""
    stated, released = exchange.stated_member_facts, decision.released
    for member, value in exchange.payload.items():
        items = len(value) if isinstance(value, list) else 0
        arrived = 0
        for place in items_spoken_of(stated, exchange.groups, member, items):
            name = member if place is None else name_in(exchange.groups, member, place)
            if name not in released:
                continue
            as_it_arrives = member if place is None else item_name(member, arrived)
            yield as_it_arrives, stated_of(stated, member, place)
            arrived += 1


_TRAVEL = {"OB-DELETE-AT", "OB-KEEP-MARK", "OB-QUALITY", "OB-CONDITIONS", "OB-ASSESSMENT-SOURCE"}


def described(
    obligation: Obligation, executors: Mapping[str, Mapping[str, Json]]
) -> dict[str, Json]:
    """Return an obligation as people read it."""
    row = executors[obligation.code]
    return {
        "code": obligation.code,
        "rule": obligation.rule,
        "executor": row["executor"],
        "parameters": dict(obligation.parameters),
        "de": row["de"],
        "en": row["en"],
    }


def bucket_of(controller: str, log_class: str, last_day: int) -> str:
    """Return the bucket of a record: controller, log class and month of erasure."""
    return f"{controller}.{log_class}.{date.fromordinal(last_day + _EPOCH):%Y-%m}"


def log_class_of(bucket: str) -> str:
    """Return the log class of a bucket that `bucket_of` named; controllers have no full stop."""
    return bucket.split(".")[1]
