"""`make demo` and `make up`: sets everything up, plays the story, or stays."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path

from gateway.demo.alteration import NotNoticed
from gateway.demo.cast import POLICE
from gateway.demo.exchanges import emergency_exits
from gateway.demo.rules import RulesFailed
from gateway.demo.say import Narrator
from gateway.demo.stage import Stage, StageError
from gateway.demo.story import Story, StoryFailed

_FOLDER = Path(".demo")


class _Stopped(BaseException):
    """Ctrl-C or SIGTERM; every process is ended before we go."""


def _stop(_number: int, _frame: object) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # once is enough; the rest is tidying up
    raise _Stopped


def main() -> int:
    """Return 0 if everything happened as promised."""
    parser = argparse.ArgumentParser(description="Die Vorführung. The demonstration.")
    parser.add_argument("--stay", action="store_true", help="läuft weiter (keeps running)")
    parser.add_argument("--folder", type=Path, default=_FOLDER)
    given = parser.parse_args()
    say = Narrator()
    stage = Stage(given.folder.resolve())
    say.line(
        "[bold]Datenschleuse[/]: Rego entscheidet, das Protokoll beweist.",
        "Real processes, real HTTPS on loopback; every person and file number is invented.",
    )
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)
    try:
        stage.build()
        stage.start()
        if given.stay:
            _stay(stage, say)
        else:
            asyncio.run(Story(stage, say).play())
            say.line(
                f"\nAlles liegt in {given.folder}/: export/ ist die Kopie des Protokolls mit "
                "log.vkey, root.pub, keys.jws.",
                f"Try: datenschleuse log verify {given.folder}/export --key "
                f"{given.folder}/gateway/root.pub",
            )
    except _Stopped:
        return 130
    except (NotNoticed, RulesFailed, StageError, StoryFailed) as error:
        print(f"Die Vorführung ist gescheitert. The demonstration failed: {error}", file=sys.stderr)
        return 1
    finally:
        stage.close()
    return 0


def _stay(stage: Stage, say: Narrator) -> None:
    """Print the calls to try, and wait for Ctrl-C."""
    folder = stage.folder / "partners" / POLICE.id
    example = folder / "exchange.json"
    example.write_text(json.dumps(emergency_exits(), ensure_ascii=False, indent=2))
    say.line(f"Das Gateway läuft: {stage.url}. Ende mit Strg-C.", "The gateway is up; end: Ctrl-C.")
    for call in (
        f"datenschleuse exchange send {example} --partner {folder}/partner.toml",
        f"curl --cacert {folder}/ca.pem --cert {folder}/tls.pem --key {folder}/tls.key "
        f"{stage.url}/v1/log/checkpoint",
        f"curl http://127.0.0.1:{stage.ports['operations']}/readyz",
        f"datenschleuse unit list --home {stage.home}",
        f"datenschleuse log export ./export --home {stage.home} --purpose Probe",
        f"datenschleuse log verify ./export --key {stage.home}/root.pub",
    ):
        say.command(f".venv/bin/{call}" if call.startswith("datenschleuse") else call)
    with contextlib.suppress(_Stopped):
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
