"""Typing a PIN: whether it is right, whether it may be tried at all, and whether its hash is of an older kind."""

from __future__ import annotations

from collections.abc import Callable

from wms.domain.catalogue import Person
from wms.domain.commands import RehashPin
from wms.domain.pins import LockClock, PinCheck, Peppers, fingerprint, hash_pin, is_outdated, judge_pin
from wms.domain.review import PinTries
from wms.domain.rows import Rows
from wms.workflows.workflow import Who


class PinEntry:
    """Of one device, for the life of its program. `peppers` are asked for with each PIN, `steady` is a clock in seconds
    that nobody sets; without one the time of whoever acts counts."""

    def __init__(self, peppers: Callable[[], Peppers] = Peppers, steady: Callable[[], float] | None = None) -> None:
        self._peppers, self._steady, self._clock = peppers, steady, LockClock()

    def locked(self, rows: Rows, who: Who, badge: str) -> int:
        """Seconds for which the badge is locked at this device."""
        tries = rows.get(PinTries, badge, who.device)
        if tries is None:
            return 0
        steady = self._steady() if self._steady is not None else float(who.now)
        return self._clock.left(badge, tries.wrong, tries.last, who.now, steady)

    def judge(self, person: Person, text: str) -> PinCheck:
        return judge_pin(person.pin, text, self._peppers())

    def rehash(self, person: Person, text: str) -> tuple[RehashPin, ...]:
        """For a right PIN: the command that keeps a hash of today's kind, if the kept one is older."""
        peppers = self._peppers()
        if not is_outdated(person.pin, peppers):
            return ()
        return (RehashPin(person.badge, fingerprint(person.pin), hash_pin(text, peppers=peppers)),)
