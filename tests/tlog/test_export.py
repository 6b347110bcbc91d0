"""A line of disclosures is read exactly as it is written."""

import pytest

from gateway.errors import LogRefused
from gateway.tlog.export import parse_parts_line, parts_line

LINE = parts_line(7, ["b", "a"])


def test_a_line_says_the_index_and_the_disclosures_in_order():
    assert LINE == b'{"disclosures":["a","b"],"index":7}\n'
    assert parse_parts_line(LINE, 7) == ["a", "b"]
    assert parse_parts_line(parts_line(0, []), 0) == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        LINE[:-1],
        LINE + b"\n",
        b" " + LINE,
        b'{"disclosures":["b","a"],"index":7}\n',
        b'{"disclosures":["a","b"],"index":8}\n',
        b'{"index":7,"disclosures":["a","b"]}\n',
        b'{"disclosures":["a","b"],"index":7,"more":1}\n',
        b'{"disclosures":["a",5],"index":7}\n',
        b'{"disclosures":{"a":"b"},"index":7}\n',
        b'{"disclosures":"ab","index":7}\n',
        b'{"index":7}\n',
        b"[7]\n",
        b"7\n",
    ],
)
def test_another_line_is_refused(line):
    with pytest.raises(LogRefused):
        parse_parts_line(line, 7)
