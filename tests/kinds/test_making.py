"""Descriptions are made once, beside the exchanges, and their examples go through."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.engine_pool import PoolLimits
from gateway.errors import NotFound, PolicyUnavailable
from gateway.kinds.making import Kinds
from gateway.model.evidence import EntryType, Part
from gateway.policies import Policies
from tests.builders import TODAY, a_unit, the_policies
from tests.gateways import a_memory_gateway
from tests.kinds.conftest import Json

ALL = sorted(the_policies().data["necessity"])
STATUS = {"permit": 201, "hold": 202}
CONFIRMED = "traeger-mit-bestaetigungen"


def described(*kinds: str) -> dict[str, dict[str, Json]]:
    return {it: {"exchange_kind": it, "label_de": it.title(), "routes": []} for it in kinds}


class Counted:
    """Describes two kinds, and remembers for which day it was asked."""

    def __init__(self) -> None:
        self.days: list[int] = []

    def __call__(self, policies: Policies, day: int) -> Mapping[str, dict[str, Json]]:
        self.days.append(day)
        return described("A", "B")


async def test_many_who_ask_at_once_have_it_made_once_a_day() -> None:
    describe = Counted()
    kinds = Kinds(the_policies, describe)

    await asyncio.gather(*(kinds.described("A", TODAY) for _ in range(5)), kinds.listed(TODAY))
    await kinds.described("B", TODAY + 1)

    assert describe.days == [TODAY, TODAY + 1]


async def test_other_rules_are_described_anew() -> None:
    describe, current = Counted(), [the_policies()]
    kinds = Kinds(lambda: current[0], describe)
    await kinds.listed(TODAY)
    current[0] = replace(current[0], policy_set=replace(current[0].policy_set, digest="0" * 64))

    assert (await kinds.listed(TODAY))["policy_digest"] == "0" * 64
    assert describe.days == [TODAY, TODAY]


async def test_a_kind_without_rules_is_not_found() -> None:
    with pytest.raises(NotFound):
        await Kinds(the_policies, Counted()).described("C", TODAY)


async def test_what_failed_is_tried_again() -> None:
    answers: list[dict[str, dict[str, Json]] | Exception] = [
        PolicyUnavailable("no child"),
        described("A"),
    ]

    def describe(policies: Policies, day: int) -> Mapping[str, dict[str, Json]]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kinds = Kinds(the_policies, describe)
    with pytest.raises(PolicyUnavailable):
        await kinds.listed(TODAY)
    assert [it["exchange_kind"] for it in (await kinds.listed(TODAY))["kinds"]] == ["A"]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def engine(anyio_backend: str) -> AsyncIterator[EmbeddedEngine]:
    """The rules in force, with every norm confirmed by one controller."""
    whole = the_policies().policy_set
    row = {"name": "Test", "date": "2026-11-22", "wording_sha256": "0" * 64}
    confirmed = dict.fromkeys(whole.catalogue.norms, row)
    confirmations = {**whole.data["norms"]["confirmations"], CONFIRMED: confirmed}
    norms = {**whole.data["norms"], "confirmations": confirmations}
    embedded = EmbeddedEngine(PoolLimits(children=1, deadline_s=30.0, waiting=16))
    await embedded.start(replace(whole, data={**whole.data, "norms": norms}))
    yield embedded
    await embedded.close()


@pytest.mark.parametrize("kind", ALL)
async def test_an_example_that_may_go_unasked_goes_through(
    kind: str, kinds: dict[str, dict[str, Json]], engine: EmbeddedEngine
) -> None:
    example = kinds[kind]["example"]
    if example["request"] is None or example["asked"]:
        assert example["verdict"] == "deny" or example["request"]["in_reply_to"]
        return
    gateway = await a_memory_gateway()
    registry = {it["fact"]: it["value"] for it in example["other_facts"]}
    recipient = example["request"]["recipient"]
    await gateway.register(
        a_unit("absender", kind=example["sender_kind"], controller=CONFIRMED),
        a_unit(
            recipient,
            kind=example["recipient_kind"],
            commitment_purpose=registry.get("recipient_commitment_purpose", False),
            keeps_marking=registry.get("recipient_keeps_marking", False),
        ),
    )
    gateway = gateway.with_ports(engine=engine)

    answer = await gateway.submit(example["request"], sender="absender")

    assert answer.body["denials"] == []
    assert answer.status == STATUS[example["verdict"]]
    assert answer.body["released"] == sorted(example["request"]["payload"])
    (audit,) = await gateway.parts(EntryType.DECISION, Part.AUDIT)
    assert audit["verdict"] == example["verdict"]


async def test_how_many_examples_go_unasked(kinds: dict[str, dict[str, Json]]) -> None:
    verdicts = [kinds[kind]["example"]["verdict"] for kind in ALL]
    unasked = [kind for kind in ALL if kinds[kind]["example"].get("asked") is False]

    assert len(ALL) == 21
    assert len(unasked) == 19
    assert sorted(set(verdicts)) == ["deny", "hold", "permit"]
