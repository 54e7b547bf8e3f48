"""The state of the way to the hub, in whole sentences: what the top row has no room for."""

from __future__ import annotations

from wms.terminal.times import age, wall_clock
from wms.workflows.prompt import Line, Mark, msg
from wms.workflows.view import Link, Status


def link_lines(status: Status, now: int, zone: str) -> tuple[Line, ...]:
    """Whether all is at the hub, what waits and for how long, since when the hub is away, and what went wrong last.
    Nothing where there is no hub. `now` is UTC seconds."""
    lines: list[Line] = []
    match status.link:
        case Link.ALONE:
            return ()
        case Link.IN_SYNC:
            lines.append(Line(msg("Everything is at the hub"), Mark.DONE))
        case Link.OFFLINE:
            since = now if status.offline_since is None else status.offline_since
            lines.append(Line(msg("Offline since {time}", time=wall_clock(since, zone)), Mark.BAD))
    if status.unsent and status.unsent_since is not None:
        waits = msg("{n} wait to be sent, the oldest for {age}", n=status.unsent, age=age(status.unsent_since, now))
        lines.append(Line(waits, Mark.BAD if status.unsent_alarm else Mark.TODO))
    elif status.unsent:
        lines.append(Line(msg("{n} wait to be sent", n=status.unsent), Mark.TODO))
    if status.hub_says.text:
        lines.append(Line(msg("Last error: {why}", why=status.hub_says), Mark.BAD))
    return tuple(Line(line.text, line.mark, short=line.text) for line in lines)
