"""Opening and moving bytes through serial ports, pseudo-terminals, sockets and files, without ever blocking.

Nothing here waits longer than it was told to, and only PortError comes out, whatever family of exception the
operating system chose: an unplugged serial port alone raises OSError, termios.error and pyserial's own.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import time
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from drivers.address import Address, parse_address

Fault: TypeAlias = Literal[
    "missing",
    "denied",
    "busy",
    "other_device",  # another device bears the name now
    "refused",
    "timeout",
    "unreachable",
    "lost",
    "closed",
    "disk_full",
    "unsupported",
]

READ_SIZE = 65536
# Windows has no descriptors to poll for serial ports; pyserial opens them there.
DEVICES_BY_PYSERIAL = os.name == "nt"


class PortError(Exception):
    """The port could not be opened or is gone.

    `reason` is a word for programs. `detail` says in English what was found and `mend` what to do about it, both for
    logs and the command line; either may be ''.
    """

    def __init__(self, reason: Fault, detail: str = "", mend: str = "") -> None:
        super().__init__(reason, detail, mend)
        self.reason: Fault = reason
        self.detail, self.mend = detail, mend

    def __str__(self) -> str:
        return f"{self.reason}: {self.text}" if self.text else self.reason

    @property
    def text(self) -> str:
        """What was found and what to do about it."""
        return "; ".join(part for part in (self.detail, self.mend) if part)


_FAULTS: dict[int, Fault] = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.ELOOP: "missing",
    errno.EISDIR: "unsupported",
    errno.ENOTTY: "unsupported",
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

    def wait(self, timeout_s: float) -> bool:
        """Whether it was set before the time was up; it stays set."""
        if not hasattr(select, "poll"):
            return bool(select.select([self._receiver], [], [], timeout_s)[0])
        poll = select.poll()
        poll.register(self._receiver, select.POLLIN)
        return bool(poll.poll(max(0, int(timeout_s * 1000 + 0.999))))

    def is_set(self) -> bool:
        return self.wait(0)

    def close(self) -> None:
        self._receiver.close()
        self._sender.close()


class Port(Protocol):
    """An open way to a device."""

    def read(self, limit: int = READ_SIZE) -> bytes:
        """What has arrived, `limit` bytes at most; b'' for nothing yet. Raises PortError when the device is gone."""
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

    def read(self, limit: int = READ_SIZE) -> bytes:
        # On until nothing is left: what the kernel still holds at a hang-up it throws away.
        taken = bytearray()
        while len(taken) < limit:
            try:
                data = self._take(limit - len(taken))
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


class FilePort(DescriptorPort):
    """A file that bytes are appended to, for trials and archives; a FIFO must have its reader already."""

    FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    ends_on_empty_read = False

    def __init__(self, path: str) -> None:
        try:
            super().__init__(os.open(path, self.FLAGS, 0o644))
        except OSError as error:
            raise fault_of(error) from error

    def read(self, limit: int = READ_SIZE) -> bytes:
        return b""

    def wait(self, timeout_s: float | None, *, writable: bool = False, wake: Wake | None = None) -> None:
        time.sleep(min(timeout_s or 0, 0.01))

    def to_disk(self) -> None:
        """Make what was written survive a power cut, where the file can."""
        with contextlib.suppress(OSError):
            os.fsync(self.fd)


def open_port(address: str | Address, timeout_s: float = 2.0, *, explain: bool = True) -> Port:
    """Open a device, socket or file. Raises PortError, or ValueError for an address that is none.

    To `explain` who holds a port or who may open it takes some milliseconds; one who tries again and again leaves
    it out.
    """
    where = parse_address(address) if isinstance(address, str) else address
    try:
        return _open(where, timeout_s)
    except PortError as error:
        if not explain:
            raise
        from drivers.port_faults import explained

        told = explained(error, where)
    raise told


def _open(where: Address, timeout_s: float) -> Port:
    if where.kind == "tcp":
        from drivers.port_socket import SocketPort

        return SocketPort(where.target, where.port, timeout_s)
    if where.kind == "file":
        return FilePort(where.target)
    if where.kind == "pyserial" or (where.kind == "device" and DEVICES_BY_PYSERIAL):
        from drivers.port_pyserial import PyserialPort

        return PyserialPort(where)
    if where.kind == "device":
        from drivers.posix_port import DevicePort

        return DevicePort(str(Path(where.target)), where.line)
    raise PortError("unsupported", f"no bytes can be moved to {where.kind}:{where.target}")
