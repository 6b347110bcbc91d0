"""The key of a command is a file or a token, its passphrase in a file or on the terminal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from gateway.adapters.key_file import Algorithm, encrypted_pem, new_key
from gateway.cli import _GROUPS, build
from gateway.cli.signing import SIGNS, open_key
from gateway.errors import KeysUnavailable
from tests.cli.key_files import PASSPHRASE, passphrase_file
from tests.contracts.test_signer import check
from tests.soft_token import PIN, SoftTokens


def test_the_passphrase_of_a_key_file_comes_from_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "anna.pem").write_bytes(encrypted_pem(new_key(Algorithm.P256), PASSPHRASE))

    signer = open_key(str(tmp_path / "anna.pem"), passphrase_file(tmp_path))

    check(signer, signer.sign(b"ballot"), b"ballot")


def test_so_does_the_pin_of_a_token(tokens: SoftTokens, tmp_path: Path) -> None:
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", Algorithm.P256)

    signer = open_key(tokens.uri("Anna", "vote"), passphrase_file(tmp_path, PIN))

    check(signer, signer.sign(b"ballot"), b"ballot")


def test_a_key_that_cannot_be_had_is_refused_before_the_passphrase_is_looked_for(
    tmp_path: Path,
) -> None:
    with pytest.raises(KeysUnavailable, match=r"anna\.pem.*No such file"):
        open_key(str(tmp_path / "anna.pem"), tmp_path / "nothing")


def every_command(group: Any, name: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Give each command with its options, and what help says of them."""
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every_command(command, f"{name} {word}")
        else:
            options = {opt: it.help or "" for it in command.params for opt in it.opts}
            yield f"{name} {word}".strip(), options


def test_every_command_that_a_person_signs_takes_the_passphrase_the_same_way() -> None:
    commands = dict(every_command(typer.main.get_command(build([*_GROUPS]))))
    signing = {name for name, options in commands.items() if options.get("--key") == SIGNS}

    assert {"unit add", "change sign", "policy propose", "stop", "person card"} <= signing
    assert {name for name in signing if "--passphrase-file" not in commands[name]} == set()
