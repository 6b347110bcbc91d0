"""`datenschleuse openapi` prints what is checked in."""

from pathlib import Path

from typer.testing import CliRunner

from gateway.cli import build


def test_the_command_prints_the_document_that_is_checked_in() -> None:
    done = CliRunner().invoke(build(["openapi"]), ["openapi"])

    assert done.exit_code == 0
    assert done.stdout == Path("schemas/openapi.json").read_text("utf-8")
