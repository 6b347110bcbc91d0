"""G3: unique strings in every payload, then a search of every file and sink for them.

Permits, denials, holds, refusals, a broken engine, a locked database and a recipient that is
down are all in the run. The recipient's inbox has what was released, so the search does find.
"""

import asyncio
import json
from collections.abc import Iterator

import pytest

from gateway.demo.cast import ORDER_OFFICE
from gateway.model.evidence import Part
from tests.e2e.canaries import Canaries, files_below, forms
from tests.e2e.canary_run import Run, everything
from tests.e2e.log_copy import log_copy
from tests.e2e.running import running, scratch
from tests.faults.rules import faulty

pytestmark = pytest.mark.xdist_group("canaries")


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    settings = {"hold_s": 5, "database_busy_s": 0.5, "engine_deadline_s": 1.0}
    choices = {"receivers": (ORDER_OFFICE,), "settings": settings, "change_rules": faulty}
    with (
        scratch(request, tmp_path_factory, "canaries") as folder,
        running(folder, **choices) as stage,
    ):
        run = Run(stage)
        asyncio.run(everything(run))
        yield run


def refused(run: Run, data: bytes) -> list[str]:
    """Return every canary that stands where none may."""
    return run.values.found_in(data) + run.texts.found_in(data)


def test_all_of_it_happened(run: Run) -> None:
    """Otherwise the search below would mean less than it says."""
    assert set(run.statuses) == {201, 202, 400, 401, 403, 404, 413, 415, 422, 503}
    assert len(run.values.planted) > 150


def test_the_search_finds_what_was_released_in_the_inbox_of_its_recipient(run: Run) -> None:
    """The positive control: members that were released, and none that was withheld."""
    folder = run.stage.folder / "partners" / ORDER_OFFICE.id / "inbox"
    (file,) = (path for path in files_below(folder) if run.delivered["delivery_id"] in path.name)
    found = {where.split(" ")[0].split(".")[1] for where in run.values.found_in(file.read_bytes())}
    assert found >= {"premises_address", "hazard_facts", "licensee_name", "photos_exits_no_persons"}
    assert found <= set(run.delivered["exchange"]["payload"])
    assert not found & {"witness_name", "guest_names", "licensee_criminal_record"}


@pytest.mark.parametrize("clothing", range(len(forms("0" * 28))))
def test_the_search_finds_a_canary_in_every_clothing(clothing: int) -> None:
    canaries = Canaries()
    core = canaries.core("here")
    assert canaries.found_in(b"before" + forms(core)[clothing] + b"behind") == ["here (0)"]


def test_no_file_of_the_gateway_holds_a_canary(run: Run) -> None:
    """Database, write-ahead log, keys, settings: while it runs, and when it has stopped."""
    home = run.stage.home
    names = {path.name for path in files_below(home)}
    assert {"gateway.db", "gateway.db-wal", "entry.pem", "gateway.toml"} <= names
    for path in files_below(home):
        assert refused(run, path.read_bytes()) == [], path


def test_no_technical_log_and_no_metric_holds_a_canary(run: Run) -> None:
    for name in ("gateway", "worker"):
        text = (run.stage.folder / "logs" / f"{name}.log").read_bytes()
        assert text
        assert refused(run, text) == [], name
    for scrape in run.scrapes:
        assert refused(run, scrape) == []


def test_no_answer_holds_a_canary(run: Run) -> None:
    """Decisions, views, receipts, problems: names of members at most, never what they held."""
    assert len(run.heard) > 40
    for answer in run.heard:
        assert refused(run, answer) == [], answer[:300]


def test_a_copy_of_the_log_for_auditors_holds_no_value_and_no_text(run: Run) -> None:
    """Exported as the command does it by default. The heads of a table are facts (`dimensions`)
    that the policy sees, so the record of its input has them."""
    folder = run.stage.folder / "for-auditors"
    arguments = ["--home", str(run.stage.home), "--purpose", "Prüfung"]
    done = run.stage.command("log", "export", str(folder), *arguments)
    assert done.returncode == 0, done.stderr
    found = [where for path in files_below(folder) for where in refused(run, path.read_bytes())]
    opened = [
        text
        for entry in log_copy(run.stage).entries
        for part, value in entry.parts.items()
        if part is not Part.PERSON
        for text in refused(run, json.dumps(value, ensure_ascii=False).encode())
    ]
    assert {where for where in found + opened if ".dimensions" not in where} == set()


def test_what_stays_when_the_gateway_has_stopped_holds_no_canary(run: Run) -> None:
    """The write-ahead log has gone back into the database then."""
    for name in ("gateway", "worker"):
        run.stage.stop(name)
    try:
        found = {path.name: refused(run, path.read_bytes()) for path in files_below(run.stage.home)}
    finally:
        run.stage.start_gateway()
        run.stage.start_worker()
    assert found == {name: [] for name in found}
