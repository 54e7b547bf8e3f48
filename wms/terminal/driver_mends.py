"""What a floor terminal needs that Textual's drivers do not do by themselves."""

from __future__ import annotations

import select
import sys
from codecs import getincrementaldecoder
from functools import partial
from typing import TYPE_CHECKING, Any

from wms.terminal.key_stream import Intake, KeyStream

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

_BACKLOG = 8


def lose_no_key(driver: type[Driver], intake: Intake) -> None:
    """Has the driver keep bytes that are not UTF-8, as surrogates, and use our parser, which keeps `intake` true.

    One such byte would end the app (Textual issue 6456); the router reads them as GB18030 or calls the scan garbled.
    """
    module = sys.modules[driver.__module__]
    if hasattr(module, "getincrementaldecoder"):
        module.getincrementaldecoder = _escaping  # type: ignore[attr-defined]
    if hasattr(module, "XTermParser"):
        module.XTermParser = partial(KeyStream, intake=intake)  # type: ignore[attr-defined]


def _escaping(encoding: str) -> Any:
    return partial(getincrementaldecoder(encoding), "surrogateescape")


def output_stalled(app: App[Any]) -> bool:
    """Whether earlier frames still wait to be read, as on a stalled connection.

    The driver's queue holds 30 writes and then stops the event loop, and with it the intake of typed scans; so a
    screen that nobody reads is not drawn. The next tick of the clock catches up.
    """
    queue = getattr(getattr(app._driver, "_writer_thread", None), "_queue", None)
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
