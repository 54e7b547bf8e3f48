"""`wms orders watch`: a folder that exports are dropped into."""

from __future__ import annotations

import json
import signal
import sys
import threading
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, opened
from wms.cli.parsing import command, language_flag

if TYPE_CHECKING:
    from wms.intake import IntakeReport
    from wms.intake.inbox import Inbox

WATCH = """\
  {"file": "orders.csv", "moved": "done/orders.csv", "report": {…as `wms orders import` prints one file…}}

One line for each file. The report also lies beside the file, as NAME.report.json."""
_LOOK_SECONDS = 1.0


def add(orders: Any) -> None:
    watching = command(orders, "watch", "take in what is dropped into a folder", watch, WATCH)
    watching.add_argument("folder", metavar="DIR", help="files go to DIR/done or DIR/failed, each with its report")
    watching.add_argument(
        "--channel", default="auto", metavar="NAME", help="a format, or the channel of orders without"
    )
    watching.add_argument("--once", action="store_true", help="take in what is there now, and end")
    language_flag(watching)


def watch(options: Namespace) -> int:
    from wms.intake.inbox import Inbox

    folder = Path(options.folder)
    if not folder.is_dir():
        raise Refusal(f"{folder} is no folder")
    inbox, ended = Inbox(folder), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    failed = False
    while not ended.is_set():
        try:
            files = inbox.ready(at_once=options.once)
        except OSError as error:
            raise Refusal(f"{folder}: {error.strerror}") from error
        if files:
            failed = not _take(options, inbox, files) or failed
        if options.once:
            return 1 if failed else 0
        ended.wait(_LOOK_SECONDS)
    return 0


def _take(options: Namespace, inbox: Inbox, files: list[Path]) -> bool:
    """Whether all of them could be read; what could not is told, and put away with the reason."""
    from wms.channels import read
    from wms.cli.acting import because, zone_of
    from wms.cli.orders_import import document_of, goods_of, require_set_up, taken_in
    from wms.intake.files import source_of

    sources = [source_of(path) for path in files if path.exists()]
    with opened(options) as store:
        require_set_up(store.rows)
        imported = read(sources, options.channel, zone_of(store.rows), goods_of(store.rows))
        report = taken_in(store, imported)
    documents = document_of(report, lambda reason: because(options, reason))["files"]
    whole = True
    for path, document in zip(files, documents, strict=True):
        wrong = bool(document["file_level"]) or _left_out(report, path.name)
        whole = whole and not wrong
        _tell(options, inbox, path, document, failed=wrong)
    return whole


def _left_out(report: IntakeReport, name: str) -> bool:
    """Whether orders of the file are still to be recorded, since whoever decides refused or could not be reached."""
    return bool(report.stopped) and any(
        entry.reason == "not_recorded"
        for account in report.imported.files
        if account.name == name
        for entry in account.entries
    )


def _tell(options: Namespace, inbox: Inbox, path: Path, document: dict[str, Any], *, failed: bool) -> None:
    taken = inbox.put_away(path, document, failed=failed)
    moved = taken.moved.relative_to(inbox.folder).as_posix() if taken.moved is not None else ""
    if options.json:
        print(json.dumps({"file": path.name, "moved": moved, "report": document}, ensure_ascii=True), flush=True)
    else:
        from wms.cli.orders_import import summary

        print(f"{path.name}: {summary(document)}", flush=True)
    if taken.why:
        print(f"wms: {path.name} could not be put away: {taken.why}. Move it yourself", file=sys.stderr)
