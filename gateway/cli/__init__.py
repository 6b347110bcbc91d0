"""The command `datenschleuse`: one module for each group of commands."""

import sys
from importlib import import_module

import typer

from gateway.errors import GatewayError

_GROUPS = {
    "init": ("gateway.cli.init", "command"),
    "unit": ("gateway.cli.unit", "group"),
    "change": ("gateway.cli.change", "group"),
    "person": ("gateway.cli.person", "group"),
    "stop": ("gateway.cli.stop", "command"),
    "serve": ("gateway.cli.serve", "command"),
    "worker": ("gateway.cli.worker", "command"),
    "up": ("gateway.cli.up", "command"),
    "policy": ("gateway.cli.policy", "group"),
    "exchange": ("gateway.cli.exchange", "group"),
    "partner": ("gateway.cli.partner", "group"),
    "log": ("gateway.cli.log", "group"),
    "doctor": ("gateway.cli.doctor", "command"),
    "migrate": ("gateway.cli.migrate", "command"),
    "demo-data": ("gateway.cli.demo_data", "command"),
    "bench": ("gateway.cli.bench", "group"),
    "openapi": ("gateway.cli.openapi", "command"),
}
"""Command -> module, and whether it is one command or a group of them."""

_HELP = """Datenschleuse: Rego entscheidet, das Protokoll beweist.

A policy-as-code gateway for data exchange between agencies.
Example: datenschleuse log verify ./export --key root.pub
"""


def build(names: list[str]) -> typer.Typer:
    """Return the app with the groups of *names* only, so that each command loads its own parts.

    Whoever verifies a log needs no web server and no database.
    """
    app = typer.Typer(
        help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )

    @app.callback()
    def root() -> None:
        pass

    for name in names:
        path, form = _GROUPS[name]
        module = import_module(path)
        if form == "group":
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.run)
    return app


def main() -> None:
    """Run the command line; an error raised on purpose is one line and exit status 1."""
    wanted = [name for name in sys.argv[1:2] if name in _GROUPS] or list(_GROUPS)
    try:
        build(wanted)()
    except GatewayError as error:
        print(f"datenschleuse: {error}", file=sys.stderr)
        sys.exit(1)
