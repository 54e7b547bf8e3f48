"""A simulated bench: scanner, scale and label printer that the terminal opens like real ones, played from elsewhere.

The bench stands in a folder: `scanner` and `scale` are links to pseudo-terminals, `labels/` takes each printed label as
a picture, and `bench.sock` takes commands from whoever plays the operator (`wms.demo.panel`).
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from PIL import Image

from drivers.fakes import FakePrinter, FakeScale, FakeScanner
from labels import DEFAULT_PROFILE, EscPosError, Profile, from_escpos
from wms.demo.bench_line import Answer, BenchLine
from wms.demo.trigger import SECOND_PULL_MS

LATEST = "latest.png"
PLATFORM_SCALE_G = 150_000
COMMANDS = (
    "scan CODE",
    "weigh GRAMS",
    "unplug scanner|scale",
    "plug scanner|scale",
    "paper out|in",
    "printer off|on",
    "labels",
    "state",
)


class SimulatedBench:
    """Three devices and the line on which they are played; all stop with `close()`.

    `scanner`, `scale` and `printer` are what `wms --scanner`, `--scale` and `--printer` take. Raises `OSError` if a
    bench runs in `folder` already or the system has no pseudo-terminals.
    """

    def __init__(self, folder: Path, profile: Profile = DEFAULT_PROFILE) -> None:
        if not hasattr(os, "openpty"):
            raise OSError("a simulated bench needs pseudo-terminals, which Linux and macOS have")
        (folder / "labels").mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = threading.Lock()
        self._tray = _Tray(folder / "labels", profile)
        self._grams = 0
        self._last_code, self._scanned_at = "", 0.0
        self._plugged = {"scanner": True, "scale": True}
        self._paper = self._power = True
        self._line = BenchLine(folder, self.perform)
        self._scanner = FakeScanner(folder / "scanner")
        self._scale = FakeScale(folder / "scale", PLATFORM_SCALE_G)
        self._printer = FakePrinter(self._tray.take)
        self.scanner, self.scale = self._scanner.address, f"{self._scale.address},sics"
        self.printer = self._printer.uri

    def perform(self, command: str) -> Answer:
        """Carry out one of `COMMANDS`. `ok` says whether it was done, `said` is a sentence about it."""
        verb, _, rest = command.strip(" ").partition(" ")
        with self._lock:
            match verb, rest:
                case "scan", code if code.strip():
                    return self._scan(code)
                case "weigh", grams if grams.isascii() and grams.isdigit():
                    return self._weigh(int(grams[:9]))
                case "unplug" | "plug", "scanner" | "scale":
                    return self._plug(rest, verb == "plug")
                case "paper", "out" | "in":
                    return self._feed(paper=rest == "in", power=self._power)
                case "printer", "off" | "on":
                    return self._feed(paper=self._paper, power=rest == "on")
                case "labels", "":
                    names = self._tray.names()
                    return _done(f"{len(names)} labels in {self._tray.folder}", labels=names)
                case "state", "":
                    return _done("the bench stands", **self._state())
        return _not_done(f"unknown command {command!r}; known are: {', '.join(COMMANDS)}")

    def _scan(self, code: str) -> Answer:
        """As a person would: the same code twice takes two pulls of the trigger, which need their time."""
        if code == self._last_code:
            time.sleep(max(0.0, self._scanned_at + SECOND_PULL_MS / 1000 - time.monotonic()))
        self._last_code, self._scanned_at = code, time.monotonic()
        if not self._plugged["scanner"]:
            return _not_done("the scanner is unplugged: plug scanner")
        if not self._scanner.scan(code):
            return _not_done("nobody reads from the scanner: is the terminal open?")
        return _done(f"scanned {code}")

    def _weigh(self, grams: int) -> Answer:
        self._grams = grams
        self._scale.put(grams)
        return _done(f"{grams} g lie on the scale" if grams else "the scale is empty")

    def _plug(self, device: str, plugged: bool) -> Answer:
        self._plugged[device] = plugged
        end = self._scanner if device == "scanner" else self._scale
        if plugged:
            end.replug()
        else:
            end.unplug()
        return _done(f"the {device} is {'plugged in' if plugged else 'unplugged'}")

    def _feed(self, *, paper: bool, power: bool) -> Answer:
        self._paper, self._power = paper, power
        if not power:
            self._printer.off()
            return _done("the printer is off")
        self._printer.ok()
        if not paper:
            self._printer.paper_out()
        return _done("the printer is on" if paper else "the printer is on and has no paper")

    def _state(self) -> Answer:
        return {
            "scanner": self.scanner,
            "scale": self.scale,
            "printer": self.printer,
            "plugged": dict(self._plugged),
            "grams": self._grams,
            "paper": self._paper,
            "power": self._power,
            "labels": len(self._tray.names()),
            "trouble": self._tray.trouble,
        }

    def close(self) -> None:
        self._line.close()
        self._printer.close()
        self._scale.close()
        self._scanner.close()

    def __enter__(self) -> SimulatedBench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _done(said: str, **more: object) -> Answer:
    return {"ok": True, "said": said, **more}


def _not_done(said: str) -> Answer:
    return {"ok": False, "said": said}


class _Tray:
    """Where printed labels fall: numbered pictures, the newest also under one name that never changes.

    Numbers go on where an earlier run ended.
    """

    def __init__(self, folder: Path, profile: Profile) -> None:
        self.folder, self._profile = folder, profile
        self.trouble = ""
        self._number = max((int(path.stem) for path in folder.glob("[0-9]*.*") if path.stem.isdigit()), default=0)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("[0-9]*.png"))

    def take(self, job: bytes) -> None:
        """Called by the printer with each job; what can't be read is kept as bytes and told in `trouble`."""
        try:
            for picture in from_escpos(job, self._profile):
                self._keep(picture)
        except EscPosError as error:
            path = self._next(".bin")
            path.write_bytes(job)
            self.trouble = f"{path.name} is no label: {error}"
        except OSError as error:
            self.trouble = f"a label could not be written: {error}"

    def _next(self, suffix: str) -> Path:
        self._number += 1
        return self.folder / f"{self._number:04d}{suffix}"

    def _keep(self, picture: Image.Image) -> None:
        """No name ever stands for half a picture."""
        whole = self.folder / ".printing.png"
        for name in (LATEST, self._next(".png").name):
            picture.save(whole, dpi=(self._profile.dpi, self._profile.dpi))
            whole.replace(self.folder / name)
