"""Work beside the work: what takes long is done by a thread that no scan waits for."""

from __future__ import annotations

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable


class Stopped(Exception):
    """Nobody waits for it any more."""


class Aside(ABC):
    """Does what it is given, one thing after the other, in a thread that begins with the first."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stop, self._starting = threading.Event(), threading.Lock()

    def close(self, seconds: float) -> None:
        """Asks what is under way to stop, and waits so long for it."""
        self._stop.set()
        self._orders.put(None)
        if self._thread is not None:
            self._thread.join(seconds)

    @property
    def ended(self) -> bool:
        """Whether it is done with the store."""
        return self._thread is None or not self._thread.is_alive()

    @abstractmethod
    def _failed(self, error: Exception) -> None:
        """Told, inside the handler, what ended a piece of work: `Stopped`, or whatever went wrong."""

    def _later(self, work: Callable[[], None]) -> None:
        self._orders.put(work)
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (work := self._orders.get()) is not None:
            try:
                work()
            except Exception as error:
                self._failed(error)

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped
