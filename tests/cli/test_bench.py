"""`datenschleuse bench`: figures on standard output, status 1 where there are none."""

import json
import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gateway.bench.processes import family
from gateway.cli import bench
from gateway.cli.bench import app, finish
from gateway.errors import ProofRefused
from tests.bench.builders import a_result, a_verify_result, an_append_result


def test_counts_that_agree_give_status_0(capsys):
    assert finish(a_result(), as_json=False) == 0
    assert "Davon (of it), gateway" in capsys.readouterr().out


@pytest.mark.parametrize("as_json", [False, True])
def test_a_wrong_count_gives_status_1(capsys, as_json):
    assert finish(a_result(gateway_acknowledged=99), as_json=as_json) == 1
    assert "99" in capsys.readouterr().out


def test_json_is_the_only_thing_on_standard_output(capsys):
    assert finish(a_result(), as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["agrees"] is True
    assert {"ratios", "medians", "rounds", "counts", "plan", "machine"} <= document.keys()


@pytest.mark.parametrize("wrong", [["--rounds", "0"], ["--connections", "0"], ["--seconds", "0"]])
def test_nonsense_is_a_wrong_call(wrong):
    assert CliRunner().invoke(app, ["exchange", *wrong]).exit_code == 2


def test_help_has_an_example():
    assert "bench exchange --seconds" in CliRunner().invoke(app, ["exchange", "--help"]).stdout


@pytest.mark.parametrize(
    ("command", "result", "figure"),
    [
        ("append", an_append_result(), "growth"),
        ("verify", a_verify_result(), "memory_growth"),
    ],
)
def test_figures_of_the_log_come_as_json_or_in_words(command, result, figure, monkeypatch):
    asked = []

    def measured(plan, _say):
        asked.append(plan.sizes)
        return result

    monkeypatch.setattr(bench, f"bench_{command}", measured)
    sizes = ["--sizes", "20", "--sizes", "300"]
    as_json, in_words = (
        CliRunner().invoke(app, [command, *sizes, *more]) for more in (["--json"], [])
    )
    assert json.loads(as_json.stdout)[figure] == 1.0
    assert "Einträge" in in_words.stdout
    assert asked == [(20, 300)] * 2


@pytest.mark.parametrize("name", ["append", "verify"])
def test_where_a_proof_is_refused_there_are_no_figures(name, monkeypatch):
    def refused(_plan, _say):
        raise ProofRefused("not under the root")

    monkeypatch.setattr(bench, f"bench_{name}", refused)
    run = CliRunner().invoke(app, [name])
    assert run.exit_code == 1
    assert run.stdout == ""
    assert "not under the root" in run.stderr


@pytest.mark.parametrize("wrong", [["append", "--sizes", "0"], ["verify", "--sizes", "x"]])
def test_a_size_that_no_log_has_is_a_wrong_call(wrong):
    assert CliRunner().invoke(app, wrong).exit_code == 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_whoever_breaks_off_leaves_no_process_and_no_folder(how, tmp_path):
    running = subprocess.Popen(
        [sys.executable, "-m", "gateway", "bench", "exchange", "--seconds", "60"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    assert running.stderr is not None
    with running.stderr as said:
        for line in said:
            if line.startswith("Runde"):
                break
        started = family([running.pid]) - {running.pid}
        assert len(started) >= 4
        running.send_signal(how)
        rest = said.read()
    assert running.wait(60) not in {None, 0}, rest
    assert list(tmp_path.iterdir()) == []
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
