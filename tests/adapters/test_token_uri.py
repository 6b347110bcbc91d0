"""A reference names a token and a private key; what we would not heed is refused."""

import pytest

from gateway.adapters.token_uri import TokenUri, parse_token_uri
from gateway.errors import KeysUnavailable

MODULE = "?module-path=/a.so"


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        (f"pkcs11:token=Anna;object=vote{MODULE}", TokenUri("/a.so", token="Anna", object="vote")),
        (f"pkcs11:serial=0042;id=%01%ff{MODULE}", TokenUri("/a.so", serial="0042", id=b"\x01\xff")),
        (
            "pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=22dab3819b8c82ec;"
            f"token=eins;id=%01;object=ed;type=private{MODULE}",
            TokenUri(
                "/a.so",
                token="eins",
                serial="22dab3819b8c82ec",
                manufacturer="SoftHSM project",
                model="SoftHSM v2",
                object="ed",
                id=b"\x01",
            ),
        ),
        (
            "pkcs11:token=M%C3%BCller;object=a%3Bb&c?module-path=/usr/lib/a.so",
            TokenUri("/usr/lib/a.so", token="Müller", object="a;b&c"),
        ),
    ],
    ids=["labels", "serial and id", "as p11tool prints it", "encoded"],
)
def test_a_reference_is_read(text: str, uri: TokenUri) -> None:
    assert parse_token_uri(text) == uri


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pkcs11:", "token or serial"),
        ("pkcs11:object=vote", "token or serial"),
        ("pkcs11:token=;object=vote", "token or serial"),
        ("pkcs11:token=Anna", "object or id"),
        ("pkcs11:token=Anna;id=", "object or id"),
        ("pkcs11:token=Anna;object=vote;type=public", "type must be private"),
        ("pkcs11:token=Anna;object=vote", "module-path, the library"),
        ("pkcs11:token=Anna;object=vote?module-path=", "module-path, the library"),
        ("pkcs11:token=Anna;object=vote?module-path=a&module-path=b", "twice"),
        ("pkcs11:token=Anna;object=vote;slot-id=1", "unbekannt: slot-id"),
        ("pkcs11:token=Anna;object=vote?module-name=x", "unbekannt: module-name"),
        ("pkcs11:token=Anna;token=Bert;object=vote", "twice"),
        ("pkcs11:token=Anna M;object=vote", "written as %XX"),
        ("pkcs11:token=Müller;object=vote", "written as %XX"),
        ("pkcs11:token=Anna%;object=vote", "written as %XX"),
        ("pkcs11:token=Anna%4;object=vote", "written as %XX"),
        ("pkcs11:token;object=vote", "written as %XX"),
        ("pkcs11:token=Anna;;object=vote", "written as %XX"),
        ("pkcs11:TOKEN=Anna;object=vote", "written as %XX"),
        (f"pkcs11:token=%FF;object=vote{MODULE}", "not printable UTF-8"),
        (f"pkcs11:token=Anna%0A;object=vote{MODULE}", "not printable UTF-8"),
    ],
)
def test_another_reference_is_refused(text: str, why: str) -> None:
    with pytest.raises(KeysUnavailable, match=why):
        parse_token_uri(text)


@pytest.mark.parametrize("attribute", ["pin-value=493827", "pin-source=file:/etc/493827"])
def test_a_pin_in_the_reference_is_refused_and_not_repeated(attribute: str) -> None:
    """An argument stands in the list of processes and in the history of the shell."""
    with pytest.raises(KeysUnavailable, match="--passphrase-file") as refused:
        parse_token_uri(f"pkcs11:token=Anna;object=vote{MODULE}&{attribute}")
    assert "493827" not in str(refused.value)
