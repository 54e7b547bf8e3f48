"""Where the files of an import lie: the inbox, and sticks that are plugged in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from wms.domain.records import Record
from wms.workflows.import_state import WaitingFile

if TYPE_CHECKING:
    from wms.intake.inbox import Inbox

_MOST = 200


class Folders(Record):
    """`sticks` is where sticks appear, each a folder of its own; None where the site takes no files from them."""

    inbox: Path
    sticks: Path | None = None


class Chosen(Record):
    """A file that is read, and the folder that it is put away in."""

    path: Path
    inbox: Inbox


def listed(folders: Folders) -> list[WaitingFile]:
    """The files that lie there, those of the inbox first, newest first. What can't be read is not there."""
    found: list[WaitingFile] = []
    for folder, outside in _places(folders):
        newest = sorted(_files(folder, outside), key=lambda file: (-file.at, file.name))
        found += newest[: _MOST - len(found)]
    return found


def chosen(paths: Iterable[str]) -> list[Chosen]:
    """The files with their folders, which remember how they looked before they were read."""
    from wms.intake.inbox import Inbox

    inboxes: dict[Path, Inbox] = {}
    found = []
    for path in map(Path, paths):
        if path.parent not in inboxes:
            inboxes[path.parent] = Inbox(path.parent)
            inboxes[path.parent].ready(at_once=True)
        found.append(Chosen(path, inboxes[path.parent]))
    return found


def _places(folders: Folders) -> Iterator[tuple[Path, bool]]:
    yield folders.inbox, False
    if folders.sticks is not None:
        yield folders.sticks, True
        try:
            with os.scandir(folders.sticks) as entries:
                yield from ((Path(entry.path), True) for entry in entries if entry.is_dir())
        except OSError:
            return


def _files(folder: Path, outside: bool) -> Iterator[WaitingFile]:
    from wms.intake.inbox import Inbox

    try:
        for path in Inbox(folder).ready(at_once=True):
            about = path.stat()
            yield WaitingFile(str(path), path.name, about.st_size, int(about.st_mtime), outside)
    except OSError:
        return
