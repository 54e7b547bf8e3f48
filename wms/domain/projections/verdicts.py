"""What the verdicts on the drawn units add up to: accepted, held, or nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable

from wms.domain.events import Fact
from wms.domain.inspection import Disposition, InspectionLot, Sample, Verdict
from wms.domain.orders import Order
from wms.domain.projections.registry import close_review, review, tally
from wms.domain.records import replace
from wms.domain.rows import Tables
from wms.domain.stock import Lot
from wms.domain.waves import Batch, BatchStatus, PickTask, Wave, WaveStatus


def settle_inspection(t: Tables, inspection: str, fact: Fact, reason: str = "") -> None:
    """One failed unit holds the batch; when every unit is judged and none failed the batch is accepted."""
    lot = t.get(InspectionLot, inspection)
    if lot is None:
        return
    samples = t.where(Sample, inspection=inspection)
    failed = sum(s.verdict == Verdict.FAIL for s in samples)
    passed = sum(s.verdict == Verdict.PASS for s in samples)
    waiting = any(s.verdict == Verdict.NONE for s in samples)
    t.put(replace(lot, passed=passed, failed=failed))
    match lot.disposition:
        case Disposition.SORTING:
            wanted = Disposition.SORTING if waiting else Disposition.ACCEPTED
        case Disposition.OPEN | Disposition.HELD if failed:
            wanted = Disposition.HELD
        case Disposition.OPEN | Disposition.HELD if waiting:
            wanted = Disposition.OPEN
        case Disposition.OPEN | Disposition.HELD:
            wanted = Disposition.ACCEPTED if passed else _unseen(t, lot)
        case _:
            return
    if wanted != lot.disposition:
        _dispose(t, lot.id, wanted, fact, f"{failed},{len(samples)},{reason or 'no sample left'}")


def _unseen(t: Tables, lot: InspectionLot) -> Disposition:
    """None of the drawn units was ever picked. Once the walk is over a person decides, if anything is to be sent."""
    if any(batch.status != BatchStatus.DROPPED for batch in t.where(Batch, wave=lot.reference)):
        return Disposition.OPEN
    orders = {task.order_id for task in t.where(PickTask, wave=lot.reference) if task.put}
    going = any((order := t.get(Order, name)) is not None and not order.stop for name in orders)
    return Disposition.HELD if going else Disposition.ACCEPTED


def _dispose(t: Tables, inspection: str, wanted: Disposition, fact: Fact, detail: str) -> None:
    lot = t.get(InspectionLot, inspection)
    if lot is None:
        return
    t.put(replace(lot, disposition=wanted))
    hold_wave(t, lot, wanted == Disposition.HELD)
    if wanted == Disposition.HELD:
        tally(t, fact, "failed")
        review(t, fact, "batch_held", lot.id, detail)
    elif lot.disposition == Disposition.HELD:
        close_review(t, "batch_held", lot.id, fact.person, "undone")
    if wanted == Disposition.ACCEPTED:
        release_inbound(t, lot)


def hold_wave(t: Tables, lot: InspectionLot, held: bool) -> None:
    """A wave under inspection is held, or goes on from where it stands."""
    wave = t.get(Wave, lot.reference) if lot.kind == "outbound" else None
    if wave is None or wave.status == WaveStatus.DONE or (wave.status == WaveStatus.HELD) == held:
        return
    walked = all(batch.status == BatchStatus.DROPPED for batch in t.where(Batch, wave=wave.id))
    on = WaveStatus.PICKED if walked else WaveStatus.RELEASED
    t.put(replace(wave, status=WaveStatus.HELD if held else on))


def release_inbound(t: Tables, lot: InspectionLot) -> None:
    """Accepted goods on the shelf may be picked."""
    if lot.kind == "inbound":
        for sample in t.where(Sample, inspection=lot.id)[:1]:
            row = t.get(Lot, sample.sku, sample.lot)
            if row is not None:
                t.put(replace(row, held=False))


def lose_samples(t: Tables, samples: Iterable[Sample], fact: Fact) -> None:
    """Drawn units that nobody can look at any more are counted as gone; the others stand."""
    lost = [sample for sample in samples if sample.verdict == Verdict.NONE]
    for sample in lost:
        t.put(replace(sample, verdict=Verdict.GONE))
    for inspection in dict.fromkeys(sample.inspection for sample in lost):
        settle_inspection(t, inspection, fact)
