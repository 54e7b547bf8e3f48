"""Opening and moving bytes through serial ports, pseudo-terminals, sockets and files, without ever blocking.

Nothing here waits longer than it was told to, and only PortError comes out, whatever family of exception the
operating system chose: an unplugged serial port alone raises OSError, termios.error and pyserial's own.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import select
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from drivers.address import Address, parse_address

Fault: TypeAlias = Literal[
    "missing", "denied", "busy", "refused", "timeout", "unreachable", "lost", "closed", "disk_full", "unsupported"
]

READ_SIZE = 65536


class PortError(Exception):
    """The port could not be opened or is gone; `reason` is a word for programs, the text one for logs."""

    def __init__(self, reason: Fault, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Fault = reason


_FAULTS: dict[int, Fault] = {
    errno.ENOENT: "missing",
    errno.ENODEV: "missing",
    errno.ENXIO: "missing",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EBUSY: "busy",
    errno.EAGAIN: "busy",
    errno.ECONNREFUSED: "refused",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
}


def fault_of(error: OSError) -> PortError:
    """The PortError for an OSError while opening or writing."""
    if isinstance(error, socket.gaierror):
        return PortError("unreachable", str(error))
    return PortError(_FAULTS.get(error.errno or 0, "lost"), str(error))


class Wake:
    """Ends a wait from another thread."""

    def __init__(self) -> None:
        self._receiver, self._sender = socket.socketpair()
        self._receiver.setblocking(False)
        self._sender.setblocking(False)

    def fileno(self) -> int:
        return self._receiver.fileno()

    def set(self) -> None:
        try:
            self._sender.send(b"!")
        except OSError:
            return  # full: the waiter is woken already; closed: nobody waits

    def clear(self) -> None:
        try:
            while self._receiver.recv(4096):
                pass
        except OSError:
            return

    def is_set(self) -> bool:
        return bool(select.select([self._receiver], [], [], 0)[0])

    def close(self) -> None:
        self._receiver.close()
        self._sender.close()


class Port(Protocol):
    """An open way to a device."""

    def read(self) -> bytes:
        """Everything that has arrived; b'' for nothing yet. Raises PortError when the device is gone."""
        ...

    def write(self, data: bytes) -> int:
        """How many of the bytes were taken; 0 while the way is full. Raises PortError."""
        ...

    def unsent(self) -> int:
        """Bytes taken that have not left this machine yet, as far as the system tells; else 0."""
        ...

    def wait(self, timeout_s: float | None, *, writable: bool = False, wake: Wake | None = None) -> None:
        """Return when there is something to read, room to write if asked, `wake` is set, or time is up."""
        ...

    def close(self, *, discard: bool = False) -> None:
        """Give the device back; `discard` drops what has not left yet instead of waiting for it."""
        ...


def wait_for(fd: int, timeout_s: float | None, *, writable: bool, wake: Wake | None) -> None:
    """Wait on a descriptor, and on a Wake, which is cleared."""
    if not hasattr(select, "poll"):  # Windows, where sockets only get here
        reading = [fd, wake.fileno()] if wake else [fd]
        ready_now, _, _ = select.select(reading, [fd] if writable else [], [], timeout_s)
        if wake and wake.fileno() in ready_now:
            wake.clear()
        return
    poll = select.poll()
    poll.register(fd, select.POLLIN | (select.POLLOUT if writable else 0))
    if wake:
        poll.register(wake.fileno(), select.POLLIN)
    # Round up: waking a moment early would spin until the deadline.
    ready = poll.poll(None if timeout_s is None else max(0, int(timeout_s * 1000 + 0.999)))
    if wake and any(each == wake.fileno() for each, _ in ready):
        wake.clear()


class DescriptorPort:
    """Reading and writing of any non-blocking descriptor; the kinds of port differ in opening and closing."""

    ends_on_empty_read = True

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def _take(self, size: int) -> bytes:
        return os.read(self.fd, size)

    def _give(self, data: bytes) -> int:
        return os.write(self.fd, data)

    def read(self) -> bytes:
        taken = bytearray()
        while len(taken) < READ_SIZE:
            try:
                data = self._take(READ_SIZE)
            except BlockingIOError:
                break
            except OSError as error:
                if taken:  # deliver first what came before the cable was pulled
                    break
                raise PortError("lost", str(error)) from error
            if not data:
                if self.ends_on_empty_read and not taken:
                    raise PortError("closed", "by the other side")
                break
            taken += data
        return bytes(taken)

    def write(self, data: bytes) -> int:
        try:
            return self._give(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortError("disk_full" if error.errno == errno.ENOSPC else "lost", str(error)) from error

    def unsent(self) -> int:
        return 0

    def wait(self, timeout_s: float | None, *, writable: bool = False, wake: Wake | None = None) -> None:
        wait_for(self.fd, timeout_s, writable=writable, wake=wake)

    def close(self, *, discard: bool = False) -> None:
        os.close(self.fd)


def resolve(host: str, port: int, timeout_s: float) -> tuple[str, int]:
    """The first address of a host, within the time; a name server may take half a minute to say no."""
    answers: queue.SimpleQueue[tuple[str, int] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][:2])  # type: ignore[arg-type]
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.001, timeout_s))
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(answer, OSError):
        raise answer
    return answer


class SocketPort(DescriptorPort):
    """A TCP connection to a serial-device server or a network printer."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        try:
            address = resolve(host, port, timeout_s)
            self._socket = socket.create_connection(address, timeout=max(0.001, until - time.monotonic()))
        except TimeoutError as error:
            raise PortError("timeout", f"{host}:{port} did not answer") from error
        except OSError as error:
            raise fault_of(error) from error
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch_silence()
        super().__init__(self._socket.fileno())

    def _take(self, size: int) -> bytes:
        return self._socket.recv(size)

    def _give(self, data: bytes) -> int:
        return self._socket.send(data)

    def _watch_silence(self) -> None:
        """Notice a peer that lost its power, which says no good-bye, within some ten seconds."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, seconds in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, option):
                self._socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)

    def unsent(self) -> int:
        if sys.platform != "linux":
            return 0
        from drivers.posix_port import output_queue

        return output_queue(self.fd)

    def close(self, *, discard: bool = False) -> None:
        if not discard:
            # Unread input would turn the close into a reset, which throws away what the peer has not read yet.
            with contextlib.suppress(OSError):
                while self._socket.recv(READ_SIZE):
                    pass
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
        self._socket.close()


class FilePort(DescriptorPort):
    """A file that bytes are appended to, for trials and archives; a FIFO must have its reader already."""

    FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    ends_on_empty_read = False

    def __init__(self, path: str) -> None:
        try:
            super().__init__(os.open(path, self.FLAGS, 0o644))
        except OSError as error:
            raise fault_of(error) from error

    def read(self) -> bytes:
        return b""

    def wait(self, timeout_s: float | None, *, writable: bool = False, wake: Wake | None = None) -> None:
        time.sleep(min(timeout_s or 0, 0.01))

    def to_disk(self) -> None:
        """Make what was written survive a power cut, where the file can."""
        with contextlib.suppress(OSError):
            os.fsync(self.fd)


class PyserialPort:
    """Windows ports and pyserial's URLs (`rfc2217://`, `loop://`), by looking every few milliseconds."""

    LOOK_EVERY_S = 0.005

    def __init__(self, address: Address) -> None:
        import serial

        line = address.line
        try:
            self._serial = serial.serial_for_url(
                address.target,
                baudrate=line.baud,
                bytesize=line.bits,
                parity=line.parity,
                stopbits=line.stop,
                rtscts=line.rtscts,
                xonxoff=line.xonxoff,
                timeout=0,
                write_timeout=0 if os.name == "nt" else 1.0,  # 0 on Windows: queue and return
            )
        except (serial.SerialException, OSError, ValueError) as error:
            reason: Fault = "denied" if isinstance(error, PermissionError) else "missing"
            raise PortError(reason, str(error)) from error
        self._timeout = serial.SerialTimeoutException

    def _waiting(self) -> int:
        try:
            return int(self._serial.in_waiting)
        except (OSError, TypeError) as error:  # SerialException is an OSError
            raise PortError("lost", str(error)) from error

    def read(self) -> bytes:
        try:
            return bytes(self._serial.read(self._waiting()))
        except (OSError, TypeError) as error:
            raise PortError("lost", str(error)) from error

    def write(self, data: bytes) -> int:
        try:
            return int(self._serial.write(data) or 0)
        except self._timeout:
            return 0
        except (OSError, TypeError) as error:
            raise PortError("lost", str(error)) from error

    def unsent(self) -> int:
        try:
            return int(getattr(self._serial, "out_waiting", 0))
        except (OSError, TypeError):
            return 0

    def wait(self, timeout_s: float | None, *, writable: bool = False, wake: Wake | None = None) -> None:
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._waiting() and not (wake and wake.is_set()) and (end is None or time.monotonic() < end):
            time.sleep(self.LOOK_EVERY_S)
            if writable:
                break
        if wake:
            wake.clear()

    def close(self, *, discard: bool = False) -> None:
        try:
            self._serial.close()
        except (OSError, TypeError):
            return


def open_port(address: str | Address, timeout_s: float = 2.0) -> Port:
    """Open a device, socket or file. Raises PortError, or ValueError for an address that is none."""
    where = parse_address(address) if isinstance(address, str) else address
    if where.kind == "tcp":
        return SocketPort(where.target, where.port, timeout_s)
    if where.kind == "file":
        return FilePort(where.target)
    if where.kind == "pyserial" or os.name == "nt":
        return PyserialPort(where)
    if where.kind == "device":
        from drivers.posix_port import DevicePort

        return DevicePort(str(Path(where.target)), where.line)
    raise PortError("unsupported", f"no bytes can be moved to {where.kind}:{where.target}")
