"""A key on a token signs for whoever has the PIN; what is wrong is said in clear words."""

import traceback
from collections.abc import Callable

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from gateway.adapters.key_file import Algorithm
from gateway.adapters.token_signer import TokenSigner
from gateway.adapters.token_uri import TokenUri
from gateway.errors import KeysUnavailable
from tests.contracts.test_signer import check
from tests.soft_token import PIN, WRONG_PIN, SoftTokens

VOTE = {"token": "Anna", "object": "vote"}
each_algorithm = pytest.mark.parametrize("algorithm", Algorithm)


def right(_what: str) -> str:
    return PIN


def never(what: str) -> str:
    raise AssertionError(f"asked for {what}")


def opened(
    tokens: SoftTokens, ask: Callable[[str], str] = right, **named: str | bytes
) -> TokenSigner:
    """Open the key that is *named*, else that of Anna's votes."""
    return TokenSigner(TokenUri(str(tokens.module), **(named or VOTE)), ask)


@pytest.fixture
def anna(tokens: SoftTokens) -> SoftTokens:
    """One token with one key."""
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", Algorithm.ED25519)
    return tokens


@each_algorithm
def test_the_same_key_is_found_again_by_its_label_and_by_its_id(
    tokens: SoftTokens, algorithm: Algorithm
) -> None:
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "other", algorithm, b"\x07")
    tokens.make_key("Anna", "vote", algorithm, b"\x08")

    by_label = opened(tokens)
    tokens.notice()
    by_id = opened(tokens, token="Anna", id=b"\x08")

    assert by_label.public_jwk == by_id.public_jwk
    check(by_label, by_id.sign(b"ballot"), b"ballot")


def test_whoever_is_asked_is_told_for_which_token(anna: SoftTokens) -> None:
    asked: list[str] = []
    opened(anna, ask=lambda what: asked.append(what) or PIN)
    assert asked == ["PIN für Token (PIN of token) Anna"]


@each_algorithm
def test_a_key_that_wants_the_pin_for_each_signature_gets_it(
    tokens: SoftTokens, algorithm: Algorithm
) -> None:
    """As keys for signatures on smart cards do."""
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", algorithm, ALWAYS_AUTHENTICATE=True)
    signer = opened(tokens)
    for ballot in (b"one", b"two"):
        check(signer, signer.sign(ballot), ballot)


@pytest.mark.parametrize(
    "path", ["/nowhere/token.so", "pyproject.toml", "libm.so.6"], ids=["none", "text", "library"]
)
def test_a_library_that_is_no_module_is_named(path: str) -> None:
    with pytest.raises(KeysUnavailable, match="no PKCS#11 module that can be loaded") as refused:
        TokenSigner(TokenUri(path, token="Anna", object="vote"), never)
    assert path in str(refused.value)


def test_without_a_token_nobody_is_asked_for_a_pin(tokens: SoftTokens) -> None:
    with pytest.raises(KeysUnavailable, match=r"Token Anna: nicht gefunden.*is it plugged in\?"):
        opened(tokens, ask=never)


def test_a_token_of_another_name_is_not_taken(anna: SoftTokens) -> None:
    with pytest.raises(KeysUnavailable, match="not found"):
        opened(anna, never, token="Berta", object="vote")


@pytest.mark.parametrize("other", [{"model": "X"}, {"manufacturer": "X"}, {"serial": "X"}])
def test_every_attribute_of_the_token_must_be_as_named(
    anna: SoftTokens, other: dict[str, str]
) -> None:
    with pytest.raises(KeysUnavailable, match="not found"):
        opened(anna, never, token="Anna", object="vote", **other)


def test_of_two_tokens_with_one_label_the_serial_says_which(anna: SoftTokens) -> None:
    with anna.session("Anna") as session:
        serial = session.token.serial.decode()
    anna.plug_in("Anna")

    with pytest.raises(KeysUnavailable, match="name the serial"):
        opened(anna, ask=never)
    assert opened(anna, serial=serial, object="vote").sign(b"ballot")


@pytest.mark.parametrize("pin", [WRONG_PIN, "1", "9" * 300])
def test_a_wrong_pin_is_said_without_naming_any(anna: SoftTokens, pin: str) -> None:
    with pytest.raises(KeysUnavailable, match="PIN") as refused:
        opened(anna, ask=lambda _what: pin)

    told = "".join(traceback.format_exception_only(refused.value))
    assert "Token Anna" in told
    assert pin not in told.replace("PKCS#11", "")


def test_after_a_wrong_pin_the_right_one_opens_it(anna: SoftTokens) -> None:
    with pytest.raises(KeysUnavailable, match="wrong PIN"):
        opened(anna, ask=lambda _what: WRONG_PIN)
    assert opened(anna).sign(b"ballot")


def test_a_key_that_is_not_there_is_named(anna: SoftTokens) -> None:
    with pytest.raises(KeysUnavailable, match="kein privater Schlüssel veto"):
        opened(anna, token="Anna", object="veto")
    with pytest.raises(KeysUnavailable, match="kein privater Schlüssel id 02"):
        opened(anna, token="Anna", id=b"\x02")
    with pytest.raises(KeysUnavailable, match="kein privater Schlüssel vote"):
        opened(anna, token="Anna", object="vote", id=b"\x02")


def test_of_two_keys_with_one_label_the_id_says_which(anna: SoftTokens) -> None:
    anna.make_key("Anna", "vote", Algorithm.P256, b"\x02")

    with pytest.raises(KeysUnavailable, match="name the id"):
        opened(anna)
    assert opened(anna, token="Anna", object="vote", id=b"\x02").public_jwk["kty"] == "EC"
    assert opened(anna, token="Anna", id=b"\x01").public_jwk["kty"] == "OKP"


def remove(tokens: SoftTokens, kind: ObjectClass, id: bytes = b"\x01") -> None:
    with tokens.session("Anna") as session:
        for found in session.get_objects({Attribute.CLASS: kind, Attribute.ID: id}):
            found.destroy()


def test_a_private_key_alone_has_no_public_half_to_name(anna: SoftTokens) -> None:
    remove(anna, ObjectClass.PUBLIC_KEY)
    with pytest.raises(KeysUnavailable, match="not exactly one public key"):
        opened(anna)


def test_a_public_key_of_another_pair_is_noticed_at_the_first_signature(anna: SoftTokens) -> None:
    """Else a person would be enrolled with a key that nobody has."""
    anna.make_key("Anna", "other", Algorithm.ED25519, b"\x02")
    remove(anna, ObjectClass.PUBLIC_KEY, b"\x01")
    with anna.session("Anna") as session:
        wrong = session.get_key(object_class=ObjectClass.PUBLIC_KEY, id=b"\x02")
        wrong[Attribute.ID] = b"\x01"

    with pytest.raises(KeysUnavailable, match="not one of the public key"):
        opened(anna).sign(b"ballot")


@pytest.mark.parametrize("curve", ["secp384r1", "secp256k1"])
def test_a_key_on_another_curve_is_refused(tokens: SoftTokens, curve: str) -> None:
    tokens.plug_in("Anna")
    parameters = encode_named_curve_parameters(curve)
    tokens.make_pair("Anna", "vote", KeyType.EC, parameters, b"\x01")
    with pytest.raises(KeysUnavailable, match="neither Ed25519 nor P-256"):
        opened(tokens)


def test_an_rsa_key_is_refused(tokens: SoftTokens) -> None:
    tokens.plug_in("Anna")
    with tokens.session("Anna") as session:
        session.generate_keypair(KeyType.RSA, 2048, store=True, label="vote", id=b"\x01")
    with pytest.raises(KeysUnavailable, match="neither Ed25519 nor P-256"):
        opened(tokens)


def test_a_key_that_may_not_sign_is_refused(tokens: SoftTokens) -> None:
    tokens.plug_in("Anna")
    tokens.make_key("Anna", "vote", Algorithm.P256, SIGN=False)
    with pytest.raises(KeysUnavailable, match="may not sign"):
        opened(tokens)


@pytest.mark.parametrize("looks_again", [True, False], ids=["new process", "in use"])
def test_a_token_that_was_removed_signs_nothing(anna: SoftTokens, looks_again: bool) -> None:
    signer = opened(anna)
    anna.pull_out()
    if looks_again:
        anna.notice()

    with pytest.raises(KeysUnavailable, match=r"Token Anna: .*plugged in\?"):
        signer.sign(b"ballot")


def test_a_key_that_was_removed_signs_nothing(anna: SoftTokens) -> None:
    signer = opened(anna)
    remove(anna, ObjectClass.PRIVATE_KEY)
    with pytest.raises(KeysUnavailable, match="kein privater Schlüssel vote"):
        signer.sign(b"ballot")


def test_nothing_is_left_open_between_two_signatures(anna: SoftTokens) -> None:
    """Whoever uses the token next in this process must log in."""
    signer = opened(anna)
    signer.sign(b"ballot")
    with pkcs11.lib(str(anna.module)).get_token(token_label="Anna").open() as session:
        assert list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})) == []
