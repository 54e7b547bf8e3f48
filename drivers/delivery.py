"""Hands what a device said to its application on a thread of its own, in order, so that a slow one stalls nothing."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

MOST_WAITING = 1000
_LOOK_EVERY_S = 0.02


class Delivery:
    """Calls are made one after the other, in the order of `put`. What one of them raises is logged."""

    def __init__(self, name: str) -> None:
        self._waiting: queue.SimpleQueue[tuple[Callable[[Any], None], Any] | None] = queue.SimpleQueue()
        self._closing, self._closed = threading.Event(), threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, call: Callable[[Any], None], argument: object) -> None:
        """Have `call(argument)` made. Waits only while MOST_WAITING calls wait already, which is when `call` itself is
        stuck: one that only takes note and returns never makes a device wait. Meanwhile nobody reads the device, so an
        acknowledging one tells its holder, others wait if they know flow control, and of a code in the middle nobody
        knows what belongs to it: it becomes `partial`. Better than reads without end in memory."""
        while self._waiting.qsize() >= MOST_WAITING and not self._ended:
            self._ended = self._closing.wait(_LOOK_EVERY_S)
        if not self._ended:  # once one found no room at the end, those after it have none either: no gaps
            self._waiting.put((call, argument))

    def close_soon(self) -> None:
        """From now on `put` never waits."""
        self._closing.set()

    def stop(self, timeout_s: float = 3.0) -> None:
        """Make the calls that wait, as far as that goes in the time; none comes afterwards but one under way.

        From within a call it ends at once. May be called twice, and before `start`.
        """
        self.close_soon()
        self._waiting.put(None)
        if self._thread.ident and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        self._closed.set()

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None and not self._closed.is_set():
            call, argument = item
            try:
                call(argument)
            except Exception:  # a fault in what is done with a read must not keep the next one back
                log.exception("%s", self._thread.name)
