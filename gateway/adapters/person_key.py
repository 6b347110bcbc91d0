"""The key with which a person signs, wherever it lies."""

from pathlib import Path

from gateway.adapters.key_file import Ask, read_key_file
from gateway.adapters.token_uri import SCHEME, parse_token_uri
from gateway.ports import Signer


def open_key(reference: str, ask: Ask, module: Path | None = None) -> Signer:
    """Open the key file at the path *reference*, or the key on a token that a `pkcs11:` URI names.

    *ask* gives passphrase or PIN; *module* is the library of the token, if the URI names none.

    Raises:
        KeysUnavailable: The key cannot be had; the message says why, in German and English.
    """
    if not reference.startswith(SCHEME):
        return read_key_file(Path(reference), ask)
    from gateway.adapters.token_signer import open_token

    return open_token(parse_token_uri(reference), module, ask)
