"""Sampling inspection: the drawn units of a batch, one after the other, against the category's checklist.

Which units are looked at was drawn when the batch was released; nobody chooses. A failed unit holds the whole batch.
"""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain.catalogue import Category, Item
from wms.domain.inspection import Disposition, InspectionLot, Sample, Verdict
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.domain.stock import Lot
from wms.domain.waves import Batch, BatchStatus, PickTask, tote_of
from wms.workflows import resolve as r
from wms.workflows.inputs import Chose, Pressed, Refreshed
from wms.workflows.keys import HELP, MORE, UNDO
from wms.workflows.prompt import Bilingual, Choice, Key, Line, Mark, Msg, Prompt, info, look, msg, ok, plain
from wms.workflows.say import category_name, item_name, lot_line, refused, tail
from wms.workflows.workflow import Happening, Step, Who, is_scan

TO_DO = (Disposition.OPEN, Disposition.HELD, Disposition.SORTING)
PASS, FAIL = "PASS", "FAIL"


class Inspecting(Record):
    """Where an inspector stands. `sample` is None when nothing is there to be looked at now."""

    who: Who
    lot: InspectionLot | None = None
    sample: Sample | None = None
    tote: str = ""
    asking: bool = False  # what is wrong with it?
    last: Sample | None = None  # the one judged last, for undo

    @property
    def screen(self) -> str:
        if self.sample is None:
            return "qc.wait"
        if self.asking:
            return "qc.reason"
        return "qc.judge" if self.sample.seen else "qc.item"


class InspectWorkflow:
    """`resume`, `step` and `prompt` of inspection."""

    def resume(self, rows: Rows, who: Who, last: Inspecting | None = None) -> Inspecting:
        judged = last.last if last is not None else None
        lots = [lot for kind in TO_DO for lot in rows.where(InspectionLot, disposition=kind)]
        for lot in sorted(lots, key=lambda lot: (lot.opened, lot.id)):
            for sample in rows.where(Sample, inspection=lot.id):
                tote = _where(sample, lot, rows)
                if sample.verdict == Verdict.NONE and tote:
                    same = last is not None and last.sample is not None and last.sample.n == sample.n
                    return Inspecting(
                        who, lot, sample, tote, last.asking if last is not None and same else False, judged
                    )
        return Inspecting(who, last=judged)

    def prompt(self, state: Inspecting, rows: Rows) -> Prompt:
        if state.sample is None or state.lot is None:
            return Prompt(
                "qc.wait",
                (msg("Inspection"),),
                verb=msg("Nothing to inspect"),
                ask=msg("Samples appear here as soon as their totes are dropped"),
                keys=(HELP, UNDO, MORE),
                handbook="inspection",
            )
        return _prompt(state, state.lot, state.sample, rows)

    def step(self, state: Inspecting, happening: Happening, rows: Rows) -> Step[Inspecting]:
        if isinstance(happening, Refreshed):
            return Step(state)
        if isinstance(happening, Pressed) and happening.key == "f3":
            return _undo(state, rows)
        if state.sample is None or state.lot is None:
            return _wrong(state, happening, rows, msg("Nothing to inspect"))
        return _look(state, state.lot, state.sample, happening, rows)


def _where(sample: Sample, lot: InspectionLot, rows: Rows) -> str:
    """The tote or bin the unit lies in; '' while it is still on the walk or already packed."""
    if lot.kind == "inbound":
        return sample.place
    task = rows.get(PickTask, sample.source)
    batch = rows.get(Batch, task.batch) if task is not None else None
    if task is None or batch is None or batch.status != BatchStatus.DROPPED or sample.unit >= task.put:
        return ""
    return tote_of(rows, task.id)


def _look(state: Inspecting, lot: InspectionLot, sample: Sample, happening: Happening, rows: Rows) -> Step[Inspecting]:
    points = _points(sample, rows)
    match happening:
        case r.ItemScan(sku=sku) if sku == sample.sku and not sample.seen:
            said = ok(msg("Right unit"), msg("Look at every point, then judge"))
            return Step(state, (c.SeeSample(lot.id, sample.n),), said)
        case r.CommandScan(command="PASS") | Pressed(key="enter") if sample.seen and not state.asking:
            said = ok(msg("Sample {n} passed", n=sample.n))
            return Step(replace(state, last=sample), (c.JudgeSample(lot.id, sample.n, True),), said)
        case r.CommandScan(command="FAIL") | Pressed(key="f2") if sample.seen:
            return Step(replace(state, asking=True))
        case Chose(index=index) if state.asking and index <= len(points):
            reason = "|".join(points[index]) if index < len(points) else "damaged"
            said = look(
                msg("Sample {n} failed: the batch is held", n=sample.n), msg("Put it aside. The supervisor decides")
            )
            judge = c.JudgeSample(lot.id, sample.n, False, reason)
            return Step(replace(state, asking=False, last=sample), (judge,), said)
        case Pressed(key="escape"):
            return Step(replace(state, asking=False))
        case r.CommandScan(command="PASS" | "FAIL"):
            return _wrong(state, happening, rows, msg("Scan the item first"))
    want = msg("Wanted: {item} ({tail})", item=item_name(rows, sample.sku), tail=tail(rows, sample.sku))
    return _wrong(state, happening, rows, want, msg("Take it from {place}", place=state.tote))


def _points(sample: Sample, rows: Rows) -> list[tuple[str, str]]:
    """The checklist of the item's own category: a batch may span several."""
    item = rows.get(Item, sample.sku)
    category = rows.get(Category, item.category) if item is not None else None
    return category.points() if category is not None else []


def _undo(state: Inspecting, rows: Rows) -> Step[Inspecting]:
    if state.last is None:
        return Step(state, said=info(msg("Nothing to undo")))
    said = info(msg("Sample {n} is to be judged again", n=state.last.n))
    return Step(replace(state, last=None), (c.UndoJudgement(state.last.inspection, state.last.n),), said)


def _wrong(state: Inspecting, happening: Happening, rows: Rows, *lines: Msg) -> Step[Inspecting]:
    if not is_scan(happening):
        return Step(state)
    return refused(state, state.screen, happening, rows, *lines)


def _prompt(state: Inspecting, lot: InspectionLot, sample: Sample, rows: Rows) -> Prompt:
    share = Line(msg("{n} of {total} drawn", n=lot.sample_size, total=lot.population))
    where = (
        msg("QC {batch} {category}", batch=lot.reference, category=category_name(rows, lot.category)),
        plain(f"{sample.n}/{rows.count(Sample, inspection=lot.id)}"),
    )
    name = Line(msg("{item}", item=item_name(rows, sample.sku)))
    base = Prompt(state.screen, where, keys=(HELP, Key("f2", msg("Failed")), UNDO, MORE), handbook="inspection")
    if state.screen == "qc.item":
        code = Line(msg("No. ..{tail}   {lot}", tail=tail(rows, sample.sku), lot=_lot(sample, rows)))
        return base.but(
            verb=msg("Take sample {n} from", n=sample.n),
            target=state.tote,
            ask=msg("Scan the item"),
            what=(name, code, share),
            keys=(HELP, UNDO, MORE),
            expects=(sample.sku,),
        )
    points = _points(sample, rows)
    if state.screen == "qc.reason":
        choices = (*(Choice(msg("{point}", point=Bilingual(zh, en))) for zh, en in points), Choice(msg("Damaged")))
        return base.but(verb=msg("What is wrong with it?"), choices=choices, keys=(HELP, Key("escape", msg("Back"))))
    checks = tuple(
        Line(msg("{n} {point}", n=n, point=Bilingual(zh, en)), Mark.TODO) for n, (zh, en) in enumerate(points, 1)
    )
    return base.but(
        verb=msg("Judge"),
        ask=msg("All right: scan PASS or press Enter"),
        what=(name, *checks, Line(msg("{lot}", lot=_lot(sample, rows))), share),
        expects=(f"CMD-{PASS}",),
    )


def _lot(sample: Sample, rows: Rows) -> Msg:
    return lot_line(rows.get(Lot, sample.sku, sample.lot))
