"""What this device recorded, copied to a second medium: a broken disk then loses nothing that the hub lacks.

A thread of its own copies each own fact right after its commit, as the line that would go over the wire, and flushes it
to the medium; no commit waits for that. Where the medium is gone or full the trouble is told, the work goes on, and
what is missing there is copied when it comes back. A file is cut once the hub has held all in it for a fortnight.

Keys that open recipients are never copied: the medium is easily carried off. The folder is never made by the program,
so that nothing is written to the place where a medium should be mounted and is not.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec

from wms.domain.events import Fact
from wms.store import Store, journal
from wms.store.journal import Line
from wms.store.orphans import orphaned
from wms.store.vault import to_disk
from wms.workflows.prompt import NOTHING, Msg, msg

KEPT_SECONDS = 14 * 86_400
SEGMENT_BYTES = 256 * 1024
BATCH = 500
RETRY_S = 5.0
CUT_EVERY_S = 3600
SUFFIX = ".jsonl"
_NO_STRAYS = (0, None, None)

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the mirror: facts of `device` from (epoch, n) on, in order, one to a line."""

    path: Path
    device: str
    epoch: int
    n: int


def segments(folder: Path, device: str = "") -> list[Segment]:
    """The files of a mirror in order, of one device or of all. Raises `OSError` where there is no such folder."""
    found = []
    for path in folder.iterdir():
        name, _, numbers = path.name.removesuffix(SUFFIX).rpartition("-")
        name, _, epoch = name.rpartition("-")
        if path.suffix == SUFFIX and epoch.isdigit() and numbers.isdigit() and device in ("", name):
            found.append(Segment(path, name, int(epoch), int(numbers)))
    return sorted(found, key=lambda one: (one.device, one.epoch, one.n))


@dataclass(frozen=True, slots=True)
class Damage:
    """A line that can't be read; `torn` if it is the last of its file, as a power cut leaves it."""

    path: Path
    number: int
    torn: bool


def lines(segment: Segment) -> Iterator[Line | Damage]:
    """What stands in a file of the mirror."""
    content = segment.path.read_bytes()
    parts = content.split(b"\n")
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        if last and not part:
            return
        try:
            if last:
                raise msgspec.DecodeError("no end of line")
            yield msgspec.json.decode(part, type=Line)
        except msgspec.MsgspecError:
            yield Damage(segment.path, number, last)


class OutboxMirror:
    """Copies from `start()` until `stop()`; `trouble()` is what a person must mend, else `NOTHING`."""

    def __init__(self, store: Store, folder: Path, *, retry_s: float = RETRY_S) -> None:
        self._store, self._folder, self._retry_s = store, folder, retry_s
        self._news, self._stopping = threading.Event(), threading.Event()
        self._trouble = NOTHING
        self._file: int | None = None
        self._path, self._day, self._size = Path(), 0, 0
        self._at: tuple[int, int] | None = None  # the key of the last fact on the medium
        self._seen: os.stat_result | None = None  # of the last file there
        self._strays = _NO_STRAYS
        self._cut_due = 0
        self._thread = threading.Thread(target=self._run, name="outbox-mirror", daemon=True)

    def start(self) -> None:
        self._store.listen(self._committed)
        self._news.set()
        self._thread.start()

    def stop(self) -> None:
        """Copy what is there, if the medium takes it, and end."""
        self._stopping.set()
        self._news.set()
        if self._thread.ident is not None:
            self._thread.join()

    def trouble(self) -> Msg:
        return self._trouble

    def _committed(self, facts: tuple[Fact, ...]) -> None:
        if any(fact.key.device == self._store.device for fact in facts):
            self._news.set()

    def _run(self) -> None:
        ending = False
        while not ending:
            self._news.wait(self._retry_s)  # a medium that is pulled out is noticed without a fact
            self._news.clear()
            ending = self._stopping.is_set()
            try:
                self._catch_up()
                self._cut()
                self._trouble = NOTHING
            except OSError as error:
                self._close()
                if self._trouble is NOTHING:
                    log.error("the second medium: %s", error)
                self._trouble = _trouble(error)
            except Exception:
                log.exception("the outbox could not be mirrored")
                self._close()
                self._trouble = msg("The copy on the second medium stopped. Call the supervisor")
        self._close()

    def _catch_up(self) -> None:
        if self._seen is not None and not self._is_in_place(self._seen):
            self._close()  # another medium is in its place
        if self._at is None or not self._folder.is_dir():
            self._at = self._reached()
        where = "device = ? AND (epoch, n) > (?, ?)"
        while found := journal.lines(
            self._store.rows.connection, where, (self._store.device, *self._at), BATCH, "epoch, n"
        ):
            self._write(found, (found[0].epoch, found[0].n))
            self._at = (found[-1].epoch, found[-1].n)
        self._copy_strays()

    def _is_in_place(self, seen: os.stat_result) -> bool:
        try:
            return os.path.samestat(seen, self._path.stat())
        except FileNotFoundError:
            return False

    def _copy_strays(self) -> None:
        """What the hub has had and lost, or what got another key, lies behind the last fact on the medium, which may
        lack it. Under its first key it says enough: others are made from what it says."""
        connection, device = self._store.rows.connection, self._store.device
        # The plus keeps SQLite from reading all facts of the device instead of the few that were lost.
        sql = "SELECT count(*), max(was), min(epoch) FROM journal WHERE was IS NOT NULL AND +device = ?"
        known, strays = self._strays, tuple(connection.execute(sql, (device,)).fetchone())
        if strays[0] > known[0] or (strays[0] and strays[1:] != known[1:]):
            facts = (line for segment in segments(self._folder, device) for line in lines(segment))
            held = {key for line in facts if isinstance(line, Line) for key in ((line.epoch, line.n), orphaned(line))}
            lost = journal.lines(connection, "was IS NOT NULL AND device = ?", (device,), order="was")
            missing = [line for line in lost if (line.epoch, line.n) not in held]
            for begin in range(0, len(missing), BATCH):
                epoch, n = self._at or (0, 0)
                self._write(missing[begin : begin + BATCH], (epoch, n + 1))
        self._strays = strays

    def _reached(self) -> tuple[int, int]:
        """The key of the last fact on the medium; on an empty one that before the oldest the hub has not confirmed."""
        held = segments(self._folder, self._store.device)
        for segment in reversed(held):
            _cut_torn(segment.path)
            keys = [(line.epoch, line.n) for line in lines(segment) if isinstance(line, Line)]
            if keys:
                self._path, self._seen = segment.path, segment.path.stat()
                return max(*keys, (segment.epoch, segment.n - 1))
        connection, device = self._store.rows.connection, self._store.device
        epoch = journal.last_epoch(connection, device)
        last = epoch, journal.last_n(connection, device, epoch)  # asked first: what comes meanwhile is beyond it
        waiting = journal.lines(connection, "position IS NULL AND was IS NULL AND device = ?", (device,), 1, "epoch, n")
        return (waiting[0].epoch, waiting[0].n - 1) if waiting else last

    def _write(self, found: list[Line], key: tuple[int, int]) -> None:
        """Adds them to the file, or to a new one that is named by `key`."""
        day = self._store.clock() // 86_400_000
        if self._file is None or self._size >= SEGMENT_BYTES or day != self._day:
            self._begin(key, day)
        assert self._file is not None  # noqa: S101
        content = b"".join(_encode(line) + b"\n" for line in found)
        while content:
            written = os.write(self._file, content)
            content, self._size = content[written:], self._size + written
        os.fsync(self._file)

    def _begin(self, key: tuple[int, int], day: int) -> None:
        at, strays = self._at, self._strays
        self._close()
        self._at, self._strays = at, strays
        path = self._folder / f"{self._store.device}-{key[0]:06}-{key[1]:09}{SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
        to_disk(self._folder)
        self._seen = os.fstat(self._file)
        self._path, self._day, self._size = path, day, self._seen.st_size

    def _close(self) -> None:
        self._at, self._seen, self._strays = None, None, _NO_STRAYS
        if self._file is not None:
            descriptor, self._file = self._file, None
            try:
                os.close(descriptor)
            except OSError as error:
                log.warning("the second medium: %s", error)

    def _cut(self) -> None:
        """Once an hour: delete files of which the hub has held everything long enough. None while it lacks facts that
        lie in no order."""
        now = self._store.clock() // 1000
        if self._strays[0] or now < self._cut_due <= now + CUT_EVERY_S:
            return
        self._cut_due = now + CUT_EVERY_S
        held, since = segments(self._folder, self._store.device), self._confirmed()
        after = {}
        for segment, following in pairwise(held):
            if self._waits(segment, following):
                continue
            after[segment.path.name] = since.get(segment.path.name, now)
            if now - after[segment.path.name] >= KEPT_SECONDS:
                segment.path.unlink()
                del after[segment.path.name]
        if after != since:
            fresh = self._list.with_suffix(".new")
            fresh.write_text(json.dumps(after))
            fresh.replace(self._list)

    @property
    def _list(self) -> Path:
        return self._folder / f"{self._store.device}.confirmed.json"

    def _confirmed(self) -> dict[str, int]:
        """Since when (UTC seconds) the hub has everything in a file."""
        try:
            found = json.loads(self._list.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _waits(self, segment: Segment, following: Segment) -> bool:
        sql = (
            "SELECT 1 FROM journal WHERE position IS NULL AND device = ?"
            " AND (epoch, n) >= (?, ?) AND (epoch, n) < (?, ?) LIMIT 1"
        )
        keys = (self._store.device, segment.epoch, segment.n, following.epoch, following.n)
        return self._store.rows.connection.execute(sql, keys).fetchone() is not None


def _cut_torn(path: Path) -> None:
    """A last line that a power cut tore is written again from the journal."""
    with path.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole != len(content):
            file.truncate(whole)


def _trouble(error: OSError) -> Msg:
    if isinstance(error, FileNotFoundError):
        return msg("The second medium is not there: plug it in")
    return msg("The second medium can't be written: {why}", why=error.strerror or str(error))
