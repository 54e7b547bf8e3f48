"""PINs: kept as salted, peppered hashes, so that nobody who reads the database can sign in as somebody else.

A PIN has few digits, and whoever holds a plain hash of it tries them all in minutes. So it is first keyed with a pepper
(HMAC-SHA-256), 32 random bytes that lie outside the database and its backups, and then slowed down by Argon2id (RFC
9106; m = 19 MiB, t = 2, p = 1: OWASP's password storage cheat sheet, and some 30 ms on a desktop). A hash names its
pepper: `pin1$PEPPER$argon2id…`, without a name where there was none. Hashes of before, scrypt (RFC 7914), still count.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import secrets
from collections.abc import Mapping
from enum import StrEnum

from wms.domain.records import Record

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
PEPPER_BYTES, NAME_CHARACTERS = 32, 12
_SCHEME = "pin1"
_PARAMETERS = f"argon2id,m={MEMORY_KIB},t={PASSES},p={LANES}"
_SCRYPT_MEMORY = 64 * 1024 * 1024
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = (
    256 * 1024,
    16,
    8,
)  # a hash that came from elsewhere may not stall a device


class Peppers(Record):
    """The peppers known here, by name; `current` names the one for new hashes, '' if there is none."""

    known: Mapping[str, bytes] = {}
    current: str = ""


class PinCheck(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    NO_PEPPER = "no_pepper"  # this device has not got what the hash was made with


def pepper_name(pepper: bytes) -> str:
    """What a pepper is called: made of the pepper itself, so that no two can bear one name."""
    return hashlib.sha256(b"wms pin pepper" + pepper).hexdigest()[:NAME_CHARACTERS]


def hash_pin(pin: str, salt: bytes | None = None, peppers: Peppers | None = None) -> str:
    """A hash to keep; two hashes of one PIN differ unless the salt is given."""
    salt = secrets.token_bytes(16) if salt is None else salt
    name = peppers.current if peppers is not None else ""
    pepper = peppers.known[name] if peppers is not None and name else b""
    digest = _argon2(pin, pepper, salt, MEMORY_KIB, PASSES, LANES)
    return "$".join((_SCHEME, name, _PARAMETERS, _text(salt), _text(digest)))


def check_pin(kept: str, pin: str, peppers: Peppers | None = None) -> bool:
    """Whether `pin` is the one that `kept` was made from; never for an empty or unreadable hash."""
    return judge_pin(kept, pin, peppers) is PinCheck.RIGHT


def judge_pin(kept: str, pin: str, peppers: Peppers | None = None) -> PinCheck:
    """The same, and whether it can be told here at all."""
    scheme, *parts = kept.split("$")
    try:
        if scheme == "scrypt":
            right = _is_scrypt(pin, *parts)
        elif scheme == _SCHEME:
            name, parameters, salt, digest = parts
            if name and (peppers is None or name not in peppers.known):
                return PinCheck.NO_PEPPER
            pepper = peppers.known[name] if peppers is not None and name else b""
            right = hmac.compare_digest(_argon2(pin, pepper, _bytes(salt), *_costs(parameters)), _bytes(digest))
        else:
            right = False
    except (ValueError, TypeError, binascii.Error):
        right = False
    return PinCheck.RIGHT if right else PinCheck.WRONG


def is_outdated(kept: str, peppers: Peppers) -> bool:
    """Whether the PIN should be hashed anew at the next chance: the scheme, its costs or its pepper are not today's."""
    return bool(peppers.current) and not kept.startswith(f"{_SCHEME}${peppers.current}${_PARAMETERS}$")


def pepper_of(kept: str) -> str:
    """The name of the pepper a hash was made with; '' for none."""
    scheme, _, rest = kept.partition("$")
    return rest.partition("$")[0] if scheme == _SCHEME else ""


def fingerprint(kept: str) -> str:
    """Names a hash without saying it."""
    return hashlib.sha256(kept.encode()).hexdigest()[:NAME_CHARACTERS]


def _argon2(pin: str, pepper: bytes, salt: bytes, memory: int, passes: int, lanes: int) -> bytes:
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    keyed = hmac.digest(pepper, pin.encode(), "sha256")
    try:
        return hash_secret_raw(keyed, salt, passes, memory, lanes, 32, Type.ID)
    except HashingError as error:
        raise ValueError("this is no hash of ours") from error


def _costs(parameters: str) -> tuple[int, int, int]:
    """Raises `ValueError` for other parameters than ours may be."""
    kind, *costs = parameters.split(",")
    memory, passes, lanes = (int(cost.removeprefix(name)) for cost, name in zip(costs, ("m=", "t=", "p="), strict=True))
    if kind != "argon2id" or memory > _MOST_MEMORY_KIB or passes > _MOST_PASSES or lanes > _MOST_LANES:
        raise ValueError("this is no hash of ours")
    return memory, passes, lanes


def _is_scrypt(pin: str, cost: str, block: str, parallel: str, salt: str, digest: str) -> bool:
    costs = int(cost), int(block), int(parallel)
    found = hashlib.scrypt(
        pin.encode(), salt=_bytes(salt), n=costs[0], r=costs[1], p=costs[2], maxmem=_SCRYPT_MEMORY, dklen=32
    )
    return hmac.compare_digest(found, _bytes(digest))


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


# Locking after wrong ones

FREE_TRIES = 5
FIRST_LOCK_S, LONGEST_LOCK_S = 60, 15 * 60


def lock_seconds(wrong: int) -> int:
    """How long a badge is locked at a device after so many wrong PINs in a row: nothing at first, then a minute, and
    with each further one twice as long, up to a quarter of an hour.

    >>> [lock_seconds(n) for n in (4, 5, 6, 7, 8, 9, 99)]
    [0, 60, 120, 240, 480, 900, 900]
    """
    if wrong < FREE_TRIES:
        return 0
    return min(LONGEST_LOCK_S, FIRST_LOCK_S << min(wrong - FREE_TRIES, 10))


class LockClock:
    """How long a badge stays locked, on a clock that nobody sets.

    The journal knows by the wall clock when the last wrong PIN was typed. From when this program first sees a lock, the
    steady clock alone counts: setting the wall clock opens nothing. A lock that seems to come from the future (the
    clock was set back, perhaps while the program was down) is served in full, and no longer than that.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, float]] = {}  # badge: after how many wrong PINs, locked until

    def begin(self, badge: str, wrong: int, steady: float, served: int = 0) -> None:
        """So many wrong PINs were typed in a row, the last `served` seconds ago; it is `steady` seconds."""
        self._seen[badge] = (wrong, steady + max(0, lock_seconds(wrong) - served))

    def left(self, badge: str, wrong: int, last: int, now: int, steady: float) -> int:
        """Seconds left after that many wrong PINs, the `last` at that time; it is `now` (UTC seconds) and `steady`."""
        if not lock_seconds(wrong):
            self._seen.pop(badge, None)
            return 0
        if badge not in self._seen or self._seen[badge][0] != wrong:
            self.begin(badge, wrong, steady, max(0, now - last))
        return max(0, math.ceil(self._seen[badge][1] - steady))
