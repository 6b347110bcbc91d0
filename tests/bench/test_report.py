"""The table is German with the English beside it, and does not hide what disturbs it."""

from io import StringIO

from rich.console import Console

from gateway.bench.figures import Way
from gateway.bench.report import print_result
from tests.bench.builders import a_result, a_round


def printed(result):
    out = StringIO()
    print_result(result, Console(file=out, width=80))
    return out.getvalue()


def test_rounds_and_ratios_stand_there_in_both_languages():
    result = a_result(a_round(Way.PROXY, per_second=400.0), a_round(Way.GATEWAY, per_second=100.0))
    text = printed(result)
    assert "Vorgänge je Sekunde" in text
    assert "exchanges per second" in text
    assert "0.250" in text
    assert "serve children 400 µs" in text


def test_a_quiet_machine_is_not_called_noisy():
    text = printed(a_result())
    assert "Unruhige Maschine" not in text
    assert "voll" not in text
    assert "Zählung falsch" not in text


def test_strangers_and_a_full_second_core_are_named():
    text = printed(a_result(a_round(Way.PROXY, beside_busy=0.99), a_round(others=0.3)))
    assert "Unruhige Maschine: andere hatten bis zu 30%" in text
    assert "voll" in text


def test_a_wrong_count_is_named():
    assert "99 statt (instead of) 100" in printed(a_result(gateway_acknowledged=99))
