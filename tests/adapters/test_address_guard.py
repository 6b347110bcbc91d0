"""Which addresses a delivery may go to."""

import pytest

from gateway.adapters.address_guard import is_allowed


@pytest.mark.parametrize("host", ["185.15.59.224", "2620:0:862:ed1a::1"])
def test_public_addresses_are_allowed_to_all(host: str) -> None:
    assert is_allowed(host, private=False)
    assert is_allowed(host, private=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::",
    ],
)
def test_inner_addresses_are_refused(host: str) -> None:
    """In every disguise that IPv6 has for an IPv4 address, too."""
    assert not is_allowed(host, private=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd00::1"])
def test_inner_addresses_are_allowed_where_the_registry_says_so(host: str) -> None:
    assert is_allowed(host, private=True)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "host"]
)
@pytest.mark.parametrize("private", [True, False])
def test_what_is_no_host_is_refused_to_all(host: str, private: bool) -> None:
    assert not is_allowed(host, private=private)
