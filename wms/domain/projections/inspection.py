"""Inspection: samples drawn and judged, batches held and decided."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.ids import LotId, PlaceId, TaskId
from wms.domain.inspection import Disposition, InspectionLot, Sample, Verdict, may_judge_again
from wms.domain.orders import OrderLine
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.places import QUARANTINE, inside
from wms.domain.projections.picking import settle_again, shorten
from wms.domain.projections.registry import applies, close_review, review, tally
from wms.domain.projections.verdicts import hold_wave, release_inbound, settle_inspection
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import Stock, move
from wms.domain.waves import PickTask, tote_of


@applies(e.SampleDrawn)
def sample_drawn(t: Tables, event: e.SampleDrawn, fact: Fact) -> None:
    t.put(
        InspectionLot(
            event.inspection,
            event.kind,
            event.reference,
            event.category,
            event.population,
            len(event.units),
            event.seed,
            opened=fact.seconds,
        )
    )
    _add(t, event.inspection, event.units, 1)


def _add(t: Tables, inspection: str, units: tuple[e.DrawnUnit, ...], first: int) -> None:
    for n, unit in enumerate(units, first):
        t.put(
            Sample(
                inspection,  # type: ignore[arg-type]
                n,
                unit.source,
                unit.unit,
                unit.sku,
                unit.lot,
                unit.order,
                unit.place,
            )
        )


@applies(e.SampleSeen)
def sample_seen(t: Tables, event: e.SampleSeen, fact: Fact) -> None:
    tally(t, fact, "scans")
    sample = t.get(Sample, event.inspection, event.n)
    if sample is not None:
        t.put(replace(sample, seen=True))


@applies(e.SampleJudged)
def sample_judged(t: Tables, event: e.SampleJudged, fact: Fact) -> None:
    sample = t.get(Sample, event.inspection, event.n)
    lot = t.get(InspectionLot, event.inspection)
    if sample is None or lot is None:
        return
    tally(t, fact, "scans")
    if event.undone:
        _judge_again(t, lot, sample, fact)
    elif sample.verdict != Verdict.FAIL:
        tally(t, fact, "samples")
        if event.passed:
            t.put(replace(sample, verdict=Verdict.PASS, reason=event.reason))
        else:
            t.put(replace(sample, verdict=Verdict.FAIL, reason=event.reason, lot=_set_aside(t, lot, sample, fact)))
        settle_inspection(t, event.inspection, fact, event.reason)


def _set_aside(t: Tables, lot: InspectionLot, sample: Sample, fact: Fact) -> LotId:
    """A failed unit goes to quarantine, and an order it was picked for is short by it. Returns the lot it was of: the
    drawn one, unless the picker took another."""
    if lot.kind == "inbound":
        move(t, sample.sku, sample.lot, 1, sample.place, QUARANTINE)
        return sample.lot
    task, tote = t.get(PickTask, sample.source), tote_of(t, TaskId(sample.source))
    if task is None or not tote:
        return sample.lot
    found = _lot_there(t, sample, tote)
    if found is None:
        found = _out_of_its_parcel(t, sample, task, tote)
    lot_found = sample.lot if found is None else found
    move(t, sample.sku, lot_found, 1, tote, QUARANTINE)
    shorten(t, task.order_id, task.line, 1, fact)
    return lot_found


def _lot_there(t: Tables, sample: Sample, place: PlaceId) -> LotId | None:
    """The lot of the sample's item that lies there, the drawn one first; None if the item does not."""
    lots = [stock.lot for stock in t.where(Stock, place=place) if stock.sku == sample.sku and stock.quantity > 0]
    return sample.lot if sample.lot in lots else next(iter(lots), None)


def _out_of_its_parcel(t: Tables, sample: Sample, task: PickTask, tote: PlaceId) -> LotId | None:
    """The packer had the unit in an open parcel already: it goes back to the tote it came from."""
    for parcel in t.where(Parcel, order_id=sample.order_id):
        lot = _lot_there(t, sample, inside(parcel.id)) if parcel.status == ParcelStatus.OPEN else None
        line = t.get(OrderLine, task.order_id, task.line)
        if lot is not None and line is not None:
            move(t, sample.sku, lot, 1, inside(parcel.id), tote)
            t.put(replace(parcel, units=parcel.units - 1))
            t.put(replace(line, packed=line.packed - 1))
            return lot
    return None


def _judge_again(t: Tables, lot: InspectionLot, sample: Sample, fact: Fact) -> None:
    """Undo, unless a person has decided about the batch or the unit can't be looked at any more."""
    task = t.get(PickTask, sample.source)
    place = sample.place if lot.kind == "inbound" else tote_of(t, TaskId(sample.source))
    if not may_judge_again(lot) or not place or sample.verdict not in (Verdict.PASS, Verdict.FAIL):
        return
    if lot.disposition == Disposition.ACCEPTED:
        t.put(replace(lot, disposition=Disposition.OPEN))
    t.put(replace(sample, verdict=Verdict.NONE, reason="", seen=False))
    if sample.verdict == Verdict.FAIL:
        move(t, sample.sku, sample.lot, 1, QUARANTINE, place)
        line = t.get(OrderLine, task.order_id, task.line) if task is not None else None
        if line is not None:
            t.put(replace(line, picked=line.picked + 1, short=line.short - 1))
            settle_again(t, line.order_id, fact)
    settle_inspection(t, lot.id, fact)


@applies(e.LotDisposed)
def lot_disposed(t: Tables, event: e.LotDisposed, fact: Fact) -> None:
    lot = t.get(InspectionLot, event.inspection)
    if lot is None:
        return
    close_review(t, "batch_held", lot.id, fact.person, f"{event.decision}: {event.reason}")
    if event.decision == "accept":
        t.put(replace(lot, disposition=Disposition.ACCEPTED))
        hold_wave(t, lot, False)
        release_inbound(t, lot)
    elif event.decision == "sort":
        t.put(replace(lot, disposition=Disposition.SORTING))
        _add(t, lot.id, event.units, len(t.where(Sample, inspection=lot.id)) + 1)
        hold_wave(t, lot, False)  # each unit not judged yet holds its own order: the others need not keep their totes
        settle_inspection(t, lot.id, fact)
    else:
        t.put(replace(lot, disposition=Disposition.REJECTED))
        _reject(t, lot, fact)


def _reject(t: Tables, lot: InspectionLot, fact: Fact) -> None:
    """Rejected goods on the shelf go to quarantine; a rejected wave stays held, its parcels are put back one by one."""
    if lot.kind != "inbound":
        review(t, fact, "batch_rejected", lot.id, lot.reference)
        return
    for sample in t.where(Sample, inspection=lot.id)[:1]:
        for row in t.where(Stock, place=sample.place):
            if (row.sku, row.lot) == (sample.sku, sample.lot):
                move(t, row.sku, row.lot, row.free, row.place, QUARANTINE)
