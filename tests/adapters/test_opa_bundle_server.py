"""The listener from which the OPA server pulls the bundle."""

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
