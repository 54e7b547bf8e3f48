"""`wms demo`: a whole warehouse on this machine, to try, to play, or to be lived through by itself."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from wms.cli.output import Refusal, emit, emit_line, table
from wms.cli.parsing import positive, shared
from wms.cli.terminal import has_screen
from wms.config import Config, data_folder
from wms.workflows.prompt import msg

HINTS = (
    msg("Demo: type BDG-1008, then Enter"),
    msg("Supervisor: BDG-1007, PIN 1234"),
    msg("In a second terminal: wms demo panel"),
)
SHEET = "wms-demo-codes.html"
REPORT = """\
with --autopilot --json:
  {"seed": 1, "orders": {"in": 72, "shipped": 66, "held": 3, "short": 0, "cancelled": 3, "waiting": 0}, "lines": 158,
   "scans": {"total": 1210, "refused": 130, ...}, "invariants": {"stock_conserved": true, ...}, ...}

exit code 1 if an invariant does not hold, or if the day could not be lived to its end."""


def add(top: ArgumentParser, commands: Any) -> None:
    from argparse import RawDescriptionHelpFormatter

    from wms.cli.terminal import device_flags

    about = "a furnished warehouse with a simulated scanner, scale and printer"
    demo = commands.add_parser(
        "demo",
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=REPORT,
        formatter_class=RawDescriptionHelpFormatter,
        parents=[shared()],
    )
    device_flags(demo)
    demo.add_argument("--seed", type=int, default=1, metavar="N", help="what is invented, and who errs when")
    demo.add_argument("--autopilot", action="store_true", help="live the whole day without a person, print its report")
    demo.add_argument("--orders", nargs="+", type=Path, metavar="PATH", help="with --autopilot: files or folders")
    demo.add_argument("--limit", type=positive, metavar="N", help="with --autopilot: the first N orders")
    demo.add_argument("--keep", type=Path, metavar="DIR", help="with --autopilot: keep all data there")
    demo.set_defaults(run=run)
    more = demo.add_subparsers(dest="subcommand", metavar="SUBCOMMAND")
    sheet = more.add_parser("sheet", help="every code one can scan, on one page", parents=[shared()])
    sheet.add_argument("-o", "--output", type=Path, metavar="FILE.html", help=f"default: {SHEET}")
    sheet.set_defaults(run=write_sheet)
    panel = more.add_parser("panel", help="play the bench of a running demo from a second terminal", parents=[shared()])
    panel.set_defaults(run=play)


def demo_folder(options: Namespace) -> Path:
    """`--data` as it is, else a folder of its own below the usual place."""
    return data_folder(options.data) if options.data else data_folder(None) / "demo"


def run(options: Namespace) -> int:
    if options.autopilot:
        return _autopilot(options)
    if options.orders or options.limit or options.keep:
        raise Refusal("--orders, --limit and --keep go with --autopilot", 2)
    if not has_screen():
        raise Refusal("wms demo opens a screen and needs a terminal. Without one: wms demo --autopilot")
    return _open(options)


# Somebody tries it


def _open(options: Namespace) -> int:
    from wms.bootstrap import run_terminal
    from wms.cli.terminal import with_flags
    from wms.config import load
    from wms.demo.bench import SimulatedBench
    from wms.demo.panel import MIRROR

    folder = demo_folder(options)
    _furnish(options, folder)
    with contextlib.ExitStack() as stack:
        try:
            bench = stack.enter_context(SimulatedBench(folder))
        except OSError as error:
            raise Refusal(str(error)) from error
        config = load(folder).but(scanners=(bench.scanner,), scale=bench.scale, printer=bench.printer)
        (folder / MIRROR).unlink(missing_ok=True)
        config = with_flags(config.but(mirror=str(folder / MIRROR)), options)
        print(_how(options, config))
        return run_terminal(config, HINTS)


def _furnish(options: Namespace, folder: Path) -> None:
    from wms.demo.warehouse import NotADemonstration, open_demonstration

    try:
        open_demonstration(folder, getattr(options, "seed", 1)).close()
    except NotADemonstration as error:
        raise Refusal(str(error)) from error


def _how(options: Namespace, config: Config) -> str:
    named = f" --data {config.data}" if options.data else ""
    return f"""\
A furnished warehouse, in {config.data}
Scan, type or show the badge 1008 first: BDG-1008. 1007 is the supervisor, PIN 1234.
Without a scanner: type a code and press Enter; or in a second terminal, which knows what comes next:
    wms demo panel{named}
All codes on one page to print or to scan from another screen: wms demo sheet{named}
Printed labels are pictures in {config.data / "labels"}. F4 leads out."""


def play(options: Namespace) -> int:
    from wms.demo.panel import panel

    return panel(demo_folder(options))


def write_sheet(options: Namespace) -> int:
    from wms.demo.sheet import as_json, sheet, write_html
    from wms.demo.warehouse import NotADemonstration, open_demonstration

    try:
        store = open_demonstration(demo_folder(options))
    except NotADemonstration as error:
        raise Refusal(str(error)) from error
    with contextlib.closing(store):
        codes = sheet(store.rows)
    if options.output or not options.json:
        path = options.output or Path(SHEET)
        try:
            write_html(codes, path)
        except OSError as error:
            raise Refusal(f"{path} can't be written: {error.strerror}") from error
    if options.json:
        emit_line(as_json(codes))
    else:
        print(f"{len(codes)} codes in {path}")
    return 0


# It runs by itself


def _autopilot(options: Namespace) -> int:
    from wms.demo.autopilot import FAILURES, Interrupted, run
    from wms.demo.autopilot.told import told

    for path in options.orders or ():
        if not path.exists():
            raise Refusal(f"there is no {path}", 2)
    folder = _own_folder(options.keep)
    kept = True
    try:
        report = run(folder, tuple(options.orders or ()), options.limit, options.seed)
        kept = options.keep is not None or not report.sound
        emit(options, report.document if kept else {**report.document, "data": ""}, lambda: told(report, table))
        if kept:
            print(f"wms: all data of the day is kept in {folder}", file=sys.stderr)
        return 0 if report.sound else 1
    except FAILURES as error:
        raise Refusal(f"the day could not be lived to its end: {error}\nAll data is kept in {folder}") from error
    except Interrupted:
        kept = options.keep is not None
        raise KeyboardInterrupt from None
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


def _own_folder(named: Path | None) -> Path:
    """An empty folder for the day. Raises `Refusal` if the one named holds something."""
    if named is None:
        return Path(tempfile.mkdtemp(prefix="wms-day-"))
    if named.exists() and any(named.iterdir()):
        raise Refusal(f"{named} is not empty: a day needs a folder of its own")
    named.mkdir(parents=True, exist_ok=True)
    return named.absolute()
