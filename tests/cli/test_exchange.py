"""`datenschleuse exchange`: what a person sees, and the exit status."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.exchange import app
from gateway.errors import LogUnavailable
from gateway.model.evidence import Answer, Part
from gateway.tlog.keys import sign_key_list
from tests.http.edge import EXCHANGE_ID, Edge
from tests.partners import Member
from tests.tlog.memory_log import ORIGIN, MemoryLog, a_log

KEY = "3f2b0a52-8f0e-4f7e-9a65-0a4f4f1c2d3e"


@pytest.fixture(autouse=True)
def present_time(edge: Edge) -> Iterator[None]:
    """The command signs with the time of its computer."""
    before, edge.clock.at = edge.clock.at, int(time.time())
    yield
    edge.clock.at = before


def partner_file(folder: Path, edge: Edge, member: Member, log: MemoryLog | None = None) -> Path:
    partner = member.partner
    lines = {
        "unit": member.id,
        "gateway": edge.public_url,
        "certificate": partner.certificate,
        "key": partner.key,
        "ca": partner.ca,
        "signing_key": partner.signing_key,
    }
    if log is not None:
        (folder / "root.pub").write_bytes(log.root_signer.public_key.pem)
        (folder / "keys.jws").write_text(sign_key_list(log.keys, log.root_signer) + "\n")
        lines |= {"origin": ORIGIN, "root_key": "root.pub", "keys": "keys.jws"}
    file = folder / "partner.toml"
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in lines.items()))
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def send(tmp_path: Path, edge: Edge, *options: object, log: MemoryLog | None = None) -> Result:
    exchange = tmp_path / "exchange.json"
    exchange.write_text('{"recipient":  "ordnungsamt"}')
    partner = partner_file(tmp_path, edge, edge.police, log)
    return run("send", exchange, "--partner", partner, *options)


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (Answer(201, EXCHANGE_ID, {"verdict": "permit"}), 0, "Zulässig"),
        (Answer(202, EXCHANGE_ID, {"verdict": "hold"}), 0, "Wartet auf einen benannten Menschen"),
        (Answer(403, EXCHANGE_ID, {"verdict": "deny"}), 1, "Nicht zulässig"),
        (LogUnavailable("x"), 1, "Zurzeit nicht verfügbar"),
    ],
)
def test_the_exit_status_follows_the_answer(
    edge: Edge, tmp_path: Path, answer: Answer | Exception, status: int, said: str
) -> None:
    edge.answers = answer

    result = send(tmp_path, edge)

    assert result.exit_code == status
    assert said in result.stdout


def test_a_repeat_carries_the_key_that_is_given(edge: Edge, tmp_path: Path) -> None:
    result = send(tmp_path, edge, "--key", KEY)

    assert result.exit_code == 0
    assert f"Idempotency-Key {KEY}" in result.stderr


def test_a_program_reads_the_answer_as_it_came(edge: Edge, tmp_path: Path) -> None:
    result = send(tmp_path, edge, "--json")

    assert json.loads(result.stdout) == {"verdict": "permit", "note": "für alle"}


def test_a_receipt_is_verified_when_the_file_says_how(edge: Edge, tmp_path: Path) -> None:
    log = a_log(4)
    receipt = log.receipt(3, Part.SENDER).document()
    edge.answers = Answer(403, EXCHANGE_ID, {"verdict": "deny", "receipt": receipt})

    result = send(tmp_path, edge, log=log)

    assert result.exit_code == 1
    assert "Beleg geprüft: Eintrag 3" in result.stderr


def test_a_receipt_that_does_not_verify_is_never_a_success(edge: Edge, tmp_path: Path) -> None:
    log = a_log(4)
    receipt = log.receipt(3).document() | {"proof": log.receipt(2).proof}
    edge.answers = Answer(201, EXCHANGE_ID, {"verdict": "permit", "receipt": receipt})

    result = send(tmp_path, edge, log=log)

    assert result.exit_code == 1
    assert "DER BELEG IST NICHT ECHT" in result.stderr
    assert "Zulässig" not in result.stdout


def test_without_an_answer_the_key_to_repeat_with_is_there(edge: Edge, tmp_path: Path) -> None:
    stranger = edge.pki.member("ausgesperrt", edge.public_url, ca=edge.pki.other_ca)
    exchange = tmp_path / "exchange.json"
    exchange.write_text("{}")

    result = run("send", exchange, "--partner", partner_file(tmp_path, edge, stranger))

    assert result.exit_code == 1
    assert "Idempotency-Key " in result.stderr
    assert "Keine Antwort" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["send"],
        ["send", "missing.json", "--partner", "partner.toml"],
        ["status", EXCHANGE_ID, "--partner", "missing.toml"],
        ["status", "../../etc", "--partner", "missing.toml"],
    ],
)
def test_a_call_that_cannot_work_is_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_key_that_is_no_uuid_is_2(edge: Edge, tmp_path: Path) -> None:
    assert send(tmp_path, edge, "--key", "x").exit_code == 2


def test_an_exchange_that_is_not_there_is_1(edge: Edge, tmp_path: Path) -> None:
    result = run("status", EXCHANGE_ID, "--partner", partner_file(tmp_path, edge, edge.police))

    assert result.exit_code == 1
    assert "404" in result.stdout
