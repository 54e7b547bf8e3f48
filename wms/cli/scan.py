"""`wms scan`: what a scanner sends, live or recorded, and what a code means."""

from __future__ import annotations

import contextlib
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

from wms.cli.output import Refusal, emit_line, is_terminal, opened
from wms.cli.parsing import command, group, positive
from wms.config import data_folder

if TYPE_CHECKING:
    from pathlib import Path

    from wms.domain.rows import Rows

PARSE = """\
  {"text": "0104006381333931", "aim": "]C1", "result": "ais", "ais": [["01", "04006381333931"]], "reason": "",
   "gtin": "04006381333931", "lot": "", "expiry": "", "best_before": "", "produced": "", "serial": "",
   "quantity": null, "weight_g": null, "gross_weight_g": null, "sscc": "", "location": "",
   "meaning": {"type": "ItemScan", "sku": "TEA-01", "quantity": 1, "lot": "", "expiry": "", "serial": "",
               "text": "0104006381333931", "weight_g": 0, "price_minor": 0}}

One line for each TEXT, with or without --json. `result` is `ais` for a GS1 message, `plain` for any other code and
`reject` for one that claims to be GS1 and is not (`reason` says why). `meaning` is what the warehouse in the data
directory makes of it, null where there is none. In TEXT, <GS> stands for the separator as a scanner sends it.

Without TEXT, JSON lines are read from stdin, each {"raw_hex": "5d4331…", "options": {}} with the bytes of one read; for
each, in order, one line is printed: {"result": "ais", "ais": [["01", "04006381333931"]]}, {"result": "plain"} or
{"result": "reject", "reason": "check_digit"}. The option "dl_zero_suppressed_gtin": true takes GTIN-8, -12 and -13 in
the path of a Digital Link."""
WATCH = """\
  {"text": "4006381333931", "aim": "", "raw_hex": "34303036333831333333393331", "source": "scanner1",
   "at": 1794200400000, "fault": ""}

One line for each read, with or without --json, until Ctrl-C. `raw_hex` is the frame without its end mark, `at` UTC
milliseconds. `fault` is '' for a good read, else garbled, partial, overlong, duplicate or bad_checksum. What becomes of
the port goes to stderr."""
REPLAY = """\
  {"id": "t01", "scans": [{"text": "4006381333931", "data_hex": "34303036333831333333393331", "aim": null, "dev": ""}],
   "events": [{"type": "partial", "dev": ""}], "host_tx": ["04d00400ff28"]}

One line for each scenario, with or without --json. `aim` is null where there is no symbology identifier, `dev` '' where
the scenario names no device; `host_tx` is what the scanner would have been sent, in order. FILE holds {"scenarios":
[{"id": "t01", "config": {"mode": "line"}, "chunks": [{"at_ms": 0, "hex": "…"}], "end_ms": 1500}]}, or one such
scenario."""
LOG = """\
  {"at": "2026-11-11T09:30:00.120Z", "source": "scanner1", "raw_hex": "5d4530…", "whole": true, "fault": "",
   "aim": "]E0", "code": "ItemScan", "tone": "ok", "said": "Correct"}

One line for each read, the oldest first; about the last 10,000 are kept. `code` is what the warehouse took it for,
`tone` and `said` the verdict. Only codes of things are kept whole; of others (`whole` false) every letter stands as A
or a, every digit as 9: framing and separators can be seen, people cannot. {"dropped": 3} tells of a disk too slow."""

_LOOK_EVERY_S = 0.2


def add(top: ArgumentParser, commands: Any) -> None:
    scan = group(commands, "scan", "what a scanner sends, and what a code means")
    parsing = command(scan, "parse", "what a code says, and what it means here", parse_texts, PARSE)
    parsing.add_argument("texts", nargs="*", metavar="TEXT", help="a read, with its AIM id if the scanner sends it")
    watching = command(scan, "watch", "every read of a scanner, as it comes", watch, WATCH)
    like = "such as /dev/ttyACM0,line:dup=150 or socket://h:9100"
    watching.add_argument("port", nargs="?", metavar="PORT[,FRAMING]", help=like)
    watching.add_argument("--port", dest="port_flag", metavar="PORT[,FRAMING]", help="the same, for scripts")
    replaying = command(scan, "replay", "recorded bytes through the framing again, in virtual time", replay, REPLAY)
    replaying.add_argument("file", metavar="FILE")
    logged = command(scan, "log", "what this terminal's scanners sent and what became of it, for support", log, LOG)
    logged.add_argument("--last", type=positive, default=20, metavar="N", help="how many reads (default: 20)")


def parse_texts(options: Namespace) -> int:
    if not options.texts:
        return _parse_lines(sys.stdin)
    if not (data_folder(options.data) / "wms.sqlite3").exists():
        for text in options.texts:
            emit_line(_parsed(text, None))
        return 0
    with opened(options) as store:
        for text in options.texts:
            emit_line(_parsed(text, store.rows))
    return 0


def _parse_lines(lines: TextIO | None) -> int:
    if lines is None or is_terminal(lines):
        raise Refusal("give a TEXT, or send JSON lines on stdin", 2)
    refused = 0
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            emit_line(_verdict(json.loads(line.removeprefix("\ufeff"))))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            refused += 1
            emit_line({"result": "reject", "reason": "malformed_line"})
            print(f'wms: line {n} is no {{"raw_hex": "…", "options": {{}}}}: {error}', file=sys.stderr)
    return 1 if refused else 0


def _verdict(asked: dict[str, Any]) -> dict[str, Any]:
    from drivers.payload import decode
    from wms.domain.gs1 import Fault, Gs1, Rejected, parse, split_aim

    raw = bytes.fromhex(asked["raw_hex"])
    text = decode(raw, "auto")
    if raw and not text:
        return {"result": "reject", "reason": str(Fault.CONTENT)}
    aim, bare = split_aim(text)
    options = asked.get("options") or {}
    message = parse(bare, aim, short_gtins=bool(options.get("dl_zero_suppressed_gtin")))
    if isinstance(message, Gs1):
        return {"result": "ais", "ais": [list(element) for element in message.elements]}
    if isinstance(message, Rejected):
        return {"result": "reject", "reason": str(message.fault)}
    return {"result": "plain"}


def _parsed(text: str, rows: Rows | None) -> dict[str, Any]:
    from wms.domain.gs1 import Gs1, Rejected, parse, parse_brackets, split_aim

    aim, bare = split_aim(text.replace("<GS>", "\x1d"))
    message = parse_brackets(bare) if bare.startswith("(") and not aim else parse(bare, aim)
    said = message if isinstance(message, Gs1) else Gs1(())
    return {
        "text": bare,
        "aim": aim,
        "result": "ais" if isinstance(message, Gs1) else "reject" if isinstance(message, Rejected) else "plain",
        "ais": [list(element) for element in said.elements],
        "reason": message.fault if isinstance(message, Rejected) else "",
        "gtin": said.gtin,
        "lot": said.lot,
        "expiry": said.expiry,
        "best_before": said.best_before,
        "produced": said.produced,
        "serial": said.serial,
        "quantity": said.quantity,
        "weight_g": said.weight_g,
        "gross_weight_g": said.gross_weight_g,
        "sscc": said.sscc,
        "location": said.location,
        "meaning": _meaning(bare, aim, rows) if rows is not None else None,
    }


def _meaning(text: str, aim: str, rows: Rows) -> dict[str, Any]:
    from wms.workflows.inputs import Scanned
    from wms.workflows.resolve import resolve

    return _fields(resolve(Scanned(text, aim), rows))


def _fields(code: Any) -> dict[str, Any]:
    import msgspec

    named: dict[str, Any] = {"type": type(code).__name__} | msgspec.to_builtins(code)
    if "candidates" in named:
        named["candidates"] = [_fields(one) for one in code.candidates]
    return named


def watch(options: Namespace) -> int:
    import signal
    import threading

    from drivers.framing_options import parse_scanner
    from drivers.scanner import Read, Scanner

    def tell(read: Read) -> None:
        emit_line(
            {
                "text": read.text,
                "aim": read.aim,
                "raw_hex": read.raw.hex(),
                "source": read.source,
                "at": read.at_ms,
                "fault": read.fault,
            }
        )

    port = options.port_flag or options.port
    if not port:
        raise Refusal("say which port: wms scan watch --port PORT[,FRAMING] (wms devices list shows them)", 2)

    def note(state: str) -> None:
        why = scanner.problem_text or scanner.trouble
        why = f": {why}" if why else ""
        print(f"wms: {port}: {state}{why}", file=sys.stderr, flush=True)

    try:
        spec = parse_scanner(port)
        scanner = Scanner(spec.address, spec.framing, tell, note, feedback=spec.feedback or "none")
    except ValueError as error:
        raise Refusal(f"{port}: {error}", 2) from error
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    scanner.start()
    told = ""
    try:
        while not ended.wait(_LOOK_EVERY_S):
            if scanner.problem_text != told:
                told = scanner.problem_text
                if told:
                    print(f"wms: {port}: waiting: {told}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        scanner.stop()
    if scanner.dropped:
        print(f"wms: {port}: {scanner.dropped} more reads and faults came than anybody scans", file=sys.stderr)
    return 0


def replay(options: Namespace) -> int:
    from pathlib import Path

    from drivers.replay import replay as play
    from wms.cli.files import content

    try:
        kept = json.loads(content(Path(options.file)))
    except ValueError as error:
        raise Refusal(f"{options.file}: this is not JSON: {error}") from error
    scenarios = kept["scenarios"] if isinstance(kept, dict) and "scenarios" in kept else kept
    scenarios = [scenarios] if isinstance(scenarios, dict) else scenarios
    if not isinstance(scenarios, list):
        raise Refusal(f'{options.file}: {{"scenarios": [...]}} or one scenario is wanted')
    refused = 0
    for n, scenario in enumerate(scenarios, 1):
        named = scenario.get("id", str(n)) if isinstance(scenario, dict) else str(n)
        try:
            emit_line({"id": named} | play(scenario).as_json())
        except ValueError as error:
            refused += 1
            emit_line({"id": named, "scans": [], "events": [], "host_tx": [], "error": str(error)})
            print(f"wms: {options.file}: scenario {n} ({named}): {error}", file=sys.stderr)
    return 1 if refused else 0


def log(options: Namespace) -> int:
    from collections import deque

    from wms.terminal.scan_log import FILE

    file = data_folder(options.data) / FILE
    newest: deque[dict[str, Any]] = deque(maxlen=options.last)
    for part in (file.with_name(f"{FILE}.1"), file):
        if part.exists():
            newest.extend(_lines_of(part))
    if not newest and not options.json:
        print(f"nothing was scanned yet with the data in {file.parent}")
    for line in newest:
        if options.json:
            emit_line(line)
        else:
            print(_log_line(line))
    return 0


def _lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """A line that a power cut left unfinished is passed over."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    yield entry


def _log_line(line: dict[str, Any]) -> str:
    from drivers.readable import readable
    from wms.terminal.text import safe

    if "dropped" in line:
        return f"… {line['dropped']} reads were not kept"
    told = {name: str(line.get(name, "")) for name in ("at", "source", "raw_hex", "fault", "code", "tone", "said")}
    try:
        shown = readable(bytes.fromhex(told["raw_hex"]))
    except ValueError:
        shown = "?"
    verdict = " ".join(filter(None, (told["fault"], told["code"], told["tone"], told["said"])))
    return safe(f"{told['at']} {told['source']}  {shown}  {verdict}")
