"""Hazard notices: the size that is measured, all different, and none that would be held."""

import json

import pytest

from gateway.bench.bodies import BODY_BYTES, LARGE_BYTES, notices
from gateway.policy.loading import load_policy_set
from gateway.schemas import compile_schemas
from gateway.settings import Settings


@pytest.mark.parametrize("size", [BODY_BYTES, LARGE_BYTES])
def test_every_body_has_the_size_and_no_two_are_alike(size):
    bodies = notices(1000, "ordnungsamt", size=size)
    assert {len(body) for body in bodies} == {size}
    assert len(set(bodies)) == 1000


def test_the_same_seed_gives_the_same_bodies():
    assert notices(3, "ordnungsamt", seed=7) == notices(3, "ordnungsamt", seed=7)
    assert notices(3, "ordnungsamt", seed=7) != notices(3, "ordnungsamt", seed=8)


@pytest.mark.parametrize("size", [BODY_BYTES, LARGE_BYTES])
def test_envelope_and_payload_have_the_shape_of_their_schemas(size):
    fields = Settings.model_fields
    policies = load_policy_set(fields["policies_dir"].default, fields["schemas_dir"].default)
    schemas = compile_schemas(policies.schemas)
    for body in notices(50, "ordnungsamt", size=size):
        notice = json.loads(body)
        assert schemas.envelope.is_valid(notice)
        assert schemas.payloads[notice["exchange_kind"]].faults(notice["payload"]) == []


def test_no_withheld_name_stands_in_the_released_text():
    for body in notices(50, "ordnungsamt"):
        payload = json.loads(body)["payload"]
        withheld = [*payload["guest_names"], payload["witness_name"]]
        assert all(it["family_name"] not in payload["hazard_facts"] for it in withheld)
