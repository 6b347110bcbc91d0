"""Limits have the names of their settings."""

from dataclasses import asdict
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.http.limits import EdgeLimits
from tests.gateways import settings_for


def test_each_limit_is_a_setting(tmp_path: Path) -> None:
    changed = settings_for(tmp_path, connections=7, body_deadline_s=1.5)

    limits = asdict(EdgeLimits.of(changed))

    assert limits["connections"] == 7
    assert limits["body_deadline_s"] == 1.5
    assert limits == {name: getattr(changed, name) for name in limits}


@pytest.mark.parametrize(
    "wrong",
    [
        {"header_deadline_s": 0},
        {"connections": 0},
        {"header_bytes": 1 << 20},
        {"bodies_bytes": 1000},
        {"trusted_proxies": ["AB" * 32]},
        {"trusted_proxies": ["proxy.example"]},
    ],
    ids=str,
)
def test_a_limit_that_limits_nothing_or_everything_is_refused(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        settings_for(tmp_path, **wrong)
