"""Label data that come from the platform, its own printed labels bound at the bench, and what the packer must read."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.labelling import (
    GivenLabel,
    LabelData,
    carrier_of,
    contradiction,
    fault,
    given_number,
    is_our_own,
    is_spoiled,
    label_data,
    lacks_label,
    merged,
    plausible_number,
)
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import PackJob, Parcel, ParcelStatus, Waybill
from wms.domain.reasons import explain
from wms.domain.rows import Rows
from wms.domain.waves import Slot
from wms.workflows.handlers.packing import back_into_tote, blocked
from wms.workflows.handling import Answer, Context, Refused, handles, refuse
from wms.workflows.prompt import Msg, msg

OVER = (OrderStatus.CANCELLED, OrderStatus.HANDED_OVER)


@handles(c.GiveLabelData)
def give_label_data(command: c.GiveLabelData, rows: Rows, context: Context) -> Answer:
    """What is known already is no news. A number that contradicts another one is recorded, and not used."""
    events: list[e.Event] = []
    for one in command.given:
        if why := why_not(rows, one.order, one.label):
            return refuse(Msg(*explain(why)))
        order = rows.get(Order, one.order)
        if order is None or is_news(rows, order, one):
            against = contradiction(rows, order, one.label) if order is not None else ""
            events.append(e.LabelDataGiven(one.order, one.label, one.instead_of, against))
    return tuple(events)


def why_not(rows: Rows, name: str, label: GivenLabel) -> str:
    """Why these data can't be taken for that order, as in `wms.domain.reasons`; '' if they can."""
    order = rows.get(Order, name)
    if order is None:
        return f"order_unknown:{name}"
    if why := fault(rows, label):
        return why
    on_it = any(parcel.waybill == label.waybill for parcel in rows.where(Parcel, order_id=order.id))
    if order.status in OVER and not (on_it and label.waybill):
        return f"order_over:{order.status}"
    return ""


def is_news(rows: Rows, order: Order, one: c.LabelFor) -> bool:
    """Whether these data change anything, or are to be decided about."""
    known = label_data(rows, order.id)
    if known is not None and one.label.waybill in ("", known.waybill):
        return merged(known.given, one.label) != known.given
    if one.instead_of:
        return known is not None and known.waybill == one.instead_of
    return rows.get(LabelData, order.id, one.label.waybill) is None


@handles(c.BindWaybill)
def bind_waybill(command: c.BindWaybill, rows: Rows, context: Context) -> Answer:
    """The platform's own number, scanned off its printed label. It must not stand anywhere else."""
    found = _at_this_bench(command.parcel, rows, context)
    if isinstance(found, Refused):
        return found
    parcel, order = found
    number = command.number.strip().upper()
    if not plausible_number(number):
        return refuse(msg("This is no waybill number"), msg("Scan the bar code of the platform's label"))
    if (why := _taken(rows, order, parcel, number)) is not None:
        return why
    return (e.WaybillBound(parcel.id, carrier_of(rows, order, number), number),)


def _taken(rows: Rows, order: Order, parcel: Parcel, number: str) -> Refused | None:
    used, aside = rows.get(Waybill, number), msg("Put this label aside and call the supervisor")
    if used is not None and is_spoiled(rows, number):
        return refuse(msg("This label's number is spoiled"), msg("Destroy it"))
    if used is not None:
        return refuse(msg("This number stands on parcel {parcel}", parcel=used.parcel), aside)
    against = contradiction(rows, order, GivenLabel(number))
    kind, _, other = against.partition(":")
    if kind == "order" and other:
        return refuse(msg("This is the label of order {order}", order=_reference(rows, other)), aside)
    given = given_number(rows, order.id)
    if given and given != number:
        return refuse(msg("The platform gave this order another number"), msg("Wanted: {number}", number=given))
    if not given and is_our_own(rows, number):
        return refuse(msg("This is one of our own numbers"), msg("Scan the bar code of the platform's label"))
    alike = rows.where(Order, channel=order.channel, reference=number)
    if alike:
        return refuse(msg("This is order {order}", order=number), msg("Scan the bar code of the platform's label"))
    return None


def _reference(rows: Rows, order: str) -> str:
    row = rows.get(Order, order)
    return row.reference if row is not None else order


def _at_this_bench(name: str, rows: Rows, context: Context) -> tuple[Parcel, Order] | Refused:
    """The closed parcel that waits for its label here."""
    parcel = rows.get(Parcel, name)
    order = rows.get(Order, parcel.order_id) if parcel is not None else None
    job = rows.get(PackJob, parcel.order_id) if parcel is not None else None
    if parcel is None or order is None or parcel.status != ParcelStatus.WEIGHED:
        return refuse(msg("This parcel does not wait for a label"))
    if job is None or job.device != context.device:
        return refuse(msg("This parcel is at another bench"), msg("Do it there"))
    return blocked(order, rows) or (parcel, order)


@handles(c.UnbindWaybill)
def unbind_waybill(command: c.UnbindWaybill, rows: Rows, context: Context) -> Answer:
    parcel = rows.get(Parcel, command.parcel)
    if parcel is None or not parcel.bound or parcel.status != ParcelStatus.VERIFIED:
        return refuse(msg("Nothing to undo"))
    return (e.WaybillUnbound(parcel.id, parcel.waybill),)


@handles(c.LabelParcel)
def label_parcel(command: c.LabelParcel, rows: Rows, context: Context) -> Answer:
    found = _at_this_bench(command.parcel, rows, context)
    if isinstance(found, Refused):
        return found
    parcel, order = found
    number = given_number(rows, order.id)
    if not number:
        return refuse(msg("No label data have come yet"), msg("Scan the platform's label, or let it wait"))
    return (e.WaybillAssigned(parcel.id, order.carrier, number, "", 0), e.LabelRequested(parcel.id))


@handles(c.AwaitLabel)
def await_label(command: c.AwaitLabel, rows: Rows, context: Context) -> Answer:
    """What is not verified goes back into the tote and waits there; what is closed waits as it is."""
    order, job = rows.get(Order, command.order), rows.get(PackJob, command.order)
    if order is None or job is None or job.device != context.device:
        return refuse(msg("This order is not at this bench"))
    if not lacks_label(rows, order):
        return refuse(msg("Its label can be made"), msg("Finish it"))
    if job.sorted_out:
        if any(p.status in (ParcelStatus.OPEN, ParcelStatus.VERIFIED) for p in rows.where(Parcel, order_id=order.id)):
            return refuse(msg("Close and label its other parcels first"))
        return (e.LabelAwaited(order.id, True),)
    totes = [slot.tote for slot in rows.where(Slot, order_id=order.id) if slot.tote]
    back = back_into_tote(order.id, totes[0], rows) if totes else []
    return (*back, e.PackingSetAside(order.id), e.LabelAwaited(order.id, False))


@handles(c.SeeInstructions)
def see_instructions(command: c.SeeInstructions, rows: Rows, context: Context) -> Answer:
    job = rows.get(PackJob, command.order)
    if job is None or job.device != context.device:
        return refuse(msg("Scan the tote first"))
    return () if job.heeded else (e.InstructionsSeen(command.order),)
