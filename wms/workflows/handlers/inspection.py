"""Samples looked at and judged; batches decided."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import TaskId
from wms.domain.inspection import Disposition, InspectionLot, Sample, Verdict, may_judge_again
from wms.domain.packing import PackJob
from wms.domain.rows import Rows
from wms.domain.waves import PickTask, Slot, tote_of
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import msg


@handles(c.SeeSample)
def see_sample(command: c.SeeSample, rows: Rows, context: Context) -> Answer:
    return (e.SampleSeen(command.inspection, command.n),)


@handles(c.JudgeSample)
def judge_sample(command: c.JudgeSample, rows: Rows, context: Context) -> Answer:
    sample = rows.get(Sample, command.inspection, command.n)
    if sample is None or sample.verdict != Verdict.NONE:
        return refuse(msg("This sample is already judged"))
    if not sample.seen:
        return refuse(msg("Scan the item first"))
    if not command.passed and not command.reason:
        return refuse(msg("Say what is wrong with it"))
    return (e.SampleJudged(command.inspection, command.n, command.passed, command.reason),)


@handles(c.UndoJudgement)
def undo_judgement(command: c.UndoJudgement, rows: Rows, context: Context) -> Answer:
    sample, lot = rows.get(Sample, command.inspection, command.n), rows.get(InspectionLot, command.inspection)
    if sample is None or lot is None or sample.verdict not in (Verdict.PASS, Verdict.FAIL):
        return refuse(msg("Nothing to undo"))
    if not may_judge_again(lot):
        return refuse(msg("The batch is already decided"), msg("Call the supervisor"))
    job = rows.get(PackJob, sample.order_id)
    if job is not None:
        return refuse(msg("{device} is packing this order", device=job.device), msg("Call the supervisor"))
    if lot.kind == "outbound" and not tote_of(rows, TaskId(sample.source)):
        return refuse(msg("This order is already packed"), msg("Call the supervisor"))
    passed = sample.verdict == Verdict.PASS
    return (e.SampleJudged(command.inspection, command.n, passed, "", undone=True),)


@handles(c.DisposeLot)
def dispose_lot(command: c.DisposeLot, rows: Rows, context: Context) -> Answer:
    lot = rows.get(InspectionLot, command.inspection)
    if lot is None or lot.disposition != Disposition.HELD:
        return refuse(msg("This batch is not held"))
    if not command.reason.strip():
        return refuse(msg("A decision needs a reason"))
    units = _all_units(lot, rows) if command.decision == "sort" else ()
    return (e.LotDisposed(command.inspection, command.decision, command.reason, units),)


def _all_units(lot: InspectionLot, rows: Rows) -> tuple[e.DrawnUnit, ...]:
    """Every unit of the batch that was not drawn yet and is still to be had."""
    samples = rows.where(Sample, inspection=lot.id)
    drawn = {(sample.source, sample.unit) for sample in samples}
    if lot.kind == "inbound":
        first = samples[0]
        return tuple(
            e.DrawnUnit(first.source, unit, first.sku, first.lot, place=first.place)
            for unit in range(lot.population)
            if (first.source, unit) not in drawn
        )
    units = []
    for task in rows.where(PickTask, wave=lot.reference):
        if rows.get(Slot, task.batch, task.slot) is None or (task.put and not tote_of(rows, task.id)):
            continue  # packed already: its parcel is held and looked at there
        units += [
            e.DrawnUnit(task.id, unit, task.sku, task.lot, task.order_id, task.place)
            for unit in range(task.quantity)
            if (task.id, unit) not in drawn
        ]
    return tuple(units)
