"""Where webhooks may lead: nobody can make the hub speak to what only the hub can reach.

HTTPS to public addresses; anything else (this machine, the site's own network, plain HTTP) only where an administrator
listed the network. The name is looked up for each delivery and the very address that was judged is connected to, so a
name that changes its mind between the two gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


class NotAllowed(ValueError):
    """The URL is none that may be called; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL with the addresses that may be connected to, the usual one first. `path` with its query."""

    host: str
    port: int
    path: str
    tls: bool
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


class Targets:
    """`networks` are those that may be reached although they are not public, such as `10.1.0.0/16`.

    Raises `ValueError` for what is no network.
    """

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks = tuple(map(ipaddress.ip_network, networks))

    def require(self, url: str) -> None:
        """What can be judged without looking the name up. Raises `NotAllowed`."""
        parts, _ = _split(url)
        if parts.scheme == "http" and not self._networks:
            raise NotAllowed("a webhook must be https")
        try:
            address = ipaddress.ip_address(parts.hostname or "")
        except ValueError:
            return
        self._require_address(address, tls=parts.scheme == "https")

    async def find(self, url: str) -> Target:
        """Look the name up. Raises `NotAllowed`, and `OSError` when there is no such name."""
        parts, port = _split(url)
        host, tls = parts.hostname or "", parts.scheme == "https"
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for *_, where in found:
            address = ipaddress.ip_address(str(where[0]).partition("%")[0])
            self._require_address(address, tls=tls)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        return Target(host, port, path, tls, tuple(dict.fromkeys(str(where[0]) for *_, where in found)))

    def _require_address(self, address: Address, *, tls: bool) -> None:
        address = _embedded(address)
        listed = any(address in network for network in self._networks if network.version == address.version)
        if not listed and (not address.is_global or address.is_multicast):
            raise NotAllowed("this address is not public; an administrator can list its network")
        if not listed and not tls:
            raise NotAllowed("a webhook must be https")


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise NotAllowed("this is no URL") from error
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise NotAllowed("this is no https URL")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise NotAllowed("a webhook's URL has neither a user nor a fragment")
    if any(not 0 < len(label) <= 63 for label in parts.hostname.rstrip(".").split(".")) or len(parts.hostname) > 253:
        raise NotAllowed("this is no name of a host")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise NotAllowed("a URL has printable ASCII characters only: write the others as %XX or xn--")
    return parts, port


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
