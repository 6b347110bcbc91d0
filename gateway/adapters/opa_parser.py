"""Rego with the place of each node, parsed by the program `opa`: the library gives no places."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.errors import PolicyUnavailable

Json = Any

_LIMIT_S = 30.0


def located_rules(opa: Path, source: str) -> list[Mapping[str, Json]]:
    """Return the rules of *source*, each node with `location`: row, col and its text in base64.

    Raises:
        PolicyUnavailable: The program does not run, or does not take the source.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".rego", encoding="utf-8") as file:
        file.write(source)
        file.flush()
        command = [str(opa), "parse", "--format", "json", "--json-include", "locations,-comments"]
        try:
            run = subprocess.run(  # noqa: S603  the program that was asked for
                [*command, file.name], check=True, capture_output=True, timeout=_LIMIT_S
            )
        except subprocess.CalledProcessError as error:
            raise PolicyUnavailable(f"{opa}: {error.stderr.decode('utf-8', 'replace')}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PolicyUnavailable(f"{opa} does not run") from error
    rules: list[Mapping[str, Json]] = json.loads(run.stdout).get("rules", [])
    return rules
