"""Settings come from the home folder and the environment, and a wrong one stops the start."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.errors import StartRefused
from gateway.settings import Settings, load_settings
from tests.builders import ORIGIN, REPOSITORY
from tests.gateways import settings_for


def written(home: Path, **changes: Any) -> Path:
    """Write a settings file with what has no default, and *changes*."""
    given = {
        "origin": ORIGIN,
        "public_url": "https://gateway.example",
        "tls_certificate": "server.pem",
        "tls_key": "server.key",
        "client_ca": "partners.pem",
        "partner_ca": "partners.pem",
        **changes,
    }
    lines = [
        f"{name} = {value}" if isinstance(value, int | float) else f'{name} = "{value}"'
        for name, value in given.items()
        if value is not None
    ]
    (home / "gateway.toml").write_text("\n".join(lines))
    return home


def test_the_file_of_the_home_folder_is_read(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, listen_port=9443, engine_deadline_s=0.5))

    assert (settings.origin, settings.listen_port) == (ORIGIN, 9443)
    assert settings.engine_deadline_s == 0.5
    assert settings.tls_key == Path("server.key")


def test_the_environment_comes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATENSCHLEUSE_LISTEN_PORT", "10443")
    assert load_settings(written(tmp_path, listen_port=9443)).listen_port == 10443


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("DATENSCHLEUSE_LISTEN_PROT", "did you mean DATENSCHLEUSE_LISTEN_PORT?"),
        ("datenschleuse_hold", "did you mean DATENSCHLEUSE_HOLD_S?"),
        ("DATENSCHLEUSE_ZZZ", "DATENSCHLEUSE_ZZZ is no setting"),
    ],
)
def test_a_variable_that_sets_nothing_refuses_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, hint: str
) -> None:
    monkeypatch.setenv(variable, "1")

    with pytest.raises(StartRefused, match=re.escape(hint)):
        load_settings(written(tmp_path))


def test_the_variable_of_those_who_sign_is_no_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATENSCHLEUSE_PASSPHRASE_FILE", "passphrase")
    assert load_settings(written(tmp_path)).home == tmp_path


def test_two_homes_have_settings_of_their_own(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    written(first, listen_port=1)
    written(second, listen_port=2)
    assert (load_settings(first).listen_port, load_settings(second).listen_port) == (1, 2)


def test_without_a_gateway_there_are_no_settings(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="init"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    "name", ["origin", "public_url", "tls_certificate", "tls_key", "client_ca", "partner_ca"]
)
def test_what_has_no_default_must_be_set(tmp_path: Path, name: str) -> None:
    with pytest.raises(StartRefused, match=name):
        load_settings(written(tmp_path, **{name: None}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "with spaces"),
        ("origin", "with+plus"),
        ("origin", ""),
        ("public_url", "http://gateway.example"),
        ("public_url", "https://gateway.example/path"),
        ("listen_port", 65_536),
        ("listen_port", "https"),
        ("database_url", "sqlite://"),
        ("database_url", "sqlite:///:memory:"),
        ("database_url", "mysql://db/gateway"),
        ("max_body", 0),
        ("max_depth", 65),
        ("signature_skew_s", 3_601),
        ("engine_children", 0),
        ("engine_deadline_s", 0),
        ("engine_deadline_s", 61),
        ("batch_limit", 0),
        ("lease_s", 0),
        ("retry_first_s", 0),
        ("deliveries_at_once", 0),
        ("unknown_setting", 1),
    ],
)
def test_a_setting_out_of_its_range_is_named(tmp_path: Path, name: str, value: Any) -> None:
    with pytest.raises(StartRefused, match=name):
        load_settings(written(tmp_path, **{name: value}))


def test_a_refusal_does_not_repeat_what_was_set(tmp_path: Path) -> None:
    with pytest.raises(StartRefused) as refused:
        load_settings(written(tmp_path, listen_port="geheimer wert"))
    assert "geheim" not in str(refused.value)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("origin = ")
    with pytest.raises(StartRefused, match=r"gateway\.toml"):
        load_settings(tmp_path)


def test_the_database_lies_in_the_home_folder_unless_set_otherwise(tmp_path: Path) -> None:
    assert settings_for(tmp_path).database == f"sqlite:///{tmp_path}/gateway.db"
    elsewhere = settings_for(tmp_path, database_url="postgresql://db/gateway")
    assert elsewhere.database == "postgresql://db/gateway"


def test_rules_and_schemas_are_those_of_the_installation_unless_set_otherwise() -> None:
    settings = settings_for(Path("home"))
    assert settings.policies_dir == REPOSITORY / "policies"
    assert settings.schemas_dir == REPOSITORY / "schemas"


def test_settings_do_not_change_once_read() -> None:
    settings: Settings = settings_for(Path("home"))
    with pytest.raises(ValidationError):
        settings.listen_port = 1  # type: ignore[misc]


@pytest.mark.parametrize("word", ["insecure", "disable", "skip", "verify", "debug", "off"])
def test_no_setting_turns_a_check_off(word: str) -> None:
    assert not [name for name in Settings.model_fields if word in name.split("_")]
