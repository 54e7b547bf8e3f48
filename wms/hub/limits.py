"""How much at once: requests for each token, wrong tokens and codes for each address, bytes of a body."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

KEYS = 10_000  # remembered at once; the one that has been quiet for longest is forgotten first
SMALL_BODY = 64 * 1024
LARGEST_BODY = 8 * 1024 * 1024


class Allowance:
    """`burst` at once and `rate` a second from then on, for each key."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how many, and when that was

    def take(self, key: str) -> bool:
        """Use one up; False where none is left."""
        left, now = self._of(key)
        self._left[key] = (max(left - 1, 0.0), now)
        self._left.move_to_end(key)
        if len(self._left) > KEYS:
            self._left.popitem(last=False)
        return left >= 1

    def give_back(self, key: str) -> None:
        """One that was taken has not been used."""
        left, now = self._of(key)
        self._left[key] = (min(left + 1, float(self._burst)), now)

    def _of(self, key: str) -> tuple[float, float]:
        now = self._clock()
        left, then = self._left.get(key, (float(self._burst), now))
        return min(self._burst, left + (now - then) * self._rate), now


def neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, for a single machine has all of that."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
