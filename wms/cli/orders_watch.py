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
    from wms.channels import Source
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
    from wms.cli.orders_import import goods_of, require_set_up, taken_in
    from wms.intake.report import document_of, not_taken

    found = [(path, source) for path in files if (source := _source(inbox, path)) is not None]
    with opened(options) as store:
        require_set_up(store.rows)
        try:
            sources = [source for _, source in found]
            imported = read(sources, options.channel, zone_of(store.rows), goods_of(store.rows))
        except OSError as error:
            for path, _ in found:
                _leave(inbox, path, error)
            return False
        report = taken_in(store, imported)
    documents = document_of(report, lambda reason: because(options, reason))["files"]
    refused = [not_taken(account) for account in imported.files]
    for (path, _), document, failed in zip(found, documents, refused, strict=True):
        _tell(options, inbox, path, document, failed=failed)
    return not any(refused)


def _source(inbox: Inbox, path: Path) -> Source | None:
    """None for a file that somebody has taken away again, or that can't be opened: that is told."""
    from wms.intake.files import source_of

    try:
        return source_of(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        _leave(inbox, path, error)
        return None


def _leave(inbox: Inbox, path: Path, error: OSError) -> None:
    inbox.leave(path)
    print(f"wms: {_shown(path)} can't be read: {error.strerror or error}", file=sys.stderr)


def _tell(options: Namespace, inbox: Inbox, path: Path, document: dict[str, Any], *, failed: bool) -> None:
    taken = inbox.put_away(path, document, failed=failed)
    moved = taken.moved.relative_to(inbox.folder).as_posix() if taken.moved is not None else ""
    if options.json:
        print(json.dumps({"file": path.name, "moved": moved, "report": document}, ensure_ascii=True), flush=True)
    else:
        from wms.cli.orders_import import summary

        print(f"{_shown(path)}: {summary(document)}", flush=True)
    if taken.why:
        print(f"wms: {_shown(path)} could not be put away: {taken.why}. Move it yourself", file=sys.stderr)
    elif taken.moved is None:
        print(f"wms: {_shown(path)} was changed while it was read, and is read again", file=sys.stderr)


def _shown(path: Path) -> str:
    """A name may be of any bytes, and of letters that a terminal obeys."""
    return path.name.encode("utf-8", "backslashreplace").decode() if path.name.isprintable() else ascii(path.name)
