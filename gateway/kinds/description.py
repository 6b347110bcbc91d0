"""What a partner is told of an exchange kind: tables, schemas and rules, joined for reading."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.kinds.example import request_of
from gateway.kinds.facts_read import Routes, facts_read
from gateway.kinds.smallest import Decide, Smallest, Tables, smallest_input
from gateway.policies import Policies
from gateway.policy.syntax_tree import Module

Json = Any
Table = Mapping[str, Json]

_CELL = 100
_NONE = {
    "de": "Das Regelwerk erlaubt keinen Austausch dieser Art; jede Anfrage wird abgelehnt.",
    "en": "The rules permit no exchange of this kind; every request is denied.",
}
_UNASKED = {
    "de": "Zulässig auch ohne Anfrage.",
    "en": "Permitted without a request, too.",
}
_ASKED = {
    "de": "Zulässig nur als Antwort auf eine Anfrage; `in_reply_to` nennt sie.",
    "en": "Permitted only as the answer to a request, which `in_reply_to` names.",
}


def describe_kind(
    kind: str, policies: Policies, modules: Iterable[Module], decide: Decide, day: int
) -> dict[str, Json]:
    """Return the description of *kind*, with an example that *decide* permits on *day*."""
    data, schemas = policies.data, policies.policy_set.schemas
    routes = list(_routes(data["routes"][kind], data["agency_kinds"]))
    bases = _bases(routes, policies)
    read = facts_read(modules, _surroundings(kind, routes, bases, data))
    doors = _facts_of_doors(routes, data)
    return {
        "exchange_kind": kind,
        "label_de": schemas[f"payloads/{kind}.json"]["title"],
        "policy_digest": policies.digest,
        "members": [_member(kind, name, policies) for name in sorted(data["members"][kind])],
        "routes": routes,
        "facts": _facts(schemas["facts.json"]["facts"], read.request | doors),
        "member_facts": _facts(schemas["facts.json"]["field_facts"], read.member),
        "bases": bases,
        "example": _example(kind, policies, decide, day),
    }


def _member(kind: str, name: str, policies: Policies) -> dict[str, Json]:
    mark = policies.schemas.payloads[kind].members[name]
    table = policies.data["necessity"].get(kind, {})
    return {
        "member": name,
        "label_de": mark.label_de,
        "category": mark.category,
        "role_needed": policies.data["members"][kind][name]["role_needed"],
        "free_text": mark.free_text,
        "attachment": mark.attachment,
        "need": [
            {"recipient_kind": recipient, **_need(rows[name], policies)}
            for recipient, rows in sorted(table.items())
            if name in rows
        ],
    }


def _need(row: Table, policies: Policies) -> dict[str, Json]:
    """How necessary a recipient finds a member, and what stands against it if it is not."""
    if not row.get("reason"):
        return {"need": row["need"]}
    said = policies.catalogue.entry(row["rule"], row["reason"])
    return {
        "need": row["need"],
        "reason": row["reason"],
        "rule": row["rule"],
        "norm": said.norm,
        "de": said.de,
        "en": said.en,
    }


def _routes(routes: Table, kinds: Table) -> Iterator[dict[str, Json]]:
    for sender, recipients in sorted(routes.items()):
        for recipient, row in sorted(recipients.items()):
            yield {
                "sender_kind": sender,
                "sender_de": kinds[sender]["label_de"],
                "recipient_kind": recipient,
                "recipient_de": kinds[recipient]["label_de"],
                "purposes": list(row["recipient_purposes"]),
            }


def _bases(routes: list[dict[str, Json]], policies: Policies) -> list[dict[str, Json]]:
    """The bases that speak of a route of the kind: of both sides, and of a purpose of it."""
    data = policies.data
    bases = []
    for name, row in sorted(data["legal_bases"].items()):
        reach = data["lookup"]["reach"][name]
        speaks = any(
            route["sender_kind"] in reach.get("senders", {})
            and route["recipient_kind"] in reach.get("recipients", {})
            and set(row.get("purposes", route["purposes"])) & set(route["purposes"])
            for route in routes
        )
        if row["effect"] != "permit" or not speaks:
            continue
        norm = policies.catalogue.norms[name]
        bases.append(
            {
                "basis": name,
                "norm": norm.shown,
                "status": norm.status,
                "link": norm.link,
                "needs_confirmation": norm.status in ("O", "U"),
                "purposes": sorted(row.get("purposes", [])),
                "conditions": list(row.get("conditions", [])),
            }
        )
    return bases


def _surroundings(
    kind: str, routes: list[dict[str, Json]], bases: list[dict[str, Json]], data: Table
) -> Routes:
    def of(name: str) -> frozenset[str]:
        return frozenset(route[name] for route in routes)

    def groups(name: str) -> frozenset[str]:
        return frozenset(it for each in of(name) for it in data["agency_kinds"][each]["groups"])

    claimed = frozenset(it["basis"] for it in bases)
    return Routes(
        {
            "input.exchange_kind": frozenset({kind}),
            "input.sender_kind": of("sender_kind"),
            "input.recipient_kind": of("recipient_kind"),
            "input.purpose": frozenset(it for route in routes for it in route["purposes"]),
            "input.found.sender_groups": groups("sender_kind"),
            "input.found.recipient_groups": groups("recipient_kind"),
            "request.sender_groups": groups("sender_kind"),
            "request.recipient_groups": groups("recipient_kind"),
            "input.found.covering": claimed,
            "input.found.satisfied": claimed,
        },
        frozenset(condition for it in bases for condition in it["conditions"]),
    )


def _facts_of_doors(routes: list[dict[str, Json]], data: Table) -> frozenset[str]:
    """The facts that the norms of the recipients ask for, whose names stand in their rows."""
    groups = {it for r in routes for it in data["agency_kinds"][r["recipient_kind"]]["groups"]}
    purposes = {it for route in routes for it in route["purposes"]}
    rows = [
        row
        for row in data["collection_bases"].values()
        if groups & {*row["recipients"]} and purposes & {*row["purposes"]}
    ]
    orders = {row["order"] for row in rows if groups & {*row.get("order_needed_for", [])}}
    return frozenset(fact for row in rows for fact in row["facts"]) | orders


def _facts(table: Table, names: Iterable[str]) -> list[dict[str, Json]]:
    """The rows of facts, and of the references that orders among them need."""
    rows = {name: table[name] for name in names if name in table}
    referred = {it["reference"] for it in rows.values() if it.get("reference") in table}
    rows |= {name: table[name] for name in referred}
    return [
        {
            "fact": name,
            "label_de": row["label_de"],
            "source": row["source"],
            "type": row["type"],
            **{key: row[key] for key in ("values", "reference") if row.get(key)},
        }
        for name, row in sorted(rows.items())
    ]


def _example(kind: str, policies: Policies, decide: Decide, day: int) -> dict[str, Json]:
    """The smallest request that is permitted, or that none is."""
    schemas = policies.policy_set.schemas
    sources = {name: row["source"] for name, row in schemas["facts.json"]["facts"].items()}
    marks = policies.schemas.payloads[kind].members
    tables = Tables(policies.data, sources, {name for name, it in marks.items() if it.attachment})
    found = smallest_input(kind, tables, decide, day)
    if found is None:
        return {"verdict": "deny", **_NONE, "request": None}
    return {
        "verdict": found.verdict,
        **(_ASKED if found.asked else _UNASKED),
        "sender_kind": found.given["sender_kind"],
        "recipient_kind": found.given["recipient_kind"],
        "asked": found.asked,
        "unconfirmed_norms": list(found.unconfirmed),
        "other_facts": _not_of_the_sender(found, sources),
        "request": request_of(found, schemas, _CELL),
    }


def _not_of_the_sender(found: Smallest, sources: Mapping[str, str]) -> list[dict[str, Json]]:
    """What registry or request must say for it, in the order of names."""
    return [
        {"fact": name, "source": sources[name], "value": value}
        for name, value in sorted(found.given["facts"].items())
        if sources[name] in ("registry", "requester")
    ]
