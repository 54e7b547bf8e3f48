"""The guard: a small file beside the database that knows how far this device had come.

It is written before each commit and never lowered. A database that is behind its guard is a restored copy (or lost its
last transaction to a power cut): it starts a new epoch, so that no key and no waybill number is ever used twice.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


class Guard:
    """Holds (epoch, n) in its first half and the highest waybill counter leased per carrier's range in its second."""

    HALF = 2048

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        counters = self._read(0)
        self.epoch, self.before, self.n = (int(counters.get(name, 0)) for name in ("epoch", "before", "n"))

    def raise_to(self, epoch: int, before: int, n: int) -> None:
        """Say that events up to `n` of `epoch` are about to be committed on top of `before`."""
        self.epoch, self.before, self.n = epoch, before, n
        self._write(0, {"epoch": epoch, "before": before, "n": n})

    def leased(self, numbers: str) -> int:
        """The highest counter of that range (`Carrier.range_name`) this device ever leased out; 0 if none."""
        return int(self._read(self.HALF).get(numbers, 0))

    def lease(self, numbers: str, last: int) -> None:
        """Say that counters up to `last` of the range are about to be leased out. The oldest ranges make room."""
        kept = self._read(self.HALF)
        if last <= int(kept.get(numbers, 0)):
            return
        kept = {**kept, numbers: last}
        while len(json.dumps(kept)) > self.HALF:
            del kept[next(iter(kept))]
        self._write(self.HALF, kept)

    def _read(self, offset: int) -> dict[str, int]:
        """What that half says; nothing where a power cut tore it: the database is then the better witness."""
        os.lseek(self._fd, offset, os.SEEK_SET)
        try:
            found = json.loads(os.read(self._fd, self.HALF).rstrip(b"\0 ") or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, offset: int, kept: dict[str, int]) -> None:
        os.lseek(self._fd, offset, os.SEEK_SET)
        os.write(self._fd, json.dumps(kept).encode().ljust(self.HALF))

    def close(self) -> None:
        os.close(self._fd)
