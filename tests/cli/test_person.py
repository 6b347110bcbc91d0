"""`datenschleuse person` makes keys and cards, and shows a card so that two can compare it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.key_file import Algorithm, read_key_file
from gateway.demo.people import OPERATOR
from gateway.demo.people import card as a_card
from gateway.people import canonical_person
from tests.cli.in_process import CommandLine, Ended
from tests.cli.key_files import PASSPHRASE, key_file
from tests.cli.key_files import passphrase_file as secret
from tests.contracts.test_signer import check
from tests.governing import FOUNDERS, signer_of
from tests.soft_token import PIN, SoftTokens

WRONG = "Zwölf andere Zeichen"


@pytest.fixture
def anna(datenschleuse: CommandLine, tmp_path: Path) -> Path:
    """A key file, and the passphrase beside it."""
    out = tmp_path / "anna.pem"
    ended = datenschleuse("person", "key", "--out", out, "--passphrase-file", secret(tmp_path))
    assert ended.status == 0, ended.err
    return out


def card(datenschleuse: CommandLine, key: object, folder: Path, *more: object) -> Ended:
    given = ("--passphrase-file", folder / "passphrase", "--out", folder / "anna.json")
    who = ("--id", "anna", "--name", "Anna Muster", "--role", "approver:stadt")
    return datenschleuse("person", "card", "--key", key, *who, *given, *more)


def written(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "anna.json").read_text("utf-8"))
    return document


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_is_made_under_a_passphrase_for_its_owner_alone(
    datenschleuse: CommandLine, tmp_path: Path, algorithm: Algorithm
) -> None:
    out = tmp_path / "anna.pem"
    file = secret(tmp_path)

    ended = datenschleuse(
        *("person", "key", "--out", out, "--algorithm", algorithm.value),
        *("--passphrase-file", file),
    )

    signer = read_key_file(out, lambda _what: PASSPHRASE)
    assert ended.status == 0
    assert signer.kid in ended.out
    assert signer.public_jwk["kty"] == ("OKP" if algorithm is Algorithm.ED25519 else "EC")
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_key_is_ed25519_unless_said_otherwise(anna: Path) -> None:
    assert read_key_file(anna, lambda _what: PASSPHRASE).public_jwk["crv"] == "Ed25519"


def test_no_command_takes_a_passphrase_as_an_argument(datenschleuse: CommandLine) -> None:
    """It would stand in the list of processes, and in the history of the shell."""
    for command in ("key", "card", "show"):
        shown = datenschleuse("person", command, "--help").out
        assert set(re.findall(r"--pass\S*|--pin\S*", shown)) <= {"--passphrase-file"}


def test_the_file_with_the_passphrase_may_be_named_by_the_environment(
    datenschleuse: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATENSCHLEUSE_PASSPHRASE_FILE", str(secret(tmp_path)))
    assert datenschleuse("person", "key", "--out", tmp_path / "anna.pem").status == 0
    assert read_key_file(tmp_path / "anna.pem", lambda _what: PASSPHRASE)


def test_a_key_is_never_written_over(datenschleuse: CommandLine, anna: Path) -> None:
    before = anna.read_bytes()
    file = anna.parent / "passphrase"
    ended = datenschleuse("person", "key", "--out", anna, "--passphrase-file", file)
    assert (ended.status, anna.read_bytes()) == (1, before)
    assert "is there already" in ended.err


def test_a_short_passphrase_leaves_no_file(datenschleuse: CommandLine, tmp_path: Path) -> None:
    file = secret(tmp_path, "too short")
    ended = datenschleuse(
        "person", "key", "--out", tmp_path / "anna.pem", "--passphrase-file", file
    )
    assert ended.status == 1
    assert "at least 12 characters" in ended.err
    assert not (tmp_path / "anna.pem").exists()


def test_a_folder_that_is_not_there_is_said(datenschleuse: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "anna.pem"
    ended = datenschleuse("person", "key", "--out", out, "--passphrase-file", secret(tmp_path))
    assert ended.status == 1
    assert "cannot be written" in ended.err


def test_a_card_says_who_may_what_with_which_key(
    datenschleuse: CommandLine, anna: Path, tmp_path: Path
) -> None:
    ended = card(
        datenschleuse, anna, tmp_path, "--role", "operator", "--role", "official:jugendamt"
    )

    assert (ended.status, ended.err) == (0, "")
    assert written(tmp_path) == {
        "id": "anna",
        "name": "Anna Muster",
        "status": "active",
        "roles": [
            {"role": "approver", "controller": "stadt"},
            {"role": "operator"},
            {"role": "official", "unit": "jugendamt"},
        ],
        "key": {
            "kind": "key",
            "jwk": dict(read_key_file(anna, lambda _what: PASSPHRASE).public_jwk),
        },
    }
    assert canonical_person(written(tmp_path))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_card_is_made_of_a_key_on_a_token(
    datenschleuse: CommandLine, tokens: SoftTokens, tmp_path: Path, algorithm: Algorithm
) -> None:
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", algorithm)
    secret(tmp_path, PIN)

    ended = card(datenschleuse, tokens.uri("Anna", "vote"), tmp_path)

    assert (ended.status, ended.err) == (0, "")
    assert written(tmp_path)["key"]["jwk"]["kty"] == (
        "OKP" if algorithm is Algorithm.ED25519 else "EC"
    )


def test_no_card_is_made_of_a_key_that_does_not_sign(
    datenschleuse: CommandLine, tokens: SoftTokens, tmp_path: Path
) -> None:
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", Algorithm.P256, SIGN=False)
    secret(tmp_path, PIN)

    ended = card(datenschleuse, tokens.uri("Anna", "vote"), tmp_path)

    assert ended.status == 1
    assert "may not sign" in ended.err
    assert not (tmp_path / "anna.json").exists()


def test_a_wrong_passphrase_makes_no_card_and_is_not_shown(
    datenschleuse: CommandLine, anna: Path, tmp_path: Path
) -> None:
    secret(tmp_path, WRONG)
    ended = card(datenschleuse, anna, tmp_path)
    assert ended.status == 1
    assert "does not open the file" in ended.err
    assert ended.err.count("\n") == 1
    assert WRONG not in ended.out + ended.err
    assert not (tmp_path / "anna.json").exists()


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ("king", "author, approver"),
        ("approver", "approver:CONTROLLER"),
        ("official", "official:UNIT"),
        ("operator:stadt", "(is written) operator"),
        ("approver:", "lower-case letters"),
        ("approver:Stadt", "lower-case letters"),
        ("approver:stadt", "twice"),
    ],
)
def test_a_role_that_is_none_makes_no_card(
    datenschleuse: CommandLine, anna: Path, tmp_path: Path, role: str, why: str
) -> None:
    ended = card(datenschleuse, anna, tmp_path, "--role", role)
    assert ended.status == 1
    assert why in ended.err
    assert not (tmp_path / "anna.json").exists()


def numbers(shown: str) -> list[str]:
    """Return the numbers that are read aloud, each in one piece."""
    groups = re.findall(r"^    ((?:[0-9a-f]{4} ?){8})$", shown, re.MULTILINE)
    lines = [line.replace(" ", "") for line in groups]
    return [first + second for first, second in zip(lines[::2], lines[1::2], strict=True)]


def test_two_people_see_the_same_numbers_whichever_way_the_card_is_written(
    datenschleuse: CommandLine, anna: Path, tmp_path: Path
) -> None:
    mine = card(datenschleuse, anna, tmp_path).out
    sent = tmp_path / "sent.json"
    sent.write_bytes(canonical_person(written(tmp_path)))

    shown = datenschleuse("person", "show", sent)

    assert shown.status == 0
    assert [len(number) for number in numbers(mine)] == [64, 64]
    assert numbers(shown.out) == numbers(mine)
    assert "Anna Muster [anna], aktiv (active)" in shown.out
    assert "stimmt ab für (approver for): stadt" in shown.out


@pytest.mark.parametrize(
    "change",
    [
        {"id": "anne"},
        {"name": "Anna Master"},
        {"status": "ended"},
        {"roles": [{"role": "approver", "controller": "land"}]},
        {"roles": [{"role": "author", "controller": "stadt"}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_changed_in_a_card_changes_its_number_but_not_that_of_the_key(
    datenschleuse: CommandLine, anna: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    own = numbers(card(datenschleuse, anna, tmp_path).out)
    (tmp_path / "anna.json").write_text(json.dumps(written(tmp_path) | change))

    other = numbers(datenschleuse("person", "show", tmp_path / "anna.json").out)

    assert other[0] != own[0]
    assert other[1] == own[1]


def test_the_number_of_the_key_is_the_thumbprint_that_signatures_name(
    datenschleuse: CommandLine, anna: Path, tmp_path: Path
) -> None:
    signer = read_key_file(anna, lambda _what: PASSPHRASE)
    card(datenschleuse, anna, tmp_path)
    shown = datenschleuse("person", "show", tmp_path / "anna.json").out
    for_programs = json.loads(datenschleuse("person", "show", tmp_path / "anna.json", "--json").out)
    assert f"kid {signer.kid}" in shown
    assert for_programs == {"sha256": numbers(shown)[0], "kid": signer.kid}
    check(signer, signer.sign(b"ballot"), b"ballot")


def test_a_name_cannot_play_tricks_on_a_terminal(
    datenschleuse: CommandLine, anna: Path, tmp_path: Path
) -> None:
    """Or a card that somebody sends could overwrite the very number that is to be compared."""
    card(datenschleuse, anna, tmp_path)
    tricky = written(tmp_path) | {"name": "Anna\x1b[2J\u202e"}
    (tmp_path / "anna.json").write_text(json.dumps(tricky))

    shown = datenschleuse("person", "show", tmp_path / "anna.json").out

    assert "Anna\\u001b[2J\\u202e [anna]" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"id": "anna"}'])
def test_a_file_that_is_no_card_is_refused_in_one_line(
    datenschleuse: CommandLine, tmp_path: Path, content: str
) -> None:
    (tmp_path / "anna.json").write_text(content)
    ended = datenschleuse("person", "show", tmp_path / "anna.json")
    assert ended.status == 1
    assert ended.err.startswith("datenschleuse: ")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("command", ["key", "card", "show"])
def test_the_help_of_each_command_has_an_example(datenschleuse: CommandLine, command: str) -> None:
    ended = datenschleuse("person", command, "--help")
    assert ended.status == 0
    assert f"datenschleuse person {command}" in ended.out


# --- people in the registry ----------------------------------------------------------


def signed_by(home: Path, person: str) -> tuple[object, ...]:
    return ("--home", home, "--key", key_file(home.parent, person))


def test_a_person_is_enrolled_when_two_have_agreed_and_ended_by_one(
    datenschleuse: CommandLine, home: Path, tmp_path: Path
) -> None:
    document = a_card("zoe", "Zoe Neu", signer_of("zoe"), {"role": "author", "controller": "amt"})
    (tmp_path / "zoe.json").write_text(json.dumps(document))
    proposing = (*signed_by(home, OPERATOR), "--reason", "Neu")

    proposed = datenschleuse("person", "enrol", tmp_path / "zoe.json", *proposing)
    change = proposed.out.split()[0]
    for name in FOUNDERS:
        vote = ("change", "sign", change, "--vote", "agree", *signed_by(home, name))
        assert datenschleuse(*vote).status == 0
    in_force = datenschleuse("change", "activate", change, *signed_by(home, OPERATOR))
    listed = json.loads(datenschleuse("person", "list", "--home", home, "--json").out)
    ended = datenschleuse("person", "end", "zoe", *proposing)
    shown = datenschleuse("person", "list", "--home", home).out

    assert (proposed.status, in_force.status, ended.status) == (0, 0, 0)
    assert {
        "id": "zoe",
        "active": True,
        "kid": signer_of("zoe").kid,
        "roles": [{"role": "author", "of": "amt"}],
    } in listed
    assert "zoe: Zoe Neu, beendet (ended)" in shown


def test_nobody_who_is_not_enrolled_is_ended(datenschleuse: CommandLine, home: Path) -> None:
    ended = datenschleuse("person", "end", "niemand", *signed_by(home, OPERATOR), "--reason", "x")
    assert ended.status == 1
    assert "keine solche Person" in ended.err


@pytest.mark.parametrize("command", ["enrol", "end", "list"])
def test_the_help_of_each_command_for_the_registry_has_an_example(
    datenschleuse: CommandLine, command: str
) -> None:
    assert f"datenschleuse person {command}" in datenschleuse("person", command, "--help").out
