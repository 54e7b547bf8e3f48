"""The line between a simulated bench and the process that plays its operator: one command, one answer as JSON.

A unix socket `bench.sock` in the bench's folder. Where there is none (Windows, a path too long for a socket) a port of
127.0.0.1 stands in, and `bench.port` names it.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

Answer: TypeAlias = dict[str, Any]

SOCKET, PORT = "bench.sock", "bench.port"
_LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103
_LONGEST_COMMAND = 65536
_SECONDS = 5.0


class NoBench(OSError):
    """Nobody listens in that folder: the demonstration does not run, or has just ended."""


class BenchLine:
    """Answers commands until `close()`, each on a thread of its own. Raises `OSError` if another bench is there."""

    def __init__(self, folder: Path, perform: Callable[[str], Answer]) -> None:
        self._files = (folder / SOCKET, folder / PORT)
        if is_open(folder):
            raise FileExistsError(f"a simulated bench runs in {folder} already")
        self._forget()
        self._server = _Server(self._address(folder), perform)
        if self._server.address_family == socket.AF_INET:
            self._files[1].write_text(str(self._server.server_address[1]), encoding="ascii")
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="simulated bench", daemon=True
        )
        self._thread.start()

    @staticmethod
    def _address(folder: Path) -> str | tuple[str, int]:
        path = str(folder / SOCKET)
        can = hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH
        return path if can else ("127.0.0.1", 0)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._forget()

    def _forget(self) -> None:
        for path in self._files:
            path.unlink(missing_ok=True)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, address: str | tuple[str, int], perform: Callable[[str], Answer]) -> None:
        self.perform = perform
        self.address_family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        super().__init__(address, _Handler)  # type: ignore[arg-type]


class _Handler(socketserver.StreamRequestHandler):
    """One command per connection, so that a bench that starts anew finds its operator unaware."""

    timeout = _SECONDS
    server: _Server

    def handle(self) -> None:
        try:
            line = self.rfile.readline(_LONGEST_COMMAND).decode(errors="replace").rstrip("\r\n")
            answer = self.server.perform(line)
            self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
        except OSError:
            return  # the operator hung up: there is nobody to tell


def ask(folder: Path, command: str) -> Answer:
    """What the bench in `folder` answers to `command`. Raises `NoBench`."""
    try:
        with _connected(folder) as line, line.makefile("rwb") as stream:
            stream.write(command.encode(errors="replace") + b"\n")
            stream.flush()
            answer: Answer = json.loads(stream.readline())
    except (OSError, ValueError) as error:
        raise NoBench(f"no simulated bench answers in {folder}: {error}") from error
    return answer


def is_open(folder: Path) -> bool:
    try:
        _connected(folder).close()
    except (OSError, ValueError):
        return False
    return True


def _connected(folder: Path) -> socket.socket:
    port = folder / PORT
    if port.exists():
        return socket.create_connection(("127.0.0.1", int(port.read_text(encoding="ascii"))), _SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_SECONDS)
        line.connect(str(folder / SOCKET))
    except OSError:
        line.close()
        raise
    return line
