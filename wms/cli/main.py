"""The command line: one parser, one module per group of commands, imported only when it is used."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from wms.cli.output import Refusal

GROUPS = ("terminal", "demo", "orders", "waves", "setup", "stock", "labels", "scan", "qc", "sync", "keeping", "doctor")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="wms", description="Pick, pack, inspect and ship: a terminal for warehouse floors.", parents=[shared()]
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for group in GROUPS:
        import_module(f"wms.cli.{group}").add(top, commands)
    return top


def shared() -> argparse.ArgumentParser:
    """`--data` and `--json`, taken before or after the subcommand."""
    parent = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    parent.add_argument("--data", metavar="DIR", help="the data directory (default: WMS_DATA, else the platform's)")
    parent.add_argument("--json", action="store_true", help="one JSON document on stdout, or JSON lines for streams")
    return parent


def run(arguments: Sequence[str]) -> int:
    """Returns 0 for success, 1 when the work was refused with a reason on stderr, 2 for wrong usage."""
    options = parser().parse_args(arguments)
    options.data = getattr(options, "data", None)
    options.json = getattr(options, "json", False)
    try:
        code: int = options.run(options)
    except Refusal as refusal:
        print(f"wms: {refusal}", file=sys.stderr)
        return refusal.code
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("wms: stopped", file=sys.stderr)
        return 130
    return code
