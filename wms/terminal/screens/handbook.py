"""The operator's handbook behind F1: plain pages of text, turned with the arrow keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from wms.terminal.rows import BLANK, Pen, Picture, Row, exactly, row
from wms.terminal.text import fit, pad, width, wrap
from wms.terminal.theme import Ink
from wms.terminal.widgets.keys import keys_rows
from wms.workflows.prompt import Key, msg

HANDBOOK = Path(__file__).parent.parent.parent / "handbook"
FIRST_PAGE = "index"

_PAGE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"\*\*|`|(?<!\w)[_*](?=\w)|(?<=\w)[_*](?!\w)")
_ITEM = re.compile(r"(\s*(?:[-*+]|\d+[.)])\s+)(.*)")
_FORWARD = frozenset({"down", "pagedown"})
_BACK = frozenset({"up", "pageup"})
_KEYS = (
    Key("f1", msg("Back to work"), msg("Back")),
    Key("down", msg("Next page"), msg("Next")),
    Key("up", msg("Page before"), msg("Before")),
)


def read_page(language: str, page: str, root: Path = HANDBOOK) -> str | None:
    """A page in the operator's language, else in English, else the first page; `None` where there is no handbook."""
    name = page if _PAGE_NAME.fullmatch(page) else FIRST_PAGE
    for candidate in (root / language / f"{name}.md", root / "en" / f"{name}.md", root / language / f"{FIRST_PAGE}.md"):
        if candidate.is_file():
            return candidate.read_text(encoding="utf-8", errors="replace")
    return None


@dataclass(slots=True)
class Handbook:
    """An open page, and how far it was turned."""

    text: str | None
    turned: int = 0

    def turn(self, key: str) -> bool:
        """Turns the page; `False` when the key does not turn pages."""
        if key in _FORWARD:
            self.turned += 1
        elif key in _BACK:
            self.turned = max(self.turned - 1, 0)
        else:
            return False
        return True

    def picture(self, pen: Pen, rows: int) -> Picture:
        """The part of the page now open. The screen is its own ruler: a turn moves by what it shows."""
        room = max(rows - 2, 1)
        title, body = self._laid_out(pen)
        last = max((len(body) - 1) // room, 0)
        self.turned = min(self.turned, last)
        at = self.turned * room
        count = f" {self.turned + 1}/{last + 1}"
        heading = pad(title, max(pen.columns - width(count), 0)) + count
        keys = keys_rows(_KEYS if last else _KEYS[:1], pen)
        return Picture(
            where=(row(fit(heading, pen.columns), Ink.STRONG),),
            what=exactly(body[at : at + room], room),
            keys=keys if rows > 2 else (),
        )

    def _laid_out(self, pen: Pen) -> tuple[str, list[Row]]:
        """The page's title and its rows."""
        if self.text is None:
            missing = pen.say(msg("This page of the handbook is missing. Ask your supervisor."))
            return pen.say(msg("Help")), [row(text) for text in wrap(missing, pen.columns)]
        title, verbatim = pen.say(msg("Help")), False
        body: list[Row] = []
        for line in self.text.splitlines():
            if line.startswith("```"):
                verbatim = not verbatim
            elif line.startswith("# ") and not body:
                title = pen.text(_plain(line[2:]))
            elif verbatim or line.startswith("|"):
                body.append(row(fit(pen.text(line), pen.columns)))
            elif line.strip() or (body and body[-1] != BLANK):
                body += _paragraph(line, pen)
        return title, body


def _paragraph(line: str, pen: Pen) -> list[Row]:
    if line.startswith("#"):
        return [row(text, Ink.STRONG) for text in wrap(pen.text(_plain(line.lstrip("# "))), pen.columns)]
    item = _ITEM.fullmatch(line)
    lead, words = (item[1], item[2]) if item else ("", line)
    room = max(pen.columns - len(lead), 1)
    parts = wrap(pen.text(_plain(words)), room)
    return [row((lead if index == 0 else " " * len(lead)) + part) for index, part in enumerate(parts)]


def _plain(text: str) -> str:
    """Markdown's words without its signs."""
    return _EMPHASIS.sub("", _LINK.sub(r"\1", text))
