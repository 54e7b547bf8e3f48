"""Label data given for orders, labels bound to parcels, orders that wait for theirs."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.catalogue import Carrier
from wms.domain.events import Fact
from wms.domain.ids import DeviceId
from wms.domain.labelling import (
    GivenLabel,
    LabelData,
    LabelWait,
    contradiction,
    label_data,
    lacks_label,
    merged,
)
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import PackJob, Parcel, ParcelStatus, Waybill
from wms.domain.projections.packing import bear
from wms.domain.projections.registry import applies, close_review, review, tally
from wms.domain.records import replace
from wms.domain.rows import Tables


@applies(e.LabelDataGiven)
def label_data_given(t: Tables, event: e.LabelDataGiven, fact: Fact) -> None:
    """The first number stands until a person decides: another one waits beside it, on the supervisor's board."""
    order, number = t.get(Order, event.order), event.label.waybill
    if order is None:
        return
    against = contradiction(t, order, event.label)
    if against and against != event.instead_of:
        if t.get(LabelData, order.id, number) is None:
            t.put(_row(order.id, event.label, in_force=False))
        review(t, fact, "label_conflict", order.id, f"{number},{against}")
        return
    _put(t, order, event.label)
    carrier = t.get(Carrier, event.label.carrier)
    if carrier is not None and order.status != OrderStatus.HANDED_OVER:
        order = replace(order, carrier=carrier.code)
        t.put(order)
    if event.instead_of:
        close_review(t, "label_conflict", order.id, fact.person, f"{number} instead of {event.instead_of}")
    if not lacks_label(t, order):
        close_review(t, "label_waits", order.id, fact.person, "label data came")


def _put(t: Tables, order: Order, label: GivenLabel) -> None:
    """Codes that came without a number go with the number that comes later; those of another number don't."""
    known = label_data(t, order.id)
    if known is None:
        t.put(_row(order.id, label))
    elif label.waybill in ("", known.waybill) or not known.waybill:
        t.delete(known)
        t.put(_row(order.id, merged(known.given, label)))
    else:
        t.put(replace(known, in_force=False))
        t.put(_row(order.id, label))


def _row(order: str, label: GivenLabel, *, in_force: bool = True) -> LabelData:
    said = {name: getattr(label, name) for name in GivenLabel.__struct_fields__}
    return LabelData(order, **said, in_force=in_force)  # type: ignore[arg-type]


@applies(e.LabelAwaited)
def label_awaited(t: Tables, event: e.LabelAwaited, fact: Fact) -> None:
    """Any bench may go on with it."""
    order = t.get(Order, event.order)
    if order is None:
        return
    job = t.get(PackJob, event.order)
    if job is not None and event.parcels:
        t.put(replace(job, device=DeviceId(""), epoch=0, heeded=False))
    t.put(LabelWait(event.order, fact.seconds, fact.person, fact.key.device, event.parcels))
    if lacks_label(t, order):
        review(t, fact, "label_waits", event.order)


@applies(e.WaybillBound)
def waybill_bound(t: Tables, event: e.WaybillBound, fact: Fact) -> None:
    """The scan that bound it has read the label too."""
    tally(t, fact, "scans")
    bear(t, fact, event.parcel, event.carrier, event.number, ParcelStatus.VERIFIED, bound=True)


@applies(e.WaybillUnbound)
def waybill_unbound(t: Tables, event: e.WaybillUnbound, fact: Fact) -> None:
    parcel, number = t.get(Parcel, event.parcel), t.get(Waybill, event.number)
    if number is not None and number.parcel == event.parcel:
        t.delete(number)
    if parcel is not None and parcel.waybill == event.number and parcel.status == ParcelStatus.VERIFIED:
        t.put(replace(parcel, waybill="", status=ParcelStatus.WEIGHED, bound=False))


@applies(e.InstructionsSeen)
def instructions_seen(t: Tables, event: e.InstructionsSeen, fact: Fact) -> None:
    job = t.get(PackJob, event.order)
    if job is not None:
        t.put(replace(job, heeded=True))
