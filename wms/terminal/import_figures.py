"""An import in figures, and what of it somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable

from wms.channels import Entry, FileAccount, Result
from wms.domain.orders import Order
from wms.domain.rows import Rows
from wms.intake import IntakeReport
from wms.workflows.import_state import Figures
from wms.workflows.import_words import HERE

_FIRST = {Result.REJECT: 0, Result.HOLD: 1, Result.READY_NOLABEL: 2, Result.SKIP: 3}


def figures(report: IntakeReport, rows: Rows) -> Figures:
    files = report.imported.files
    entries = [entry for file in files for entry in file.entries]
    here = sum(entry.orders for entry in entries if entry.reason in HERE)
    by = {result: sum(entry.orders for entry in entries if entry.result == result) for result in Result}
    return Figures(
        orders=sum(entry.orders for entry in entries),
        records=sum(file.records for file in files),
        ready=by[Result.READY],
        no_label=by[Result.READY_NOLABEL],
        hold=by[Result.HOLD],
        not_ours=by[Result.SKIP] - here,
        here=here,
        refused=by[Result.REJECT],
        stopped=sum(_would_be_stopped(entry, rows) for entry in entries),
        recorded=len(report.taken),
    )


def needing_a_look(files: Iterable[FileAccount]) -> tuple[Entry, ...]:
    """All that is not plainly ready: refused files and what needs a person first, what is here already last."""
    found: list[Entry] = []
    for n, file in enumerate(files):
        if file.fault:
            found.append(Entry(n, 0, file.name, Result.REJECT, file.fault, orders=0))
        found += (entry for entry in file.entries if not entry.plain)
    found.sort(key=lambda entry: (_FIRST[entry.result], entry.reason in HERE, entry.file, entry.record))
    return tuple(found)


def _would_be_stopped(entry: Entry, rows: Rows) -> bool:
    """Whether the channel has taken back an order that is in the warehouse and goes on."""
    parsed = entry.order
    if parsed is None or not parsed.taken_back or entry.result == Result.REJECT:
        return False
    known = rows.get(Order, f"{parsed.channel}-{parsed.reference}")
    return known is not None and known.reference == parsed.reference and not known.stop
