"""The engine that the settings name, or a start that is refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from pydantic import ValidationError

from gateway.adapters.embedded_engine import EmbeddedEngine
from gateway.adapters.opa_engine import OpaEngine
from gateway.demo.certificates import Authority, write_key
from gateway.engines import engine_for, opa_address
from gateway.errors import StartRefused
from tests.gateways import settings_for


@pytest.fixture
def settings(tmp_path):
    authority = Authority("Authority of OPA")
    authority.issue(tmp_path, "gateway")
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    (tmp_path / "keys").mkdir()

    def made(**given):
        files = {"opa_certificate": tmp_path / "tls.pem", "opa_key": tmp_path / "tls.key"}
        wanted = {"engine": "opa", "opa_ca": tmp_path / "ca.pem", **files, **given}
        return settings_for(tmp_path, **wanted)

    return made


def bundle_key_of(settings, key):
    write_key(settings.keys_dir / "bundle.pem", key)


def test_unless_told_otherwise_it_is_the_library(tmp_path):
    assert isinstance(engine_for(settings_for(tmp_path)), EmbeddedEngine)


def test_a_real_server_is_asked_where_the_settings_say_so(settings):
    bundle_key_of(settings(), ec.generate_private_key(ec.SECP256R1()))

    assert isinstance(engine_for(settings()), OpaEngine)


@pytest.mark.parametrize("name", ["opa_ca", "opa_certificate", "opa_key"])
def test_a_missing_file_refuses_the_start(settings, name):
    with pytest.raises(StartRefused):
        engine_for(settings(**{name: None}))


def test_without_a_key_for_bundles_there_is_no_start(settings):
    with pytest.raises(StartRefused, match=r"bundle\.pem"):
        engine_for(settings())


def test_a_key_that_cannot_sign_for_opa_refuses_the_start(settings):
    bundle_key_of(settings(), ed25519.Ed25519PrivateKey.generate())

    with pytest.raises(StartRefused, match="P-256"):
        engine_for(settings())


def test_an_address_is_a_socket_or_a_host_under_tls(settings):
    local = opa_address(settings(opa_address="unix:///run/x.sock"))
    remote = opa_address(settings(opa_address="https://opa.example:9000"))

    assert (local.socket, local.tls) == ("/run/x.sock", None)
    assert (remote.socket, remote.host, remote.port) == (None, "opa.example", 9000)
    assert remote.tls is not None


@pytest.mark.parametrize("address", ["http://opa:8181", "https://opa", "unix://x", "opa:8181"])
def test_no_other_address_is_taken(settings, address):
    with pytest.raises(ValidationError):
        settings(opa_address=address)
