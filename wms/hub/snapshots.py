"""Snapshots for terminals that are new or far behind: made once for all that ask, served piece by piece."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, BinaryIO

from starlette.responses import FileResponse, Response

from wms.hub.answering import Refusal
from wms.hub.interface import HubStore
from wms.sync import wire

GOOD_FOR = 600.0  # seconds in which nobody minds that it is a little old: the rest is pulled
KEPT = 2  # so that a download that has begun can go on
_CHUNK = 1024 * 1024


class Snapshots:
    """In a temporary folder that goes with `close`. `run` carries out what blocks."""

    def __init__(self, run: Callable[..., Awaitable[Any]]) -> None:
        self._run = run
        self._folder = Path(tempfile.mkdtemp(prefix="wms-snapshots-"))
        self._made: dict[str, list[tuple[float, wire.Snapshot]]] = {}
        self._making = asyncio.Lock()

    async def newest(self, hub: HubStore) -> wire.Snapshot:
        async with self._making:
            made = self._made.setdefault(hub.warehouse, [])
            if not made or not _good(*made[-1], hub):
                made.append((time.monotonic() + GOOD_FOR, await self._run(self._make, hub)))
                kept = {snapshot.id for _, snapshot in made[-KEPT:]}  # where nothing has changed, the same again
                for gone in {old.id for _, old in made[:-KEPT]} - kept:
                    self._path(hub, gone).unlink(missing_ok=True)
                del made[:-KEPT]
            return made[-1][1]

    def file(self, hub: HubStore, name: str) -> Response:
        """The file of that name; a range of it where the request asks for one."""
        if name not in {snapshot.id for _, snapshot in self._made.get(hub.warehouse, [])}:
            raise Refusal(404, "snapshot", "that snapshot is gone: ask for the newest")
        said = {wire.VERSION_HEADER: str(wire.VERSION)}
        return FileResponse(self._path(hub, name), headers=said, media_type="application/gzip")

    def _path(self, hub: HubStore, name: str) -> Path:
        return self._folder / f"{hub.warehouse}.{name}.gz"

    def _make(self, hub: HubStore) -> wire.Snapshot:
        life = hub.life
        with tempfile.TemporaryDirectory(dir=self._folder) as room:
            plain, position = hub.snapshot(Path(room))
            packed = Path(room) / "packed"
            with plain.open("rb") as source, packed.open("wb") as made, _gzip(made) as target:
                shutil.copyfileobj(source, target, _CHUNK)
            with packed.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            snapshot = wire.Snapshot(sha256[:16], life, position, packed.stat().st_size, sha256)
            packed.rename(self._path(hub, snapshot.id))
        return snapshot

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _good(until: float, snapshot: wire.Snapshot, hub: HubStore) -> bool:
    """Not too old, and the feed goes on from there: one of a picture that was catching up may end before it begins."""
    return time.monotonic() <= until and snapshot.life == hub.life and snapshot.position >= hub.feed_begins


def _gzip(file: BinaryIO) -> gzip.GzipFile:
    """Without name and time, so that a hub that was restarted makes the same file, and a download goes on."""
    return gzip.GzipFile("", "wb", 1, file, mtime=0)
