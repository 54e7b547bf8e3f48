"""What the parsers of all commands have in common."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from datetime import date
from typing import Any


def shared() -> ArgumentParser:
    """`--data` and `--json`, taken before or after the subcommand."""
    parent = ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    parent.add_argument("--data", metavar="DIR", help="the data directory (default: WMS_DATA, else the platform's)")
    parent.add_argument("--json", action="store_true", help="one JSON document on stdout, or JSON lines for streams")
    return parent


def group(commands: Any, name: str, about: str) -> Any:
    """A command that only has subcommands; returns what they are added to."""
    parser = commands.add_parser(name, help=about, description=_sentence(about), parents=[shared()])
    return parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)


def command(commands: Any, name: str, about: str, run: Callable[[Namespace], int], example: str = "") -> ArgumentParser:
    """A command that does something; `example` shows what it prints with `--json`."""
    parser: ArgumentParser = commands.add_parser(
        name,
        help=about,
        description=_sentence(about),
        epilog=f"with --json:\n{example}" if example else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[shared()],
    )
    parser.set_defaults(run=run)
    return parser


def _sentence(about: str) -> str:
    end = "" if about.endswith(("?", ".")) else "."
    return f"{about[0].upper()}{about[1:]}{end}"


def language_flag(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--language", choices=("zh_CN", "en"), default=argparse.SUPPRESS, help="of what is printed (default: LANG)"
    )


def positive(text: str) -> int:
    """A whole number from 1 up."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"must be a whole number from 1 up, not {text!r}")
    return int(text)


def difference(text: str) -> int:
    """A whole number that is not 0, such as -3 or 5."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not number:
        raise ArgumentTypeError(f"must be a whole number other than 0, not {text!r}")
    return number


def day(text: str) -> str:
    """A date as 2026-12-31."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ArgumentTypeError(f"must be a date such as 2026-12-31, not {text!r}") from None


def filled(text: str) -> str:
    """A text that says something."""
    if not text.strip():
        raise ArgumentTypeError("must not be empty")
    return text.strip()
