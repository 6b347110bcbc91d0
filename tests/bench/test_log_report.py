"""The tables of the log's benches are German with the English beside it."""

from io import StringIO

from rich.console import Console

from gateway.bench.log_report import print_append, print_verify
from tests.bench.builders import a_verify_result, an_append_result


def printed(result, in_words):
    out = StringIO()
    in_words(result, Console(file=out, width=80))
    return out.getvalue()


def test_an_append_is_shown_beside_the_file_and_by_size():
    text = printed(an_append_result(cpu_us=(100.0, 130.0)), print_append)
    for shown in ("Einträge", "entries", "log", "file", "1.300", "0.500", "ext4", "Prozessor X"):
        assert shown in text


def test_verifying_is_shown_with_its_memory():
    text = printed(a_verify_result((2048, 3072)), print_verify)
    for shown in ("Einträge", "100", "500", "2.0", "3.0", "1.500"):
        assert shown in text
