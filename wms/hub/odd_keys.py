"""Keys of recipients that are none. They are passed over and told, so that nothing behind them has to wait."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from wms.domain.events import ReviewRaised
from wms.domain.ids import Badge
from wms.domain.review import Review
from wms.hub.interface import HubStore
from wms.store.sealing import KEY_BYTES, order_of
from wms.sync.wire import KeyLine

LONGEST_SUBJECT = 1000  # bytes of a key's name: more, and no index takes it
KIND = "key_unreadable"
log = logging.getLogger(__name__)


def parted(keys: Sequence[KeyLine]) -> tuple[tuple[KeyLine, ...], tuple[KeyLine, ...]]:
    """Those that can be kept, and those that can not."""
    odd = tuple(line for line in keys if not _is_named(line) or not _fits(line))
    return tuple(line for line in keys if line not in odd) if odd else tuple(keys), odd


def tell(hub: HubStore, device: str, odd: Sequence[KeyLine]) -> None:
    """A supervisor hears once, while it is open, whose recipients can't be opened. Raises `StoreUnwritable`."""
    log.warning("%s handed over %d keys that can not be kept", device, len(odd))
    subjects = dict.fromkeys(f"{device}/{order_of(line.subject) if _is_named(line) else ''}" for line in odd)
    known = {subject: hub.rows.get(Review, f"{KIND}/{subject}") for subject in subjects}
    news = [ReviewRaised(KIND, subject) for subject, review in known.items() if review is None or not review.open]
    if news:
        hub.record(news, Badge("hub"))


def _is_named(line: KeyLine) -> bool:
    """Under a name that every database takes."""
    return 0 < len(line.subject.encode()) <= LONGEST_SUBJECT and "\0" not in line.subject


def _fits(line: KeyLine) -> bool:
    return line.key is None or len(line.key) == KEY_BYTES
