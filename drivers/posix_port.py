"""Serial ports, pseudo-terminals and printer devices on POSIX systems, opened without losing a byte."""

from __future__ import annotations

import array
import fcntl
import os
import stat
import termios

from drivers.address import LineSettings
from drivers.transport import DescriptorPort, PortError, fault_of

_CHARACTER_SIZE = {7: termios.CS7, 8: termios.CS8}


def output_queue(fd: int) -> int:
    """Bytes the kernel still holds for the device or, for a socket, that the peer has not acknowledged."""
    waiting = array.array("i", [0])
    try:
        fcntl.ioctl(fd, termios.TIOCOUTQ, waiting)
    except OSError:
        return 0
    return waiting[0]


class DevicePort(DescriptorPort):
    """A character device. A terminal is made raw without flushing, so a read sent while we opened stays.

    The lock keeps our own processes apart; TIOCEXCL keeps out everybody else but root. A pseudo-terminal gets no
    TIOCEXCL: held open by its other side, it would stay exclusive after our crash. Files, pipes and disks are
    refused: a file would be read as a scan again and again, a disk would be written to.
    """

    def __init__(self, path: str, line: LineSettings) -> None:
        try:
            super().__init__(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as error:
            raise fault_of(error) from error
        try:
            if not stat.S_ISCHR(os.fstat(self.fd).st_mode):
                raise PortError("unsupported", f"{path} is no device", "give a port: wms doctor lists those there are")
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._is_terminal = os.isatty(self.fd)
            if self._is_terminal:
                self._set_up(line)
        except PortError:
            os.close(self.fd)
            raise
        except OSError as error:
            os.close(self.fd)
            raise fault_of(error) from error
        except termios.error as error:
            os.close(self.fd)
            raise PortError("lost", str(error)) from error
        self.ends_on_empty_read = self._is_terminal

    def _set_up(self, line: LineSettings) -> None:
        speed = getattr(termios, f"B{line.baud}", None)
        if speed is None:
            raise PortError("unsupported", f"{line.baud} baud")
        self._exclusive = not os.ttyname(self.fd).startswith("/dev/pts/")
        if self._exclusive:
            fcntl.ioctl(self.fd, termios.TIOCEXCL)
        characters = _CHARACTER_SIZE[line.bits] | termios.CREAD | termios.CLOCAL
        characters |= termios.CSTOPB if line.stop == 2 else 0
        characters |= {"N": 0, "E": termios.PARENB, "O": termios.PARENB | termios.PARODD}[line.parity]
        characters |= termios.CRTSCTS if line.rtscts else 0
        arriving = (termios.IXON | termios.IXOFF) if line.xonxoff else 0
        special = termios.tcgetattr(self.fd)[6]
        special[termios.VMIN], special[termios.VTIME] = 1, 0
        termios.tcsetattr(self.fd, termios.TCSANOW, [arriving, 0, characters, 0, speed, speed, special])

    def unsent(self) -> int:
        return output_queue(self.fd) if self._is_terminal else 0

    def close(self, *, discard: bool = False) -> None:
        if self._is_terminal:
            try:
                if discard:  # closing would wait up to 30 s for a stopped device to take the rest
                    termios.tcflush(self.fd, termios.TCOFLUSH)
                if self._exclusive:
                    fcntl.ioctl(self.fd, termios.TIOCNXCL)
            except (OSError, termios.error):
                pass  # the device is gone; there is nothing to give back
        os.close(self.fd)
