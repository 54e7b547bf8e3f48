"""The bench: verify, weigh, label, stage; or stop and bring back."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carrier, Carton, Item
from wms.domain.ids import ParcelId, PlaceId
from wms.domain.inspection import Disposition, InspectionLot, Sample, Verdict
from wms.domain.labelling import given_number
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import PackJob, Parcel, ParcelStatus, WaybillRange, waybill_number
from wms.domain.places import Place, PlaceKind, inside
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.domain.waves import Batch, BatchStatus, Slot, Wave, WaveStatus
from wms.workflows.handling import Answer, Context, Refused, handles, refuse
from wms.workflows.prompt import Bilingual, msg

TOLERANCE_PERCENT = 5
TOLERANCE_G = 50


def parcel_id(order: str, n: int) -> ParcelId:
    return ParcelId(f"{order}/{n}")


def blocked(order: Order, rows: Rows) -> Refused | None:
    """Why this order's goods may not go on now, whatever the step; None if nothing stands in the way."""
    if order.stop:
        return refuse(msg("STOP: this order was cancelled"), msg("Do not label it"))
    wave = rows.get(Wave, order.wave)
    if wave is not None and wave.status == WaveStatus.HELD:
        return refuse(
            msg("Wave {wave} is held by inspection", wave=wave.id), msg("Put it aside until the supervisor has decided")
        )
    if any(_to_be_inspected(sample, rows) for sample in rows.where(Sample, order_id=order.id)):
        return refuse(msg("A unit of this order is a sample"), msg("Bring it to inspection first"))
    if order.status == OrderStatus.SHORT:
        return refuse(msg("Units are missing"), msg("Put it aside until the supervisor has decided"))
    return None


def _to_be_inspected(sample: Sample, rows: Rows) -> bool:
    """Once a person has decided about the batch, the units nobody looked at are free."""
    lot = rows.get(InspectionLot, sample.inspection)
    undecided = lot is not None and lot.disposition not in (Disposition.ACCEPTED, Disposition.REJECTED)
    return undecided and sample.verdict == Verdict.NONE


@handles(c.StartPacking)
def start_packing(command: c.StartPacking, rows: Rows, context: Context) -> Answer:
    order = rows.get(Order, command.order)
    if order is None:
        return refuse(msg("No order {order}", order=command.order))
    if (why := blocked(order, rows)) is not None:
        return why
    slots = rows.where(Slot, order_id=order.id)
    walking = [slot for slot in slots if _on_the_walk(slot, rows)]
    if walking:
        totes = ", ".join(slot.tote or slot.batch for slot in walking)
        return refuse(msg("Not all here: {totes} is still on the walk", totes=totes), msg("Put it aside and wait"))
    if order.status != OrderStatus.PICKED:
        return refuse(msg("Order {order} is not ready to pack", order=order.reference))
    job = rows.get(PackJob, order.id)
    if job is not None and job.device not in ("", context.device):
        return refuse(msg("{device} is packing this order", device=job.device), msg("Bring it there"))
    started = e.PackingStarted(order.id, parcel_id(order.id, 1))
    waiting = [p for p in rows.where(Parcel, order_id=order.id) if p.status == ParcelStatus.WEIGHED]
    number = given_number(rows, order.id)
    if not waiting or not number:
        return (started,)
    assigned = e.WaybillAssigned(waiting[0].id, order.carrier, number, "", 0)
    return (started, assigned, e.LabelRequested(waiting[0].id))


def _on_the_walk(slot: Slot, rows: Rows) -> bool:
    """Or still with somebody who lost the walk."""
    if slot.aside and not slot.dropped:
        return True
    batch = rows.get(Batch, slot.batch)
    return batch is not None and batch.status != BatchStatus.DROPPED


def _open_parcel(order: str, rows: Rows) -> Parcel | None:
    parcels = [p for p in rows.where(Parcel, order_id=order) if p.status == ParcelStatus.OPEN]
    return max(parcels, key=lambda p: p.n, default=None)


def _in_totes(order: str, sku: str, rows: Rows) -> list[Stock]:
    totes = dict.fromkeys(slot.tote for slot in rows.where(Slot, order_id=order) if slot.tote)
    return [s for tote in totes for s in rows.where(Stock, place=tote) if s.sku == sku and s.quantity > 0]


@handles(c.PackUnits)
def pack_units(command: c.PackUnits, rows: Rows, context: Context) -> Answer:
    """The units must lie in the order's totes and be wanted; the last one verified closes the check."""
    order, parcel = rows.get(Order, command.order), _open_parcel(command.order, rows)
    if order is None or parcel is None:
        return refuse(msg("Scan the tote first"))
    if (why := blocked(order, rows)) is not None:
        return why
    lines = rows.where(OrderLine, order_id=order.id)
    wanted = sum(line.picked - line.packed for line in lines if line.sku == command.sku)
    item = rows.get(Item, command.sku)
    name = Bilingual(item.zh, item.en) if item is not None else command.sku
    if not any(line.sku == command.sku for line in lines):
        return refuse(msg("{item} is not in this order", item=name), msg("Put it aside and call the supervisor"))
    if wanted < command.quantity:
        return refuse(msg("Too many: {item}", item=name), msg("{n} still wanted. Take the rest out", n=wanted))
    events = _spread(command, lines, parcel, rows)
    if events is None:
        return refuse(msg("{item} with that lot is not in the tote", item=name), msg("Check the lot on the label"))
    left = sum(line.picked - line.packed for line in lines) - command.quantity
    return (*events, e.PackingVerified(order.id)) if left == 0 else tuple(events)


def _spread(command: c.PackUnits, lines: list[OrderLine], parcel: Parcel, rows: Rows) -> list[e.Event] | None:
    """Lay the units over the order's lines and the totes' lots; None where the totes don't hold them."""
    stocks = [s for s in _in_totes(command.order, command.sku, rows) if not command.lot or s.lot == command.lot]
    have = {(s.place, s.lot): s.quantity for s in stocks}
    events: list[e.Event] = []
    left = command.quantity
    for line in (line for line in lines if line.sku == command.sku):
        room = line.picked - line.packed
        for (tote, lot), quantity in have.items():
            step = min(left, room, quantity)
            if step > 0:
                events.append(e.UnitsPacked(parcel.id, line.n, line.sku, lot, tote, step))
                have[tote, lot] -= step
                room -= step
                left -= step
    return None if left else events


@handles(c.UnpackUnits)
def unpack_units(command: c.UnpackUnits, rows: Rows, context: Context) -> Answer:
    parcel = rows.get(Parcel, command.parcel)
    if parcel is None or parcel.status != ParcelStatus.OPEN:
        return refuse(msg("Nothing to undo"))
    slots = [slot for slot in rows.where(Slot, order_id=parcel.order_id) if slot.tote]
    lines = [line for line in rows.where(OrderLine, order_id=parcel.order_id) if line.sku == command.sku]
    held = [s for s in rows.where(Stock, place=inside(parcel.id)) if s.sku == command.sku]
    packed = next((line for line in reversed(lines) if line.packed >= command.quantity), None)
    if not slots or packed is None or not held or held[-1].quantity < command.quantity:
        return refuse(msg("Nothing to undo"))
    return (e.UnitsUnpacked(parcel.id, packed.n, command.sku, held[-1].lot, slots[0].tote, command.quantity),)


@handles(c.ReportMissing)
def report_missing(command: c.ReportMissing, rows: Rows, context: Context) -> Answer:
    """What was verified goes back into the tote, the tote goes aside, and a supervisor decides."""
    lines = [line for line in rows.where(OrderLine, order_id=command.order) if line.sku == command.sku]
    line = next((line for line in lines if line.picked - line.packed >= command.quantity), None)
    stocks = _in_totes(command.order, command.sku, rows)
    if line is None or not stocks or stocks[0].quantity < command.quantity:
        return refuse(msg("Nothing is missing here"))
    stock = stocks[0]
    missing = e.UnitsMissing(line.order_id, line.n, line.sku, stock.lot, stock.place, command.quantity, command.damaged)
    return (*back_into_tote(command.order, stock.place, rows), missing)


@handles(c.SetAside)
def set_aside(command: c.SetAside, rows: Rows, context: Context) -> Answer:
    """What was verified goes back into the tote; whoever scans it later begins again."""
    job = rows.get(PackJob, command.order)
    totes = [slot.tote for slot in rows.where(Slot, order_id=command.order) if slot.tote]
    if job is None or job.sorted_out or not totes:
        return refuse(msg("This order can't be set aside any more"), msg("Finish it"))
    return (*back_into_tote(command.order, totes[0], rows), e.PackingSetAside(job.order_id))


def back_into_tote(order: str, tote: PlaceId, rows: Rows) -> list[e.Event]:
    lines = rows.where(OrderLine, order_id=order)
    packed = {line.n: line.packed for line in lines}
    back: list[e.Event] = []
    for parcel in rows.where(Parcel, order_id=order):
        for stock in rows.where(Stock, place=inside(parcel.id)):
            left = stock.quantity
            for line in (line for line in lines if line.sku == stock.sku):
                step = min(left, packed[line.n])
                if step:
                    back.append(e.UnitsUnpacked(parcel.id, line.n, stock.sku, stock.lot, tote, step))
                    packed[line.n] -= step
                    left -= step
    return back


@handles(c.OpenParcel)
def open_parcel(command: c.OpenParcel, rows: Rows, context: Context) -> Answer:
    parcel = _open_parcel(command.order, rows)
    if parcel is None or not parcel.units:
        return refuse(msg("This parcel is still empty"), msg("Scan an item into it first"))
    n = rows.count(Parcel, order_id=command.order) + 1
    return (e.ParcelOpened(parcel.order_id, parcel_id(command.order, n), n),)


@handles(c.ChooseCarton)
def choose_carton(command: c.ChooseCarton, rows: Rows, context: Context) -> Answer:
    if rows.get(Carton, command.carton) is None:
        return refuse(msg("No carton {carton}", carton=command.carton))
    return (e.CartonChosen(command.parcel, command.carton),)


def expected_weight(parcel: Parcel, rows: Rows) -> int:
    """Grams of the contents and the carton; 0 where an item's weight is not known."""
    carton = rows.get(Carton, parcel.carton)
    total = carton.weight_g if carton is not None else 0
    for stock in rows.where(Stock, place=inside(parcel.id)):
        item = rows.get(Item, stock.sku)
        if item is None or not item.weight_g:
            return 0
        total += item.weight_g * stock.quantity
    return total


def weight_is_off(weight_g: int, expected_g: int) -> bool:
    """More than 5 %, at least 50 g, away from what the contents should weigh."""
    return expected_g > 0 and abs(weight_g - expected_g) > max(TOLERANCE_G, expected_g * TOLERANCE_PERCENT // 100)


@handles(c.WeighParcel)
def weigh_parcel(command: c.WeighParcel, rows: Rows, context: Context) -> Answer:
    """Weight, waybill and label request in one transaction: a number is used exactly where it is printed."""
    parcel = rows.get(Parcel, command.parcel)
    order = rows.get(Order, parcel.order_id) if parcel is not None else None
    job = rows.get(PackJob, parcel.order_id) if parcel is not None else None
    if parcel is None or order is None or parcel.status != ParcelStatus.OPEN:
        return refuse(msg("This parcel is already weighed"))
    if (why := blocked(order, rows)) is not None:
        return why
    if job is None or not job.sorted_out:
        return refuse(msg("Not every unit is verified"), msg("Scan the rest first"))
    if command.weight_g <= 0:
        return refuse(msg("The weight must be more than 0"))
    expected = expected_weight(parcel, rows)
    if weight_is_off(command.weight_g, expected) and not command.reason:
        return refuse(msg("{n} g, but {expected} g expected", n=command.weight_g, expected=expected))
    if must_heed(order) and not job.heeded:
        return refuse(msg("Read what is to be heeded first"))
    numbered = _numbered(parcel, order, rows, context)
    if isinstance(numbered, Refused):
        return numbered
    weighed = e.ParcelWeighed(parcel.id, command.weight_g, expected, command.by, command.reason)
    return (weighed, *numbered)


def must_heed(order: Order) -> bool:
    """Whether there is something that whoever packs the order has to read."""
    return bool(order.instructions or order.remarked)


def _numbered(
    parcel: Parcel, order: Order, rows: Rows, context: Context, why: str = ""
) -> tuple[e.Event, ...] | Refused:
    """The number given for the order, else the next one leased here; nothing where only the platform can label it."""
    lease, counter, number = "", 0, given_number(rows, order.id)
    if not number and order.nolabel:
        return ()
    if not number:
        found = next_waybill(order, rows, context)
        if isinstance(found, Refused):
            return found
        lease, counter, number = found
    assigned = e.WaybillAssigned(parcel.id, order.carrier, number, lease, counter)
    return (assigned, e.LabelRequested(parcel.id, reason=why))


NUMBERS_HOURS = 12
"""A terminal that has not heard of its hub for longer may be an old copy of its disk: its numbers may be on paper."""


def next_waybill(order: Order, rows: Rows, context: Context) -> tuple[str, int, str] | Refused:
    carrier = rows.get(Carrier, order.carrier)
    if carrier is None:
        return refuse(msg("Order {order} has no carrier", order=order.reference), msg("Call the supervisor"))
    if context.unheard() > NUMBERS_HOURS * 3600:
        return refuse(
            msg("No word from the hub for {hours} hours", hours=NUMBERS_HOURS),
            msg("Numbers are locked. Bring this terminal into the network"),
        )
    for lease in rows.where(WaybillRange, device=context.device, carrier=carrier.code):
        if lease.epoch == context.epoch and lease.next <= lease.last:
            return lease.id, lease.next, waybill_number(carrier.prefix, carrier.digits, lease.next)
    return refuse(
        msg("No waybill numbers of {carrier} left here", carrier=Bilingual(carrier.zh, carrier.en)),
        msg("The hub must grant new ones. Call the supervisor"),
    )


@handles(c.LeaseWaybills)
def lease_waybills(command: c.LeaseWaybills, rows: Rows, context: Context) -> Answer:
    """The next numbers of the carrier's range for one terminal: never shared, never given twice."""
    carrier = rows.get(Carrier, command.carrier)
    if carrier is None:
        return refuse(msg("No carrier {carrier}", carrier=command.carrier))
    first = max(carrier.next, context.floor(carrier.range_name) + 1, carrier.first)
    last = min(first + command.count - 1, carrier.last)
    if first > last:
        name = Bilingual(carrier.zh, carrier.en)
        return refuse(msg("{carrier}'s waybill range is used up", carrier=name), msg("Import a new range"))
    lease = f"{carrier.code}-{first}"
    return (e.WaybillsLeased(lease, carrier.code, command.device, first, last, command.epoch),)


@handles(c.ReprintLabel)
def reprint_label(command: c.ReprintLabel, rows: Rows, context: Context) -> Answer:
    parcel = rows.get(Parcel, command.parcel)
    order = rows.get(Order, parcel.order_id) if parcel is not None else None
    if parcel is None or order is None or not parcel.waybill:
        return refuse(msg("This parcel has no label yet"))
    if (why := blocked(order, rows)) is not None:
        return why
    if parcel.bound:
        return refuse(msg("Its label is the platform's own"), msg("Print it there"))
    fault = rows.get(Review, f"label/{parcel.id}")
    never_out = not parcel.printed and fault is not None and fault.open and fault.detail.startswith("layout")
    return (e.LabelRequested(parcel.id, not never_out, command.reason),)


@handles(c.VoidLabel)
def void_label(command: c.VoidLabel, rows: Rows, context: Context) -> Answer:
    """Only at its bench: the next number is one of those leased there, and there its label comes out. An order that
    only the platform can label waits for the platform's next one."""
    parcel = rows.get(Parcel, command.parcel)
    order = rows.get(Order, parcel.order_id) if parcel is not None else None
    job = rows.get(PackJob, parcel.order_id) if parcel is not None else None
    if parcel is None or order is None or not parcel.waybill:
        return refuse(msg("This parcel has no label yet"))
    if job is None or parcel.status not in (ParcelStatus.LABELLED, ParcelStatus.VERIFIED):
        return refuse(msg("This parcel has left the bench"), msg("Its number can't be spoiled any more"))
    if job.device != context.device:
        return refuse(msg("{device} is packing this order", device=job.device), msg("Do it there"))
    if (why := blocked(order, rows)) is not None:
        return why
    numbered = _numbered(parcel, order, rows, context, command.reason)
    if isinstance(numbered, Refused):
        return numbered
    return (e.LabelVoided(parcel.id, parcel.waybill, command.reason), *numbered)


@handles(c.ReportPrinted)
def report_printed(command: c.ReportPrinted, rows: Rows, context: Context) -> Answer:
    return (e.LabelPrinted(command.parcel, command.proof),)


@handles(c.VerifyLabel)
def verify_label(command: c.VerifyLabel, rows: Rows, context: Context) -> Answer:
    parcel = rows.get(Parcel, command.parcel)
    if parcel is None or parcel.status != ParcelStatus.LABELLED:
        return refuse(msg("This label is already verified"))
    return (e.LabelVerified(parcel.id),)


@handles(c.StageParcel)
def stage_parcel(command: c.StageParcel, rows: Rows, context: Context) -> Answer:
    parcel = rows.get(Parcel, command.parcel)
    place = rows.get(Place, command.place)
    order = rows.get(Order, parcel.order_id) if parcel is not None else None
    carrier = rows.get(Carrier, parcel.carrier) if parcel is not None else None
    if parcel is None or order is None or parcel.status != ParcelStatus.VERIFIED:
        return refuse(msg("Scan the printed label first"))
    if order.stop:
        return refuse(msg("STOP: this order was cancelled"), msg("Bring it to the returns shelf"))
    if place is None or (carrier is not None and carrier.staging and place.id != carrier.staging):
        wanted = carrier.staging if carrier is not None else ""
        return refuse(msg("Wrong place: {place}", place=command.place), msg("Bring it to {place}", place=wanted))
    return (e.ParcelStaged(parcel.id, place.id),)


@handles(c.DivertOrder)
def divert_order(command: c.DivertOrder, rows: Rows, context: Context) -> Answer:
    place, order = rows.get(Place, command.place), rows.get(Order, command.order)
    if place is None or place.kind != PlaceKind.RETURNS:
        return refuse(msg("This is not the returns shelf"), msg("Scan the label of the returns shelf"))
    if order is None or (not order.stop and order.status != OrderStatus.SHORT):
        return refuse(msg("This order is not stopped"))
    return (e.OrderDiverted(order.id, place.id),)
