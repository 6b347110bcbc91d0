"""Typed settings, checked at start; a secret has no default.

Settings come from `gateway.toml` in the home folder, then from the environment with the
prefix `DATENSCHLEUSE_`. Durations are in seconds, sizes in bytes.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from gateway.errors import StartRefused

_PREFIX = "DATENSCHLEUSE_"
PASSPHRASE_FILE = f"{_PREFIX}PASSPHRASE_FILE"
"""Where commands that sign as a person read the passphrase; no setting of a gateway."""
_REPOSITORY = Path(__file__).resolve().parent.parent
Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Everything that an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, extra="forbid", frozen=True, toml_file=None
    )

    home: Path
    origin: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,119}$")]
    public_url: Annotated[str, Field(pattern=r"^https://[^/?#\s]+$")]
    database_url: Annotated[
        str, Field(pattern=r"^($|sqlite:///[^:?]|postgresql(\+[a-z0-9]+)?://)")
    ] = ""
    database_busy_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    policies_dir: Path = _REPOSITORY / "policies"
    schemas_dir: Path = _REPOSITORY / "schemas"

    listen_host: str = "127.0.0.1"
    listen_port: Port = 8443
    operations_port: Port = 0
    worker_operations_port: Port = 0
    tls_certificate: Path
    tls_key: Path
    client_ca: Path
    partner_ca: Path

    max_body: Annotated[int, Field(ge=1024)] = 1 << 20
    max_body_attachments: Annotated[int, Field(ge=1024)] = 10 << 20
    max_depth: Annotated[int, Field(ge=4, le=64)] = 16
    signature_skew_s: Annotated[int, Field(ge=1, le=3600)] = 300

    handshake_deadline_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    header_deadline_s: Annotated[float, Field(gt=0, le=300)] = 10.0
    body_deadline_s: Annotated[float, Field(gt=0, le=3600)] = 60.0
    answer_deadline_s: Annotated[float, Field(gt=0, le=3600)] = 60.0
    keep_alive_s: Annotated[float, Field(gt=0, le=3600)] = 60.0
    connection_age_s: Annotated[float, Field(gt=0, le=86_400)] = 3600.0
    connection_requests: Annotated[int, Field(ge=1)] = 10_000
    pipelined_requests: Annotated[int, Field(ge=0, le=64)] = 8
    header_fields: Annotated[int, Field(ge=16, le=1000)] = 64
    header_bytes: Annotated[int, Field(ge=4096, le=1 << 18)] = 1 << 15
    header_field_bytes: Annotated[int, Field(ge=1024, le=1 << 16)] = 1 << 14
    connections: Annotated[int, Field(ge=1, le=65_536)] = 1024
    connections_per_certificate: Annotated[int, Field(ge=1)] = 64
    connections_per_address: Annotated[int, Field(ge=1)] = 256
    bodies_bytes: Annotated[int, Field(ge=1 << 20)] = 128 << 20
    trusted_proxies: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...] = ()

    calls_per_minute: Annotated[int, Field(ge=0)] = 6000
    calls_per_day: Annotated[int, Field(ge=0)] = 0
    refusals_singly: Annotated[int, Field(ge=0)] = 20

    engine: Literal["embedded", "opa"] = "embedded"
    engine_children: Annotated[int, Field(ge=1, le=64)] = 1
    engine_deadline_s: Annotated[float, Field(gt=0, le=60)] = 1.0
    engine_queue: Annotated[int, Field(ge=1)] = 256
    opa_address: Annotated[
        str, Field(pattern=r"^(unix:///[^?#\s]+|https://[^/?#@\s]+:[0-9]{1,5})$")
    ] = "unix:///run/opa/opa.sock"
    opa_ca: Path | None = None
    opa_certificate: Path | None = None
    opa_key: Path | None = None
    opa_bundle_host: str = "127.0.0.1"
    opa_bundle_port: Port = 8444
    batch_limit: Annotated[int, Field(ge=1, le=1024)] = 64

    hold_s: int = 72 * 3600
    lease_s: Annotated[int, Field(ge=1)] = 60
    attempt_timeout_s: Annotated[float, Field(gt=0)] = 20.0
    retry_first_s: Annotated[float, Field(gt=0)] = 2.0
    retry_max_s: Annotated[float, Field(gt=0)] = 3600.0
    warn_after_s: int = 3 * 86400
    give_up_after_s: int = 14 * 86400
    worker_poll_s: Annotated[float, Field(gt=0)] = 0.1
    deliveries_at_once: Annotated[int, Field(ge=1, le=256)] = 32

    @property
    def keys_dir(self) -> Path:
        return self.home / "keys"

    @property
    def database(self) -> str:
        """SQLAlchemy URL; SQLite in the home folder unless set otherwise."""
        return self.database_url or f"sqlite:///{self.home / 'gateway.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = settings_cls.model_config.get("toml_file")
        file = (TomlConfigSettingsSource(settings_cls, toml),) if toml else ()
        return (init_settings, env_settings, *file)


def load_settings(home: Path) -> Settings:
    """Read the settings of the gateway that lives in *home*.

    Raises:
        StartRefused: There is no gateway, or a setting is unknown or out of range.
    """
    file = home / "gateway.toml"
    _refuse_unknown_variables()
    if not file.is_file():
        raise StartRefused(f"no gateway in {home}: make one with `datenschleuse init`")

    class _HomeSettings(Settings):
        model_config = SettingsConfigDict(
            env_prefix=_PREFIX, extra="forbid", frozen=True, toml_file=file
        )

    try:
        return _HomeSettings(home=home)  # the rest comes from the file
    except ValidationError as error:
        raise _refusal(error, str(file)) from error
    except (OSError, ValueError) as error:
        raise StartRefused(f"settings in {file}: no TOML that can be read") from error


def new_settings(home: Path, **given: object) -> Settings:
    """Return the settings of a gateway that is to be made in *home*.

    Raises:
        StartRefused: A setting is unknown or out of range.
    """
    try:
        return Settings(home=home, **given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise _refusal(error, "the command") from error


def passphrase_file() -> Path | None:
    """Return the file that the environment names for the passphrase of whoever signs."""
    given = EnvSettingsSource(Settings).env_vars.get(PASSPHRASE_FILE.lower())
    return Path(given) if given else None


def _refuse_unknown_variables() -> None:
    """Refuse a variable of ours that no setting takes: a slip of the pen would set nothing."""
    for variable in sorted(name.upper() for name in EnvSettingsSource(Settings).env_vars):
        name = variable.removeprefix(_PREFIX).lower()
        if variable == PASSPHRASE_FILE:
            continue
        if variable.startswith(_PREFIX) and name not in Settings.model_fields:
            near = get_close_matches(name, Settings.model_fields, 1)
            hint = f"; did you mean {_PREFIX}{near[0].upper()}?" if near else ""
            raise StartRefused(f"settings in the environment: {variable} is no setting{hint}")


def _refusal(error: ValidationError, where: str) -> StartRefused:
    """Name each setting that is at fault, never its value."""
    faults = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
    return StartRefused(f"settings in {where}: {faults}")
