"""The nine points of the demonstration, each a real exchange over real HTTPS."""

import asyncio
import json
import signal
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.client.sender import Sender, SentAnswer
from gateway.demo import exchanges, failures
from gateway.demo.alteration import alter_one_byte
from gateway.demo.cast import (
    EXECUTIVE,
    LOGISTICS,
    ORDER_OFFICE,
    POLICE,
    YOUTH_OFFICE,
    Office,
)
from gateway.demo.rules import MEMBER, RulesChange
from gateway.demo.say import Narrator
from gateway.demo.stage import ORIGIN, Stage
from gateway.model.evidence import Part, Receipt
from gateway.tlog.encoding import encode_base64
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyList, open_key_list
from gateway.verify import verify_export, verify_receipt

Json = Any
_PATIENCE_S = 20.0


class StoryFailed(Exception):
    """Something did not happen as the demonstration promises."""


class Story:
    """Plays on a stage that is up, and checks everything that it shows."""

    def __init__(self, stage: Stage, say: Narrator) -> None:
        self._stage = stage
        self._say = say

    async def play(self) -> None:
        acts: list[Callable[[], Awaitable[None]]] = [
            self._emergency_exits,
            self._person_list,
            self._child,
            self._statistics,
            self._event,
            self._failures,
            self._down,
            self._rules,
            self._auditor,
        ]
        for act in acts:
            await act()

    async def _emergency_exits(self) -> None:
        self._say.act(
            1,
            "Verschlossene Notausgänge: die Polizei unterrichtet das Ordnungsamt",
            "Blocked emergency exits: police tell the order office (case V01)",
        )
        answer = await self._send(POLICE, exchanges.emergency_exits())
        body = self._expect(answer, 201)
        self._say.verdict(answer.status, body)
        delivered = await self._delivered(ORDER_OFFICE, body["exchange_id"])
        self._say.received("Das Ordnungsamt", delivered["exchange"]["payload"])
        if sorted(delivered["exchange"]["payload"]) != body["released"]:
            raise StoryFailed("the order office got other members than were released")

    async def _person_list(self) -> None:
        self._say.act(
            2,
            "Eine Personenliste, „weil wir eine Sicherheitspartnerschaft haben“",
            "A person list because of the security partnership, and no other basis (case V02)",
        )
        answer = await self._send(POLICE, exchanges.person_list())
        body = self._expect(answer, 403)
        self._say.verdict(answer.status, body)
        if ("partnership_is_no_basis", "PARTNERSHIP-1") not in {
            (denial["reason"], denial["rule"]) for denial in body["denials"]
        }:
            raise StoryFailed("the partnership was not named as no basis")
        verified = verify_receipt(Receipt(**body["receipt"]), self._keys(), ORIGIN)
        self._say.line(
            f"Auch die Ablehnung hat eine Quittung: Eintrag {verified.index} im Protokoll mit "
            f"{verified.checkpoint.size} Einträgen, offline geprüft, Ergebnis „"
            f"{verified.parts[Part.SENDER]['verdict']}“.",
            "The denial has a receipt too: verified offline with the log's root key.",
        )

    async def _child(self) -> None:
        self._say.act(
            3,
            "Ein Kind in gegenwärtiger Gefahr: das Jugendamt ruft die Polizei",
            "A child in present danger: permitted at once, approval due afterwards (case V11)",
        )
        answer = await self._send(YOUTH_OFFICE, exchanges.child_in_danger())
        body = self._expect(answer, 201)
        self._say.verdict(answer.status, body)
        approval = next(item for item in body["obligations"] if item["code"] == "OB-HUMAN-APPROVAL")
        hours = approval["parameters"]["due_within_h"]
        self._say.line(
            f"Sofort weitergegeben; die Entscheidung eines namentlich benannten Menschen ist "
            f"binnen {hours} Stunden nachzuholen.",
            f"Released at once; a named human must decide within {hours} hours.",
        )
        await self._delivered(POLICE, body["exchange_id"])

    async def _statistics(self) -> None:
        self._say.act(
            4,
            "Zahlen für die Stadt: eine Zelle ist zu klein",
            "Statistics, sent unasked: a small cell withholds the table, the text goes",
        )
        answer = await self._send(POLICE, exchanges.statistics())
        body = self._expect(answer, 201)
        self._say.verdict(answer.status, body)
        delivered = await self._delivered(EXECUTIVE, body["exchange_id"])
        self._say.received("Die Verwaltungsleitung", delivered["exchange"]["payload"])

    async def _event(self) -> None:
        self._say.act(
            5,
            "Eine Spedition meldet einen verdächtigen Vorfall",
            "A private partner reports a suspicious event to the police (case V22)",
        )
        answer = await self._send(LOGISTICS, exchanges.suspicious_event())
        body = self._expect(answer, 201)
        self._say.verdict(answer.status, body)
        delivered = await self._delivered(POLICE, body["exchange_id"])
        self._say.received("Die Polizeiinspektion", delivered["exchange"]["payload"])

    async def _failures(self) -> None:
        self._say.act(
            6,
            "Was scheitern muss",
            "What must fail, each with the answer that the sender saw",
        )
        rows = []
        for failure in failures.ALL:
            seen = await failure.attempt(self._stage)
            if seen.status != failure.status:
                raise StoryFailed(f"{failure.english}: {seen.status} instead of {failure.status}")
            rows.append((failure.german, seen.shown, failure.english))
        self._say.table(("Versuch", "Antwort", "in English"), rows)
        await self._replay()

    async def _replay(self) -> None:
        """The same request twice: the stored answer, one decision, one delivery."""
        exchange, key = exchanges.statistics(), str(uuid.uuid4())
        async with Sender(self._stage.partner(POLICE)) as sender:
            body = json.dumps(exchange).encode()
            headers = sender.sign(body, key)
            first = await sender.send_bytes(body, headers)
            second = await sender.send_bytes(body, headers)
        exchange_id = self._expect(first, 201)["exchange_id"]
        if (first.status, first.body) != (second.status, second.body):
            raise StoryFailed("a replay got another answer")
        await self._delivered(EXECUTIVE, exchange_id)
        await asyncio.sleep(1)
        times = sum(
            item["exchange"]["exchange_id"] == exchange_id for item in self._stage.inbox(EXECUTIVE)
        )
        if times != 1:
            raise StoryFailed(f"a replay was delivered {times} times")
        self._say.line(
            "Wiederholung derselben Anfrage: Byte für Byte dieselbe Antwort, keine zweite "
            "Entscheidung, eine einzige Lieferung.",
            "A replay: the very same answer, no second decision, one delivery.",
        )

    async def _down(self) -> None:
        self._say.act(
            7,
            "Ein Empfänger ist nicht da, kommt wieder und bekommt es einmal",
            "A recipient that is down, comes back, and gets it once",
        )
        self._stage.stop(YOUTH_OFFICE.id, signal.SIGKILL)
        answer = await self._send(POLICE, exchanges.notice_to_youth_office())
        exchange_id = self._expect(answer, 201)["exchange_id"]
        await asyncio.sleep(2)
        if any(
            i["exchange"]["exchange_id"] == exchange_id for i in self._stage.inbox(YOUTH_OFFICE)
        ):
            raise StoryFailed("a stopped recipient received something")
        state = await self._state(POLICE, exchange_id)
        self._say.line(
            f"Das Jugendamt ist abgeschaltet. Stand beim Absender: {state}.",
            "The youth office is down; the decision is durable, the delivery waits.",
        )
        self._stage.start_receiver(YOUTH_OFFICE)
        await self._delivered(YOUTH_OFFICE, exchange_id)
        for _ in range(100):
            state = await self._state(POLICE, exchange_id)
            if state == "delivered":
                break
            await asyncio.sleep(0.1)
        times = sum(
            item["exchange"]["exchange_id"] == exchange_id
            for item in self._stage.inbox(YOUTH_OFFICE)
        )
        self._say.line(
            f"Es ist wieder da: {times} Lieferung. Stand beim Absender: {state}.",
            "It is back and got it once.",
        )
        if (times, state) != (1, "delivered"):
            raise StoryFailed(f"delivered {times} times, state {state}")

    async def _rules(self) -> None:
        self._say.act(
            8,
            "Eine Regel ändert sich: niemand allein, und die Wirkung ist vorher bekannt",
            "A rule changes: nobody alone, and its effect is known before",
        )
        await RulesChange(self._stage, self._say).play()
        answer = await self._send(POLICE, exchanges.emergency_exits())
        body = self._expect(answer, 201)
        self._say.verdict(answer.status, body)
        if MEMBER in body["released"]:
            raise StoryFailed("the new rule does not decide")

    async def _auditor(self) -> None:
        self._say.act(
            9,
            "Die Prüferin: Kopie ziehen, allein mit dem Wurzelschlüssel prüfen",
            "The auditor: export, verify with the root key alone, then one altered byte",
        )
        folder = self._stage.folder / "export"
        done = await asyncio.to_thread(
            self._stage.command,
            "log",
            "export",
            str(folder),
            "--home",
            str(self._stage.home),
            "--purpose",
            "Vorführung: Prüfung des ganzen Protokolls",
        )
        if done.returncode != 0:
            raise StoryFailed(done.stderr)
        root = PublicKey.from_pem((self._stage.home / "root.pub").read_bytes())
        verified = verify_export(folder, root)
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(verified.entries.items()))
        self._say.line(
            f"[green]✓[/] {verified.size} Einträge ({kinds}), "
            f"Wurzel {encode_base64(verified.root)}",
            "Every entry, tile, signature and disclosed part was derived again.",
        )
        self._say.line(
            f"[green]✓[/] {verified.changes} Änderungen von Regeln und Register, jede mit den "
            "Unterschriften derer, die zustimmen mussten.",
            "Every change carries the signatures of those who had to agree.",
        )
        alter_one_byte(folder, root, self._say)

    # --- what the acts share

    async def _send(self, office: Office, exchange: dict[str, Json]) -> SentAnswer:
        async with Sender(self._stage.partner(office)) as sender:
            return await sender.send(exchange)

    async def _state(self, office: Office, exchange_id: str) -> str:
        async with Sender(self._stage.partner(office)) as sender:
            state: str = (await sender.status(exchange_id)).json()["state"]
        return state

    async def _delivered(self, office: Office, exchange_id: str) -> dict[str, Json]:
        """Wait until *office* has kept the exchange, and return what it kept."""
        for _ in range(int(_PATIENCE_S / 0.1)):
            for item in self._stage.inbox(office):
                if item["exchange"]["exchange_id"] == exchange_id:
                    return item
            await asyncio.sleep(0.1)
        raise StoryFailed(f"{office.name} did not get exchange {exchange_id}")

    def _expect(self, answer: SentAnswer, status: int) -> dict[str, Json]:
        body = answer.json()
        if answer.status != status:
            raise StoryFailed(f"{answer.status} instead of {status}: {answer.body[:2000]!r}")
        return body

    def _keys(self) -> KeyList:
        root = PublicKey.from_pem((self._stage.home / "root.pub").read_bytes())
        return open_key_list((self._stage.home / "keys.jws").read_text("ascii").strip(), root)
