"""The command line: one parser, one module per group of commands, imported only when it is used."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise

from wms.cli.output import Refusal
from wms.cli.parsing import shared
from wms.config import BadConfig, Unfit

GROUPS = (
    "terminal",
    "demo",
    "orders",
    "waves",
    "setup",
    "floor",
    "stock",
    "labels",
    "printers",
    "label",
    "devices",
    "scan",
    "qc",
    "plan",
    "sync",
    "hub",
    "keeping",
    "data",
    "people",
    "doctor",
)

_OWN_NAME = frozenset(GROUPS) - {"terminal", "waves", "printers", "keeping"}
"""Groups that are called as their one command."""

VALUED = {"--data", "--scanner", "--printer", "--scale", "--language", "--mirror"}


def parser(groups: Sequence[str] = GROUPS) -> argparse.ArgumentParser:
    """The whole parser, or that of some groups."""
    top = argparse.ArgumentParser(
        prog="wms", description="Pick, pack, inspect and ship: a terminal for warehouse floors.", parents=[shared()]
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    for group in groups:
        import_module(f"wms.cli.{group}").add(top, commands)
    return top


class _Version(argparse.Action):
    """Asked of the installed package, and only then: the look-up takes longer than the whole parser."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(f"wms {version('wms')}")
        parser.exit()


def run(arguments: Sequence[str]) -> int:
    """Returns 0 for success, 1 when the work was refused with a reason on stderr, 2 for wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that this locale can't write is no reason to stop
    try:
        options = parser(_groups_for(arguments)).parse_args(arguments)
        options.data = getattr(options, "data", None)
        options.json = getattr(options, "json", False)
        code: int = options.run(options)
        sys.stdout.flush()
    except SystemExit as stopped:  # argparse: usage shown, or help
        return stopped.code if isinstance(stopped.code, int) else 2
    except Refusal as refusal:
        print(f"wms: {refusal}", file=sys.stderr)
        return refusal.code
    except BadConfig as error:
        print(f"wms: {error}", file=sys.stderr)
        return 2
    except Unfit as error:
        print(f"wms: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return _reader_left()
    except KeyboardInterrupt:
        print("wms: stopped", file=sys.stderr)
        return 130
    return code


def _groups_for(arguments: Sequence[str]) -> Sequence[str]:
    """Nobody waits for fifteen groups of commands to be parsed when the terminal alone is opened, or when the command's
    name says which group it is of."""
    words = [now for before, now in pairwise(("", *arguments)) if not now.startswith("-") and before not in VALUED]
    if not words:
        return GROUPS if {"-h", "--help"} & set(arguments) else GROUPS[:1]
    return (GROUPS[0], words[0]) if words[0] in _OWN_NAME else GROUPS


def _reader_left() -> int:
    """Whoever read our output (`head`) has had enough; the interpreter must not try to flush the rest when it ends
    (docs.python.org, signal, "Note on SIGPIPE")."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
