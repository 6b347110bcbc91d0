"""A gateway is made once and whole: its keys, its empty log with the first entries."""

import stat
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.file_keys import FileKeys
from gateway.adapters.record_seal import RecordSeal
from gateway.adapters.sql_database import open_database
from gateway.adapters.sql_policy_sets import SqlPolicySets
from gateway.adapters.sql_reader import SqlReader
from gateway.errors import PolicySetRefused, RegistryRefused, StartRefused
from gateway.founding import found
from gateway.model.evidence import EntryType, Part
from gateway.policy.loading import policy_set_of
from gateway.reading import part_of
from gateway.registry import registry_digest
from gateway.tlog.jwk import PublicKey
from gateway.tlog.keys import KeyUse, open_key_list
from tests.builders import ORIGIN, the_policies
from tests.gateways import open_gateway, settings_for
from tests.governing import first_cards, first_people, founders


@pytest.fixture
def new_home(tmp_path: Path) -> Path:
    home = tmp_path / "new"
    found(settings_for(home), f'origin = "{ORIGIN}"\n', first_cards())
    return home


def reader_of(home: Path) -> SqlReader:
    engine = open_database(f"sqlite:///{home / 'gateway.db'}")
    return SqlReader(engine, RecordSeal(FileKeys(home / "keys")))


def test_the_log_begins_with_its_keys_its_people_and_its_rules(new_home: Path) -> None:
    reader = reader_of(new_home)
    keys, people, policy = reader.entries(0, 10)

    assert [keys.type, people.type, policy.type] == [
        EntryType.KEY,
        EntryType.REGISTRY,
        EntryType.POLICY,
    ]
    key_list = (new_home / "keys.jws").read_text().strip()
    assert part_of(keys.parts[Part.AUDIT]) == {"keys_jws": key_list}
    assert set(part_of(people.parts[Part.AUDIT])["founding"]["documents"]) == {
        "person/anna",
        "person/emre",
        "person/operator",
    }
    assert part_of(policy.parts[Part.AUDIT]) == {
        "founding": {"policy_digest": the_policies().digest}
    }


def test_the_first_rules_are_stored_with_all_that_they_are_loaded_from(new_home: Path) -> None:
    sets = SqlPolicySets(open_database(f"sqlite:///{new_home / 'gateway.db'}"))

    assert sets.digests() == (the_policies().digest,)
    files = sets.read(the_policies().digest)
    assert policy_set_of(files) == the_policies().policy_set
    assert list(files.tests()) != []


def test_the_head_names_the_rules_and_a_registry_of_people(new_home: Path) -> None:
    head = reader_of(new_home).head()
    assert (head.origin, head.size) == (ORIGIN, 3)
    assert head.policy_digest == the_policies().digest
    assert head.registry_digest == registry_digest(first_people())


@pytest.mark.parametrize(
    ("approvers", "why"),
    [
        ([], "founded with 2 approvers"),
        (founders()[:1], "founded with 2 approvers"),
        ([founders()[0], founders()[0]], "founded with 2 approvers"),
        ([founders()[0], {**founders()[0], "id": "zwilling"}], "share a key"),
        ([founders()[0], {"id": "emre"}], "missing"),
    ],
    ids=["nobody", "one", "the same twice", "one key", "form"],
)
def test_without_two_people_who_may_vote_nothing_is_founded(
    tmp_path: Path, approvers: list[dict[str, Any]], why: str
) -> None:
    home = tmp_path / "new"
    with pytest.raises(RegistryRefused, match=why):
        found(settings_for(home), "", approvers)
    assert not home.exists()


def test_the_root_key_signs_a_list_with_one_key_for_each_use(new_home: Path) -> None:
    root = PublicKey.from_pem((new_home / "root.pub").read_bytes())

    keys = open_key_list((new_home / "keys.jws").read_text().strip(), root)

    found_keys = {keys.key_at(use, 0).kid for use in (KeyUse.ENTRY, KeyUse.CHECKPOINT)}
    assert len({*found_keys, keys.key_at(KeyUse.TRANSPORT, 0).kid, root.kid}) == 4


async def test_a_log_just_founded_verifies(new_home: Path, tmp_path: Path) -> None:
    async with open_gateway(new_home) as gateway:
        assert gateway.verify(tmp_path / "copy").size == 3


def test_nobody_else_may_read_the_private_keys(new_home: Path) -> None:
    private = [*(new_home / "keys").rglob("*"), *(new_home / "offline").iterdir()]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in private}

    assert {"entry.pem", "checkpoint.pem", "transport.pem", "root.pem"} <= set(modes)
    assert all(mode & 0o077 == 0 for mode in modes.values())
    assert stat.S_IMODE((new_home / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((new_home / "offline").stat().st_mode) == 0o700


def test_the_root_key_is_not_among_the_keys_that_the_gateway_works_with(new_home: Path) -> None:
    root = (new_home / "offline" / "root.pem").read_bytes()
    for path in [*(new_home / "keys").rglob("*.pem"), new_home / "gateway.db"]:
        assert root not in path.read_bytes()


def test_a_gateway_is_not_founded_twice(new_home: Path) -> None:
    before = {path: path.read_bytes() for path in new_home.rglob("*") if path.is_file()}

    with pytest.raises(StartRefused):
        found(settings_for(new_home), "", founders())

    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "rest", ["gateway.toml", "gateway.db", "keys", "offline", "keys.jws", "root.pub"]
)
def test_a_founding_that_was_cut_off_is_not_gone_on_with(tmp_path: Path, rest: str) -> None:
    """Whatever there is of it may be half: someone must look, and remove it."""
    (tmp_path / rest).mkdir()
    with pytest.raises(StartRefused):
        found(settings_for(tmp_path), "", founders())


def test_a_database_with_a_log_gets_no_second_one(new_home: Path, tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{new_home / 'gateway.db'}"
    with pytest.raises(StartRefused):
        found(settings_for(tmp_path / "other", database_url=elsewhere), "", founders())


def test_rules_that_must_not_be_loaded_found_nothing(tmp_path: Path) -> None:
    home, rules = tmp_path / "home", tmp_path / "rules"
    rules.mkdir()
    (rules / "broken.rego").write_text("package broken\n\nallow if http.send({})\n")
    with pytest.raises(PolicySetRefused):
        found(settings_for(home, policies_dir=rules), "", founders())
    assert not home.exists()


def test_the_settings_file_comes_last_and_is_private(new_home: Path) -> None:
    assert (new_home / "gateway.toml").read_text() == f'origin = "{ORIGIN}"\n'
    assert stat.S_IMODE((new_home / "gateway.toml").stat().st_mode) == 0o600
