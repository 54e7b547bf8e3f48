"""The feed over the API: events after a cursor, in order, as often as one likes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wms.hub.answering import Refusal
from wms.hub.api import models as m
from wms.hub.api.events import TYPES, Told
from wms.hub.api.operation import Call, In, Operation, Reply
from wms.hub.api.reading import BeyondHead, cursor_at, heard_up_to, position_of, stretch


class FeedQuery(In, frozen=True):
    after: Annotated[
        str,
        Meta(
            max_length=400,
            description="`next` of the answer before. Left out: from the beginning of the warehouse; `end`: nothing"
            " but the cursor of what happens from now on.",
        ),
    ] = ""
    limit: m.Limit = 100


def read(call: Call) -> Reply:
    after = position_after(call, call.query.after)
    found = stretch(call.hub, after, call.query.limit)
    events = tuple(event_out(told) for heard in found.heard for told in heard.events)
    return Reply(200, m.FeedPage(events, cursor_at(call.hub, found.examined), found.more))


def position_after(call: Call, cursor: str) -> int:
    """Raises `Refusal`."""
    if cursor == "end":
        return heard_up_to(call.hub)
    try:
        return position_of(call.hub, cursor) if cursor else 0
    except BeyondHead as error:
        raise Refusal(400, "cursor", str(error)) from error
    except ValueError as error:
        raise Refusal(422, "cursor", str(error)) from error


def event_out(told: Told) -> m.EventOut:
    return m.EventOut(told.id, told.type, m.moment(told.timestamp), told.data)


_TYPES = "\n".join(f"- `{name}`: {data}" for name, data in TYPES.items())

OPERATIONS = (
    Operation(
        "read_feed", "GET", "/v1/feed", "Feed", "What happened", read, {200: ("Events, oldest first.", m.FeedPage)},
        query=FeedQuery, refusals={400: "The cursor is beyond the end of the feed."},
        about="Events in the warehouse's own order. Keep `next` together with what you made of the events, and go on"
        " from there. The same event may come again (after a restore, or when you ask again): its `id` never changes,"
        " so pass over those you know. `timestamp` is the clock of the device that recorded it; never order by it."
        f" A page may hold some more events than `limit`.\n\nTypes and their `data`:\n{_TYPES}",
    ),
)  # fmt: skip
