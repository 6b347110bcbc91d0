"""`datenschleuse bench exchange`: figures on standard output, status 1 where a count is wrong."""

import json
import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gateway.bench.processes import family
from gateway.cli.bench import app, finish
from tests.bench.builders import a_result


def test_counts_that_agree_give_status_0(capsys):
    assert finish(a_result(), as_json=False) == 0
    assert "p99 Antwort, gleiche Last" in capsys.readouterr().out


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


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_whoever_breaks_off_leaves_no_process_and_no_folder(how, tmp_path):
    bench = subprocess.Popen(
        [sys.executable, "-m", "gateway", "bench", "exchange", "--seconds", "60"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    assert bench.stderr is not None
    with bench.stderr as said:
        for line in said:
            if line.startswith("Runde"):
                break
        started = family([bench.pid]) - {bench.pid}
        assert len(started) >= 4
        bench.send_signal(how)
        rest = said.read()
    assert bench.wait(60) not in {None, 0}, rest
    assert list(tmp_path.iterdir()) == []
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
