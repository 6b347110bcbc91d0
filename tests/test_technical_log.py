"""The technical log holds no value of any request."""

import json
import subprocess
import sys
from typing import Any

PROLOGUE = """
import logging, structlog
from gateway import technical_log
technical_log.configure()
log = structlog.get_logger("test")
def fail(secret):
    try:
        int(secret)
    except ValueError as error:
        raise LookupError(secret) from error
"""


def lines_of(program: str) -> list[dict[str, Any]]:
    """Run *program* in a process of its own and return what it logged."""
    done = subprocess.run(
        [sys.executable, "-c", PROLOGUE + program], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert "KANARIE" not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_line_is_json_with_level_and_time() -> None:
    [line] = lines_of("log.warning('not_authenticated', why='no client certificate')")

    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "not_authenticated",
        "level": "warning",
        "why": "no client certificate",
    }


def test_an_exception_is_its_types_and_places_without_texts_or_locals() -> None:
    [line] = lines_of(
        "try:\n    fail('KANARIE')\nexcept LookupError as error:\n"
        "    log.error('failed', exc_info=error)\n"
    )

    assert line["error"]["type"] == "builtins.LookupError"
    assert line["error"]["cause"]["type"] == "builtins.ValueError"
    assert all(place.startswith("__main__:") for place in line["error"]["at"])


def test_a_line_of_a_library_is_its_unfilled_pattern() -> None:
    [line] = lines_of("logging.getLogger('lib').error('bad value %s\\nmore', 'KANARIE')")

    assert line["event"] == "bad value %s"
    assert line["logger"] == "lib"
    assert line["level"] == "error"


def test_what_the_server_logs_of_an_unexpected_error_is_one_line_without_text() -> None:
    [line] = lines_of(
        "try:\n    fail('KANARIE')\nexcept LookupError as error:\n"
        "    logging.getLogger('uvicorn.error').error('Exception in ASGI application\\n',"
        " exc_info=error)\n"
    )

    assert line["event"] == "Exception in ASGI application"
    assert line["error"]["type"] == "builtins.LookupError"


def test_what_the_loop_logs_of_a_forgotten_task_has_no_value() -> None:
    [line] = lines_of(
        "import asyncio\n"
        "async def main():\n"
        "    async def forgotten():\n        fail('KANARIE')\n"
        "    task = asyncio.ensure_future(forgotten())\n"
        "    await asyncio.sleep(0.01)\n"
        "asyncio.run(main())\n"
    )

    assert line["event"] == "Task exception was never retrieved"


def test_notes_of_libraries_below_warning_are_left_out() -> None:
    assert lines_of("logging.getLogger('lib').info('x')") == []
