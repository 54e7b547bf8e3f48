"""One run of the autopilot, from the command line's wishes to the report."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import TextIO

from wms.demo.autopilot.day import Day, Progress, live
from wms.demo.autopilot.report import Report, report

_BAR = 30
_STEPS = 10


class Interrupted(Exception):
    """Somebody asked for an end before the day was over."""


def run(folder: Path, files: tuple[Path, ...], limit: int | None, seed: int, out: TextIO = sys.stderr) -> Report:
    """Live a day in `folder` and audit it; progress goes to `out`.

    Raises `Interrupted`, and what `live` raises; no process is left in any case.
    """
    day = asyncio.run(_until_told_otherwise(folder, files, limit, seed, progress_on(out)))
    print("looking at every journal ...", file=out, flush=True)
    return report(day)


async def _until_told_otherwise(
    folder: Path, files: tuple[Path, ...], limit: int | None, seed: int, progress: Progress
) -> Day:
    """SIGINT, SIGTERM and SIGHUP end the day, and everything is cleared away."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(live(folder, files, limit, seed, progress))
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(RuntimeError, ValueError):  # not in the main thread
            loop.add_signal_handler(stop, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        raise Interrupted from None


def progress_on(out: TextIO) -> Progress:
    """A bar where somebody looks at it, else a line for each tenth."""
    last = -1

    def show(share: float, text: str) -> None:
        nonlocal last
        if out.isatty():
            full = round(share * _BAR)
            print(f"\r[{'#' * full}{'.' * (_BAR - full)}] {share:4.0%} {text}\x1b[K", end="", file=out, flush=True)
            if share >= 1:
                print(file=out)
        elif int(share * _STEPS) > last:
            last = int(share * _STEPS)
            print(f"{share:4.0%} {text}", file=out, flush=True)

    return show
