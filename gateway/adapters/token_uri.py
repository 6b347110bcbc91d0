"""References to a key on a token: the `pkcs11:` URI of RFC 7512."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from gateway.errors import KeysUnavailable

SCHEME = "pkcs11:"
_EXAMPLE = "pkcs11:token=Anna;object=Abstimmung?module-path=/usr/lib/opensc-pkcs11.so"
_PATH_VALUE = re.compile(r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=&]|%[0-9A-Fa-f]{2})*")
_QUERY_VALUE = re.compile(r"(?:[A-Za-z0-9\-._~:\[\]@!$'()*+,=/?|]|%[0-9A-Fa-f]{2})*")
_OF_THE_TOKEN = ("token", "serial", "manufacturer", "model")
_PATH = frozenset({*_OF_THE_TOKEN, "object", "id", "type"})
_SECRETS = frozenset({"pin-value", "pin-source"})


@dataclass(frozen=True, slots=True)
class TokenUri:
    """Which key on which token, and the library that speaks to it; None may be anything."""

    module_path: str
    token: str | None = None
    serial: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    object: str | None = None
    id: bytes | None = None

    @property
    def name_of_token(self) -> str:
        return self.token or f"Nr. {self.serial}"

    @property
    def name_of_key(self) -> str:
        return self.object or f"id {(self.id or b'').hex()}"


def parse_token_uri(text: str) -> TokenUri:
    """Parse a URI that names a token (`token`, `serial`) and a private key (`object`, `id`).

    `module-path` says which library speaks to the token. `manufacturer` and `model` may narrow
    it, `type` may only be `private`. No message repeats a value: one could be a PIN.

    Raises:
        KeysUnavailable: It is not such a URI. An attribute that we would not heed is refused.
    """
    path, _, query = text.removeprefix(SCHEME).partition("?")
    given = _attributes(path, ";", _PATH_VALUE)
    asked = _attributes(query, "&", _QUERY_VALUE)
    if _SECRETS & asked.keys():
        raise _refused(
            "eine PIN steht nicht im Verweis, sondern in der Datei von --passphrase-file",
            "a PIN is not part of the reference but of the file that --passphrase-file names",
        )
    unknown = sorted((given.keys() - _PATH) | (asked.keys() - {"module-path"}))
    if unknown:
        raise _refused(f"unbekannt: {', '.join(unknown)}", "unknown attribute")
    if given.get("type", b"private") != b"private":
        raise _refused("type ist private", "type must be private")
    if not (given.get("token") or given.get("serial")):
        raise _refused("token oder serial fehlt", "token or serial is missing")
    if not (given.get("object") or given.get("id")):
        raise _refused("object oder id fehlt", "object or id is missing")
    if not asked.get("module-path"):
        raise _refused("module-path fehlt", "module-path, the library of the token, is missing")
    texts = {name: _text(value) for name, value in given.items() if name not in {"id", "type"}}
    return TokenUri(**texts, module_path=_text(asked["module-path"]), id=given.get("id") or None)


def _attributes(part: str, separator: str, value_form: re.Pattern[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for attribute in part.split(separator) if part else ():
        name, equals, value = attribute.partition("=")
        if not equals or not re.fullmatch(r"[a-z-]+", name) or not value_form.fullmatch(value):
            raise _refused(
                "Sonderzeichen stehen darin als %XX", "other characters are written as %XX"
            )
        if name in found:
            raise _refused(f"{name} steht zweimal da", "an attribute stands there twice")
        found[name] = unquote_to_bytes(value)
    return found


def _text(value: bytes) -> str:
    text = value.decode(errors="replace")
    if not text.isprintable() or "\ufffd" in text:
        raise _refused("kein lesbares UTF-8", "not printable UTF-8")
    return text


def _refused(de: str, en: str) -> KeysUnavailable:
    return KeysUnavailable(f"Verweis auf das Token: {de}, z. B. {_EXAMPLE} (reference: {en})")
