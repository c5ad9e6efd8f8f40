"""The one road out by HTTP, for addresses that somebody typed: nothing inside our own network is reached by it.

The one idea: a name is resolved once, what it stands for is judged, and the connection goes to exactly that address. A
name that is asked twice could answer twice. Redirects are not followed; size and time are bounded. What the operator
lists (`SEGUE_PRIVATE`) may be reached inside, and by plain HTTP.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpcore

from segue.domain.errors import Refused, Unavailable
from segue.texts import _

LARGEST = 1_000_000
"""Bytes of an answer."""
PATIENCE = 5.0
"""Seconds for the whole exchange."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Outgoing:
    """`private`: hosts, addresses and networks that may be reached inside."""

    def __init__(self, private: Iterable[str] = ()) -> None:
        listed = [one.strip().lower() for one in private if one.strip()]
        self._networks = tuple(network for one in listed if (network := _network(one)) is not None)
        self._hosts = frozenset(one for one in listed if _network(one) is None)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body. Raises Refused for an address that may not be called, Unavailable where nobody answers."""
        return self._exchange("GET", url, dict(headers or {}), None)

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        return self._exchange("POST", url, dict(headers or {}), body)

    def _exchange(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
        host = self._judged(url)
        until = time.monotonic() + PATIENCE
        wait = dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)
        told = [
            (name, value) for name, value in {"User-Agent": "Segue", "Accept-Encoding": "identity", **headers}.items()
        ]
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._tls, network_backend=_Checked(self)) as pool,
                pool.stream(method, url, headers=told, content=body, extensions={"timeout": wait}) as answer,
            ):
                return answer.status, _read(answer.iter_stream(), until, host)
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise Unavailable(
                _("%(host)s does not answer: %(why)s.", host=host, why=_why(error)),
                _("Try again later."),
            ) from error

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _judged(self, url: str) -> str:
        """The host. Plain HTTP goes only where the operator says so."""
        try:
            parts = urlsplit(url)
            host, _port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise _no_address(url) from None
        if parts.scheme not in ("https", "http") or not host or parts.username is not None or not url.isprintable():
            raise _no_address(url)
        if parts.scheme == "http" and not self._is_listed(host):
            raise Refused(
                _("%(host)s would be called without encryption.", host=host),
                _("Use https, or list the host in SEGUE_PRIVATE."),
            )
        return host

    def _is_listed(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return host in self._hosts
        return host in self._hosts or any(address in network for network in self._networks)

    def addresses(self, host: str, port: int) -> list[str]:
        """What a name stands for, if all of it may be called. Raises Refused, and OSError for a name of nothing."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if host.lower() not in self._hosts:
            for address in addresses:
                if not self._may_call(ipaddress.ip_address(address.partition("%")[0])):
                    raise Refused(
                        _("%(host)s is not on the public net.", host=host),
                        _("Name another host, or list it in SEGUE_PRIVATE."),
                    )
        return addresses

    def _may_call(self, address: Address) -> bool:
        plain = _meant(address)
        if any(one in network for one in (address, plain) for network in self._networks):
            return True
        return plain.is_global and not plain.is_multicast and not plain.is_reserved


class _Checked(httpcore.NetworkBackend):
    """Connects to an address that was judged, never to a name."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing, self._inner = outgoing, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        try:
            addresses = self._outgoing.addresses(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no such host ({error})") from error
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


def _read(parts: Iterable[bytes], until: float, host: str) -> bytes:
    found = bytearray()
    for part in parts:
        found += part
        if len(found) > LARGEST:
            raise Refused(
                _("%(host)s answers with more than %(most)s bytes.", host=host, most=LARGEST), _("Check the address.")
            )
        if time.monotonic() > until:
            raise Unavailable(_("%(host)s answers too slowly.", host=host), _("Try again later."))
    return bytes(found)


def _why(error: Exception) -> str:
    """Before anything was sent in the words of the system; later the kind alone, for what was sent may be quoted."""
    return (str(error) if isinstance(error, httpcore.ConnectError) else "") or type(error).__name__


def _no_address(url: str) -> Refused:
    told = _("%(address)s is no address that can be called.", address=repr(url[:200]))
    return Refused(told, _("Write it as https://host.example/."))


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries, in any of the ways there are."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
