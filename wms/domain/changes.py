"""Changes: what a channel says of a known order now, compared with what it said when the order came. Pure.

The comparison is between the channel's own words, so that what the warehouse did since (matched an item, picked) is no
change; people are compared in memory and leave no trace in the digest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from wms.domain import holds
from wms.domain.commands import IncomingOrder
from wms.domain.events.orders import OrderReceived
from wms.domain.ids import OrderId
from wms.domain.orders import ChannelWord, Order, OrderStatus
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.reasons import explain
from wms.domain.recipients import PersonalData
from wms.domain.rows import Rows

LINES, SHIP_BY, NOT_BEFORE, RECIPIENT, REMARKS = "lines", "ship_by", "not_before", "recipient", "remarks"
TROUBLE = "trouble"
"""The channel's word gives other reasons to hold the order than it had given."""

UNDERWAY = (OrderStatus.IN_WAVE, OrderStatus.PICKED, OrderStatus.SHORT, OrderStatus.PACKED)
WAITS = (OrderStatus.HELD, OrderStatus.READY)
_ELSEWHERE = (*holds.NEEDS_MENDING, holds.PRESALE_UNTIL, holds.GROUP_OPEN)
"""Codes of reasons that come of the goods, the day or the group: a change of those is seen there."""
_WHERE = ("file", "record", "row")
"""Values that only say where in a file something stands: another export of the same words has others."""


def lines_of(order: OrderReceived | IncomingOrder) -> str:
    """What is wanted, whatever its order: `quantity SKU`, and `quantity ?code` for what is not known, one a line."""
    wanted: Counter[str] = Counter()
    for sku, quantity in order.lines:
        wanted[sku] += quantity
    for code, quantity in order.unknown:
        wanted[f"?{code}"] += quantity
    return "\n".join(f"{quantity} {sku}" for sku, quantity in sorted(wanted.items()))


def quantities(lines: str) -> dict[str, int]:
    """Of `lines_of`: units by SKU, or by `?code`."""
    parted = (line.partition(" ") for line in lines.splitlines())
    return {sku: int(quantity) for quantity, _, sku in parted}


def differences(
    said: ChannelWord, now: IncomingOrder, known: PersonalData | None, new: PersonalData | None, masked: str
) -> tuple[str, ...]:
    """In which respects the channel says something else `now` than it had `said`.

    A time counts only where the channel gave it. `new` is None where the channel sends nobody, or hides the person:
    then the one who is `known` stays. Where that one can't be read, what screens show (`masked`) is compared.
    """
    found = []
    if lines_of(now) != said.lines:
        found.append(LINES)
    if now.ship_by_given and now.ship_by != said.ship_by:
        found.append(SHIP_BY)
    if now.not_before and now.not_before != said.not_before:
        found.append(NOT_BEFORE)
    if new is not None:
        if known is None:
            found += [RECIPIENT] if new.masked() != masked else []
        else:
            found += [RECIPIENT] if _whereto(known) != _whereto(new) else []
            found += [REMARKS] if _words(known.remarks) != _words(new.remarks) else []
    held = ",".join(now.problems)
    if new_troubles(said.hold, held) or new_troubles(held, said.hold):
        found.append(TROUBLE)
    return tuple(found)


def new_troubles(before: str, now: str) -> list[str]:
    """The reasons to hold an order that the channel's word gives `now` and did not give `before`."""
    known = {_saying(reason) for reason in holds.reasons(before)}
    return [
        reason for reason in holds.reasons(now) if not holds.of_any(reason, _ELSEWHERE) and _saying(reason) not in known
    ]


def _saying(reason: str) -> tuple[str, ...]:
    _, values = explain(reason)
    return (reason.partition(":")[0], *(value for name, value in values.items() if name not in _WHERE))


def to_decide(status: OrderStatus, before: str, now: str, what: Iterable[str]) -> tuple[str, ...]:
    """Of `what`, what a supervisor has to decide. A trouble holds an order that waits, which says it already; one that
    is gone needs nobody."""
    trouble = status not in WAITS and new_troubles(before, now)
    return tuple(respect for respect in what if respect != TROUBLE or trouble)


def _whereto(person: PersonalData) -> tuple[str, ...]:
    parts = (person.name, person.phone, *person.address_lines, person.city, person.postcode, person.country)
    return _words(part for part in parts if part.strip())


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    """Without differences that no eye sees."""
    return tuple(" ".join(text.split()) for text in texts)


def is_same_person(one: PersonalData | None, other: PersonalData | None) -> bool:
    if one is None or other is None:
        return one is other
    return (_whereto(one), _words(one.remarks)) == (_whereto(other), _words(other.remarks))


def digest_of(what: Iterable[str], now: IncomingOrder) -> str:
    """Tells one offer from another, but for its person."""
    respects = tuple(what)
    said = (
        ",".join(respects),
        lines_of(now) if LINES in respects else "",
        str(now.ship_by) if SHIP_BY in respects else "",
        str(now.not_before) if NOT_BEFORE in respects else "",
        *(sorted(map(str, map(_saying, now.problems))) if TROUBLE in respects else ()),
    )
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


def may_take(rows: Rows, order: OrderId, what: str) -> bool:
    """Whether the change can still be made: anything before a wave has the order; afterwards its time and its person,
    as long as no parcel of it has a label."""
    found = rows.get(Order, order)
    if found is None or found.stop:
        return False
    if found.status in WAITS:
        return True
    respects = set(what.split(","))
    if found.status not in UNDERWAY or not respects.isdisjoint((LINES, NOT_BEFORE, TROUBLE)):
        return False
    live = (parcel for parcel in rows.where(Parcel, order_id=order) if parcel.status != ParcelStatus.VOID)
    return respects == {SHIP_BY} or not any(parcel.waybill for parcel in live)
