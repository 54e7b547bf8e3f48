"""The panel: plays the operator's hands at a simulated bench, from a second terminal.

It reads what the screen expects from the mirror beside the bench and offers it: Enter alone scans the first code (or
puts the expected weight on the scale), a number scans that one. Whoever has no scanner walks through a whole day so.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from wms.demo.bench_line import Answer, NoBench, ask
from wms.demo.panel_offers import Offer, is_printing, offers
from wms.demo.panel_words import meant
from wms.domain.rows import Rows
from wms.store.database import DatabaseError, connect
from wms.store.tables import SqliteRows

View: TypeAlias = dict[str, Any]

MIRROR = "mirror.jsonl"
DATABASE = "wms.sqlite3"
_SHOWN = 9
_CHANGE_WITHIN_S, _WEIGHED_WITHIN_S, _STILL_FOR_S = 1.0, 3.0, 0.06
_LAST_BYTES = 262_144


class Panel:
    """One conversation with the bench in `folder`. `rows` gives the warehouse, for codes the screen leaves open."""

    def __init__(self, folder: Path, rows: Rows | None = None) -> None:
        self._folder, self._rows = folder, rows
        self._on_scale = False  # a parcel lies there and must come off before the next scan

    def view(self) -> View:
        """The newest picture of the mirror; empty where there is none."""
        return last_view(self._folder / MIRROR)

    def offers(self) -> tuple[Offer, ...]:
        return offers(self.view(), self._rows)

    def carry_out(self, text: str) -> list[str]:
        """Do what was typed; the lines to show for it. Raises `NoBench`."""
        command = meant(text.strip(), self.offers())
        if not isinstance(command, str):
            return list(command)
        scanning = command.startswith("scan ")
        before = self._size()
        if scanning and self._on_scale:
            ask(self._folder, "weigh 0")
            self._on_scale = False
        answer = ask(self._folder, command)
        if command.startswith("weigh ") and answer["ok"]:
            self._on_scale = command != "weigh 0"
        if scanning or self._on_scale:
            self._wait(before, _WEIGHED_WITHIN_S if command.startswith("weigh ") else _CHANGE_WITHIN_S)
        return list(_told(answer))

    def picture(self) -> Iterator[str]:
        """What the screen shows and offers, in a few lines."""
        view = self.view()
        if not view:
            yield f"(no {MIRROR} in {self._folder}: codes are not offered, type them)"
            return
        said = view.get("said")
        if said:
            yield f"[{said['tone']}] {'. '.join(said['lines'])}"
        status = view.get("status") or {}
        if status.get("trouble"):
            yield f"[trouble] {status['trouble']}"
        do = " ".join(filter(None, (view["verb"], view["target"], view["unit"])))
        yield f"{do}. {view['ask']}" if view["ask"] else do
        found = self.offers()
        for n, offer in enumerate(found[:_SHOWN], 1):
            yield f"  {n}  {offer.says}"
        if len(found) > _SHOWN:
            yield f"  ... {len(found) - _SHOWN} more, up to {len(found)}"
        if not found:
            yield "  (the label is not printed yet)" if is_printing(view) else "  (answer on the terminal itself)"

    def _size(self) -> int:
        with contextlib.suppress(OSError):
            return (self._folder / MIRROR).stat().st_size
        return -1

    def _wait(self, before: int, seconds: float) -> None:
        """Until the screen has changed and stands still and what it prints is out, or time is up."""
        if before < 0:
            return
        end = time.monotonic() + seconds
        size, since = before, end
        while (now := time.monotonic()) < end:
            if (grown := self._size()) != size:
                size, since = grown, now
            if size != before and now - since >= _STILL_FOR_S and not is_printing(self.view()):
                return
            time.sleep(0.01)


def last_view(mirror: Path) -> View:
    """The last whole line of a mirror's file; empty where there is none yet."""
    try:
        with mirror.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _LAST_BYTES))
            lines = file.read().split(b"\n")[:-1]
        view: View = json.loads(lines[-1]) if lines else {}
    except (OSError, ValueError):
        return {}
    return view


def _told(answer: Answer) -> Iterable[str]:
    yield f"{'' if answer['ok'] else 'not done: '}{answer['said']}"
    for name, value in answer.items():
        if isinstance(value, list):
            yield from (f"  {each}" for each in value)
        elif name not in ("ok", "said"):
            yield f"  {name}: {value}"


def panel(folder: Path, data: Path | None = None, commands: TextIO | None = None, out: TextIO | None = None) -> int:
    """Play the bench in `folder` with what is typed, or with the lines of `commands` (stdin) where nobody types.

    `data` is the terminal's data directory, `folder` itself unless given: from its database come the codes of empty
    totes and the like. Returns 0 at the end of input or after `q`, 1 when no bench answers.
    """
    commands, out = commands or sys.stdin, out or sys.stdout
    typed = commands is sys.stdin and commands.isatty()
    with _warehouse((data or folder) / DATABASE) as rows:
        played = Panel(folder, rows)
        try:
            return _play(played, _asked() if typed else iter(commands), out, typed=typed)
        except NoBench as error:
            print(error, file=out)
            return 1
        except KeyboardInterrupt:
            return 0


def _play(played: Panel, lines: Iterator[str], out: TextIO, *, typed: bool) -> int:
    def show(some: Iterable[str]) -> None:
        for line in some:
            print(line, file=out)
        out.flush()

    show(("? for help",) if typed else ())
    show(played.picture())
    for line in lines:
        if line.strip() in ("q", "quit", "exit"):
            break
        show(played.carry_out(line))
        show(played.picture())
    return 0


def _asked() -> Iterator[str]:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - gives the prompt its line editing and history
    with contextlib.suppress(EOFError):
        while True:
            yield input("> ")


@contextlib.contextmanager
def _warehouse(path: Path) -> Iterator[Rows | None]:
    """The terminal's picture of the warehouse, only to read; None where there is no database."""
    try:
        database = connect(path, read_only=True) if path.exists() else None
    except DatabaseError:
        database = None
    if database is None:
        yield None
        return
    try:
        yield SqliteRows(database.conn)
    finally:
        database.conn.close()
