"""Tokens of SoftHSM for tests: made in a folder of their own, with keys in them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

from gateway.adapters.key_file import Algorithm
from tests.oracles.judges import run
from tests.oracles.softhsm import SoftHsm, softhsm

PIN = "493827"
WRONG_PIN = "110011"
_OFFICER = "87654321"
_ED25519 = bytes.fromhex("06032b6570")


class SoftTokens:
    """Tokens in one folder, as if they were plugged into one machine."""

    def __init__(self, folder: Path, tool: SoftHsm) -> None:
        self._folder = folder
        self._tool = tool

    @property
    def module(self) -> Path:
        return self._tool.module

    def uri(self, token: str, label: str) -> str:
        """Return the reference to a key, as a person writes it."""
        return f"pkcs11:token={token};object={label}?module-path={self.module}"

    def plug_in(self, label: str) -> None:
        """Make a token; more than one may have the same label."""
        command = [str(self._tool.program), "--module", str(self.module), "--init-token", "--free"]
        run([*command, "--label", label, "--pin", PIN, "--so-pin", _OFFICER], os.environ)
        self.notice()

    def pull_out(self) -> None:
        """Take all tokens away while the library is in use."""
        for token in (self._folder / "tokens").iterdir():
            shutil.rmtree(token)

    def notice(self) -> None:
        """Let the library look again, as a new process would."""
        pkcs11.lib(str(self.module)).reinitialize()

    def make_key(
        self, token: str, label: str, algorithm: Algorithm, id: bytes = b"\x01", **private: Any
    ) -> None:
        """Make a pair of keys; *private* are further attributes of the private one."""
        edwards = algorithm is Algorithm.ED25519
        kind = KeyType.EC_EDWARDS if edwards else KeyType.EC
        curve = _ED25519 if edwards else encode_named_curve_parameters("secp256r1")
        self.make_pair(token, label, kind, curve, id, **private)

    def make_pair(
        self, token: str, label: str, kind: KeyType, curve: bytes, id: bytes, **private: Any
    ) -> None:
        with self.session(token) as session:
            parameters = session.create_domain_parameters(
                kind, {Attribute.EC_PARAMS: curve}, local=True
            )
            edwards = kind is KeyType.EC_EDWARDS
            parameters.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN if edwards else None,
                store=True,
                label=label,
                id=id,
                private_template={Attribute[name]: value for name, value in private.items()},
            )

    @contextmanager
    def session(self, token: str) -> Iterator[pkcs11.Session]:
        """A session in which keys can be made and removed."""
        found = pkcs11.lib(str(self.module)).get_token(token_label=token)
        with found.open(rw=True, user_pin=PIN) as session:
            yield session


@contextmanager
def soft_tokens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftTokens]:
    """Let SoftHSM keep its tokens below *folder*.

    Raises:
        JudgeMissing: There is no SoftHSM, and none can be fetched. The test has failed.
    """
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    tool = softhsm()
    library = pkcs11.lib(str(tool.module))
    library.reinitialize()
    try:
        yield SoftTokens(folder, tool)
    finally:
        library.finalize()
