"""The devices of one terminal: scanners, a scale, their states, and the signal back to the scanner."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from wms.domain.records import Record
from wms.terminal.device_words import scanner_words
from wms.terminal.pan import EMPTY_BELOW_G, Pan
from wms.workflows.inputs import Input, Refreshed, ScaleAnswered, Scanned
from wms.workflows.on_scale import OnScale, scale_trouble
from wms.workflows.prompt import NOTHING, Msg, Said, Tone
from wms.workflows.view import DeviceState

if TYPE_CHECKING:
    from drivers.scale import Reading, Scale
    from drivers.scanner import Read, Scanner
    from drivers.weighing_frames import Command
    from wms.terminal.scan_log import ScanLog

_FIELD = re.compile(r"\{[^}]*\}")  # of a message: its value may be a person's


class DeviceConfig(Record):
    """Addresses as the command line takes them: `PORT[,FRAMING]` for scanners, `PORT[,PROTOCOL]` for the scale."""

    scanners: tuple[str, ...] = ()
    scale: str = ""
    feedback: str = "auto"


class Devices:
    """Opens what the configuration names and turns what it says into inputs. Raises ValueError for a bad address.

    Every read ends in `judged`, by which its scanner hears the verdict and the scan log keeps it.
    """

    def __init__(self, config: DeviceConfig, scan_log: ScanLog | None = None) -> None:
        self._submit: Callable[[Input], None] = lambda _: None
        self._scan_log = scan_log
        self._unjudged: dict[str, deque[bytes]] = {}
        self._states: dict[str, DeviceState] = {}
        self.scanners: dict[str, Scanner] = {}
        self._hears_verdicts: set[str] = set()  # scanners that wait for one after each read
        self.scale: Scale | None = None
        self.pan = Pan(self.on_scale, self._order)
        if config.scanners:
            self._add_scanners(config)
        if config.scale:
            self._add_scale(config.scale)

    def _add_scanners(self, config: DeviceConfig) -> None:
        from drivers.feedback import parse_feedback
        from drivers.framing_options import parse_scanner
        from drivers.scanner import Scanner

        for n, text in enumerate(config.scanners, 1):
            spec = parse_scanner(text)
            name = f"scanner{n}"
            self._states[name] = DeviceState.CONNECTING
            self._unjudged[name] = deque()
            feedback = spec.feedback or config.feedback
            if parse_feedback(feedback, spec.framing.mode).answers:
                self._hears_verdicts.add(name)
            self.scanners[name] = Scanner(
                spec.address, spec.framing, self._read, self._noting(name), name, feedback=feedback
            )

    def _add_scale(self, text: str) -> None:
        from drivers.scale import Scale

        address, _, protocol = text.partition(",")
        self._states["scale"] = DeviceState.CONNECTING
        self.scale = Scale(
            address, protocol or "auto", self._weighed, self._noting("scale"), on_result=self._scale_answered
        )

    def start(self, submit: Callable[[Input], None]) -> None:
        self._submit = submit
        for scanner in self.scanners.values():
            scanner.start()
        if self.scale is not None:
            self.scale.start()

    def stop(self) -> None:
        for scanner in self.scanners.values():
            scanner.stop()
        if self.scale is not None:
            self.scale.stop()

    def judged(self, scan: Scanned, tone: Tone | None, code: str = "", said: Said | None = None) -> None:
        """How a read ended: its scanner is told, without waiting for it, and it is kept for support.

        Scans are judged in the order in which each scanner submitted them. `code` is the kind of code it was.
        """
        self._signal(scan, tone)
        waiting = self._unjudged.get(scan.source)
        raw = waiting.popleft() if waiting else (scan.aim + scan.text).encode(errors="replace")
        if self._scan_log is not None:
            from wms.terminal.scan_log import Entry

            first = _FIELD.sub("…", said.lines[0].text) if said is not None and said.lines else ""
            self._scan_log.keep(Entry(scan.at, scan.source, raw, scan.fault, scan.aim, code, str(tone or ""), first))

    def _signal(self, scan: Scanned, tone: Tone | None) -> None:
        """A read without a verdict, a printed command for one, is good to a scanner that waits to hear of it."""
        scanner = self.scanners.get(scan.source)
        if scanner is None:
            return
        if tone == Tone.NO:
            scanner.bad(scan.at)
        elif tone == Tone.LOOK:
            scanner.attention(scan.at)
        elif tone == Tone.OK or (scan.source in self._hears_verdicts and not scan.fault):
            scanner.good(scan.at)

    def scanner_state(self) -> DeviceState:
        """The worst of the scanners: one that is lost is worth knowing."""
        states = [self._state_of(name) for name in self.scanners]
        order = (DeviceState.LOST, DeviceState.TROUBLE, DeviceState.CONNECTING, DeviceState.READY)
        return next((state for state in order if state in states), DeviceState.NONE)

    def scanner_says(self) -> Msg:
        """What to do about the worst of the scanners; nothing while all are well."""
        worst = self.scanner_state()
        for number, (name, scanner) in enumerate(self.scanners.items(), 1):
            if worst in (DeviceState.LOST, DeviceState.TROUBLE) and self._state_of(name) == worst:
                return scanner_words(scanner.problem or scanner.trouble, number if len(self.scanners) > 1 else 0)
        return NOTHING

    def _state_of(self, name: str) -> DeviceState:
        """One that could not be opened is as good as lost, whether it was ever there or not."""
        scanner, state = self.scanners[name], self._states[name]
        if state == DeviceState.CONNECTING and scanner.problem is not None:
            return DeviceState.LOST
        return DeviceState.TROUBLE if state == DeviceState.READY and scanner.trouble else state

    def scale_state(self) -> DeviceState:
        scale = self.on_scale()
        if scale.status == "lost":
            return DeviceState.LOST
        return DeviceState.TROUBLE if scale_trouble(scale).text else self._states.get("scale", DeviceState.NONE)

    def on_scale(self) -> OnScale:
        """What the scale says now. One that could not be opened is as good as lost."""
        if self.scale is None:
            return OnScale()
        state, last = self._states["scale"], self.scale.last
        if state == DeviceState.LOST or (state == DeviceState.CONNECTING and self.scale.problem is not None):
            return OnScale("lost")
        commands: tuple[Command, ...] = ("zero", "clear_tare")
        can = tuple(command for command in commands if self.scale.can(command))
        if last is None or state != DeviceState.READY:
            return OnScale("", can)
        return OnScale(last.status, can, last.net, last.grams is not None and last.grams >= EMPTY_BELOW_G)

    def _order(self, command: str) -> None:
        """Tell the scale; its answer becomes an input."""
        if self.scale is None:
            return
        match command:
            case "zero":
                self.scale.zero()
            case "clear_tare":
                self.scale.clear_tare()

    def _scale_answered(self, command: str, result: str) -> None:
        self._submit(ScaleAnswered(command, result))

    def _noting(self, name: str) -> Callable[[str], None]:
        def note(state: str) -> None:
            self._states[name] = DeviceState(state)
            self._submit(Refreshed())

        return note

    def _read(self, read: Read) -> None:
        self._unjudged[read.source].append(read.raw)
        self._submit(Scanned(read.text, read.aim, read.source, read.at_ms, read.fault))

    def _weighed(self, reading: Reading) -> None:
        if reading.grams is not None and (reading.bookable or reading.status == "negative"):
            self.pan.lies(int(reading.grams.quantize(Decimal(1), ROUND_HALF_UP)))
        else:
            self.pan.moves()
        self._submit(Refreshed())
