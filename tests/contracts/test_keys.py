"""What every vault of `BucketKeys` and `SubjectKeys` promises."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.adapters.file_keys import FileKeys
from gateway.adapters.memory.keys import MemoryKeys
from gateway.errors import KeysUnavailable

BUCKET = "polizei.decision_log_JI.2027-12"


@dataclass
class Vault:
    """An implementation, and how its keys are destroyed and their place is lost."""

    keys: FileKeys | MemoryKeys
    destroy: Callable[[str], None]
    lose: Callable[[], None]


@pytest.fixture(params=["memory", "file"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    if request.param == "memory":
        memory = MemoryKeys()
        return Vault(memory, memory.destroy, lambda: setattr(memory, "broken", True))
    folder = tmp_path / "keys"

    def lose() -> None:
        if folder.exists():
            folder.rename(tmp_path / "elsewhere")
        folder.write_text("no folder any more")

    return Vault(
        FileKeys(folder), lambda bucket: (folder / "buckets" / f"{bucket}.key").unlink(), lose
    )


def test_a_key_has_32_bytes_and_stays_the_same(vault: Vault) -> None:
    key = vault.keys.bucket_key(BUCKET)

    assert len(key) == 32
    assert vault.keys.bucket_key(BUCKET) == key
    assert vault.keys.existing_bucket_key(BUCKET) == key


def test_each_bucket_has_a_key_of_its_own(vault: Vault) -> None:
    buckets = [f"polizei.decision_log_JI.2027-{month:02}" for month in range(1, 13)]
    assert len({vault.keys.bucket_key(bucket) for bucket in buckets}) == 12


def test_each_controller_and_year_has_an_index_key_of_its_own(vault: Vault) -> None:
    asked = [(unit, year) for unit in ("polizei", "hansestadt") for year in (2026, 2027)]

    found = [vault.keys.subject_key(*pair) for pair in asked]

    assert len({key_id for key_id, _ in found}) == 4
    assert len({key for _, key in found}) == 4
    assert vault.keys.subject_key("polizei", 2026) == found[0]


def test_asking_whether_a_bucket_has_a_key_makes_none(vault: Vault) -> None:
    assert vault.keys.existing_bucket_key(BUCKET) is None
    assert vault.keys.existing_bucket_key(BUCKET) is None


def test_a_key_that_was_destroyed_is_gone(vault: Vault) -> None:
    vault.keys.bucket_key(BUCKET)

    vault.destroy(BUCKET)

    assert vault.keys.existing_bucket_key(BUCKET) is None


def test_without_its_place_no_key_is_made(vault: Vault) -> None:
    vault.lose()

    with pytest.raises(KeysUnavailable):
        vault.keys.bucket_key(BUCKET)
    with pytest.raises(KeysUnavailable):
        vault.keys.subject_key("polizei", 2026)
