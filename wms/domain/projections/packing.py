"""Packing: units verified into parcels, weighed, labelled, staged; or brought back."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.catalogue import Carrier
from wms.domain.events import Fact
from wms.domain.ids import CarrierCode, ManifestId, ParcelId
from wms.domain.inspection import Sample
from wms.domain.labelling import LabelWait, given_number
from wms.domain.orders import Order, OrderLine, OrderStatus, Stop
from wms.domain.packing import PackJob, Parcel, ParcelStatus, Waybill, WaybillRange
from wms.domain.places import COUNT_DIFFERENCE, SCRAP, inside
from wms.domain.projections.picking import free_totes, shorten
from wms.domain.projections.registry import applies, close_review, review, tally
from wms.domain.projections.surplus import drop_surplus, gather, take_out
from wms.domain.projections.verdicts import lose_samples
from wms.domain.projections.waves import end_wave
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.shipping import Manifest
from wms.domain.stock import Stock, move
from wms.domain.waves import Slot

LIVE = (ParcelStatus.STAGED, ParcelStatus.LOADED, ParcelStatus.HANDED_OVER)


@applies(e.PackingStarted)
def packing_started(t: Tables, event: e.PackingStarted, fact: Fact) -> None:
    """No bench begins an order that it knows on another one, in a copy of its own database, or packed."""
    tally(t, fact, "scans")
    other, order, bench = t.get(PackJob, event.order), t.get(Order, event.order), fact.key
    if other is not None and other.device and not other.is_of(bench.device, bench.epoch):
        review(t, fact, "packed_twice", event.order, f"{other.device},{bench.device}")
    elif order is not None and order.status in (OrderStatus.PACKED, OrderStatus.HANDED_OVER):
        review(t, fact, "packed_twice", event.order)
    sorted_out = other.sorted_out if other is not None else False
    heeded = other is not None and other.heeded and other.is_of(bench.device, bench.epoch)
    t.put(PackJob(event.order, bench.device, fact.person, fact.seconds, sorted_out, bench.epoch, heeded))
    if t.get(Parcel, event.parcel) is None:
        _open(t, event.order, event.parcel, 1)


@applies(e.ParcelOpened)
def parcel_opened(t: Tables, event: e.ParcelOpened, fact: Fact) -> None:
    if t.get(Parcel, event.parcel) is None:
        _open(t, event.order, event.parcel, event.n)


def _open(t: Tables, order: str, parcel: str, n: int) -> None:
    row = t.get(Order, order)
    carrier = row.carrier if row is not None else CarrierCode("")
    t.put(Parcel(parcel, order, n, ParcelStatus.OPEN, carrier))  # type: ignore[arg-type]


@applies(e.UnitsPacked)
def units_packed(t: Tables, event: e.UnitsPacked, fact: Fact) -> None:
    tally(t, fact, "scans")
    _pack(t, event, event.quantity, fact)


@applies(e.UnitsUnpacked)
def units_unpacked(t: Tables, event: e.UnitsUnpacked, fact: Fact) -> None:
    _pack(t, event, -event.quantity, fact)


def _pack(t: Tables, event: e.UnitsPacked | e.UnitsUnpacked, quantity: int, fact: Fact) -> None:
    parcel = t.get(Parcel, event.parcel)
    if parcel is None:
        return
    source, target = (event.tote, inside(parcel.id)) if quantity > 0 else (inside(parcel.id), event.tote)
    take_out(t, event.sku, event.lot, abs(quantity), source, target, fact)
    t.put(replace(parcel, units=parcel.units + quantity))
    line = t.get(OrderLine, parcel.order_id, event.line)
    if line is not None:
        t.put(replace(line, packed=line.packed + quantity))
        if quantity > 0 and line.packed + quantity > line.quantity:
            _two_benches(t, parcel.order_id, fact)


def _two_benches(t: Tables, order: str, fact: Fact) -> None:
    """More was packed than the order has: whoever packed it had not heard of another bench, or of a copy of its own."""
    job = t.get(PackJob, order)
    known = job is None or not job.device or job.is_of(fact.key.device, fact.key.epoch)
    review(t, fact, "packed_twice", order, "" if job is None or known else f"{job.device},{fact.key.device}")


@applies(e.UnitsMissing)
def units_missing(t: Tables, event: e.UnitsMissing, fact: Fact) -> None:
    """The order steps back from the bench until a supervisor says what becomes of the rest.

    Two benches that told of the same unit before either heard of the other have lost it but once.
    """
    line = t.get(OrderLine, event.order, event.line)
    lost = min(event.quantity, line.picked if line is not None else 0)
    if lost < event.quantity:
        review(t, fact, "packed_twice", event.order, fact.key.device)
    take_out(t, event.sku, event.lot, lost, event.tote, SCRAP if event.damaged else COUNT_DIFFERENCE, fact)
    shorten(t, event.order, event.line, lost, fact)
    _leave_bench(t, event.order)


@applies(e.PackingSetAside)
def packing_set_aside(t: Tables, event: e.PackingSetAside, fact: Fact) -> None:
    _leave_bench(t, event.order)


def _leave_bench(t: Tables, order: str) -> None:
    """Parcels that were begun and are empty again are forgotten with the job."""
    for parcel in t.where(Parcel, order_id=order):
        if parcel.status == ParcelStatus.OPEN and not parcel.units:
            t.delete(parcel)
    job = t.get(PackJob, order)
    if job is not None:
        t.delete(job)


@applies(e.PackingVerified)
def packing_verified(t: Tables, event: e.PackingVerified, fact: Fact) -> None:
    """The totes are empty and free for the next order."""
    job = t.get(PackJob, event.order)
    if job is not None:
        t.put(replace(job, sorted_out=True))
    gather(t, event.order, [slot.tote for slot in t.where(Slot, order_id=event.order) if slot.tote], fact)
    free_totes(t, event.order, fact)


@applies(e.CartonChosen)
def carton_chosen(t: Tables, event: e.CartonChosen, fact: Fact) -> None:
    tally(t, fact, "scans")
    parcel = t.get(Parcel, event.parcel)
    if parcel is not None:
        t.put(replace(parcel, carton=event.carton))


@applies(e.ParcelWeighed)
def parcel_weighed(t: Tables, event: e.ParcelWeighed, fact: Fact) -> None:
    parcel = t.get(Parcel, event.parcel)
    if parcel is None:
        return
    status = ParcelStatus.WEIGHED if parcel.status == ParcelStatus.OPEN else parcel.status
    t.put(replace(parcel, weight_g=event.weight_g, expected_g=event.expected_g, status=status))
    if event.reason and event.by == "scale":
        review(t, fact, "weight_accepted", parcel.id, f"{event.weight_g},{event.expected_g},{event.reason}")


@applies(e.WaybillsLeased)
def waybills_leased(t: Tables, event: e.WaybillsLeased, fact: Fact) -> None:
    t.put(WaybillRange(event.lease, event.carrier, event.device, event.first, event.last, event.first, event.epoch))
    carrier = t.get(Carrier, event.carrier)
    if carrier is not None:
        t.put(replace(carrier, next=max(carrier.next, event.last + 1)))


@applies(e.WaybillAssigned)
def waybill_assigned(t: Tables, event: e.WaybillAssigned, fact: Fact) -> None:
    lease = t.get(WaybillRange, event.lease)
    if lease is not None:
        t.put(replace(lease, next=max(lease.next, event.counter + 1)))
    bear(t, fact, event.parcel, event.carrier, event.number, ParcelStatus.LABELLED)


def bear(
    t: Tables, fact: Fact, name: str, carrier: CarrierCode, number: str, status: ParcelStatus, *, bound: bool = False
) -> None:
    """The parcel bears that number. Where another one bears it too, a supervisor says which keeps it."""
    used = t.get(Waybill, number)
    if used is not None and used.parcel != name:
        review(t, fact, "waybill_twice", number, f"{used.parcel},{name}")
    else:
        t.put(Waybill(number, carrier, ParcelId(name)))
    parcel = t.get(Parcel, name)
    if parcel is not None:
        given = given_number(t, parcel.order_id)
        if given:
            review(t, fact, "label_conflict", parcel.order_id, f"{given},{number}")
        t.put(replace(parcel, carrier=carrier, waybill=number, status=status, bound=bound))
        _end_wait(t, parcel.order_id, fact, "labelled")


def _end_wait(t: Tables, order: str, fact: Fact, why: str) -> None:
    """Once no parcel of the order lacks its label."""
    if why == "labelled" and any(p.status == ParcelStatus.WEIGHED for p in t.where(Parcel, order_id=order)):
        return
    wait = t.get(LabelWait, order)
    if wait is not None:
        t.delete(wait)
    close_review(t, "label_waits", order, fact.person, why)


@applies(e.LabelRequested)
def label_requested(t: Tables, event: e.LabelRequested, fact: Fact) -> None:
    parcel = t.get(Parcel, event.parcel)
    if parcel is not None:
        t.put(replace(parcel, prints=parcel.prints + 1, asked=fact.seconds))
    close_review(t, "label", event.parcel, fact.person, "printed again")


@applies(e.LabelPrinted)
def label_printed(t: Tables, event: e.LabelPrinted, fact: Fact) -> None:
    tally(t, fact, "labels")
    parcel = t.get(Parcel, event.parcel)
    if parcel is not None:
        t.put(replace(parcel, printed=parcel.printed + 1, asked=0))


@applies(e.LabelVerified)
def label_verified(t: Tables, event: e.LabelVerified, fact: Fact) -> None:
    tally(t, fact, "scans")
    tally(t, fact, "verified")
    parcel = t.get(Parcel, event.parcel)
    if parcel is not None and parcel.status == ParcelStatus.LABELLED:
        t.put(replace(parcel, status=ParcelStatus.VERIFIED, asked=0))
    close_review(t, "label", event.parcel, fact.person, "scanned")


@applies(e.LabelVoided)
def label_voided(t: Tables, event: e.LabelVoided, fact: Fact) -> None:
    tally(t, fact, "voided")
    spoiled = t.get(Waybill, event.number)
    if spoiled is not None:
        t.put(replace(spoiled, void=True))
    parcel = t.get(Parcel, event.parcel)
    bench = (ParcelStatus.LABELLED, ParcelStatus.VERIFIED)
    if parcel is not None and parcel.waybill == event.number and parcel.status in bench:
        t.put(replace(parcel, waybill="", status=ParcelStatus.WEIGHED, asked=0, bound=False))


@applies(e.ParcelStaged)
def parcel_staged(t: Tables, event: e.ParcelStaged, fact: Fact) -> None:
    tally(t, fact, "scans")
    parcel = t.get(Parcel, event.parcel)
    if parcel is None:
        return
    t.put(replace(parcel, status=ParcelStatus.STAGED, place=event.place))
    live = [p for p in t.where(Parcel, order_id=parcel.order_id) if p.status != ParcelStatus.VOID]
    order = t.get(Order, parcel.order_id)
    if order is None or any(p.status not in LIVE for p in live):
        return
    job = t.get(PackJob, parcel.order_id)
    if job is not None:
        t.delete(job)
    if order.status in (OrderStatus.PICKED, OrderStatus.SHORT):
        t.put(replace(order, status=OrderStatus.PACKED))
        close_review(t, "order_short", order.id, fact.person, "sent in part")


@applies(e.ParcelVoided)
def parcel_voided(t: Tables, event: e.ParcelVoided, fact: Fact) -> None:
    parcel = t.get(Parcel, event.parcel)
    if parcel is None or parcel.status in (ParcelStatus.HANDED_OVER, ParcelStatus.VOID):
        return
    _empty(t, parcel, event.place)


def _empty(t: Tables, parcel: Parcel, place: str) -> None:
    for row in t.where(Stock, place=inside(parcel.id)):
        move(t, row.sku, row.lot, row.quantity, row.place, place)  # type: ignore[arg-type]
    manifest = t.get(Manifest, parcel.manifest) if parcel.status == ParcelStatus.LOADED else None
    if manifest is not None:
        t.put(replace(manifest, parcels=manifest.parcels - 1))
    t.put(replace(parcel, status=ParcelStatus.VOID, units=0, manifest=ManifestId("")))


@applies(e.OrderDiverted)
def order_diverted(t: Tables, event: e.OrderDiverted, fact: Fact) -> None:
    """Everything of a stopped order lies on the returns shelf now; putting it back is somebody's next task."""
    tally(t, fact, "scans")
    order = t.get(Order, event.order)
    if order is None or order.status == OrderStatus.HANDED_OVER:
        return
    for parcel in t.where(Parcel, order_id=event.order):
        if parcel.status not in (ParcelStatus.HANDED_OVER, ParcelStatus.VOID):
            _empty(t, parcel, event.place)
    for slot in t.where(Slot, order_id=event.order):
        for row in t.where(Stock, place=slot.tote) if slot.tote else ():
            move(t, row.sku, row.lot, row.quantity, row.place, event.place)
    totes = {slot.tote for slot in t.where(Slot, order_id=event.order) if slot.tote}
    drop_surplus(t, event.order, set(totes), fact, "diverted")
    free_totes(t, event.order, fact)
    lose_samples(t, t.where(Sample, order_id=event.order), fact)
    job = t.get(PackJob, event.order)
    if job is not None:
        t.delete(job)
    stop = order.stop or Stop.CANCELLED
    t.put(replace(order, status=OrderStatus.CANCELLED, stop=stop))
    close_review(t, "cancelled_in_work", order.id, fact.person, "diverted")
    close_review(t, "order_short", order.id, fact.person, "diverted")
    _end_wait(t, order.id, fact, "diverted")
    review(t, fact, "put_back", order.id, event.place)
    end_wave(t, order.wave)
