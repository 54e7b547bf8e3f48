"""`wms devices`: what is plugged in, what it sends, how it is set up."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import Any

from wms.cli.parsing import command, group, language_flag, positive

LIST = """\
  {"ports": [{"name": "/dev/serial/by-id/usb-Honeywell_1950g-if00", "device": "/dev/ttyACM0", "stable": true,
              "description": "Honeywell 1950g", "maker": "Honeywell", "vendor_id": "0c2e", "product_id": "0cb1",
              "kind": "scanner", "access": true, "owners": [], "detail": "", "mend": "", "used_as": ["scanner1"],
              "setting": "scanners = [\\"/dev/serial/by-id/usb-Honeywell_1950g-if00\\"]"}],
   "elsewhere": [{"used_as": "printer", "written": "socket://192.0.2.10:9100"}],
   "absent": [{"used_as": "scale", "written": "/dev/ttyUSB7"}]}

`setting` is the line for wms.toml, '' for a port that it names already. `elsewhere` is what wms.toml names and no port
of this machine is, such as a network address; `absent` what it names and nobody has plugged in."""
TEST = """\
  {"type": "state", "device": "scanner1", "port": "/dev/ttyACM0", "state": "ready", "why": ""}
  {"type": "bytes", "device": "scanner1", "at": 1794200400000, "hex": "5d43…0d", "readable": "]C10104006381333931<CR>"}
  {"type": "read", "device": "scanner1", "text": "0104006381333931", "aim": "]C1", "symbology": "GS1-128", "fault": "",
   "result": "ais", "ais": [["01", "04006381333931"]], "reason": "", "meaning": null}
  {"type": "weight", "device": "scale", "grams": "420", "status": "stable", "protocol": "sics"}
  {"type": "signal", "device": "scanner1", "signal": "good"}
  {"type": "printer", "device": "printer", "ready": true, "says": "ready", "mend": ""}
  {"type": "end", "reads": {"scanner1": 1, "scale": 1}, "silent": [], "mend": []}

JSON lines. Exit code 1 if one of the devices gave no read and no weight; `mend` then says what to do."""
LEARN = """\
  {"type": "scan", "number": 1, "code": "letters", "text": "WMS-yZ-aQ1"}
  {"type": "bytes", "code": "letters", "hex": "5d4330574d53…0d", "readable": "]C0WMS-yZ-aQ1<CR>"}
  {"type": "again", "code": "letters", "why": "That was code 2. Scan code 1."}
  {"type": "learned", "usable": true, "scanner": "/dev/ttyACM0,stx", "setting": "scanners = [\\"/dev/ttyACM0,stx\\"]",
   "remarks": [{"what": "stx", "grade": "good", "says": "each code is framed by STX and ETX"}], "written": ""}

JSON lines. `grade` is `good`, `look` (it works, but could be better) or `bad`; `written` is the file that `--write`
changed. Exit code 1 if nothing was learnt that works."""
SHEET = """\
  {"codes": [{"name": "letters", "text": "WMS-yZ-aQ1", "aim": "]C0"}],
   "settings": [{"purpose": "suffix_cr", "setting": "Add CR Suffix, All Symbologies", "command": "VSUFCR.",
                 "source": "Honeywell Xenon 1900/1910 User's Guide, …"}], "file": "sheet.pdf", "outcome": ""}

FILE ends in .pdf (A4), .png (a picture of what a roll printer makes) or anything else (the bytes for a roll printer).
`command` is '' where the maker shows the code as a picture only; then the sheet names the place in its manual."""
MAKERS = ("honeywell", "zebra", "datalogic", "newland", "none")
PROFILES = (
    "generic-58",
    "generic-80",
    "wide-104",
    "gb18030-80",
    "raster-58",
    "raster-80",
    "raster-80-300dpi",
    "raster-104",
)


def add(top: ArgumentParser, commands: Any) -> None:
    devices = group(commands, "devices", "what is plugged in, what it sends, how to set it up")
    command(devices, "list", "every port, by the name to write down, and what uses it", _list, LIST)

    test = command(devices, "test", "what devices send, byte by byte, and what it is taken for", _test, TEST)
    test.add_argument("port", nargs="?", metavar="PORT[,FRAMING]", help="a scanner (default: all that wms.toml names)")
    test.add_argument("--scale", default=SUPPRESS, metavar="PORT[,PROTOCOL]", help="a scale; PROTOCOL is found out")
    test.add_argument("--printer", default=SUPPRESS, metavar="URI", help="a printer: is it ready?")
    test.add_argument("--seconds", type=positive, default=0, metavar="N", help="stop after N (default: at Ctrl-C)")
    test.add_argument("--signals", action="store_true", help="answer reads by the signals good, bad, attention in turn")
    test.add_argument("--feedback", metavar="DIALECT", help="how the scanner is signalled (default: wms.toml's)")
    test.add_argument("--keyboard", action="store_true", help="a scanner that types: what this terminal gets from it")

    learn = command(devices, "learn", "find out a scanner's settings from the setup sheet", _learn, LEARN)
    learn.add_argument("port", metavar="PORT", help="such as /dev/ttyACM0 or socket://host:9100")
    learn.add_argument("--write", action="store_true", help="put the line into wms.toml")
    learn.add_argument("--seconds", type=positive, default=60, metavar="N", help="to wait for each code (default: 60)")

    sheet = command(devices, "sheet", "print the setup sheet", _sheet, SHEET)
    sheet.add_argument("-o", "--output", metavar="FILE", help=".pdf, .png, or the bytes for a roll printer")
    sheet.add_argument("--printer", default=SUPPRESS, metavar="URI", help="a roll printer")
    sheet.add_argument("--profile", choices=PROFILES, default="raster-80", help="default: raster-80")
    sheet.add_argument("--maker", choices=MAKERS, default="none", help="with the settings that this maker publishes")
    language_flag(sheet)


def _list(options: Namespace) -> int:
    from wms.cli.devices_list import run

    return run(options)


def _test(options: Namespace) -> int:
    from wms.cli import devices_keyboard, devices_live

    return devices_keyboard.run(options) if options.keyboard else devices_live.run(options)


def _learn(options: Namespace) -> int:
    from wms.cli.devices_learn import run

    return run(options)


def _sheet(options: Namespace) -> int:
    from wms.cli.devices_sheet import run

    return run(options)
