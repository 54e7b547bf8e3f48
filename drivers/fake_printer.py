"""A simulated label printer on TCP: takes ESC/POS, answers for its state, and fails in every way when told."""

from __future__ import annotations

import re
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from drivers.escpos_tokens import command_length, is_cut
from drivers.fake_printer_state import PrinterState, process_response
from drivers.transport import Wake

RECEIVE_BUFFER = 65536
_QUESTION = re.compile(rb"\x10\x04([\x01-\x04])")


@dataclass(frozen=True, slots=True)
class PieceOfPaper:
    """What came out in one piece, with the commands that printed it. Half labels are not whole."""

    data: bytes
    is_whole: bool


@dataclass(slots=True)
class _Session:
    """`printed` is how much of `job` is on paper that has left already; `torn` that the label came out in pieces."""

    socket: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    job: bytearray = field(default_factory=bytearray)
    recent: bytes = b""
    automatic: bool = False
    printed: int = 0
    torn: bool = False


class FakePrinter:
    """Listens on 127.0.0.1; `uri` is what `drivers.printer.open_printer` takes.

    `jobs` are the labels printed, each up to its cut; `on_job` is called with each from the printer's thread. `pieces`
    is the paper that came out, half labels too; without a cutter a label ends where its job does. With
    `answers=False` it never says anything, as simple print servers do.
    """

    def __init__(
        self, on_job: Callable[[bytes], None] | None = None, *, answers: bool = True, has_cutter: bool = True
    ) -> None:
        self._on_job = on_job
        self._answers, self._has_cutter = answers, has_cutter
        self._jobs: list[bytes] = []
        self._pieces: list[PieceOfPaper] = []
        self._received = bytearray()
        self._state = PrinterState()
        self._trouble_after: tuple[int, PrinterState] | None = None
        self._drop_after: int | None = None
        self._reads = True
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

    @property
    def pieces(self) -> list[PieceOfPaper]:
        with self._lock:
            return list(self._pieces)

    @property
    def received(self) -> bytes:
        """Every byte it was sent, questions too."""
        with self._lock:
            return bytes(self._received)

    def paper_out(self, after_bytes: int = 0) -> None:
        """The paper ends, at once or inside a job when so many more bytes have been printed."""
        self._trouble(replace(self._state, paper="out"), after_bytes)

    def paper_low(self) -> None:
        """The roll is near its end: it prints on, and says so."""
        self._trouble(replace(self._state, paper="low"), 0)

    def open_cover(self, after_bytes: int = 0) -> None:
        """Somebody opens the cover, at once or inside a job."""
        self._trouble(PrinterState(cover_open=True), after_bytes)

    def jam(self, after_bytes: int = 0) -> None:
        """The cutter jams, at once or inside a job."""
        self._trouble(PrinterState(error=True), after_bytes)

    def drop_link(self, after_bytes: int = 0) -> None:
        """The next connection, or one that stands, breaks when so many more bytes have been read from it."""
        with self._lock:
            self._drop_after = after_bytes
        self._wake.set()

    def stop_reading(self) -> None:
        """It still takes connections and answers nothing, until `ok`: bytes pile up on the way."""
        with self._lock:
            self._reads = False
        self._wake.set()

    def ok(self) -> None:
        """Paper in, cover shut, power on. What was received before goes on printing."""
        with self._lock:
            self._trouble_after = self._drop_after = None
            self._reads = True
            if self._listener is None and not self._closing:
                self._listener = self._listen(self.port)
            self._become(PrinterState())
            for session in self._left_behind:
                self._work(session)
                self._finish(session, ended=True)
            self._left_behind.clear()
            for session in list(self._sessions.values()):
                self._work(session)
        self._wake.set()

    def off(self) -> None:
        """Power off: connections break, what was not printed is gone."""
        with self._lock:
            if self._listener:
                with suppress(OSError):  # a socket that somebody waits for goes on taking connections when only closed
                    self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
                self._listener = None
            for session in [*self._sessions.values(), *self._left_behind]:
                self._tear(session)
                _break(session.socket)
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

    def _trouble(self, state: PrinterState, after_bytes: int) -> None:
        with self._lock:
            if after_bytes:
                self._trouble_after = after_bytes, state
            else:
                self._become(state)

    def _become(self, state: PrinterState) -> None:
        """Change state; who asked for automatic status hears of it. A label under way comes out in pieces."""
        changed, self._state = state != self._state, state
        for session in self._sessions.values():
            if not state.is_ready:
                self._tear(session)
            if changed and session.automatic:
                self._say(session, state.automatic)

    def _tear(self, session: _Session) -> None:
        """Half a label is out: what comes of it later is another piece."""
        if len(session.job) > session.printed:
            self._pieces.append(PieceOfPaper(bytes(session.job[session.printed :]), is_whole=False))
            session.printed, session.torn = len(session.job), True

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._closing:
                    return
                # A stopped printer whose buffer is full does not read on.
                hungry = [
                    session.socket
                    for session in self._sessions.values()
                    if self._reads and (self._state.is_ready or len(session.buffer) < RECEIVE_BUFFER)
                ]
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
        most = RECEIVE_BUFFER if self._drop_after is None else min(RECEIVE_BUFFER, self._drop_after)
        try:
            data = session.socket.recv(most) if most else b""
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._hang_up(session, dropped=not most)
            return
        self._received += data
        # Real-time questions are answered on arrival, whatever waits before them.
        for question in _QUESTION.finditer(session.recent + data):
            self._say(session, bytes((self._state.real_time(question.group(1)[0]),)))
        session.recent = (session.recent + data)[-2:]
        session.buffer += data
        self._work(session)
        if self._drop_after is not None:
            self._drop_after -= len(data)
            if not self._drop_after:
                self._hang_up(session, dropped=True)

    def _hang_up(self, session: _Session, *, dropped: bool) -> None:
        del self._sessions[session.socket.fileno()]
        if dropped:
            self._drop_after = None
            _break(session.socket)
        session.socket.close()
        if session.buffer and not self._state.is_ready:
            self._left_behind.append(session)
        else:
            self._finish(session, ended=not dropped)

    def _say(self, session: _Session, answer: bytes) -> None:
        if self._answers and answer:
            try:
                session.socket.send(answer)
            except OSError:
                return  # the host has gone; its close is about to be read

    def _work(self, session: _Session) -> None:
        while session.buffer and self._state.is_ready:
            length = command_length(bytes(session.buffer[:16])) or command_length(bytes(session.buffer))
            if not length:
                return
            command = bytes(session.buffer[:length])
            del session.buffer[:length]
            if self._replied(session, command):
                continue
            session.job += command
            if is_cut(command):
                self._finish(session, ended=True, cut=True)
            if self._trouble_after is not None:
                left, state = self._trouble_after
                self._trouble_after = left - length, state
                if left <= length:
                    self._trouble_after = None
                    self._become(state)

    def _replied(self, session: _Session, command: bytes) -> bool:
        """Whether it was a question or a wish for status, answered in its turn; none of them prints."""
        match command[:2]:
            case b"\x10\x04" | b"\x10\x05":
                return True
            case b"\x1dr":
                self._say(session, bytes((self._state.paper_sensors,)))
                self._finish(session, ended=True)
                return True
            case b"\x1da":
                session.automatic = command[2] != 0
                if session.automatic:
                    self._say(session, self._state.automatic)
                return True
            case b"\x1d(" if command[2:3] == b"H":
                self._say(session, process_response(command))
                self._finish(session, ended=True)
                return True
        return False

    def _finish(self, session: _Session, *, ended: bool, cut: bool = False) -> None:
        """A label is done: its cut came, or what was sent ended, in order or by a broken link."""
        job, session.job = bytes(session.job), bytearray()
        printed, session.printed = session.printed, 0
        torn, session.torn = session.torn, False
        if not job:
            return
        if job[printed:]:
            whole = not torn and (cut if self._has_cutter else ended and not session.buffer)
            self._pieces.append(PieceOfPaper(job[printed:], whole))
        self._jobs.append(job)
        if self._on_job:
            self._on_job(job)


def _break(link: socket.socket) -> None:
    """Close with the reset that a host sees of a printer which loses its power: zero linger."""
    if link.fileno() >= 0:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        link.close()
