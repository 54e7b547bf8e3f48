"""Typing a PIN: whether it is right, whether it may be tried at all, and whether its hash is of an older kind."""

from __future__ import annotations

from collections.abc import Callable

from wms.domain.catalogue import Person
from wms.domain.commands import RehashPin
from wms.domain.pins import (
    LockClock,
    Peppers,
    PinCheck,
    fingerprint,
    hash_pin,
    is_outdated,
    judge_pin,
    lock_seconds,
    pepper_of,
)
from wms.domain.review import PinTries
from wms.domain.rows import Rows
from wms.workflows.workflow import Who


class PinEntry:
    """Of one device, for the life of its program. `peppers(name)` are those at hand, looked for again if that one is
    not among them; `steady` is a clock in seconds that nobody sets, without one the time of whoever acts counts."""

    def __init__(
        self, peppers: Callable[[str], Peppers] = lambda _: Peppers(), steady: Callable[[], float] | None = None
    ) -> None:
        self._peppers, self._steady, self._clock = peppers, steady, LockClock()

    def locked(self, rows: Rows, who: Who, badge: str) -> int:
        """Seconds for which the badge is locked at this device."""
        tries = rows.get(PinTries, badge, who.device) or PinTries(badge, who.device, 0, 0)
        return self._clock.left(badge, tries.wrong, tries.last, who.now, self._now(who))

    def wrong(self, rows: Rows, who: Who, badge: str) -> tuple[int, int]:
        """One more wrong PIN: how many that makes in a row, and for how many seconds it locks the badge."""
        tries = rows.get(PinTries, badge, who.device)
        times = (tries.wrong if tries is not None else 0) + 1
        self._clock.begin(badge, times, self._now(who))
        return times, lock_seconds(times)

    def _now(self, who: Who) -> float:
        return self._steady() if self._steady is not None else float(who.now)

    def judge(self, person: Person, text: str) -> PinCheck:
        return judge_pin(person.pin, text, self._peppers(pepper_of(person.pin)))

    def rehash(self, person: Person, text: str) -> tuple[RehashPin, ...]:
        """For a right PIN: the command that keeps a hash of today's kind, if the kept one is older."""
        peppers = self._peppers("")
        if not is_outdated(person.pin, peppers):
            return ()
        return (RehashPin(person.badge, fingerprint(person.pin), hash_pin(text, peppers=peppers)),)
