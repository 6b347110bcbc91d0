"""A person is found again by the same token, and a token tells nothing without its key."""

import hashlib
import hmac
from dataclasses import replace

import pytest

from gateway.adapters.memory.keys import MemoryKeys
from gateway.blind_index import subject_tokens
from gateway.errors import KeysUnavailable
from gateway.model.evidence import SubjectToken
from gateway.model.exchange import Moment, Person
from tests.builders import NOW, TODAY, day

ERIKA = Person("guest_names", "Müller", "Erika Anna", "1979-03-02")
MOMENT = Moment(NOW, TODAY)


def tokens(
    *persons: Person,
    controllers: tuple[str, ...] = ("polizei",),
    moment: Moment = MOMENT,
    keys: MemoryKeys,
) -> tuple[SubjectToken, ...]:
    return subject_tokens(persons, controllers, moment, keys)


@pytest.mark.parametrize(
    "same",
    [
        replace(ERIKA, family_name="MÜLLER"),
        replace(ERIKA, family_name="Mu\N{COMBINING DIAERESIS}ller"),
        replace(ERIKA, given_names="  erika   anna "),
        replace(ERIKA, given_names="Erika\N{NO-BREAK SPACE}Anna"),
        replace(ERIKA, member="licensee_name"),
    ],
)
def test_case_spaces_and_unicode_form_do_not_matter(same: Person) -> None:
    keys = MemoryKeys()
    assert tokens(same, keys=keys) == tokens(ERIKA, keys=keys)


@pytest.mark.parametrize(
    "other",
    [
        replace(ERIKA, family_name="Mueller"),
        replace(ERIKA, given_names="Erika"),
        replace(ERIKA, date_of_birth="1979-02-03"),
        replace(ERIKA, date_of_birth=""),
        replace(ERIKA, family_name="Müller Erika", given_names="Anna"),
        replace(ERIKA, family_name="Müller\x1fErika Anna", given_names=""),
    ],
)
def test_another_name_or_birthday_is_another_person(other: Person) -> None:
    keys = MemoryKeys()
    assert tokens(other, keys=keys) != tokens(ERIKA, keys=keys)


def test_a_person_named_twice_has_one_token() -> None:
    keys = MemoryKeys()
    assert len(tokens(ERIKA, replace(ERIKA, member="witness_name"), keys=keys)) == 1


def test_each_controller_has_its_own_token_under_its_own_key() -> None:
    found = tokens(ERIKA, controllers=("hansestadt", "polizei"), keys=MemoryKeys())
    assert [token.key_id for token in found] == ["hansestadt.2026", "polizei.2026"]
    assert len({token.token for token in found}) == 2


def test_the_year_is_that_of_berlin() -> None:
    """Half past midnight in Berlin on 1 January is still 31 December in UTC."""
    keys = MemoryKeys()
    new_year = Moment(NOW, day("2027-01-01"))
    assert tokens(ERIKA, moment=new_year, keys=keys)[0].key_id == "polizei.2027"
    assert tokens(ERIKA, moment=new_year, keys=keys) != tokens(ERIKA, keys=keys)


def test_with_other_keys_the_tokens_are_others() -> None:
    assert tokens(ERIKA, keys=MemoryKeys()) != tokens(ERIKA, keys=MemoryKeys())


def test_a_token_is_an_hmac_of_scheme_and_normalised_identifier() -> None:
    """HMAC-SHA-256 under the key; the identifier's parts are parted by U+001F."""
    keys = MemoryKeys()
    _, key = keys.subject_key("polizei", 2026)
    identifier = "name-birth-1\x1fmüller\x1ferika anna\x1f1979-03-02".encode()
    (found,) = tokens(ERIKA, keys=keys)
    assert found.token == hmac.new(key, identifier, hashlib.sha256).digest()


def test_without_persons_no_key_is_made() -> None:
    assert tokens(keys=MemoryKeys(broken=True)) == ()


def test_without_keys_there_is_no_index() -> None:
    with pytest.raises(KeysUnavailable):
        tokens(ERIKA, keys=MemoryKeys(broken=True))
