"""At the bench without a label of our own: the platform's is scanned, or the order waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wms.domain import commands as c
from wms.domain.codes import gtin14
from wms.domain.ids import OrderId
from wms.domain.labelling import LabelWait, known_carrier, label_data, label_waits, lacks_label, plausible_number
from wms.domain.orders import Order
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.records import replace
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.domain.waves import Slot
from wms.workflows import resolve as r
from wms.workflows.inputs import Chose, Entered, Pressed, Weighed
from wms.workflows.keys import HELP, MORE
from wms.workflows.prompt import (
    Choice,
    Entry,
    Key,
    Line,
    Mark,
    Msg,
    Prompt,
    Size,
    info,
    look,
    msg,
    msg_n,
    no,
    ok,
    plain,
)
from wms.workflows.say import carrier_name, refused
from wms.workflows.workflow import Happening, Step, is_scan

if TYPE_CHECKING:
    from wms.workflows.packing import Packing

MOST_SHOWN = 9
_LENGTHS_OF_GOODS = (8, 12, 13)


def bind(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    """A closed parcel that only the platform can label, and nothing was given for it."""
    assert state.order is not None and state.parcel is not None  # noqa: S101, PT018
    match happening:
        case r.Unknown(text=text) | r.WaybillScan(number=text) | Entered(text=text) if plausible_number(text.upper()):
            return _number(state, happening, text.upper(), rows)
        case Pressed(key="f2"):
            said = info(msg("It waits for its label"), msg("Write {order} on it", order=state.order.reference))
            return Step(replace(state, again=""), (c.AwaitLabel(state.order.id),), said)
        case Entered():
            return Step(state, said=no(msg("This is no waybill number")))
        case Pressed() | Chose() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Scan the bar code of the platform's label"))


def _number(state: Packing, happening: Happening, number: str, rows: Rows) -> Step[Packing]:
    """What could be the code of goods nobody set up counts when it was scanned twice."""
    assert state.parcel is not None  # noqa: S101
    if len(number) in _LENGTHS_OF_GOODS and gtin14(number) and state.again != number:
        said = look(msg("{number} could be goods", number=number), msg("Is it the waybill? Scan it once more"))
        return Step(replace(state, again=number), said=said)
    place = msg("Stick it on, bring the parcel to its place")
    bound = c.BindWaybill(state.parcel.id, number)
    return Step(replace(state, again=""), (bound,), ok(msg("Waybill {number}", number=number), place))


def made(state: Packing, happening: Happening, rows: Rows) -> Step[Packing]:
    """The data came while the parcel waited on the bench."""
    assert state.parcel is not None  # noqa: S101
    match happening:
        case Pressed(key="enter"):
            held_up = state.who.unprinted.trouble
            told = info(msg("The label waits for the printer"), held_up) if held_up.text else None
            return Step(state, (c.LabelParcel(state.parcel.id),), told or ok(msg("The label is printing")))
        case r.Unknown(text=text) if text.upper() == state.given:  # the platform's own print of it
            return _number(replace(state, again=text.upper()), happening, text.upper(), rows)
        case Pressed() | Chose() | Entered() | Weighed():
            return Step(state)
    return _wrong(state, happening, rows, msg("Press Enter: its own label is printed"))


def _wrong(state: Packing, happening: Happening, rows: Rows, then: Msg) -> Step[Packing]:
    return refused(state, state.screen, happening, rows, then) if is_scan(happening) else Step(state)


def choose(state: Packing, happening: Happening, rows: Rows) -> OrderId | None:
    """Which of the waiting orders was chosen."""
    shown = label_waits(rows)[:MOST_SHOWN]
    if isinstance(happening, Chose) and happening.index < len(shown):
        return shown[happening.index].order_id
    return None


def bind_prompt(base: Prompt, state: Packing, rows: Rows) -> Prompt:
    assert state.order is not None and state.parcel is not None  # noqa: S101, PT018
    masked = (Line(plain(state.order.masked)),) if state.order.masked else ()
    wait = Line(msg("None there? F2: it waits"), short=msg("None? F2: it waits"))
    return base.but(
        verb=msg("The platform's label"),
        target=state.order.reference,
        target_size=Size.BOLD,
        ask=msg("Stick it on and scan its number"),
        what=(*masked, wait),
        entry=Entry.TEXT,
        keys=(HELP, Key("f2", msg("Wait")), MORE),
    )


def made_prompt(base: Prompt, state: Packing, rows: Rows) -> Prompt:
    assert state.order is not None  # noqa: S101
    assert state.parcel is not None  # noqa: S101
    code = known_carrier(rows, replace(state.parcel, waybill=state.given))
    return base.but(
        verb=msg("The label's data came"),
        target=state.given,
        target_size=Size.BOLD,
        ask=msg("Press Enter to print it"),
        what=(Line(msg("{carrier}", carrier=carrier_name(rows, code))),) if code else (),
        keys=(HELP, MORE),
        expects=("CMD-ENTER",),
    )


def waits_prompt(base: Prompt, rows: Rows) -> Prompt:
    """Those that can go on are marked; whoever has the platform's label in hand may take any."""
    shown = label_waits(rows)
    more = len(shown) - MOST_SHOWN
    return base.but(
        verb=msg("Waiting for a label"),
        ask=msg("Press the number of the one to go on with"),
        choices=tuple(Choice(_told(wait, rows)) for wait in shown[:MOST_SHOWN]),
        what=(Line(msg("and {n} more", n=more)),) if more > 0 else (),
        keys=(HELP, Key("escape", msg("Back"))),
    )


def waiting_lines(rows: Rows) -> tuple[Line, ...]:
    """What the screen that asks for a tote says of them."""
    found = label_waits(rows)
    if not found:
        return ()
    ready = sum(not _lacks(wait, rows) for wait in found)
    if ready:
        said = msg_n("{n} label has come: F5", "{n} labels have come: F5", ready)
        return (Line(said, Mark.NEXT, short=said),)
    said = msg_n("{n} order waits for its label: F5", "{n} orders wait for labels: F5", len(found))
    return (Line(said, short=said),)


def _lacks(wait: LabelWait, rows: Rows) -> bool:
    order = rows.get(Order, wait.order_id)
    return order is not None and not order.stop and lacks_label(rows, order)


def _told(wait: LabelWait, rows: Rows) -> Msg:
    order = rows.get(Order, wait.order_id)
    name = order.reference if order is not None else wait.order_id
    if order is not None and order.stop:
        return msg("{order}: cancelled, bring it back", order=name)
    if not _lacks(wait, rows):
        return msg("{order}: ready, {where}", order=name, where=where(wait, rows))
    return msg("{order}: {where}", order=name, where=where(wait, rows))


def where(wait: LabelWait, rows: Rows) -> Msg:
    """Where the goods of a waiting order are."""
    if wait.parcels:
        n = sum(p.status == ParcelStatus.WEIGHED for p in rows.where(Parcel, order_id=wait.order_id))
        return msg_n("{n} parcel", "{n} parcels", n)
    return plain(", ".join(totes_of(wait.order_id, rows)))


def totes_of(order: str, rows: Rows) -> tuple[str, ...]:
    """The totes that hold what was picked for an order and is not packed yet."""
    return tuple(dict.fromkeys(slot.tote for slot in rows.where(Slot, order_id=order) if slot.tote))


def told_of(review: Review, rows: Rows) -> Iterator[Msg]:
    """The facts behind a review of a label that is lacking or contradicts another one."""
    if review.kind == "label_waits" and (wait := rows.get(LabelWait, review.subject)) is not None:
        yield msg("It is here: {where}", where=where(wait, rows))
    if review.kind == "label_conflict":
        used = label_data(rows, review.subject)
        if used is not None and used.waybill:
            yield msg("In use: {number}", number=used.waybill)
        for parcel in rows.where(Parcel, order_id=review.subject):
            if parcel.waybill:
                yield msg("{number} is on parcel {parcel}", number=parcel.waybill, parcel=parcel.id)
