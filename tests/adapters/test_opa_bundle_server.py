"""The listener from which the OPA server pulls the bundle."""

import asyncio
import ssl

import aiohttp
import pytest

from gateway.adapters.https_destination import push_context
from gateway.adapters.opa_bundle_server import PATH, BundleServer, bundle_context
from gateway.demo.certificates import Authority
from gateway.errors import StartRefused


@pytest.fixture
def files(tmp_path):
    """CA, certificate and key for both sides, and the same of a stranger."""

    def made(name):
        authority = Authority(f"Authority of {name}")
        authority.issue(tmp_path / name, name)
        (tmp_path / name / "ca.pem").write_bytes(authority.pem)
        return tuple(tmp_path / name / file for file in ("ca.pem", "tls.pem", "tls.key"))

    return {name: made(name) for name in ("ours", "stranger")}


@pytest.fixture
async def server(files):
    server = BundleServer(bundle_context(*files["ours"]), "127.0.0.1", 0)
    server.publish(b"first")
    await server.start()
    yield server
    await server.close()


async def get(server, context, headers=None, path=PATH):
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
        session.get(f"https://127.0.0.1:{server.port}{path}", headers=headers) as response,
    ):
        return response.status, await response.read(), response.headers.get("ETag")


async def test_the_newest_bundle_is_handed_out(server, files):
    context = push_context(*files["ours"])
    assert (await get(server, context))[:2] == (200, b"first")

    server.publish(b"second")

    assert (await get(server, context))[:2] == (200, b"second")


async def test_who_has_the_newest_bundle_is_told_so(server, files):
    context = push_context(*files["ours"])
    _, _, tag = await get(server, context)

    assert (await get(server, context, {"If-None-Match": tag}))[:2] == (304, b"")
    server.publish(b"second")
    assert (await get(server, context, {"If-None-Match": tag}))[:2] == (200, b"second")


async def test_who_waits_for_the_next_bundle_gets_it_at_once(server, files):
    context = push_context(*files["ours"])
    _, _, tag = await get(server, context)
    wishes = {"If-None-Match": tag, "Prefer": "modes=snapshot,delta;wait=20"}
    waiting = asyncio.ensure_future(get(server, context, wishes))
    while not server.waiting:
        await asyncio.sleep(0.01)

    server.publish(b"second")

    assert (await waiting)[:2] == (200, b"second")
    assert not server.waiting


async def test_who_waits_in_vain_is_told_that_there_is_nothing_new(server, files):
    context = push_context(*files["ours"])
    _, _, tag = await get(server, context)

    wishes = {"If-None-Match": tag, "Prefer": "modes=snapshot,delta;wait=1"}
    assert (await get(server, context, wishes))[:2] == (304, b"")


async def test_who_waits_is_let_go_when_the_listener_ends(server, files):
    context = push_context(*files["ours"])
    _, _, tag = await get(server, context)
    waiting = asyncio.ensure_future(
        get(server, context, {"If-None-Match": tag, "Prefer": "wait=20"})
    )
    while not server.waiting:
        await asyncio.sleep(0.01)

    await server.close()

    assert (await waiting)[0] == 304


async def test_opa_is_told_that_it_may_wait(server, files):
    """It asks for that content type, and else only at intervals."""
    async with (
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=push_context(*files["ours"]))
        ) as session,
        session.get(f"https://127.0.0.1:{server.port}{PATH}") as response,
    ):
        assert response.headers["Content-Type"] == "application/vnd.openpolicyagent.bundles"


async def test_there_is_nothing_else(server, files):
    assert (await get(server, push_context(*files["ours"]), path="/"))[0] == 404


@pytest.mark.parametrize("who", ["nobody", "stranger"])
async def test_who_has_no_certificate_of_the_authority_gets_nothing(server, files, who):
    context = ssl.create_default_context(cafile=files["ours"][0])
    if who == "stranger":
        context.load_cert_chain(*files["stranger"][1:])

    with pytest.raises((aiohttp.ClientError, OSError)):
        await get(server, context)


async def test_an_address_that_is_taken_refuses_the_start(server, files):
    second = BundleServer(bundle_context(*files["ours"]), "127.0.0.1", server.port)

    with pytest.raises(StartRefused):
        await second.start()


def test_a_missing_file_refuses_the_start(tmp_path):
    with pytest.raises(StartRefused):
        bundle_context(tmp_path / "ca", tmp_path / "certificate", tmp_path / "key")
