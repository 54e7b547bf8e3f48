"""Four things a floor terminal needs that Textual's drivers do not do by themselves."""

from __future__ import annotations

import select
import sys
from codecs import getincrementaldecoder
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

_BACKLOG = 8


def tolerate_invalid_bytes(driver: type[Driver]) -> None:
    """Has the driver replace bytes that are not UTF-8: one of them would end the app (Textual issue 6456)."""
    module = sys.modules[driver.__module__]
    if hasattr(module, "getincrementaldecoder"):
        module.getincrementaldecoder = _replacing  # type: ignore[attr-defined]


def _replacing(encoding: str) -> Any:
    return partial(getincrementaldecoder(encoding), "replace")


def unblock_output(app: App[Any]) -> None:
    """Lets output queue up rather than stop the event loop when nobody reads it, as on a stalled connection."""
    if (queue := _output_queue(app)) is not None:
        queue.maxsize = 0


def output_stalled(app: App[Any]) -> bool:
    """Whether earlier frames still wait to be read; then drawing more only makes it later."""
    queue = _output_queue(app)
    return queue is not None and queue.qsize() > _BACKLOG


def line_gone() -> bool:
    """Whether the terminal's line was hung up; the driver would go on reading its end, a core's worth, for ever."""
    if sys.__stdin__ is None or not hasattr(select, "poll"):
        return False
    watched = select.poll()
    try:
        watched.register(sys.__stdin__.fileno(), 0)
        return any(event & (select.POLLHUP | select.POLLNVAL) for _, event in watched.poll(0))
    except (OSError, ValueError):  # closed
        return True


def _output_queue(app: App[Any]) -> Any:
    return getattr(getattr(app._driver, "_writer_thread", None), "_queue", None)
