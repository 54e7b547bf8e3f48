"""The machine: its disk, SQLite, clock, and the terminal this runs in."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime

from wms.cli.checks.finding import Finding, Subject, bad, look, ok
from wms.cli.output import is_terminal

FULL_BYTES, FEW_BYTES = 100 * 1024 * 1024, 1024 * 1024 * 1024
CLOCK_SLACK_S = 60
SMALLEST = (20, 16)  # columns and rows of the smallest handheld


def disk(subject: Subject) -> Iterator[Finding]:
    """Whether the data directory can be written, and how much room there is."""
    folder = subject.folder
    there = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        mend = f"give this user the folder (sudo chown -R $USER {there}), or choose another with --data"
        yield bad("data directory", f"{there} can't be written: {why}", mend)
        return
    yield ok("data directory", str(folder) if there == folder else f"{folder} will be made")
    free = shutil.disk_usage(there).free
    says = f"{free / 1024**3:.1f} GB free"
    if free < FULL_BYTES:
        yield bad("disk", says, "make room now: soon nothing can be recorded any more")
    elif free < FEW_BYTES:
        yield look("disk", says, "make room: old backups and logs first")
    else:
        yield ok("disk", says)


def sqlite(_: Subject) -> Iterator[Finding]:
    from sqlcipher3 import dbapi2

    from wms.config import Unfit
    from wms.store.database import require_sqlite

    try:
        require_sqlite()
    except Unfit as error:
        yield bad("sqlite", *str(error).rsplit(": ", 1))
    else:
        yield ok("sqlite", f"version {dbapi2.sqlite_version}")


def clock(subject: Subject) -> Iterator[Finding]:
    """A clock that is behind what was recorded already is wrong, or was."""
    from wms.domain.catalogue import Site

    shown = datetime.fromtimestamp(subject.now, UTC)
    last = 0
    if subject.rows is not None:
        last = subject.connection.execute("SELECT coalesce(max(at), 0) / 1000 FROM journal").fetchone()[0]
    if last > subject.now + CLOCK_SLACK_S:
        says = f"it is {shown:%Y-%m-%d %H:%M} UTC here, but the last event is {(last - subject.now) // 60} min later"
        yield bad("clock", says, "set the clock, and let it be kept: sudo timedatectl set-ntp true")
    else:
        yield ok("clock", f"{shown:%Y-%m-%d %H:%M} UTC")
    site = subject.rows.get(Site, "site") if subject.rows is not None else None
    if site is None:
        yield look("time zone", "the site has none yet", "fill in site.csv, then: wms setup import site.csv")
    else:
        from zoneinfo import ZoneInfo

        yield ok("time zone", f"{site.zone}, {datetime.fromtimestamp(subject.now, ZoneInfo(site.zone)):%H:%M} there")


def terminal(_: Subject) -> Iterator[Finding]:
    """What the screens need of the terminal this runs in."""
    name = os.environ.get("TERM", "")
    if not is_terminal(sys.stdout):
        yield ok("terminal", "not looked at: this does not run in one")
        return
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        yield bad("terminal", f"it takes {sys.stdout.encoding}, not UTF-8", "export LANG=C.UTF-8 before wms")
    if name in ("", "dumb", "unknown"):
        yield bad("terminal", f"TERM is {name or 'not set'}: it can't be drawn on", "export TERM=xterm-256color")
    columns, rows = shutil.get_terminal_size()
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        yield bad("terminal", f"{columns}x{rows} is too small", f"make it at least {SMALLEST[0]}x{SMALLEST[1]}")
    many = "256" in name or os.environ.get("COLORTERM") in ("truecolor", "24bit")
    yield ok("terminal", f"{name} {columns}x{rows}, {'many' if many else '16 or fewer'} colours")
    if is_terminal(sys.stdin) and os.name == "posix" and _draws_wide():
        mend = "set ambiguous characters to narrow in its settings, or put ascii = true into wms.toml"
        yield look("terminal", "it draws lines and marks two cells wide: borders break", mend)


def _draws_wide() -> bool:
    """Whether a character of ambiguous width takes two cells: draw one, and ask where the cursor is (DSR 6)."""
    import select
    import termios
    import tty

    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    answer = b""
    try:
        tty.setcbreak(stdin)
        sys.stdout.write("\r\u2588\x1b[6n")
        sys.stdout.flush()
        while not answer.endswith(b"R") and select.select([stdin], [], [], 0.3)[0]:
            answer += os.read(stdin, 32)
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()
    return answer.endswith(b";3R")


def fonts(_: Subject) -> Iterator[Finding]:
    """Whether a label with Chinese on it can be made: the fonts come with the program."""
    from labels import LayoutError, PlaceLabel, render

    try:
        render(PlaceLabel("A-01-1*37", "拣货区", "37"))
    except (LayoutError, OSError) as error:
        yield bad(
            "label fonts", f"a test label can't be made: {error}", "install the program again: pip install -U wms"
        )
    else:
        yield ok("label fonts", "a test label was made")
