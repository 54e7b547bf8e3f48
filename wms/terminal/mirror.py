"""What the screen shows, as lines of JSON for whatever listens: a voice, a simulated person, a test."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from wms.terminal.messages import speech
from wms.terminal.station_port import StationPort
from wms.workflows.prompt import Said
from wms.workflows.view import View, WaveLine

_SLOWEST_LISTENER = 10_000  # lines that may wait for a socket or a fifo before it is given up
_SECONDS_TO_CLOSE = 2.0


class Mirror:
    """Writes one line per view to `path`: a file (appended to), a fifo, or a listening unix socket.

    The station is never held up: lines queue, and a thread of the mirror's own writes them. A file gets every line.
    A fifo's or socket's reader that goes away, or falls 10,000 lines behind, ends the mirror. `said_at` is the serial
    of the view in which the verdict was new: that tells the same words said twice from words that merely still stand.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._patient = not (self.path.is_fifo() or self.path.is_socket())
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._queuing = threading.Lock()
        self._serial = -1
        self._said: Said | None = None
        self._said_at = 0
        self._ended = threading.Event()
        self._writer = threading.Thread(target=self._write, name="mirror", daemon=True)

    def attach(self, station: StationPort) -> None:
        """Starts with the view there is; every later one follows."""
        self._writer.start()
        station.subscribe(self._queue)  # first: what is shown from now on comes this way, and no later than that
        self._queue(station.view)

    def close(self) -> None:
        """Writes what still waits, for two seconds at most."""
        self._lines.put(None)
        if self._writer.is_alive():
            self._writer.join(_SECONDS_TO_CLOSE)

    def _queue(self, view: View) -> None:
        """Called by the station, and once by who attaches: never an older view after a newer one."""
        with self._queuing:
            if view.serial > self._serial:
                self._serial = view.serial
                self._put(view)

    def _put(self, view: View) -> None:
        if self._ended.is_set():
            return
        if not self._patient and self._lines.qsize() > _SLOWEST_LISTENER:
            self._ended.set()
            return
        if view.said is not self._said:
            self._said, self._said_at = view.said, view.serial
        line = {**described(view), "said_at": self._said_at}
        self._lines.put(json.dumps(line, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")

    def _write(self) -> None:
        with contextlib.suppress(OSError), contextlib.closing(self._opened()) as sink:
            while (line := self._lines.get()) is not None and not self._ended.is_set():
                sink.write(line)
                sink.flush()
        self._ended.set()

    def _opened(self) -> IO[bytes]:
        if not self.path.is_socket():
            return self.path.open("ab")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.connect(str(self.path))
            return listener.makefile("wb")
        finally:
            listener.close()  # the file made from it keeps the connection


def described(view: View) -> dict[str, Any]:
    """A view in plain English and plain data."""
    say = speech("en").say
    prompt, status = view.prompt, view.status
    return {
        "serial": view.serial,
        "name": prompt.name,
        "verb": say(prompt.verb),
        "target": prompt.target,
        "unit": say(prompt.unit),
        "ask": say(prompt.ask),
        "expects": list(prompt.expects),
        "choices": [{"label": say(choice.label), "code": choice.code} for choice in prompt.choices],
        "entry": str(prompt.entry),
        "keys": [key.key for key in prompt.keys],
        "alarm": prompt.alarm,
        "what": [{"text": say(line.text), "mark": str(line.mark)} for line in prompt.what],
        "said": view.said and {"tone": str(view.said.tone), "lines": [say(line) for line in view.said.lines]},
        "status": {
            "link": str(status.link),
            "unsent": status.unsent,
            "scanner": str(status.scanner),
            "scale": str(status.scale),
            "printer": str(status.printer),
            "labels_waiting": status.labels_waiting,
            "printer_says": say(status.printer_says),
            "trouble": say(status.trouble),
        },
        "needs": [{"id": need.id, "text": say(need.text)} for need in view.board.needs] if view.board else [],
        "selected": view.board.selected if view.board else 0,
        "waves": [_wave(wave) for wave in view.board.waves] if view.board else [],
        "person": view.person,
        "role": view.role,
        "language": view.language,
    }


def _wave(wave: WaveLine) -> dict[str, Any]:
    return {"id": wave.id, "done": wave.done, "total": wave.total, "on_time": wave.on_time, "held": wave.held}
