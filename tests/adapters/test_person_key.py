"""A reference opens the key that it names, whether in a file or on a token."""

from pathlib import Path

import pytest

from gateway.adapters.key_file import Algorithm, encrypted_pem, new_key
from gateway.adapters.person_key import open_key
from gateway.errors import KeysUnavailable
from tests.contracts.test_signer import check
from tests.soft_token import PIN, SoftTokens

PASSPHRASE = "Zwölf Zeichen oder mehr"


def test_a_path_opens_a_key_file(tmp_path: Path) -> None:
    path = tmp_path / "anna.pem"
    path.write_bytes(encrypted_pem(new_key(Algorithm.P256), PASSPHRASE))
    signer = open_key(str(path), lambda _what: PASSPHRASE)
    check(signer, signer.sign(b"ballot"), b"ballot")


def test_a_uri_opens_a_token(tokens: SoftTokens) -> None:
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", Algorithm.P256)

    signer = open_key(tokens.uri("Anna", "vote"), lambda _what: PIN)

    check(signer, signer.sign(b"ballot"), b"ballot")


@pytest.mark.parametrize("reference", ["pkcs11.pem", "PKCS11:token=Anna;object=vote", ""])
def test_all_else_is_a_path(tmp_path: Path, reference: str) -> None:
    with pytest.raises(KeysUnavailable, match=r"cannot be read|Is a directory"):
        open_key(reference, lambda _what: PASSPHRASE)
