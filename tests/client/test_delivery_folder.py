"""The folder in which a partner keeps deliveries."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.client.delivery_folder import DeliveryFolder

ID = "0123456789abcdef" * 2


def test_a_delivery_is_kept_whole_under_its_id(tmp_path: Path) -> None:
    folder = DeliveryFolder(tmp_path / "inbox")

    assert folder.keep(ID, {"name": "Lüneburg"})

    assert folder.known(ID) == {"name": "Lüneburg"}
    assert [path.name for path in (tmp_path / "inbox").iterdir()] == [f"{ID}.json"]


def test_the_first_one_stays(tmp_path: Path) -> None:
    folder = DeliveryFolder(tmp_path)
    folder.keep(ID, {"number": 1})

    assert not folder.keep(ID, {"number": 2})

    assert folder.known(ID) == {"number": 1}


def test_of_many_at_once_one_is_kept(tmp_path: Path) -> None:
    folder = DeliveryFolder(tmp_path)

    with ThreadPoolExecutor(8) as threads:
        new = list(threads.map(lambda number: folder.keep(ID, {"number": number}), range(32)))

    assert sum(new) == 1
    assert json.loads((tmp_path / f"{ID}.json").read_text()) == {"number": new.index(True)}


def test_what_a_killed_process_left_half_written_is_removed(tmp_path: Path) -> None:
    (tmp_path / f".{ID}.0011223344556677.tmp").write_text('{"half')

    folder = DeliveryFolder(tmp_path)

    assert folder.known(ID) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "../escape", "A" * 32, "0" * 31, "0" * 33])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = DeliveryFolder(tmp_path)

    with pytest.raises(ValueError, match="32 hex digits"):
        folder.keep(name, {})
    with pytest.raises(ValueError, match="32 hex digits"):
        folder.known(name)
