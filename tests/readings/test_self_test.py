"""A unit learns what is wrong on its own side, and what to do."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.adapters.clock import moment_at
from gateway.model.exchange import Message, Moment
from gateway.model.unit import RegistrySnapshot
from gateway.readings.self_test import Check, SelfTest, look
from gateway.signatures import sign_reading
from tests.builders import NOW, PUBLIC_URL, a_registry, a_unit, keys_of, the_police

SKEW_S = 300
TARGET = f"{PUBLIC_URL}/v1/self-test"


class World:
    """A registry and a clock."""

    def __init__(self, at: int, registry: RegistrySnapshot) -> None:
        self.at = at
        self.known = registry

    @property
    def clock(self) -> "World":
        return self

    @property
    def registry(self) -> "World":
        return self

    def now(self) -> Moment:
        return moment_at(self.at)

    async def snapshot(self) -> RegistrySnapshot:
        return self.known


def a_request(
    unit: str = "polizei", *, signed_at: int | None = NOW, signer: str | None = None, **changes: Any
) -> Message:
    """Return the call of a unit, signed unless told otherwise."""
    headers: dict[str, str] = {}
    if signed_at is not None:
        key = keys_of(signer or unit).signer
        headers = sign_reading(key, method="GET", target_uri=TARGET, created=signed_at)
    plain = Message("GET", TARGET, tuple(headers.items()), b"", keys_of(unit).certificate)
    return replace(plain, **changes)


async def found(
    message: Message, *documents: dict[str, Any], at: int = NOW, clock_said: int | None = None
) -> SelfTest:
    return await look(message, clock_said, SKEW_S, World(at, a_registry(*documents)))


def check(test: SelfTest, name: str) -> Check:
    (one,) = [check for check in test.checks if check.name == name]
    return one


def verdicts(test: SelfTest) -> dict[str, bool | None]:
    return {check.name: check.ok for check in test.checks}


async def test_of_a_unit_with_everything_right_nothing_is_wrong() -> None:
    test = await found(a_request())

    assert test.unit is not None
    assert test.unit.id == "polizei"
    assert verdicts(test) == {
        "certificate": True,
        "pin": True,
        "unit": True,
        "signature": True,
        "clock": True,
        "encryption_key": None,
        "deliveries": None,
    }


async def test_every_check_that_is_not_well_says_what_to_do_in_both_languages() -> None:
    tests = [
        await found(a_request(signed_at=None)),
        await found(a_request("jugendamt")),
        await found(a_request(signer="jugendamt")),
        await found(a_request(certificate=None)),
        await found(a_request(), the_police(status="suspended")),
        await found(a_request(), the_police(encryption_key=None)),
        await found(a_request(signed_at=NOW + 400)),
    ]
    for one in [check for test in tests for check in test.checks]:
        assert one.de
        assert one.en
        assert one.ok is True or (one.todo and one.todo_en)


async def test_a_certificate_that_nobody_registered_is_told_its_pin() -> None:
    """It is what the operator has to be given."""
    test = await found(a_request("jugendamt"))
    pin = a_unit("jugendamt")["pins"][0]

    assert test.unit is None
    assert pin in test.why
    assert pin in check(test, "pin").de
    assert "signature" not in verdicts(test)


async def test_without_a_certificate_only_that_is_told() -> None:
    test = await found(a_request(certificate=None))
    assert (test.unit, verdicts(test)) == (None, {"certificate": False})
    assert verdicts(await found(a_request(certificate=b"x"))) == {"certificate": False}


@pytest.mark.parametrize(("days", "advice"), [(100, False), (29, True)])
async def test_a_certificate_that_ends_soon_gets_advice(days: int, advice: bool) -> None:
    ends = 1_767_225_600 + 730 * 86_400  # of the builders' certificates
    test = await found(a_request(signed_at=None), at=ends - days * 86_400)
    assert check(test, "certificate").ok is True
    assert bool(check(test, "certificate").todo) is advice


async def test_a_certificate_that_has_ended_is_wrong() -> None:
    test = await found(a_request(signed_at=None), at=1_767_225_600 + 731 * 86_400)
    assert check(test, "certificate").ok is False


async def test_the_second_pin_of_a_unit_is_named_as_such() -> None:
    pins = ["0" * 64, the_police()["pins"][0]]
    test = await found(a_request(), the_police(pins=pins))
    assert "2. von 2" in check(test, "pin").de


async def test_a_suspended_unit_is_told_so_and_is_nobody_else() -> None:
    test = await found(a_request(), the_police(status="suspended"))
    assert (test.unit, check(test, "unit").ok) == (None, False)
    assert test.why == "unit polizei is suspended"


async def test_a_signature_by_another_key_is_told_which_one_is_registered() -> None:
    test = await found(a_request(signer="jugendamt"))
    assert check(test, "signature").ok is False
    assert keys_of("polizei").signer.kid in check(test, "signature").todo
    assert test.unit is not None  # a call that reads needs none


async def test_an_unsigned_call_is_not_wrong_but_unchecked() -> None:
    test = await found(a_request(signed_at=None))
    assert (verdicts(test)["signature"], verdicts(test)["clock"]) == (None, None)


@pytest.mark.parametrize(
    ("ahead", "ok", "advice", "word"),
    [
        (0, True, False, "0 s nach"),
        (149, True, False, "149 s vor"),
        (-200, True, True, "200 s nach"),
        (301, False, True, "301 s vor"),
    ],
)
async def test_the_clock_is_compared_with_the_signature(
    ahead: int, ok: bool, advice: bool, word: str
) -> None:
    clock = check(await found(a_request(signed_at=NOW + ahead)), "clock")
    assert (clock.ok, bool(clock.todo)) == (ok, advice)
    assert word in clock.de


async def test_a_caller_that_does_not_sign_may_say_its_time() -> None:
    test = await found(a_request(signed_at=None), clock_said=NOW - 400)
    assert check(test, "clock").ok is False


async def test_a_unit_that_may_receive_needs_a_key() -> None:
    no_key = await found(a_request(), the_police(encryption_key=None))
    sender = await found(a_request(), the_police(encryption_key=None, may_receive=False))
    assert check(no_key, "encryption_key").ok is False
    assert check(sender, "encryption_key").ok is None


async def test_a_unit_without_an_endpoint_has_an_inbox() -> None:
    test = await found(a_request(), the_police(endpoint=None))
    assert check(test, "deliveries").ok is True
    assert "/v1/inbox" in check(test, "deliveries").de


@pytest.mark.parametrize("signed_at", [None, NOW + 400])
async def test_behind_a_proxy_a_unit_is_known_by_its_signature_only(signed_at: int | None) -> None:
    test = await found(a_request(signed_at=signed_at, proxied=True))
    assert test.unit is None
    assert (await found(a_request(proxied=True))).unit is not None
