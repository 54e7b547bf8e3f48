"""Inspection: samples drawn and judged, batches held and decided."""

from __future__ import annotations

from dataclasses import replace

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.inspection import Disposition, InspectionLot, Sample, Verdict
from wms.domain.orders import OrderLine
from wms.domain.places import QUARANTINE
from wms.domain.projections.picking import settle_again, shorten
from wms.domain.projections.registry import applies, close_review, review, tally
from wms.domain.rows import Tables
from wms.domain.stock import Lot, Stock, move
from wms.domain.waves import PickTask, Slot, Wave, WaveStatus


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
        t.put(replace(sample, verdict=Verdict.NONE, reason="", seen=False))
    else:
        tally(t, fact, "samples")
        t.put(replace(sample, verdict=Verdict.PASS if event.passed else Verdict.FAIL, reason=event.reason))
    if not event.passed and lot.kind == "outbound":
        _set_aside(t, sample, fact, back=event.undone)
    settle_inspection(t, event.inspection, fact, event.reason)


def _set_aside(t: Tables, sample: Sample, fact: Fact, *, back: bool) -> None:
    """A failed unit leaves its tote for quarantine and its order is short by it; undoing brings it back."""
    task = t.get(PickTask, sample.source)
    slot = t.get(Slot, task.batch, task.slot) if task is not None else None
    if task is None or slot is None or (back and sample.verdict != Verdict.FAIL):
        return
    if back:
        move(t, sample.sku, sample.lot, 1, QUARANTINE, slot.tote)
        line = t.get(OrderLine, task.order_id, task.line)
        if line is not None:
            t.put(replace(line, picked=line.picked + 1, short=line.short - 1))
        settle_again(t, task.order_id, fact)
    else:
        move(t, sample.sku, sample.lot, 1, slot.tote, QUARANTINE)
        shorten(t, task.order_id, task.line, 1, fact)


def settle_inspection(t: Tables, inspection: str, fact: Fact, reason: str = "") -> None:
    """One failed unit holds the batch; when every unit is judged and none failed the batch is accepted."""
    lot = t.get(InspectionLot, inspection)
    if lot is None:
        return
    samples = t.where(Sample, inspection=inspection)
    failed = sum(s.verdict == Verdict.FAIL for s in samples)
    passed = sum(s.verdict == Verdict.PASS for s in samples)
    counted = replace(lot, passed=passed, failed=failed)
    waiting = any(s.verdict == Verdict.NONE for s in samples)
    if lot.disposition == Disposition.OPEN and failed:
        counted = replace(counted, disposition=Disposition.HELD)
        tally(t, fact, "failed")
        _hold(t, lot, True)
        review(t, fact, "batch_held", inspection, f"{failed},{len(samples)},{reason}")
    elif lot.disposition == Disposition.HELD and not failed:
        counted = replace(counted, disposition=Disposition.OPEN)
        _hold(t, lot, False)
        close_review(t, "batch_held", inspection, fact.person, "undone")
    elif lot.disposition == Disposition.SORTING and not waiting:
        counted = replace(counted, disposition=Disposition.ACCEPTED)
        _hold(t, lot, False)
    if counted.disposition == Disposition.OPEN and not waiting:
        counted = replace(counted, disposition=Disposition.ACCEPTED)
        _release_inbound(t, counted)
    t.put(counted)


@applies(e.LotDisposed)
def lot_disposed(t: Tables, event: e.LotDisposed, fact: Fact) -> None:
    lot = t.get(InspectionLot, event.inspection)
    if lot is None:
        return
    close_review(t, "batch_held", lot.id, fact.person, f"{event.decision}: {event.reason}")
    if event.decision == "accept":
        t.put(replace(lot, disposition=Disposition.ACCEPTED))
        _hold(t, lot, False)
        _release_inbound(t, lot)
    elif event.decision == "sort":
        t.put(replace(lot, disposition=Disposition.SORTING))
        _add(t, lot.id, event.units, len(t.where(Sample, inspection=lot.id)) + 1)
    else:
        t.put(replace(lot, disposition=Disposition.REJECTED))
        _reject(t, lot, fact)


def _hold(t: Tables, lot: InspectionLot, held: bool) -> None:
    if lot.kind == "outbound":
        wave = t.get(Wave, lot.reference)
        if wave is not None and wave.status != WaveStatus.DONE:
            open_again = WaveStatus.PICKED if wave.closed >= wave.tasks else WaveStatus.RELEASED
            t.put(replace(wave, status=WaveStatus.HELD if held else open_again))


def _release_inbound(t: Tables, lot: InspectionLot) -> None:
    if lot.kind == "inbound":
        for sample in t.where(Sample, inspection=lot.id)[:1]:
            row = t.get(Lot, sample.sku, sample.lot)
            if row is not None:
                t.put(replace(row, held=False))


def _reject(t: Tables, lot: InspectionLot, fact: Fact) -> None:
    """Rejected goods on the shelf go to quarantine; a rejected wave stays held, its parcels are put back one by one."""
    if lot.kind != "inbound":
        review(t, fact, "batch_rejected", lot.id, lot.reference)
        return
    for sample in t.where(Sample, inspection=lot.id)[:1]:
        for row in t.where(Stock, place=sample.place):
            if (row.sku, row.lot) == (sample.sku, sample.lot):
                move(t, row.sku, row.lot, row.free, row.place, QUARANTINE)
