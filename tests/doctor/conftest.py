"""A gateway whose every file is where its settings say."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.partners import Pki


@pytest.fixture(scope="session")
def _pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def pki(_pki: Pki) -> Pki:
    return _pki


@pytest.fixture
def sound(home: Path, pki: Pki) -> Path:
    """A gateway with nothing wrong: real certificates, no offline keys, a name of its own."""
    shutil.rmtree(home / "offline")
    certificate, key = pki.server
    write_settings(
        home,
        public_url="https://localhost:8443",
        tls_certificate=str(certificate),
        tls_key=str(key),
        client_ca=str(pki.ca_file),
        partner_ca=str(pki.ca_file),
    )
    return home


def write_settings(home: Path, **changes: Any) -> None:
    file = home / "gateway.toml"
    lines = [line for line in file.read_text().splitlines() if line.split(" = ")[0] not in changes]
    lines += [f"{name} = {json.dumps(value)}" for name, value in changes.items()]
    file.write_text("\n".join([*lines, ""]))
