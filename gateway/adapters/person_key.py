"""The key with which a person signs, wherever it lies."""

from pathlib import Path

from gateway.adapters.key_file import Ask, read_key_file
from gateway.adapters.token_uri import SCHEME, parse_token_uri
from gateway.ports import Signer


def open_key(reference: str, ask: Ask) -> Signer:
    """Open the key that *reference* names: a `pkcs11:` URI, or else the path of a key file.

    *ask* gives the passphrase or the PIN.

    Raises:
        KeysUnavailable: The key cannot be had; the message says why, in German and English.
    """
    if not reference.startswith(SCHEME):
        return read_key_file(Path(reference), ask)
    from gateway.adapters.token_signer import TokenSigner

    return TokenSigner(parse_token_uri(reference), ask)
