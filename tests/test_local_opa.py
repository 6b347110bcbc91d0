"""A server of our own for a while: it comes up, or says why not, and nothing of it is left."""

import os

import pytest

from gateway.errors import PolicyUnavailable
from gateway.local_opa import local_opa
from tests.oracles.opa import opa
from tests.policy.sets import a_policy_set


@pytest.mark.opa
async def test_it_decides_and_is_gone_afterwards():
    rules = a_policy_set(digest="1" * 64)
    async with local_opa(opa(), rules) as server:
        assert await server.engine.decide(rules.digest, {}) == {"verdict": "deny"}
        pid = server.pid

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_program_that_ends_at_once_is_no_server(tmp_path):
    program = tmp_path / "opa"
    program.write_text("#!/bin/sh\necho why it ended\n")
    program.chmod(0o700)

    with pytest.raises(PolicyUnavailable, match="why it ended"):
        async with local_opa(program, a_policy_set()):
            pass


async def test_a_program_that_there_is_not_is_no_server(tmp_path):
    with pytest.raises(PolicyUnavailable):
        async with local_opa(tmp_path / "opa", a_policy_set()):
            pass
