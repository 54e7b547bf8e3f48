"""Wakes the pulls that wait, from whatever thread a commit came."""

from __future__ import annotations

import asyncio


class Bell:
    """`next()` before looking, look, then await it: a ring in between is not missed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung: asyncio.Future[None] | None = None
        self.closed = False

    def hang(self) -> None:
        """To be called on the event loop before anything else."""
        self._loop = asyncio.get_running_loop()

    def next(self) -> asyncio.Future[None]:
        if self._rung is None or self._rung.done():
            self._rung = asyncio.get_running_loop().create_future()
        return self._rung

    def ring(self) -> None:
        """From any thread; nothing happens once the loop is gone."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Let all waiting pulls answer now, and later ones not wait at all."""
        self.closed = True
        self.ring()

    def _wake(self) -> None:
        if self._rung is not None and not self._rung.done():
            self._rung.set_result(None)
