"""`wms` by itself: opens the terminal."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from wms.cli.output import Refusal, configured, is_terminal
from wms.config import Config


def add(top: ArgumentParser, commands: Any) -> None:
    device_flags(top)
    top.set_defaults(run=run)


SCALE_HELP = (
    "a serial or socket:// scale; PROTOCOL is auto (found by itself), sics, toledo, tol8217, cas22, casenq, nci, dini, "
    "xk3190, xk3190r, xk3190w or plain; one that shows no kg has its unit appended, as tol8217-lb"
)


def device_flags(to: ArgumentParser) -> None:
    """The devices for this run, instead of the configured ones."""
    to.add_argument("--scanner", action="append", metavar="PORT[,FRAMING]", help="a serial or socket:// scanner")
    to.add_argument("--printer", metavar="URI", help="socket://HOST:PORT, a device, or file:PATH")
    to.add_argument("--scale", metavar="PORT[,PROTOCOL]", help=SCALE_HELP)
    to.add_argument("--language", choices=("zh_CN", "en"), help="before anybody has signed in")
    to.add_argument("--ascii", action="store_true", help="draw without block characters")
    to.add_argument("--mirror", metavar="PATH", help="write every prompt as a JSON line, for voice and scripts")


def with_flags(config: Config, options: Namespace) -> Config:
    """The configuration with this run's flags laid over it. Raises `Refusal` for an address that is none."""
    from drivers.framing_options import parse_scanner

    for text in options.scanner or ():
        try:
            parse_scanner(text)
        except ValueError as error:
            raise Refusal(f"--scanner {text}: {error}", 2) from error
    scale = options.scale or config.scale
    _require_protocol(scale)
    if options.printer and "://" in options.printer and not options.printer.startswith("socket://"):
        raise Refusal(
            f"--printer {options.printer}: use socket://HOST:PORT, a device, serial:PORT, cups:QUEUE or file:PATH", 2
        )
    return config.but(
        scanners=tuple(options.scanner) if options.scanner else config.scanners,
        printer=options.printer or config.printer,
        printers=() if options.printer else config.printers,
        scale=scale,
        language=options.language or config.language,
        ascii=options.ascii or config.ascii,
        mirror=options.mirror or config.mirror,
    )


def _require_protocol(scale: str) -> None:
    protocol = scale.partition(",")[2]
    if not protocol:
        return
    from drivers.weighing import bare_parser

    if protocol != "auto":
        try:
            bare_parser(protocol)
        except ValueError as error:
            raise Refusal(f"scale {scale}: {error}", 2) from None


def has_screen() -> bool:
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def run(options: Namespace) -> int:
    from wms.bootstrap import Unopenable, run_terminal

    config = with_flags(configured(options), options)
    if not has_screen():
        raise Refusal("wms opens a screen and needs a terminal. For all commands: wms --help")
    try:
        return run_terminal(config)
    except Unopenable as error:
        raise Refusal(str(error)) from error
