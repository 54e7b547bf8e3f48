"""The feed: the journal as other programs hear it, from any position on.

Read from the picture's own copy of the journal, so each fact comes with a picture that holds it.
"""

from __future__ import annotations

from typing import NamedTuple

from wms.hub import lives
from wms.hub.api.events import Told, events_of
from wms.hub.interface import HubStore
from wms.store import journal

EXAMINED = 1000  # facts looked at for one page, told or not


class BeyondHead(ValueError):
    """A cursor that this feed has not come to."""


class Heard(NamedTuple):
    """The events of one fact, and its position."""

    position: int
    events: tuple[Told, ...]


class Stretch(NamedTuple):
    """`heard` are the facts of which something is told; everything up to `examined` was looked at."""

    heard: list[Heard]
    examined: int
    more: bool


def stretch(hub: HubStore, after: int, events: int) -> Stretch:
    """From the position on, until there are so many events, or more with the last fact's."""
    rows = hub.rows
    lines = journal.lines(rows.connection, "position > ?", (after,), EXAMINED + 1, order="position")
    heard: list[Heard] = []
    examined, count = after, 0
    for line in lines[:EXAMINED]:
        if count >= events:
            break
        examined = line.position or examined
        told = events_of(journal.fact_of(line), rows)
        if told:
            heard.append(Heard(examined, told))
            count += len(told)
    return Stretch(heard, examined, bool(lines) and examined < (lines[-1].position or 0))


def heard_up_to(hub: HubStore) -> int:
    """The position to which the feed reaches."""
    return journal.head(hub.rows.connection)


def cursor_at(hub: HubStore, position: int) -> str:
    return f"{position}.{hub.life}"


def position_of(hub: HubStore, cursor: str) -> int:
    """The position to go on from. In an earlier life of the journal it counts as far as that life is still here: some
    events then come again, under the same ids. Raises `ValueError` for what is no cursor of this warehouse, and
    `BeyondHead` for one that it never gave out."""
    text, dot, life = cursor.partition(".")
    if not dot or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueError("this is no cursor of this feed")
    known = hub.database.read(lambda session: lives.lives(session, hub.warehouse))
    for n, one in enumerate(known):
        if one.name == life:
            position = min([int(text), *(later.branched for later in known[n + 1 :])])
            if position > hub.head():
                raise BeyondHead("this cursor is beyond the end of the feed: begin with `end` to hear what comes")
            return position
    raise ValueError("this is no cursor of this feed")
