"""Ports that pyserial opens: Windows' COM ports, and its URLs (`rfc2217://host:port`, `loop://`, …).

Whatever pyserial raises means that the port is gone, and it raises what it likes: SerialException, OSError and
termios.error when a cable is pulled, TypeError, AttributeError or ValueError for a port closed meanwhile,
NotImplementedError and ValueError for settings. So at each call every exception becomes a PortError.
"""

from __future__ import annotations

import os
import time

from drivers.address import Address
from drivers.transport import READ_SIZE, Fault, PortError, Wake, fault_of

# Its network ports read on by themselves into a queue without end.
MOST_WAITING = 256 * 1024


def _fault_of_opening(error: Exception) -> PortError:
    """On Windows pyserial keeps the system's answer in the text only (serialwin32.py, `open`).

    "Access is denied" is what Windows says of a port that is open elsewhere: all are opened exclusively there.
    """
    text = str(error)
    if isinstance(error, OSError) and error.errno:
        return fault_of(error)
    words: dict[str, Fault] = {
        "PermissionError(13": "busy",
        "FileNotFoundError(2": "missing",
        "OSError(22": "lost",
        "Connection refused": "refused",
        "timed out": "timeout",
    }
    found = next((fault for part, fault in words.items() if part in text), None)
    return PortError(found or ("missing" if isinstance(error, OSError) else "unsupported"), text)


def _write_timeout(target: str) -> float | None:
    if target.startswith("rfc2217:"):
        return None  # it refuses any
    # On Windows 0 means: queue and return. Elsewhere 0 would spin on a port that is full.
    return 0 if os.name == "nt" else 1.0


class PyserialPort:
    """Looks every few milliseconds, since these ports have no descriptor to wait on everywhere.

    What was sent before the opening is lost: pyserial empties the input when it opens.
    """

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
                write_timeout=_write_timeout(address.target),
            )
        except Exception as error:
            raise _fault_of_opening(error) from error
        self._timed_out = serial.SerialTimeoutException
        self._taken = bytearray()

    def _look(self) -> bool:
        """Whether something is there. Reads it: a count of waiting bytes stays at 0 when a network port hangs up."""
        try:
            waiting = int(self._serial.in_waiting)
            if waiting > MOST_WAITING:
                raise PortError("lost", f"{waiting} bytes came faster than they are read")
            while data := self._serial.read(max(1, waiting)):  # rfc2217:// gives one byte at a time
                self._taken += data
                waiting -= len(data)
                if waiting <= 0:
                    break
        except PortError:
            raise
        except Exception as error:
            if not self._taken:  # deliver first what came before the cable was pulled
                raise PortError("lost", str(error)) from error
        return bool(self._taken)

    def read(self, limit: int = READ_SIZE) -> bytes:
        if not self._taken:
            self._look()
        data = bytes(self._taken[:limit])
        del self._taken[:limit]
        return data

    def write(self, data: bytes) -> int:
        try:
            return int(self._serial.write(data) or 0)
        except self._timed_out as error:
            # How much of it went is not told, so nothing can be sent after it.
            raise PortError("timeout", "it does not take what it is sent") from error
        except Exception as error:
            raise PortError("lost", str(error)) from error

    def unsent(self) -> int:
        try:
            return int(getattr(self._serial, "out_waiting", 0))
        except Exception:
            return 0  # it is gone, as the next read will find

    def wait(self, timeout_s: float | None, *, writable: bool = False, wake: Wake | None = None) -> None:
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._taken and not self._look() and (end is None or (left := end - time.monotonic()) > 0):
            pause = self.LOOK_EVERY_S if end is None else min(self.LOOK_EVERY_S, left)
            if wake is None:
                time.sleep(pause)
            elif wake.wait(pause):
                break
            if writable:
                break
        if wake:
            wake.clear()

    def close(self, *, discard: bool = False) -> None:
        try:
            self._serial.close()
        except Exception:
            return  # it is gone: there is nothing to give back
