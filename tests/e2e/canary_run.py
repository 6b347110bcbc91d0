"""Plays everything that can happen to an exchange, each time with new canaries in it."""

import json
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.client.sender import Sender, SentAnswer
from gateway.demo import exchanges
from gateway.demo.cast import LOGISTICS, ORDER_OFFICE, POLICE, YOUTH_OFFICE, Office
from tests.e2e.canaries import Canaries, Payloads
from tests.e2e.running import Running, delivered, eventually
from tests.faults.locking import locked

Json = Any
ENVELOPES = {
    "PREMISES_HAZARD_NOTICE": (POLICE, exchanges.emergency_exits),
    "PERSON_LIST_EXCHANGE": (POLICE, exchanges.person_list),
    "CHILD_ENDANGERMENT": (YOUTH_OFFICE, exchanges.child_in_danger),
    "STATISTICS": (POLICE, exchanges.statistics),
    "SUSPICIOUS_EVENT": (LOGISTICS, exchanges.suspicious_event),
    "IDENTITY_CHECK": (POLICE, exchanges.emergency_exits),
}
TEXTS = ("purpose_text", "justification", "case_reference", "acting_official")


class RecordingSender(Sender):
    """A sender that keeps every answer, headers and all, in *heard*."""

    heard: list[bytes]

    async def _call(self, *given: Any) -> SentAnswer:
        answer = await super()._call(*given)
        self.heard.append(json.dumps(dict(answer.headers)).encode() + answer.body)
        return answer


@dataclass
class Run:
    """What one run of everything left behind."""

    stage: Running
    values: Canaries = field(default_factory=Canaries)
    texts: Canaries = field(default_factory=Canaries)
    heard: list[bytes] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    scrapes: list[bytes] = field(default_factory=list)
    delivered: Mapping[str, Json] = field(default_factory=dict)

    def sender(self, office: Office) -> RecordingSender:
        sender = RecordingSender(self.stage.partner(office))
        sender.heard = self.heard
        return sender

    def exchange(self, kind: str, payload: dict[str, Json], **changes: Json) -> dict[str, Json]:
        """Return an exchange with *payload*, and new canaries in everything that is text."""
        _, make = _envelope(kind)
        exchange = make()
        facts = {**exchange["facts"], "danger_facts": self.texts.text("danger_facts")}
        return {
            **exchange,
            **{name: self.texts.text(name) for name in TEXTS},
            "exchange_kind": kind,
            "payload": payload,
            "facts": facts,
            "field_facts": {
                name: row
                for name, row in exchange.get("field_facts", {}).items()
                if name in payload
            },
            **changes,
        }


def _envelope(kind: str) -> tuple[Office, Callable[[], dict[str, Json]]]:
    """Return who sends a kind, and its exchange; a kind without rules goes the notice's way."""
    return ENVELOPES.get(kind, ENVELOPES["PREMISES_HAZARD_NOTICE"])


async def everything(run: Run) -> None:
    """Play all that can happen to an exchange, each time with new canaries."""
    payloads = Payloads(run.stage.rules, run.values)
    for kind in payloads.kinds():
        office, _ = _envelope(kind)
        payload, roles = payloads.full(kind), payloads.roles(kind)
        async with run.sender(office) as sender:
            answer = await sender.send(run.exchange(kind, payload, field_facts=roles))
            run.statuses.append(answer.status)
            if kind == "PREMISES_HAZARD_NOTICE":
                await permit_and_views(run, sender, answer)
    await holds(run, payloads)
    await refusals(run, payloads)
    await faults(run, payloads)
    await eventually(lambda: run.stage.events("worker", "delivery_not_made"))
    await eventually(lambda: run.stage.events("worker", "hold_expired"))
    for port in (run.stage.ports["operations"], worker_port(run.stage)):
        for path in ("metrics", "readyz"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=20) as answer:
                run.scrapes.append(answer.read())


async def permit_and_views(run: Run, sender: Sender, answer: SentAnswer) -> None:
    exchange_id = answer.json()["exchange_id"]
    run.delivered = await delivered(run.stage, ORDER_OFFICE, exchange_id)
    await sender.status(exchange_id)
    await sender.receipt(exchange_id)
    async with run.sender(ORDER_OFFICE) as recipient:
        await recipient.status(exchange_id)
        await recipient.receipt(exchange_id)
    async with run.sender(YOUTH_OFFICE) as stranger:
        await stranger.status(exchange_id)


async def holds(run: Run, payloads: Payloads) -> None:
    """A withheld name in a released text: held, then looked at and sent."""
    kind = "PREMISES_HAZARD_NOTICE"
    payload = payloads.full(kind)
    payload["hazard_facts"] += payload["witness_name"]["family_name"]
    async with run.sender(POLICE) as sender:
        for checked in (False, True):
            exchange = run.exchange(kind, payload, field_facts=payloads.roles(kind))
            answer = await sender.send({**exchange, "free_text_checked": checked})
            run.statuses.append(answer.status)


async def refusals(run: Run, payloads: Payloads) -> None:
    """Everything that is refused for its form, with a canary where the form is broken."""
    kind, new = "PREMISES_HAZARD_NOTICE", run.values.text
    wrong = [payloads.full(kind) for _ in range(6)]
    wrong[0][run.values.core("unknown member")] = new("unknown member's value")
    wrong[1]["licensee_name"]["date_of_birth"] = new("date")
    wrong[2]["photos_exits_no_persons"][0]["file_name"] = new("file name")
    wrong[3]["photos_exits_no_persons"][0]["content"] = run.values.core("not base64") + "="
    wrong[4]["photos_exits_no_persons"][0]["media_type"] = new("media type")
    wrong[5]["number_of_sleepers"] = new("no number")
    async with run.sender(POLICE) as sender:
        for payload in wrong:
            answer = await sender.send(run.exchange(kind, payload))
            run.statuses.append(answer.status)
        good = run.exchange(kind, payloads.full(kind))
        for broken in (
            {**good, "facts": {run.values.core("unknown fact"): new("its value")}},
            {**good, "facts": {"danger_level": new("no danger level")}},
            {**good, "facts": {"consent": {"_sd": new("reserved")}}},
            {**good, "field_facts": {run.values.core("unknown member"): new("no object")}},
            {**good, "exchange_kind": new("no kind")},
            {**good, "purpose": new("no purpose")},
            {**good, "legal_basis": [new("no basis")]},
            {**good, "recipient": new("nobody")},
            {**good, "idempotency": new("envelope")},
        ):
            run.statuses.append((await sender.send(broken)).status)
        await broken_bytes(run, sender, json.dumps(good, ensure_ascii=False).encode())


async def broken_bytes(run: Run, sender: Sender, good: bytes) -> None:
    new, core = run.values.text, run.values.core
    for body in (
        good.replace(b'"recipient"', f'"{core("twice")}": 1, "recipient"'.encode() * 2, 1),
        good[:-1] + f', "{core("open")}": "{new("open")}'.encode(),
        good + new("behind").encode(),
        good.replace(b"Kammer", b"K") + b"\xff" + core("bytes").encode(),
        f'{{"{core("number")}": 1.5, "x": "{new("fraction")}"}}'.encode(),
        f'{{"x": "\\ud800{new("surrogate")}"}}'.encode(),
        good.replace(b'"justification"', b'"x": "' + core("large").encode() * 800_000 + b'"', 1),
    ):
        run.statuses.append((await sender.send_bytes(body, sender.sign(body))).status)
    headers = sender.sign(good)
    for changes in (
        {"idempotency-key": core("key")},
        {"content-type": f"text/{core('type')}"},
        {"content-encoding": core("encoding")},
        {"signature-input": f'sig1=("{core("component")}");keyid="{core("keyid")}"'},
        {"signature": f"sig1=:{core('signature')}:"},
        {"content-digest": f"sha-256=:{core('digest')}:"},
    ):
        answer = await sender.send_bytes(good, {**headers, **changes})
        run.statuses.append(answer.status)
    for path in ("/v1/exchanges/", "/v1/log/tile/", "/v1/log/proof/", "/problems/", "/"):
        run.statuses.append((await sender.get(path + core("path"))).status)
    run.statuses.append((await sender.get(f"/v1/log/consistency?from={core('query')}")).status)


async def faults(run: Run, payloads: Payloads) -> None:
    """A broken engine, a locked database, and recipients that nobody has started."""
    kind = "PREMISES_HAZARD_NOTICE"
    async with run.sender(POLICE) as sender:
        for fault in ("FAULT-UNDEFINED", "FAULT-ERROR", "FAULT-LATE", "FAULT-UNEXPLAINED"):
            exchange = run.exchange(kind, payloads.full(kind), field_facts=payloads.roles(kind))
            exchange["legal_basis"] = [*exchange["legal_basis"], fault]
            run.statuses.append((await sender.send(exchange)).status)
        with locked(run.stage):
            exchange = run.exchange(kind, payloads.full(kind))
            run.statuses.append((await sender.send(exchange, str(uuid.uuid4()))).status)


def worker_port(stage: Running) -> int:
    return int(stage.events("worker", "listening")[-1]["operations"])
