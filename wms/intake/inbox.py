"""A folder that exports are dropped into: what has come whole is taken in, and put away with its report beside it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

DONE, FAILED = "done", "failed"
SETTLED_SECONDS = 5.0
"""So long nothing in the folder may change before it is read: exports that belong together are dropped one by one."""

_UNFINISHED = (".part", ".tmp", ".crdownload", ".download", ".filepart", ".swp")


class _Look(NamedTuple):
    size: int
    changed: int


class Taken(NamedTuple):
    """A file that was put away, to `moved` (None where that could not be done, `why` says why then; it is '' where
    the file was changed meanwhile, and is to be read again)."""

    name: str
    moved: Path | None
    why: str = ""


class Inbox:
    """`ready()` until it gives files, then `put_away` each. Not for two threads."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder, self._clock = folder, clock
        self._seen: dict[str, _Look] = {}
        self._since = clock()
        self._stuck: dict[str, _Look] = {}

    def ready(self, *, at_once: bool = False) -> list[Path]:
        """The files of the folder, by name, once none of them has changed for a while. Raises `OSError`."""
        now = self._looked()
        if now != self._seen:
            self._seen, self._since = now, self._clock()
        if not now or not (at_once or self._clock() - self._since >= SETTLED_SECONDS):
            return []
        return [self.folder / name for name in sorted(now) if self._stuck.get(name) != now[name]]

    def put_away(self, path: Path, report: Mapping[str, Any], *, failed: bool) -> Taken:
        """Move the file, its report beside it. A file that can't be moved is not read again until it changes; one
        that was changed since it was `ready` stays, for the report does not tell of all of it."""
        target = self.folder / (FAILED if failed else DONE)
        try:
            if _look(path.stat()) != self._seen.get(path.name):
                return Taken(path.name, None)
            target.mkdir(exist_ok=True)
            name = _free(target, path.name)
            beside = target / _report_name(name)
            _write(beside, report)
            try:
                path.replace(target / name)
            except OSError:
                beside.unlink(missing_ok=True)
                raise
        except OSError as error:
            self.leave(path)
            return Taken(path.name, None, error.strerror or str(error))
        return Taken(path.name, target / name)

    def leave(self, path: Path) -> None:
        """The file can't be dealt with: it is not `ready` again until it changes."""
        if path.name in self._seen:
            self._stuck[path.name] = self._seen[path.name]

    def _looked(self) -> dict[str, _Look]:
        found = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.startswith((".", "~$")) or entry.name.casefold().endswith(_UNFINISHED):
                    continue
                try:
                    if entry.is_file():
                        found[entry.name] = _look(entry.stat())
                except FileNotFoundError:
                    continue  # somebody else has just taken it
        return found


def _look(about: os.stat_result) -> _Look:
    return _Look(about.st_size, about.st_mtime_ns)


def _report_name(name: str) -> str:
    return f"{name}.report.json"


def _free(folder: Path, name: str) -> str:
    """That name, or with a number before its ending that neither a file nor a report bears yet."""
    path, free, number = Path(name), name, 1
    while (folder / free).exists() or (folder / _report_name(free)).exists():
        number += 1
        free = f"{path.stem}.{number}{path.suffix}"
    return free


def _write(path: Path, report: Mapping[str, Any]) -> None:
    text = json.dumps(report, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", errors="backslashreplace")
