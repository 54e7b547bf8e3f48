"""`wms printer`: which printers there are, how they are, and how one is set up."""

from __future__ import annotations

import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, configured, emit, is_terminal, table
from wms.cli.parsing import command, group, language_flag
from wms.terminal.text import safe

if TYPE_CHECKING:
    from labels import Language, Profile
    from wms.cli.checks.printers import Look
    from wms.config import PrinterConfig

LIST = """\
  {"configured": [{"name": "dock", "uri": "socket://10.0.0.9:9100", "profile": "gb18030-80", "for": "labels",
                   "ready": true, "says": "is ready", "mend": ""}],
   "found": [{"uri": "/dev/usb/lp0", "way": "usb", "maker": "EPSON", "model": "TM-T20III", "may_be": true,
              "profile": "epson-tm-t20iii", "used_as": []}],
   "profiles": [{"name": "generic-80", "maker": "", "dots": 576, "dpi": 203, "text": "codepage",
                 "native": ["code128", "qr"], "source": ""}]}

`may_be` is false for a serial port, which does not tell what is behind it. `profile` is the model that fits, '' if
none is known."""
STATUS = """\
  {"printers": [{"name": "dock", "uri": "socket://10.0.0.9:9100", "profile": "gb18030-80", "for": "labels",
                 "ready": false, "answered": true, "online": false, "paper": "out", "cover_open": false,
                 "error": false, "reason": "paper_out", "says": "paper out",
                 "mend": "put in a new roll"}]}

`paper` is ok, low, out or unknown. A printer that does not tell its state counts as ready. Exit code 1 if one of them
cannot print."""
ADD = """\
  {"name": "dock", "uri": "socket://10.0.0.9:9100", "profile": "gb18030-80", "for": "labels", "file": ".../wms.toml",
   "ready": true, "says": "is ready", "mend": "", "replaced": ""}

URI is socket://HOST[:9100], a device such as /dev/usb/lp0, /dev/ttyUSB0?baud=115200&rtscts=1 (serial, with the flow
control that is set at the printer), cups:QUEUE or file:PATH; ?status=0 behind it keeps questions from a printer that
prints instead of answering them. A printer of that name is replaced: `replaced` tells where it was. At a terminal
what is left out is asked for, and a test page is printed; nothing is asked otherwise."""
TEST = """\
  {"name": "dock", "uri": "socket://10.0.0.9:9100", "profile": "generic-80", "bytes": 26451, "outcome": "printed",
   "reason": "", "mend": ""}

`printed`: the printer said so. `sent`: everything went out. `not_sent`, `broken`: see `reason`; then the exit code is
1. The page tells by its lines which profile fits."""


def add(top: ArgumentParser, commands: Any) -> None:
    printers = group(commands, "printer", "which printers there are, how they are, how one is set up")
    command(printers, "list", "printers of wms.toml, and those that could be set up", list_printers, LIST)
    status = command(printers, "status", "online, paper, cover: can it print?", show_status, STATUS)
    status.add_argument("name", nargs="?", metavar="NAME", help="default: all of wms.toml")
    new = command(printers, "add", "write a printer into wms.toml", add_printer, ADD)
    new.add_argument("name", nargs="?", metavar="NAME", help="what you call it, such as dock")
    new.add_argument("uri", nargs="?", metavar="URI", help="where it is")
    new.add_argument("--profile", metavar="MODEL", help="its model, or a generic one: wms printer list names them")
    new.add_argument("--for", dest="role", choices=("labels", "documents"), default=None, help="default: labels")
    language_flag(new)
    test = command(printers, "test", "print a page that tells which profile fits", print_test, TEST)
    test.add_argument("name", nargs="?", metavar="NAME", help="default: the labels' printer")
    test.add_argument("--profile", default=SUPPRESS, metavar="MODEL", help="as wide as this one (default: wms.toml's)")
    language_flag(test)


def list_printers(options: Namespace) -> int:
    from dataclasses import asdict

    from drivers.printer_finding import find_printers
    from labels.profiles import PROFILES, models
    from wms.cli.printer_choice import profile_like

    looks = [_seen(printer) for printer in configured(options).all_printers()]
    found = [
        asdict(one)
        | {
            "profile": profile_like(str(one)),
            "used_as": [seen.printer.name for seen in looks if _leads_to(seen.printer.uri, one.uri)],
        }
        for one in find_printers()
    ]
    profiles = [*PROFILES.values(), *models().values()]
    emit(
        options,
        {
            "configured": [_brief(seen) for seen in looks],
            "found": found,
            "profiles": [_profile_as_json(profile) for profile in profiles],
        },
        lambda: "\n\n".join(
            (_configured_text(looks), _found_text(found), "profiles: " + ", ".join(each.name for each in profiles))
        ),
    )
    return 0


def _profile_as_json(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "maker": profile.maker,
        "dots": profile.dots,
        "dpi": profile.dpi,
        "text": profile.text,
        "native": sorted(profile.native),
        "source": profile.source,
    }


def _configured_text(looks: list[Look]) -> str:
    if not looks:
        return "no printer is configured: wms printer add"
    head = ("PRINTER", "WHERE", "PROFILE", "FOR", "HOW IT IS")
    rows = [(s.printer.name, s.printer.uri, s.printer.profile, s.printer.role, s.says) for s in looks]
    return "\n".join([table(head, rows), *(f"    -> {s.printer.name}: {s.mend}" for s in looks if s.mend)])


def _found_text(found: list[dict[str, Any]]) -> str:
    if not found:
        return "no USB printer, CUPS queue or serial port is there; one in the network is socket://HOST:9100"
    kinds = {"serial": "a serial port", "usb": "a USB printer", "cups": "a CUPS queue"}
    rows = [
        (
            one["uri"],
            " ".join(part for part in (one["maker"], one["model"]) if part) or kinds[one["way"]],
            one["profile"],
            ", ".join(one["used_as"]),
        )
        for one in found
    ]
    return table(("TO CHOOSE FROM", "WHAT IT SAYS IT IS", "PROFILE THAT FITS", "USED AS"), rows)


def show_status(options: Namespace) -> int:
    looks = [_seen(printer) for printer in _named(options)]
    emit(
        options,
        {"printers": [_brief(seen) | _details(seen) for seen in looks]},
        lambda: table(
            ("PRINTER", "WHERE", "HOW IT IS", "WHAT TO DO"),
            [(seen.printer.name, seen.printer.uri, seen.says, seen.mend) for seen in looks],
        ),
    )
    return 0 if all(_ready(seen) for seen in looks) else 1


def add_printer(options: Namespace) -> int:
    from wms.cli.printer_choice import asked, chosen, keep

    printer = asked(options) if is_terminal(sys.stdin) and not options.json else chosen(options)
    before = next((one.uri for one in configured(options).all_printers() if one.name == printer.name), "")
    path = keep(options, printer)
    seen = _seen(printer)
    replaced = f" in place of the one at {safe(before)}" if before else ""
    says = f": {seen.says}" if seen.status.reason not in ("", "silent") else f" {seen.says}"
    emit(
        options,
        _brief(seen) | {"file": str(path), "replaced": before},
        lambda: (
            f"{path} has the printer {printer.name}{replaced}. {printer.uri}{says}"
            + (f"\n    -> {seen.mend}" if seen.mend else "")
        ),
    )
    return 0


def print_test(options: Namespace) -> int:
    from drivers.address import parse_address
    from wms.cli.checks.printers import mend_for

    printer = _named(options, every=False)[0]
    profile = getattr(options, "profile", "") or printer.profile
    size, delivery = send_test_page(printer, profile, language_of(options))
    good = delivery.outcome in ("printed", "sent")
    mend = "" if good else mend_for(parse_address(printer.uri), delivery.reason)
    document = {
        "name": printer.name,
        "uri": printer.uri,
        "profile": profile,
        "bytes": size,
        "outcome": delivery.outcome,
        "reason": delivery.reason,
        "mend": mend,
    }
    if good or options.json:
        emit(options, document, lambda: f"{printer.uri}: the test page was {delivery.outcome}")
    if not good:
        reason = delivery.reason.replace("_", " ")
        print(f"wms: {printer.uri}: the test page did not come out: {reason}. {mend}", file=sys.stderr)
    return 0 if good else 1


def send_test_page(printer: PrinterConfig, profile: str, language: Language) -> tuple[int, Any]:
    """How many bytes it had, and what became of it. Raises Refusal for an address or a profile that is none."""
    from drivers.printer import open_printer
    from labels.printer_trial import trial_page
    from labels.profiles import DEFAULT_PROFILE, profile_named

    try:
        page = trial_page(profile_named(profile) if profile else DEFAULT_PROFILE, language)
        return len(page), open_printer(printer.uri).send(page, timeout_s=30.0)
    except ValueError as error:
        raise Refusal(f"{printer.name}: {error}", 2) from error


def _named(options: Namespace, *, every: bool = True) -> tuple[PrinterConfig, ...]:
    """The printer of that name; without a name all, or the labels' one. Raises Refusal if there is none."""
    config = configured(options)
    printers = config.all_printers()
    if options.name:
        found = tuple(printer for printer in printers if printer.name == options.name)
        if not found:
            known = ", ".join(printer.name for printer in printers) or "none"
            raise Refusal(f"wms.toml has no printer {options.name}; it has {known}", 2)
        return found
    if not printers:
        raise Refusal("no printer is configured: wms printer add NAME URI")
    return printers if every else (config.printer_for("labels") or printers[0],)


def _seen(printer: PrinterConfig) -> Look:
    from drivers.printer_status import PrinterStatus
    from wms.cli.checks.finding import State
    from wms.cli.checks.printers import Look, look_at

    try:
        return look_at(printer)
    except ValueError as error:
        status = PrinterStatus(answered=False, reason="unknown_profile" if "is called" in str(error) else "unsupported")
        return Look(printer, status, State.BAD, f"cannot be used: {error}", "mend its lines in wms.toml")


def _ready(seen: Look) -> bool:
    return seen.status.reason in ("", "silent")


def _brief(seen: Look) -> dict[str, Any]:
    printer = seen.printer
    return {
        "name": printer.name,
        "uri": printer.uri,
        "profile": printer.profile,
        "for": printer.role,
        "ready": _ready(seen),
        "says": seen.says,
        "mend": seen.mend,
    }


def _details(seen: Look) -> dict[str, Any]:
    status = seen.status
    return {
        "answered": status.answered,
        "online": status.online,
        "paper": status.paper,
        "cover_open": status.cover_open,
        "error": status.error,
        "reason": status.reason,
    }


def _leads_to(written: str, found: str) -> bool:
    from drivers.port_system import device_number

    path = written.removeprefix("serial:").partition("?")[0]
    if found in (path, written):
        return True
    number = device_number(path) if path.startswith("/dev/") else None
    return number is not None and number == device_number(found)


def language_of(options: Namespace) -> Language:
    named: Language | None = getattr(options, "language", None)
    return named or ("zh_CN" if configured(options).language == "zh_CN" else "en")
