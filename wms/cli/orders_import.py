"""`wms orders import`: merchants' exports in, with an account of every order and record."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, table
from wms.cli.parsing import command, language_flag

if TYPE_CHECKING:
    from wms.channels import Goods, Import
    from wms.domain.auditing import Rules
    from wms.domain.rows import Rows
    from wms.intake import IntakeReport
    from wms.intake.master import Master
    from wms.store import Store

IMPORT = """\
  {"files": [{"file": "orders.csv", "channel": "shopify", "encoding": "utf-8", "records": 47, "file_level": null,
     "counts": {"ready": {"orders": 24, "lines": 35, "units": 62}, "ready_nolabel": {...}, "hold": {...},
                "reject": {...}, "skip": {...}, "already_done": {"lines": 2, "units": 2}},
     "outcomes": [{"record": 3, "order": "#1003", "outcome": "skip", "column": "Financial Status",
                   "text": "pending", "reason": "not_paid", "says": "Not paid yet", "lines": 3, "units": 3,
                   "also": [], "offered": {}}]}],
   "dry_run": false, "checked": true, "stopped": ""}

`outcomes` lists every order or record that is not plainly ready. `record` counts data records from 1. `file_level`
says why a file was refused whole; nothing of it was taken then. `offered` has goods that look like an unknown code.
`checked` is false where no goods are known yet: what lines name was not looked at. Exit code 1 if a file was refused.
Where nothing could be read, as a file that is not there: {"files": [], "error": "orders.csv: no such file ..."}
"""


def add(orders: Any) -> None:
    files: ArgumentParser = command(
        orders, "import", "take in a merchant's export, every record accounted for", import_orders, IMPORT
    )
    files.add_argument("files", nargs="+", metavar="FILE_OR_FOLDER", help="files that belong together go together")
    files.add_argument("--channel", default="auto", metavar="NAME", help="a format, or the channel of orders without")
    files.add_argument(
        "--catalog", metavar="FILE", help="the merchant's list of goods (a column sku): new ones are set up"
    )
    files.add_argument("--dry-run", action="store_true", help="say what would become of it, record nothing")
    language_flag(files)


def import_orders(options: Namespace) -> int:
    """A program that reads the document gets one too where nothing was read."""
    from wms.cli.output import emit_line

    try:
        return _import(options)
    except Refusal as refusal:
        if options.json:
            emit_line({"files": [], "error": str(refusal)})
        raise


def _import(options: Namespace) -> int:
    from wms.channels import read
    from wms.cli.acting import zone_of
    from wms.cli.files import sources
    from wms.intake import rehearse

    files = sources(options.files)
    master = _master(options.catalog) if options.catalog else None
    with opened(options, make=True) as store:
        if not options.dry_run:
            require_set_up(store.rows, master)
            if master is not None:
                _set_up(store, master)
        goods = goods_of(store.rows, master)
        imported = read(files, options.channel, zone_of(store.rows), goods)
        report = rehearse(store, imported) if options.dry_run else taken_in(store, imported)
    return _tell(options, report, checked=goods is not None)


def _master(name: str) -> Master:
    from wms.channels import of_bytes
    from wms.cli.files import content
    from wms.domain.decode import Unreadable
    from wms.domain.reasons import explain
    from wms.intake.master import read_master

    path = Path(name)
    try:
        return read_master(of_bytes(path.name, content(path)))
    except Unreadable as error:
        text, values = explain(error.reason)
        raise Refusal(f"{name}: {text.format(**values)}") from error
    except ValueError as error:
        raise Refusal(f"{name}: {error}") from error


def require_set_up(rows: Rows, master: Master | None = None) -> None:
    """Raises `Refusal`: orders for goods that nobody knows could only be held."""
    from wms.domain.catalogue import Item

    if master is None and not rows.all(Item):
        raise Refusal(
            "no items are set up yet: wms setup import DIR/*.csv, or give the merchant's list of goods with --catalog"
            " (--dry-run reads the files alone)"
        )


def _set_up(store: Store, master: Master) -> None:
    """A member's goods come from its hub's office; here it says them itself, and they travel as facts do."""
    from wms.cli.acting import operator

    events = list(master.events(store.rows))
    if events:
        store.record(events, operator())


def goods_of(rows: Rows, master: Master | None = None) -> Goods | None:
    """What lines may name; None where nothing is known yet."""
    from wms.domain.catalogue import Item
    from wms.intake import StoreGoods

    if rows.all(Item):
        return StoreGoods(rows) if master is None else _Both(StoreGoods(rows), master.goods())
    return master.goods() if master is not None else None


class _Both:
    """The goods that are set up, then those of a list that is given."""

    def __init__(self, *both: Goods) -> None:
        self._both = both

    def find(self, code: str) -> tuple[Any, int] | None:
        return next((found for goods in self._both if (found := goods.find(code)) is not None), None)

    def near(self, code: str) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(sku for goods in self._both for sku in goods.near(code)))


def taken_in(store: Store, imported: Import) -> IntakeReport:
    """Take in what was read, then review it. A member hears first what its hub knows, so that it seals no recipient
    twice."""
    from wms.cli.acting import deciding, operator
    from wms.intake import take_in
    from wms.order_review import review_orders
    from wms.sync.membership import sync_now

    if not store.decides:
        sync_now(store)
    rules = _rules(store)
    with deciding(store) as decider:
        report = take_in(store, imported, decider.carry_out, operator(), _progress)
        review_orders(store, report.taken, decider.carry_out, operator(), rules)
    return report


def _rules(store: Store) -> Rules:
    from wms.order_review import BadRules, rules_of

    try:
        return rules_of(store.folder)
    except BadRules as error:
        raise Refusal(str(error), 2) from error


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty() and of:
        end = "\n" if done >= of else ""
        print(f"\r{done * 100 // of:3} %  {done} / {of}", end=end, file=sys.stderr, flush=True)


def _tell(options: Namespace, report: IntakeReport, *, checked: bool) -> int:
    from wms.cli.acting import because, in_words
    from wms.intake.report import document_of

    def said(reason: str) -> str:
        return because(options, reason)

    stopped = in_words(options, report.stopped)
    document = document_of(report, said)
    document |= {"dry_run": options.dry_run, "checked": checked, "stopped": stopped}
    emit(options, document, lambda: _text(document["files"]))
    if not checked:
        print("wms: no goods are set up yet: what the lines name was not checked", file=sys.stderr)
    if stopped:
        print(f"wms: {stopped}", file=sys.stderr)
    refused = [one for one in document["files"] if one["file_level"]]
    for one in refused:
        print(f"wms: {one['file']}: {one['says']}", file=sys.stderr)
    return 1 if refused or stopped else 0


def _text(files: Sequence[dict[str, Any]]) -> str:
    return "\n\n".join(map(_file_text, files))


def _file_text(file: dict[str, Any]) -> str:
    title = f"{file['file']}  {file['channel']}  {file['encoding']}"
    rows = [(one["record"], one["order"], one["outcome"], one["column"] or "", one["says"]) for one in file["outcomes"]]
    listed = table(("RECORD", "ORDER", "OUTCOME", "COLUMN", "WHY"), rows) if rows else ""
    return "\n".join(filter(None, (title, listed, summary(file))))


def summary(file: dict[str, Any]) -> str:
    """`32 orders in 47 records: 24 ready, 3 need you, 5 not ours, 0 lost`, or why the file was refused."""
    from wms.workflows.import_words import HERE

    if file["file_level"]:
        return str(file["says"])
    counts = {name: found["orders"] for name, found in file["counts"].items() if name != "already_done"}
    here = sum(one["reason"] in HERE for one in file["outcomes"])
    parts = (
        (counts["ready"], "ready"),
        (counts["ready_nolabel"], "ready, label from the platform"),
        (counts["hold"], "need you"),
        (counts["skip"] - here, "not ours"),
        (here, "here already"),
        (counts["reject"], "refused"),
    )
    said = "".join(f"{count} {what}, " for count, what in parts if count)
    return f"{sum(counts.values())} orders in {file['records']} records: {said}0 lost"
