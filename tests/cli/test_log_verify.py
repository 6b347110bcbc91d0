"""`datenschleuse log verify` says in German and English what a copy proves, or what refused it."""

import json

import pytest

from gateway.cli.log_verify import verify
from gateway.tlog.encoding import encode_base64
from tests.tlog.memory_log import ORIGIN, a_log

LOG = a_log(300)
ROOT = encode_base64(LOG.frontier.root())


@pytest.fixture
def copy(tmp_path):
    return LOG.write(tmp_path / "copy")


@pytest.fixture
def root_pub(tmp_path):
    path = tmp_path / "root.pub"
    path.write_bytes(LOG.root_signer.public_key.pem)
    return path


def test_a_good_copy_gives_status_0_with_origin_size_and_root(copy, root_pub, capsys):
    assert verify(copy, root_pub) == 0
    german, agreed, english, agreed_too = capsys.readouterr().out.splitlines()
    assert german == f"Das Protokoll {ORIGIN} ist unverändert: 300 Einträge, Wurzel {ROOT}"
    assert english == f"The log {ORIGIN} is unaltered: 300 entries, root {ROOT}"
    assert agreed.startswith("  2 Änderungen von Regeln und Register")
    assert agreed_too.startswith("  2 changes of rules and registry, each agreed on")


def test_a_good_copy_as_json(copy, root_pub, capsys):
    assert verify(copy, root_pub, as_json=True) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert json.loads(captured.out) == {
        "verified": True,
        "origin": ORIGIN,
        "size": 300,
        "root": ROOT,
        "entries": {"decision": 298, "policy": 1, "registry": 1},
        "changes_agreed": 2,
    }


def test_quiet_says_nothing_about_a_good_copy(copy, root_pub, capsys):
    assert verify(copy, root_pub, quiet=True) == 0
    assert capsys.readouterr() == ("", "")


def test_a_bad_copy_gives_status_1_and_says_where_even_when_quiet(copy, root_pub, capsys):
    bundle = copy / "tile/entries/001.p/44"
    bundle.write_bytes(bundle.read_bytes().replace(b".", b",", 1))

    assert verify(copy, root_pub, quiet=True) == 1
    german, english = capsys.readouterr().err.splitlines()
    assert german.startswith("Abgelehnt: Datei tile/entries/001.p/44, Eintrag 256.")
    assert english.startswith("Refused: tile/entries/001.p/44, entry 256: ")


def test_a_bad_copy_as_json(copy, root_pub, capsys):
    (copy / "extra").touch()
    assert verify(copy, root_pub, as_json=True) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["verified"], document["file"], document["index"]) == (False, "extra", None)
    assert document["reason"]


def test_no_folder_gives_status_2(root_pub, tmp_path, capsys):
    assert verify(tmp_path / "nowhere", root_pub) == 2
    assert "Kein Ordner" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"", b"no key"], ids=["missing", "empty", "text"])
def test_no_root_key_gives_status_2(copy, tmp_path, content, capsys):
    path = tmp_path / "key.pub"
    if content is not None:
        path.write_bytes(content)
    assert verify(copy, path) == 2
    assert "Kein Wurzelschlüssel" in capsys.readouterr().err
