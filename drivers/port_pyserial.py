"""Ports that pyserial opens: Windows' COM ports, and its URLs (`rfc2217://host:port`, `loop://`, …)."""

from __future__ import annotations

import os
import time

from drivers.address import Address
from drivers.transport import READ_SIZE, Fault, PortError, Wake, fault_of

# What a pulled cable raises, depending on the call: SerialException (an OSError) and OSError, termios.error, and for
# a port that is closed already TypeError, AttributeError or ValueError, whose descriptors are None or -1.
_GONE: tuple[type[Exception], ...] = (OSError, TypeError, AttributeError, ValueError)
if os.name == "posix":
    import termios

    _GONE = (*_GONE, termios.error)


def _fault_of_opening(error: Exception) -> PortError:
    """On Windows pyserial keeps the system's answer in the text only (serialwin32.py, `open`).

    "Access is denied" is what Windows says of a port that is open elsewhere: all are opened exclusively there.
    """
    text = str(error)
    if isinstance(error, ValueError):
        return PortError("unsupported", text)
    if isinstance(error, OSError) and error.errno:
        return fault_of(error)
    words: dict[str, Fault] = {"PermissionError(13": "busy", "FileNotFoundError(2": "missing", "OSError(22": "lost"}
    reason = next((fault for start, fault in words.items() if start in text), None)
    return PortError(reason or "missing", text)


class PyserialPort:
    """Looks every few milliseconds, since these ports have no descriptor to wait on everywhere.

    What was sent before the opening is lost: pyserial empties the input when it opens.
    """

    LOOK_EVERY_S = 0.005
    WRITE_TIMEOUT_S = 1.0

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
                # On Windows 0 means: queue and return. Elsewhere 0 would spin on a port that is full.
                write_timeout=0 if os.name == "nt" else self.WRITE_TIMEOUT_S,
            )
        except _GONE as error:
            raise _fault_of_opening(error) from error
        self._write_timeout = serial.SerialTimeoutException

    def _waiting(self) -> int:
        try:
            return int(self._serial.in_waiting)
        except _GONE as error:
            raise PortError("lost", str(error)) from error

    def read(self, limit: int = READ_SIZE) -> bytes:
        waiting = self._waiting()
        try:
            return bytes(self._serial.read(min(limit, waiting)))
        except _GONE as error:
            raise PortError("lost", str(error)) from error

    def write(self, data: bytes) -> int:
        try:
            return int(self._serial.write(data) or 0)
        except self._write_timeout as error:
            # How much of it went is not told, so nothing can be sent after it.
            raise PortError("timeout", "it does not take what it is sent") from error
        except _GONE as error:
            raise PortError("lost", str(error)) from error

    def unsent(self) -> int:
        try:
            return int(getattr(self._serial, "out_waiting", 0))
        except _GONE:
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
        except _GONE:
            return
