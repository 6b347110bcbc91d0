"""Which network addresses a delivery may be sent to (DESIGN 8).

The address looked at is the one that the socket is about to connect to, so that neither a
name that resolves to an inner address nor one that changes its mind gets through.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
SocketFactory = Callable[[Any], socket.socket]


class AddressRefused(OSError):
    """A name led to an address that the registry does not allow for that unit."""


def guarded_socket(*, private: bool) -> SocketFactory:
    """Return a factory of sockets that refuses addresses outside the allowed ones."""

    def make(address_info: Any) -> socket.socket:
        family, kind, protocol, _, where = address_info
        if not is_allowed(where[0], private=private):
            raise AddressRefused("the endpoint has an address that is not allowed for it")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return make


def is_allowed(host: str, *, private: bool) -> bool:
    """Say whether a delivery may go to the numeric address *host*.

    *private* allows private, link-local and loopback addresses as well; nothing allows
    multicast, unspecified and reserved ones.
    """
    try:
        address = _inner(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return False
    if address.is_multicast or address.is_unspecified:
        return False
    if address.is_loopback or address.is_link_local:
        return private
    if address.is_global:
        return True
    return private and address.is_private and not address.is_reserved


def _inner(address: _Address) -> _Address:
    """Return the IPv4 address that an IPv6 address stands for, or *address* itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    if address.sixtofour is not None:
        return address.sixtofour
    return address
