"""A simulated label printer on TCP: takes ESC/POS, answers for its state, and runs out of paper when told."""

from __future__ import annotations

import re
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.escpos_tokens import command_length, is_cut
from drivers.transport import Wake

RECEIVE_BUFFER = 65536
_QUESTION = re.compile(rb"\x10\x04([\x01-\x04])")
_READY = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
_NO_PAPER = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}
_COVER_OPEN = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}


@dataclass(slots=True)
class _Session:
    socket: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    job: bytearray = field(default_factory=bytearray)
    recent: bytes = b""


class FakePrinter:
    """Listens on 127.0.0.1; `uri` is what `drivers.printer.open_printer` takes.

    `jobs` are the labels printed, each up to its cut; `on_job` is called with each from the printer's thread. With
    `answers=False` it never says anything, as simple print servers do.
    """

    def __init__(self, on_job: Callable[[bytes], None] | None = None, *, answers: bool = True) -> None:
        self._on_job = on_job
        self._answers = answers
        self._jobs: list[bytes] = []
        self._state = _READY
        self._bytes_of_paper: int | None = None
        self._lock = threading.RLock()
        self._wake = Wake()
        self._closing = False
        self._sessions: dict[int, _Session] = {}
        self._left_behind: list[_Session] = []  # jobs whose sender hung up while the printer stood still
        self._listener: socket.socket | None = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.uri = f"socket://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._run, name="simulated printer", daemon=True)
        self._thread.start()

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        listener.setblocking(False)
        return listener

    @property
    def jobs(self) -> list[bytes]:
        with self._lock:
            return list(self._jobs)

    def paper_out(self, after_bytes: int = 0) -> None:
        """The paper ends, at once or inside a job when so many more bytes have been printed."""
        with self._lock:
            if after_bytes:
                self._bytes_of_paper = after_bytes
            else:
                self._state = _NO_PAPER

    def open_cover(self) -> None:
        with self._lock:
            self._state = _COVER_OPEN

    def ok(self) -> None:
        """Paper in, cover shut, power on. What was received before goes on printing."""
        with self._lock:
            self._state, self._bytes_of_paper = _READY, None
            if self._listener is None and not self._closing:
                self._listener = self._listen(self.port)
            for session in self._left_behind:
                self._work(session)
                self._finish(session)
            self._left_behind.clear()
            for session in list(self._sessions.values()):
                self._work(session)
        self._wake.set()

    def off(self) -> None:
        """Power off: connections break, what was not printed is gone."""
        with self._lock:
            if self._listener:
                self._listener.close()
                self._listener = None
            for session in self._sessions.values():
                # Zero linger: the reset a printer gives that loses its power.
                session.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                session.socket.close()
            self._sessions.clear()
            self._left_behind.clear()
        self._wake.set()

    def close(self) -> None:
        with self._lock:
            self._closing = True
            self.off()
        self._thread.join(2)
        self._wake.close()

    def __enter__(self) -> FakePrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._closing:
                    return
                # A stopped printer whose buffer is full does not read on.
                stopped = self._state is not _READY
                hungry = [s.socket for s in self._sessions.values() if not stopped or len(s.buffer) < RECEIVE_BUFFER]
                waiting: list[socket.socket | Wake] = [self._wake, *hungry]
                if self._listener:
                    waiting.append(self._listener)
            try:
                ready = select.select(waiting, [], [])[0]
            except (OSError, ValueError):
                continue  # switched off meanwhile: one of them is closed
            with self._lock:
                for each in ready:
                    if isinstance(each, Wake):
                        each.clear()
                    elif each is self._listener:
                        self._accept(each)
                    elif each.fileno() in self._sessions:
                        self._receive(self._sessions[each.fileno()])

    def _accept(self, listener: socket.socket) -> None:
        try:
            accepted = listener.accept()[0]
        except OSError:
            return  # the caller has hung up already
        accepted.setblocking(False)
        self._sessions[accepted.fileno()] = _Session(accepted)

    def _receive(self, session: _Session) -> None:
        try:
            data = session.socket.recv(RECEIVE_BUFFER)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            del self._sessions[session.socket.fileno()]
            session.socket.close()
            if session.buffer and self._state is not _READY:
                self._left_behind.append(session)
            else:
                self._finish(session)
            return
        # Real-time questions are answered on arrival, whatever waits before them.
        for question in _QUESTION.finditer(session.recent + data):
            self._say(session, self._state[question.group(1)[0]])
        session.recent = (session.recent + data)[-2:]
        session.buffer += data
        self._work(session)

    def _say(self, session: _Session, byte: int) -> None:
        if self._answers:
            try:
                session.socket.send(bytes([byte]))
            except OSError:
                return  # the host has gone; its close is about to be read

    def _work(self, session: _Session) -> None:
        while session.buffer and self._state is _READY:
            length = command_length(bytes(session.buffer[:16])) or command_length(bytes(session.buffer))
            if not length:
                return
            command = bytes(session.buffer[:length])
            del session.buffer[:length]
            if command[:2] == b"\x10\x04":
                continue
            if command[:2] == b"\x1dr":
                self._say(session, 0x00)
                self._finish(session)
                continue
            session.job += command
            if is_cut(command):
                self._finish(session)
            if self._bytes_of_paper is not None:
                self._bytes_of_paper -= length
                if self._bytes_of_paper <= 0:
                    self._state, self._bytes_of_paper = _NO_PAPER, None

    def _finish(self, session: _Session) -> None:
        job, session.job = bytes(session.job), bytearray()
        if job:
            self._jobs.append(job)
            if self._on_job:
                self._on_job(job)
