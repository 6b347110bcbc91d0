"""An OPA server that is well, late, dead, a stranger, or talks nonsense."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.file_signer import FileSigner
from gateway.adapters.https_destination import push_context
from gateway.adapters.opa_bundle import build_bundle
from gateway.adapters.opa_client import OpaAddress
from gateway.adapters.opa_engine import OPA_VERSION, OpaEngine, OpaLimits
from gateway.demo.certificates import Authority
from gateway.demo.stage import free_ports
from gateway.errors import PolicyUnavailable
from gateway.local_opa import local_opa
from tests.adapters.scripted_opa import question, says, scripted_opa
from tests.oracles.opa import opa
from tests.policy.sets import a_policy_set

DIGEST, OTHER = "1" * 64, "2" * 64
DECISION = {"verdict": "deny"}
BUNDLES = {"datenschleuse": {"revision": DIGEST}}
PROVENANCE = {"version": OPA_VERSION, "bundles": BUNDLES}
PATIENT = OpaLimits(deadline_s=30.0)
QUICK = OpaLimits(deadline_s=0.3)


@asynccontextmanager
async def asking(address, limits=PATIENT):
    engine = OpaEngine(address, limits)
    await engine.start(a_policy_set(digest=DIGEST))
    try:
        yield engine
    finally:
        await engine.close()


async def refused(engine, given=None):
    with pytest.raises(PolicyUnavailable) as error:
        await engine.decide(DIGEST, given or {})
    return str(error.value)


# --- what an answer must be -----------------------------------------------------------


async def test_an_answer_of_the_rules_asked_for_is_the_decision(tmp_path):
    talk = says({"result": DECISION, "provenance": PROVENANCE})
    async with scripted_opa(tmp_path, talk) as address, asking(address) as engine:
        assert await engine.decide(DIGEST, {}) == DECISION
        assert engine.name == "opa/opa-1.20.2"


async def test_builtin_errors_are_strict_and_provenance_is_asked_for_every_time(tmp_path):
    heads = []

    async def talk(reader, writer):
        heads.append(await question(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with scripted_opa(tmp_path, talk) as address, asking(address) as engine:
        await refused(engine)
    assert "strict-builtin-errors=true" in heads[0]
    assert "provenance=true" in heads[0]


WRONG = {
    "no provenance": {"result": DECISION},
    "provenance is no object": {"result": DECISION, "provenance": "x"},
    "another revision": {
        "result": DECISION,
        "provenance": {**PROVENANCE, "bundles": {"datenschleuse": {"revision": OTHER}}},
    },
    "no bundle": {"result": DECISION, "provenance": {"version": OPA_VERSION}},
    "another bundle": {
        "result": DECISION,
        "provenance": {**PROVENANCE, "bundles": {"x": {"revision": DIGEST}}},
    },
    "a bundle beside ours": {
        "result": DECISION,
        "provenance": {**PROVENANCE, "bundles": {**BUNDLES, "x": {"revision": "1"}}},
    },
    "another OPA": {"result": DECISION, "provenance": {**PROVENANCE, "version": "1.20.1"}},
    "undefined": {"provenance": PROVENANCE},
    "no object": {"result": "permit", "provenance": PROVENANCE},
    "null": {"result": None, "provenance": PROVENANCE},
    "a list": [],
    "garbage": b"\x00\xff<html>",
    "half an answer": b'{"result": {"verdict": "permit"',
    "nothing": b"",
    "too deep": b'{"result":' + b"[" * 200_000,
    "a fraction": b'{"result": {"x": 0.5}}',
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
async def test_an_answer_that_is_not_a_decision_of_these_rules_refuses(tmp_path, body):
    async with scripted_opa(tmp_path, says(body)) as address, asking(address) as engine:
        await refused(engine)


@pytest.mark.parametrize("status", [204, 302, 400, 404, 429, 500, 503])
async def test_another_status_refuses_and_repeats_nothing_of_the_answer(tmp_path, status):
    talk = says({"result": DECISION, "provenance": PROVENANCE, "x": "geheim"}, status)
    async with scripted_opa(tmp_path, talk) as address, asking(address) as engine:
        assert "geheim" not in await refused(engine)


async def test_an_answer_that_breaks_off_refuses(tmp_path):
    async def talk(reader, writer):
        await question(reader)
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"result": {"verdict"')
        await writer.drain()

    async with scripted_opa(tmp_path, talk) as address, asking(address) as engine:
        await refused(engine)


async def test_an_answer_that_does_not_come_refuses_at_the_deadline(tmp_path):
    async def talk(reader, writer):
        await reader.read()

    async with scripted_opa(tmp_path, talk) as address, asking(address, QUICK) as engine:
        assert "in time" in await refused(engine)


async def test_more_questions_than_may_wait_are_refused_at_once(tmp_path):
    asked = asyncio.Event()

    async def talk(reader, writer):
        asked.set()
        await reader.read()

    limits = OpaLimits(connections=1, waiting=0, deadline_s=30.0)
    async with scripted_opa(tmp_path, talk) as address, asking(address, limits) as engine:
        first = asyncio.ensure_future(engine.decide(DIGEST, {}))
        await asked.wait()
        assert "waiting" in await refused(engine)
        first.cancel()


async def test_without_a_server_there_is_no_decision(tmp_path):
    async with asking(OpaAddress(socket=str(tmp_path / "none"))) as engine:
        await refused(engine)
        with pytest.raises(PolicyUnavailable):
            await engine.until_ready(DIGEST, 0.1)


async def test_before_the_start_there_is_no_decision(tmp_path):
    await refused(OpaEngine(OpaAddress(socket=str(tmp_path / "none"))))


# --- a real server --------------------------------------------------------------------


@pytest.mark.opa
async def test_a_server_that_is_killed_refuses():
    async with local_opa(opa(), a_policy_set(digest=DIGEST), PATIENT) as server:
        assert await server.engine.decide(DIGEST, {}) == DECISION
        os.kill(server.pid, signal.SIGKILL)
        await until_refused(server.engine)


async def until_refused(engine):
    """The kernel takes a moment to close the sockets of a killed process."""
    while True:
        try:
            await engine.decide(DIGEST, {})
        except PolicyUnavailable:
            return


@pytest.mark.opa
async def test_a_server_that_is_stopped_refuses_and_decides_again_when_it_goes_on():
    async with local_opa(opa(), a_policy_set(digest=DIGEST), QUICK) as server:
        os.kill(server.pid, signal.SIGSTOP)
        await refused(server.engine)
        os.kill(server.pid, signal.SIGCONT)
        await server.engine.until_ready(DIGEST, 30.0)


@pytest.mark.opa
async def test_new_rules_are_pulled_and_until_then_refused():
    async with local_opa(opa(), a_policy_set(digest=DIGEST), PATIENT) as server:
        await server.engine.start(a_policy_set('decision := {"verdict": "permit"}', digest=OTHER))
        await server.engine.until_ready(OTHER, 60.0)

        assert await server.engine.decide(OTHER, {}) == {"verdict": "permit"}
        await refused(server.engine)


@pytest.mark.opa
async def test_questions_in_the_gap_of_a_switch_wait_and_are_answered():
    async with local_opa(opa(), a_policy_set(digest=DIGEST), PATIENT) as server:
        await server.engine.hold(a_policy_set('decision := {"verdict": "permit"}', digest=OTHER))
        for digest, verdict in ((OTHER, "permit"), (DIGEST, "deny"), (OTHER, "permit")):
            server.engine.activate(digest)
            asked = await asyncio.gather(*(server.engine.decide(digest, {}) for _ in range(8)))
            assert asked == [{"verdict": verdict}] * 8


async def test_a_server_that_does_not_get_the_new_rules_holds_nobody_up_for_long(tmp_path):
    talk = says({"result": DECISION, "provenance": PROVENANCE})
    limits = OpaLimits(deadline_s=30.0, switch_s=0.2)
    async with scripted_opa(tmp_path, talk) as address, asking(address, limits) as engine:
        await engine.hold(a_policy_set(digest=OTHER))
        engine.activate(OTHER)
        for _ in range(2):
            with pytest.raises(PolicyUnavailable, match="another policy set"):
                await engine.decide(OTHER, {})
        await refused(engine)


@pytest.mark.opa
async def test_an_older_bundle_with_a_good_signature_decides_nothing():
    """OPA takes it: the comparison of the revision alone stops a rollback."""
    async with local_opa(opa(), a_policy_set(digest=OTHER), PATIENT) as server:
        await server.engine.start(a_policy_set(digest=DIGEST))
        await server.engine.until_ready(DIGEST, 60.0)
        await server.engine.start(a_policy_set(digest=OTHER))
        await until_refused(server.engine)


@pytest.mark.opa
async def test_a_bundle_of_another_key_changes_nothing():
    stranger = FileSigner(ec.generate_private_key(ec.SECP256R1()))
    forged = a_policy_set('decision := {"verdict": "permit"}', digest=OTHER)
    async with local_opa(opa(), a_policy_set(digest=DIGEST), PATIENT) as server:
        server.bundles.publish(build_bundle(forged, stranger))
        already = server.bundles.handed_out
        while server.bundles.handed_out < already + 2:  # it asks again after one it refused
            await asyncio.sleep(0.05)

        assert await server.engine.decide(DIGEST, {}) == DECISION
        with pytest.raises(PolicyUnavailable):
            await server.engine.until_ready(OTHER, 1.0)


# --- TLS --------------------------------------------------------------------------------


def files_of(folder, name):
    authority = Authority(f"Authority of {name}")
    authority.issue(folder / name, name)
    (folder / name / "ca.pem").write_bytes(authority.pem)
    return tuple(folder / name / file for file in ("ca.pem", "tls.pem", "tls.key"))


@pytest.fixture
async def over_tls(tmp_path):
    """A real server under mutual TLS: its port, and the files with which it may be asked."""
    ca, certificate, key = files_of(tmp_path, "ours")
    (port,) = free_ports(1)
    options = {
        "--addr": f"https://127.0.0.1:{port}",
        "--authentication": "tls",
        "--tls-ca-cert-file": ca,
        "--tls-cert-file": certificate,
        "--tls-private-key-file": key,
    }
    words = [str(word) for pair in options.items() for word in pair]
    words += ["--addr", f"https://127.0.0.2:{port}"]  # a name that the certificate does not have
    async with local_opa(opa(), a_policy_set(digest=DIGEST), PATIENT, words):
        yield port, (ca, certificate, key)


@pytest.mark.opa
async def test_a_server_is_asked_over_mutual_tls(over_tls):
    port, files = over_tls
    tls = push_context(*files)
    for host in ("127.0.0.1", "localhost"):
        async with asking(OpaAddress(host=host, port=port, tls=tls)) as engine:
            assert await engine.decide(DIGEST, {}) == DECISION


@pytest.mark.opa
async def test_a_server_of_another_name_is_not_asked(over_tls):
    port, files = over_tls
    address = OpaAddress(host="127.0.0.2", port=port, tls=push_context(*files))
    async with asking(address) as engine:
        assert "Certificate" in await refused(engine)


@pytest.mark.opa
async def test_a_server_of_another_authority_is_not_asked(over_tls, tmp_path):
    port, (_, certificate, key) = over_tls
    stranger, _, _ = files_of(tmp_path, "stranger")
    address = OpaAddress(port=port, tls=push_context(stranger, certificate, key))
    async with asking(address) as engine:
        assert "Certificate" in await refused(engine)


@pytest.mark.opa
async def test_a_stranger_is_not_answered(over_tls, tmp_path):
    port, (ca, _, _) = over_tls
    _, certificate, key = files_of(tmp_path, "stranger")
    address = OpaAddress(port=port, tls=push_context(ca, certificate, key))
    async with asking(address) as engine:
        await refused(engine)
