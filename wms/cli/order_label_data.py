"""`wms orders label-data`: what platforms and carriers give for labels, by file; and who waits for it."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, table, utc, wall
from wms.cli.parsing import command, language_flag

if TYPE_CHECKING:
    from wms.domain.rows import Rows
    from wms.label_giving import Report
    from wms.store import Store

EXAMPLE = """\
  {"dry_run": false, "counts": {"given": 1, "same": 0, "conflict": 1, "unmatched": 0, "refused": 0},
   "rows": [{"file": "labels.csv", "record": 2, "order": "A-1002", "id": "shop-A-1002", "waybill": "SF1234567890123",
             "result": "conflict", "reasons": ["waybill_differs:SF1234567890000"], "says": "…"}], "stopped": ""}
  with --waiting:
  {"waiting": [{"order": "shop-A-1003", "reference": "A-1003", "status": "picked", "where": "TOTE-004",
                "since": "2026-11-11T08:30:00Z"}]}

Columns: order, channel, waybill, carrier, sort_code, routing_code, qr, masked_name, masked_phone, masked_address.
Exit code 1 if a row was refused, matches no order or contradicts another: the others were taken."""


def add(orders: Any) -> None:
    """`orders` is the group of `wms orders`."""
    giving = command(orders, "label-data", "take in waybills and codes for labels, or list who waits", run, EXAMPLE)
    giving.add_argument("files", nargs="*", metavar="FILE_OR_FOLDER")
    giving.add_argument("--waiting", action="store_true", help="list the orders whose label only the platform can give")
    giving.add_argument("--dry-run", action="store_true", help="say what would become of each row, record nothing")
    language_flag(giving)


def run(options: Namespace) -> int:
    if options.waiting == bool(options.files):
        raise Refusal("name the files, or ask with --waiting", 2)
    with opened(options) as store:
        return _waiting(options, store.rows) if options.waiting else _given(options, store)


def _given(options: Namespace, store: Store) -> int:
    from wms.channels.label_data import read
    from wms.cli.acting import deciding, operator
    from wms.cli.files import read_files
    from wms.label_giving import give

    rows = [row for name, data in read_files(options.files) for row in read(name, data)]
    if options.dry_run:
        return _tell(options, give(store.rows, rows, None))
    with deciding(store) as decider:
        return _tell(options, give(store.rows, rows, lambda asked: decider.carry_out(asked, operator())))


def _tell(options: Namespace, report: Report) -> int:
    from wms.cli.acting import because, in_words
    from wms.label_giving import Result

    stopped = in_words(options, report.stopped)
    document = {
        "dry_run": options.dry_run,
        "counts": report.counts,
        "rows": [
            {
                "file": told.row.file,
                "record": told.row.record,
                "order": told.row.order,
                "id": told.order,
                "waybill": told.row.label.waybill,
                "result": told.result,
                "reasons": [told.reason] if told.reason else [],
                "says": because(options, told.reason),
            }
            for told in report.rows
        ],
        "stopped": stopped,
    }

    def text() -> str:
        shown = [
            (f"{told.row.file}:{told.row.record}", told.row.order, told.result, because(options, told.reason))
            for told in report.rows
            if told.reason
        ]
        counts = ", ".join(f"{count} {result}" for result, count in report.counts.items() if count) or "no rows"
        said = f"would be {counts}" if options.dry_run else counts
        return f"{table(('ROW', 'ORDER', 'RESULT', 'WHY'), shown)}\n\n{said}" if shown else said

    emit(options, document, text)
    bad = sum(report.counts[result] for result in (Result.REFUSED, Result.UNMATCHED, Result.CONFLICT))
    if stopped:
        print(f"wms: {stopped}", file=sys.stderr)
    elif bad:
        print(f"wms: rows that gave no label: {bad}. Mend them and give the file again", file=sys.stderr)
    return 1 if bad else 0


def _waiting(options: Namespace, rows: Rows) -> int:
    from wms.cli.acting import language_of, zone_of
    from wms.domain.labelling import LabelWait, lacks_label
    from wms.domain.orders import Order, OrderStatus
    from wms.terminal.messages import speech
    from wms.workflows.packing_labels import totes_of, where

    alive = (OrderStatus.READY, OrderStatus.IN_WAVE, OrderStatus.SHORT, OrderStatus.PICKED)
    orders = [order for status in alive for order in rows.where(Order, status=status)]
    lacking = sorted((o for o in orders if lacks_label(rows, o) and not o.stop), key=lambda o: (o.ship_by, o.id))
    voice, zone = speech(language_of(options)), zone_of(rows)
    found = [(order, rows.get(LabelWait, order.id)) for order in lacking]
    places = {
        order.id: voice.say(where(wait, rows)) if wait else ", ".join(totes_of(order.id, rows)) for order, wait in found
    }
    document = [
        {
            "order": order.id,
            "reference": order.reference,
            "status": order.status,
            "where": places[order.id],
            "since": utc(wait.since) if wait else "",
        }
        for order, wait in found
    ]
    lines = [
        (order.id, order.status, wall(order.ship_by, zone), places[order.id], wall(wait.since, zone) if wait else "")
        for order, wait in found
    ]
    emit(options, {"waiting": document}, lambda: table(("ORDER", "STATUS", "SHIP BY", "WHERE", "WAITS SINCE"), lines))
    return 0
