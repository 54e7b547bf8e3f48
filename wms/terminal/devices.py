"""The devices of one terminal: scanners, a scale, their states, and the signal back to the scanner."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from wms.domain.records import Record
from wms.workflows.inputs import Input, Refreshed, Scanned, Weighed
from wms.workflows.prompt import Tone
from wms.workflows.view import DeviceState

if TYPE_CHECKING:
    from drivers.scale import Reading, Scale
    from drivers.scanner import Read, Scanner

EMPTY_BELOW_G = 20
log = logging.getLogger("wms.scans")


class DeviceConfig(Record):
    """Addresses as the command line takes them: `PORT[,FRAMING]` for scanners, `PORT[,PROTOCOL]` for the scale."""

    scanners: tuple[str, ...] = ()
    scale: str = ""
    feedback: str = "none"


class Devices:
    """Opens what the configuration names and turns what it says into inputs. Raises ValueError for a bad address."""

    def __init__(self, config: DeviceConfig) -> None:
        self._submit: Callable[[Input], None] = lambda _: None
        self._states: dict[str, DeviceState] = {}
        self.scanners: dict[str, Scanner] = {}
        self.scale: Scale | None = None
        self.pan = Pan()
        if config.scanners:
            self._add_scanners(config)
        if config.scale:
            self._add_scale(config.scale)

    def _add_scanners(self, config: DeviceConfig) -> None:
        from drivers.framing_options import parse_scanner
        from drivers.scanner import Scanner

        for n, text in enumerate(config.scanners, 1):
            address, framing = parse_scanner(text)
            name = f"scanner{n}"
            self._states[name] = DeviceState.CONNECTING
            self.scanners[name] = Scanner(
                address, framing, self._read, self._noting(name), name, feedback=config.feedback
            )

    def _add_scale(self, text: str) -> None:
        from drivers.scale import Scale

        address, _, protocol = text.partition(",")
        self._states["scale"] = DeviceState.CONNECTING
        self.scale = Scale(address, protocol or "auto", self._weighed, self._noting("scale"))

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

    def signal(self, source: str, tone: Tone) -> None:
        """Tell the scanner that read the code how it ended. Never waits."""
        scanner = self.scanners.get(source)
        if scanner is None:
            return
        if tone == Tone.OK:
            scanner.good()
        elif tone == Tone.NO:
            scanner.bad()
        elif tone == Tone.LOOK:
            scanner.attention()

    def scanner_state(self) -> DeviceState:
        """The worst of the scanners: one that is lost is worth knowing."""
        states = [state for name, state in self._states.items() if name != "scale"]
        order = (DeviceState.LOST, DeviceState.CONNECTING, DeviceState.READY)
        return next((state for state in order if state in states), DeviceState.NONE)

    def scale_state(self) -> DeviceState:
        return self._states.get("scale", DeviceState.NONE)

    def _noting(self, name: str) -> Callable[[str], None]:
        def note(state: str) -> None:
            self._states[name] = DeviceState(state)
            self._submit(Refreshed())

        return note

    def _read(self, read: Read) -> None:
        log.info("%s %s %r", read.source, read.fault or "read", read.raw)
        self._submit(Scanned(read.text, read.aim, read.source, read.at_ms, read.fault))

    def _weighed(self, reading: Reading) -> None:
        if reading.status in ("over", "under", "silent"):
            self._states["scale"] = DeviceState.TROUBLE
        elif self._states.get("scale") == DeviceState.TROUBLE:
            self._states["scale"] = DeviceState.READY
        if reading.bookable and reading.grams is not None:
            self.pan.lies(int(reading.grams.quantize(Decimal(1), ROUND_HALF_UP)))
        else:
            self.pan.moves()
        self._submit(Refreshed())


class Pan:
    """What lies on the scale, so that one parcel is weighed once: after a weight was taken the pan must be emptied."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grams = 0
        self._taken = False

    def lies(self, grams: int) -> None:
        """A stable weight."""
        with self._lock:
            self._grams = grams
            if grams < EMPTY_BELOW_G:
                self._taken = False

    def moves(self) -> None:
        """Nothing that may be booked."""
        with self._lock:
            self._grams = 0

    def take(self) -> Weighed | None:
        """The weight that waits, once."""
        with self._lock:
            if self._taken or self._grams < EMPTY_BELOW_G:
                return None
            self._taken = True
            return Weighed(self._grams)

    def give_back(self) -> None:
        """The weight was refused: the same parcel may be weighed again."""
        with self._lock:
            self._taken = False
