"""`wms devices test`: what scanners, scale and printer send, byte by byte, and what it is taken for."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from drivers.diagnosis import Bucket
from drivers.readable import readable
from drivers.scale import Reading, Scale
from drivers.scanner import Read, Scanner
from wms.cli.devices_shown import Event, lines
from wms.cli.devices_words import TROUBLES, code_says, symbology
from wms.cli.output import Refusal, configured, emit_line, opened
from wms.config import data_folder
from wms.terminal.text import safe

if TYPE_CHECKING:
    from drivers.feedback import Signal
    from drivers.framing import FramingConfig
    from wms.domain.rows import Rows

SIGNALS: tuple[Signal, ...] = ("good", "bad", "attention")
# Of a device that floods a part is shown; the rest would only keep one from reading it.
AT_ONCE, PER_S = 100, 10
MOST_WAITING = 1000
LOOK_EVERY_S = 0.5


class _TappedScanner(Scanner):
    """The scanner as the terminal uses it, which also passes on the bytes as they come."""

    def __init__(
        self, events: queue.SimpleQueue[Event], name: str, address: str, framing: FramingConfig, feedback: str
    ):
        self._events = events
        super().__init__(address, framing, self._note_read, self._note_state, name, feedback=feedback)
        self.port = address

    def received(self, data: bytes, t: float) -> None:
        _put_bytes(self._events, self.name, data)
        super().received(data, t)

    def _note_read(self, read: Read) -> None:
        self._events.put({"type": "read", "device": self.name, "read": read})

    def _note_state(self, state: str) -> None:
        self._events.put({"type": "state", "device": self.name, "port": self.port, "state": state})


class _TappedScale(Scale):
    """The scale as the terminal uses it, which also passes on the bytes as they come."""

    def __init__(self, events: queue.SimpleQueue[Event], address: str, protocol: str) -> None:
        self._events = events
        super().__init__(address, protocol, self._note_reading, self._note_state, "scale")
        self.name, self.port = "scale", address

    def received(self, data: bytes, t: float) -> None:
        _put_bytes(self._events, self.name, data)
        super().received(data, t)

    def _note_reading(self, reading: Reading) -> None:
        grams = None if reading.grams is None else f"{reading.grams:f}"
        found = {"grams": grams, "status": reading.status, "protocol": self.protocol}
        self._events.put({"type": "weight", "device": self.name} | found)

    def _note_state(self, state: str) -> None:
        self._events.put({"type": "state", "device": self.name, "port": self.port, "state": state})


def _why_not_open(device: _TappedScanner | _TappedScale) -> str:
    from drivers.address import parse_address
    from drivers.port_faults import explained
    from drivers.transport import PortError

    return str(explained(PortError(device.problem or "missing"), parse_address(device.port)))


def _put_bytes(events: queue.SimpleQueue[Event], device: str, data: bytes) -> None:
    if events.qsize() < MOST_WAITING:
        at = time.time_ns() // 1_000_000
        found = {"type": "bytes", "device": device, "at": at, "hex": data.hex(), "readable": readable(data)}
        events.put(found)


def run(options: Namespace) -> int:
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    devices = _devices(options, events)
    test = _Test(options, devices)
    if uri := _printer(options):
        test.show(_printer_event(uri))
    if not devices:
        return test.end()
    with _stopping(events), _rows(options) as rows:
        for device in devices:
            device.start()
        try:
            test.follow(events, rows)
        finally:
            for device in devices:
                device.stop()
    return test.end()


def _devices(options: Namespace, events: queue.SimpleQueue[Event]) -> list[_TappedScanner | _TappedScale]:
    """Those the options name, else all that wms.toml does."""
    from drivers.feedback import parse_feedback
    from drivers.framing_options import parse_scanner

    config = configured(options)
    scale, printer = getattr(options, "scale", None), getattr(options, "printer", None)
    named = options.port or scale or printer
    scanners = [options.port] if options.port else [] if named else list(config.scanners)
    scale = scale or ("" if named else config.scale)
    devices: list[_TappedScanner | _TappedScale] = []
    text = ""
    try:
        for number, text in enumerate(scanners, 1):
            spec = parse_scanner(text)
            feedback = options.feedback or spec.feedback or config.feedback
            if options.signals and not parse_feedback(feedback, spec.framing.mode).bad:
                raise Refusal(f"--signals: how does {text} take them? Give --feedback DIALECT", 2)
            devices.append(_TappedScanner(events, f"scanner{number}", spec.address, spec.framing, feedback))
        if text := scale:
            address, _, protocol = scale.partition(",")
            devices.append(_TappedScale(events, address, protocol or "auto"))
    except ValueError as error:
        raise Refusal(f"{text}: {error}", 2) from error
    if not devices and not _printer(options):
        raise Refusal(
            "which device? wms.toml names none. See wms devices list, then wms devices test PORT;"
            " a scanner that types: wms devices test --keyboard",
            2,
        )
    return devices


def _printer(options: Namespace) -> str:
    named: str | None = getattr(options, "printer", None)
    if named or options.port or getattr(options, "scale", None):
        return named or ""
    return configured(options).label_printer.uri


def _printer_event(uri: str) -> Event:
    from drivers.address import parse_address
    from drivers.printer import open_printer
    from wms.cli.checks.printers import mend_for

    try:
        status = open_printer(uri).status(2.0)
    except ValueError as error:
        raise Refusal(f"--printer {uri}: {error}", 2) from error
    ready = not status.reason or status.reason == "silent"
    says = status.reason.replace("_", " ") or ("ready" if status.answered else "there, tells no state")
    mend = "" if ready else mend_for(parse_address(uri), status.reason)
    return {"type": "printer", "device": "printer", "ready": ready, "says": says, "mend": mend}


@contextlib.contextmanager
def _stopping(events: queue.SimpleQueue[Event]) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the test as the clock does."""

    def stop(*_: object) -> None:
        events.put({"type": "stop"})

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _rows(options: Namespace) -> Iterator[Rows | None]:
    """The warehouse, if there is one; none is made for a test."""
    if not (data_folder(options.data) / "wms.sqlite3").exists():
        yield None
        return
    with opened(options) as store:
        yield store.rows


class _Test:
    """What was shown, and what came of each device."""

    def __init__(self, options: Namespace, devices: list[_TappedScanner | _TappedScale]) -> None:
        self._options = options
        self._devices = {device.name: device for device in devices}
        self._reads = dict.fromkeys(self._devices, 0)
        self._bytes = dict.fromkeys(self._devices, 0)
        self._troubles: dict[str, str] = {}
        self._pace = Bucket(AT_ONCE, PER_S)
        self._signalled = 0
        self._failed = False

    def follow(self, events: queue.SimpleQueue[Event], rows: Rows | None) -> None:
        """Show events until the time is up, or somebody stops it."""
        until = time.monotonic() + self._options.seconds if self._options.seconds else None
        while True:
            left = LOOK_EVERY_S if until is None else min(LOOK_EVERY_S, until - time.monotonic())
            if left <= 0:
                return
            try:
                event = events.get(timeout=left)
            except queue.Empty:
                self._tell_troubles()
                continue
            if event["type"] == "stop":
                return
            self._take(event, rows)

    def _tell_troubles(self) -> None:
        """Say once what keeps a port from being opened."""
        for name, device in self._devices.items():
            trouble = device.problem or ""
            if trouble and trouble != self._troubles.get(name):
                why = _why_not_open(device)
                self.show({"type": "state", "device": name, "port": device.port, "state": "waiting", "why": why})
            self._troubles[name] = trouble

    def _take(self, event: Event, rows: Rows | None) -> None:
        name = event["device"]
        device = self._devices[name]
        read: Read | None = None
        match event["type"]:
            case "bytes":
                self._bytes[name] += len(event["hex"]) // 2
            case "weight" if event["grams"] is not None or event["status"] in ("over", "under"):
                self._reads[name] += 1
            case "state":
                event["why"] = TROUBLES.get(device.trouble, "") if isinstance(device, _TappedScanner) else ""
            case "read":
                read = event.pop("read")
                event |= {"text": read.text, "aim": read.aim, "symbology": symbology(read.aim), "fault": read.fault}
                event |= code_says(read.text, read.aim, None if read.fault else rows)
                self._reads[name] += not read.fault
        self.show(event)
        if read is not None and isinstance(device, _TappedScanner):
            self._answer(device, read)

    def _answer(self, device: _TappedScanner, read: Read) -> None:
        """As the terminal would; with `--signals` each read by the next signal, so that one hears them all."""
        sent = SIGNALS[self._signalled % 3] if self._options.signals else "bad" if read.fault else "good"
        self._signalled += 1
        {"good": device.good, "bad": device.bad, "attention": device.attention}[sent](read.at_ms)
        if self._options.signals:
            self.show({"type": "signal", "device": device.name, "signal": sent})

    def show(self, event: Event) -> None:
        self._failed |= event["type"] == "printer" and not event["ready"]
        if event["type"] in ("bytes", "read", "signal") and not self._pace.take(time.monotonic() * 1000):
            return
        if self._options.json:
            emit_line(event)
            return
        for line in lines(event):
            print(safe(line), flush=True)

    def end(self) -> int:
        """What to do about those of which nothing came."""
        silent = [name for name, reads in self._reads.items() if not reads]
        mends = [self._mend(name) for name in silent]
        if self._options.json:
            emit_line({"type": "end", "reads": self._reads, "silent": silent, "mend": mends} | self._dropped())
        for name, mend in zip(silent, mends, strict=True):
            print(f"wms: {name}: {mend}", file=sys.stderr)
        for name, count in self._dropped().get("dropped", {}).items():
            print(
                f"wms: {name}: {count} more reads and faults came than anybody scans and were dropped", file=sys.stderr
            )
        return 1 if silent or self._failed else 0

    def _dropped(self) -> dict[str, dict[str, int]]:
        """How much of what floods was not taken; nothing where nothing does."""
        scanners = [device for device in self._devices.values() if isinstance(device, _TappedScanner)]
        counts = {device.name: device.dropped for device in scanners if device.dropped}
        return {"dropped": counts} if counts else {}

    def _mend(self, name: str) -> str:
        device = self._devices[name]
        is_scanner = isinstance(device, _TappedScanner)
        if device.problem:
            return f"{device.port} is not open: {_why_not_open(device)}"
        if isinstance(device, _TappedScanner) and device.trouble:
            return TROUBLES[device.trouble]
        if self._bytes[name] and is_scanner:
            return f"bytes came, but no whole code. Find out its settings: wms devices learn {device.port}"
        if self._bytes[name]:
            return "bytes came, but no weight. Check speed (PORT?baud=…) and protocol, and that the scale sends weights"
        if is_scanner:
            return (
                "nothing came. Is it set to serial (USB COM port), not to keyboard? Is this its port"
                " (wms devices list)? Does it wait for an answer (ACK/NAK)? Switch that off"
            )
        return "nothing came. Switch it on; check cable and speed (PORT?baud=…), and that it sends or answers"
