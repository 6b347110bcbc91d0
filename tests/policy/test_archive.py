import json
import zlib

import pytest

from gateway.errors import PolicySetRefused
from gateway.policy.archive import pack, unpack
from gateway.policy.policy_files import PolicyFiles

FILES = PolicyFiles({"policies/a/data.json": b"{ }\n", "policies/ü.rego": "# ü\0\n".encode()})


def test_what_was_packed_comes_out_as_it_was():
    assert unpack(pack(FILES)) == FILES


def test_the_same_files_give_the_same_bytes_in_whatever_order_they_come():
    turned = PolicyFiles(dict(reversed(FILES.contents.items())))

    assert pack(turned) == pack(FILES)
    assert list(unpack(pack(turned)).contents) == sorted(FILES.contents)


def test_a_file_that_is_no_utf8_is_not_packed():
    with pytest.raises(PolicySetRefused):
        pack(PolicyFiles({"policies/a.rego": b"\xff"}))


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        pack(FILES)[:-1],
        pack(FILES) + b"x",
        zlib.compress(b"\xff"),
        zlib.compress(b"{"),
        *(
            zlib.compress(json.dumps(value).encode())
            for value in (1, ["a"], {"a": 1}, {"a": "\ud800"}, [["a"]])
        ),
        zlib.compress(b"[" * 100_000),
        zlib.compress(bytes(64 * 1024 * 1024 + 1)),
    ],
    ids=range(12),
)
def test_bytes_that_are_no_archive_are_refused_in_words(archive):
    with pytest.raises(PolicySetRefused, match="nicht lesbar"):
        unpack(archive)
