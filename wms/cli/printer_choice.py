"""Which printer is to be written into wms.toml: from the command line alone, or by asking a person at a terminal."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from wms.cli.output import Refusal, configured
from wms.config import FILE, PrinterConfig, PrinterRole, data_folder
from wms.terminal.text import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.printer_finding import FoundPrinter

_WIDTHS = {"58": "58", "80": "80", "104": "104", "112": "104"}
_COM = re.compile(r"(serial:)?COM\d+(\?|$)", re.IGNORECASE)
_HAVE_CHINESE = ("80",)


def chosen(options: Namespace) -> PrinterConfig:
    """What the command line says. Raises Refusal for what is missing or none."""
    if not options.name or not options.uri:
        raise Refusal("say which: wms printer add NAME URI; wms printer list shows what there is", 2)
    role: PrinterRole = options.role or "labels"
    return PrinterConfig(_name(options.name), _uri(options.uri), _profile(options.profile or ""), role)


def keep(options: Namespace, printer: PrinterConfig) -> Path:
    """Write it into wms.toml. Raises Refusal with the lines to put in by hand."""
    from wms.cli.devices_settings import CannotEdit
    from wms.cli.printer_settings import save, table_of

    configured(options)  # a broken file is not made worse
    path = data_folder(options.data) / FILE
    by_hand = f"Put in by hand:\n{table_of(printer)}"
    try:
        save(path, printer)
    except (CannotEdit, UnicodeDecodeError) as error:
        raise Refusal(f"{path} was left as it is: {error}. {by_hand}") from error
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}. {by_hand}") from error
    return path


def profile_like(what: str) -> str:
    """The model whose name is in what a printer says of itself, '' if none is."""
    from labels.profiles import models

    said = _letters(what)
    fitting = [name for name in models() if _letters(name.partition("-")[2]) in said]
    return max(fitting, key=len, default="")


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def asked(options: Namespace) -> PrinterConfig:
    """What a person at the terminal answers; what the command line says is not asked. Prints a test page if wanted."""
    from drivers.printer_finding import find_printers

    found = [] if options.uri else [one for one in find_printers() if one.way != "serial" or one.may_be]
    uri = _uri(options.uri) if options.uri else _asked_uri(found)
    name = _name(options.name) if options.name else _until(_name, "What do you call it? [labels] ", "labels")
    role: PrinterRole = options.role or "labels"
    if options.profile:
        return PrinterConfig(name, uri, _profile(options.profile), role)
    like = next((profile_like(f"{one.maker} {one.model}") for one in found if one.uri == uri), "")
    if like and _yes(f"It says it is a {like}. Take that profile? [y] "):
        return PrinterConfig(name, uri, like, role)
    width = _until(_width, "How wide is its paper, in mm: 58, 80 or 112? [80] ", "80")
    return PrinterConfig(name, uri, _tried(options, PrinterConfig(name, uri, f"raster-{width}", role), width), role)


def _tried(options: Namespace, printer: PrinterConfig, width: str) -> str:
    """The profile that a test page shows to fit; the safe one without the page."""
    from wms.cli.printers import language_of, send_test_page

    if not _yes("Print a test page now? [y] "):
        return printer.profile
    _, delivery = send_test_page(printer, printer.profile, language_of(options))
    if delivery.outcome not in ("printed", "sent"):
        print(
            f"The page did not come out: {safe(delivery.reason.replace('_', ' '))}. {printer.profile} is taken for now."
        )
        return printer.profile
    if not _yes("1: are both thick ends of the ruler on the paper? [y] "):
        print("Then the paper is narrower than said: add it again with the right width.")
    if not _yes("3 and 4: are both codes there, like those above them? [y] "):
        return printer.profile
    if width in _HAVE_CHINESE and _yes("6: is the Chinese right? [y] "):
        return f"gb18030-{width}"
    if not _yes("5: do the letters read as said? [y] "):
        return printer.profile
    return "wide-104" if width == "104" else f"generic-{width}"


def _asked_uri(found: list[FoundPrinter]) -> str:
    for number, one in enumerate(found, 1):
        print(f"{number}  {safe(one.uri)}  {safe(str(one))}")
    such = "such as socket://10.0.0.9"
    question = f"Its number, or where it is, {such}: " if found else f"No printer is plugged in. Where is it, {such}? "

    def one_of(text: str) -> str:
        if text.isdecimal() and 1 <= int(text) <= len(found):
            return found[int(text) - 1].uri
        return _uri(text)

    return _until(one_of, question, "")


def _until(read: Callable[[str], str], question: str, otherwise: str) -> str:
    """Ask until the answer can be used."""
    while True:
        try:
            return read(input(question).strip() or otherwise)
        except Refusal as refusal:
            print(f"    {refusal}")
        except EOFError:
            raise Refusal("nothing was changed") from None


def _yes(question: str) -> bool:
    try:
        return input(question).strip().lower()[:1] in ("", "y", "是")
    except EOFError:
        raise Refusal("nothing was changed") from None


def _name(text: str) -> str:
    from wms.cli.printer_settings import require_name

    try:
        return require_name(text)
    except ValueError as error:
        raise Refusal(str(error), 2) from error


def _width(text: str) -> str:
    if text not in _WIDTHS:
        raise Refusal(f"{text} is none of 58, 80, 112", 2)
    return _WIDTHS[text]


def _uri(text: str) -> str:
    """The address under a name that lasts, and independent of where we are. Raises Refusal for one that is none."""
    from drivers.address import parse_address
    from drivers.ports import better_name

    try:
        address = parse_address(text)
    except ValueError as error:
        raise Refusal(f"{text}: {error}", 2) from error
    if address.kind == "pyserial":
        raise Refusal(f"{text}: use socket://HOST:9100, a device, cups:QUEUE or file:PATH", 2)
    path = Path(address.target).expanduser()
    if address.kind == "file":
        if path.is_dir():
            raise Refusal(f"{text}: that is a folder; name a file in it", 2)
        return f"file:{path.absolute()}"
    if address.kind == "device" and (path.is_dir() or not (path.is_absolute() or _COM.match(text) or path.exists())):
        raise Refusal(f"{text}: no such device; use socket://HOST:9100, /dev/…, cups:QUEUE or file:PATH", 2)
    if address.kind == "device" and (better := better_name(address.target)):
        query = text.partition("?")[2]
        return f"{better}?{query}" if query else better
    return text


def _profile(name: str) -> str:
    from labels.profiles import profile_named

    try:
        return profile_named(name).name if name else ""
    except ValueError as error:
        raise Refusal(f"--profile {json.dumps(name)}: {error}", 2) from error
