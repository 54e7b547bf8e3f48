"""Label printers: a job out, and an honest word on what became of it.

The way to the printer is opened for each job, every wait has an end, and nothing is ever sent twice here.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Protocol

from drivers.address import parse_address
from drivers.deadline import Deadline
from drivers.printer_cups import CupsPrinter
from drivers.printer_link import LinkPrinter
from drivers.printer_outcome import Delivery, Outcome
from drivers.printer_status import PrinterStatus
from drivers.transport import FilePort, PortError

__all__ = ["Delivery", "FilePrinter", "Outcome", "PrinterPort", "PrinterStatus", "open_printer"]


class PrinterPort(Protocol):
    """A printer. Neither method raises for what happens to printer or link, nor waits longer than `timeout_s` for it to
    take or say something. What a serial line needs for the bytes comes on top: at 9600 baud a second for 960 of them.
    """

    uri: str

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery: ...

    def status(self, timeout_s: float = 1.0) -> PrinterStatus: ...


class FilePrinter:
    """Appends jobs to a file, as they would go to the printer."""

    def __init__(self, uri: str, path: str) -> None:
        self.uri = uri
        self._path = path
        self._lock = threading.Lock()

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery:
        deadline = Deadline(timeout_s)
        written = 0
        with self._lock:
            try:
                port = FilePort(self._path)
            except PortError as error:
                return Delivery("not_sent", error.reason, str(error))
            try:
                while written < len(data):
                    taken = port.write(data[written:])
                    written += taken
                    if not taken and deadline.passed:
                        return Delivery("broken" if written else "not_sent", "timeout")
                    if not taken:
                        port.wait(deadline.left())
                port.to_disk()
            except PortError as error:
                return Delivery("broken" if written else "not_sent", error.reason, str(error))
            finally:
                port.close()
        return Delivery("sent")

    def status(self, timeout_s: float = 1.0) -> PrinterStatus:
        """Makes no file: who asks has not printed."""
        path = Path(self._path)
        if not path.exists():
            folder = path.parent
            writable = os.access(folder, os.W_OK)
            reason = "" if folder.is_dir() and writable else "denied" if folder.is_dir() else "missing"
            return PrinterStatus(answered=False, reason=reason)
        try:
            FilePort(self._path).close()
        except PortError as error:
            return PrinterStatus(answered=False, reason=error.reason)
        return PrinterStatus(answered=False, reason="")


def open_printer(uri: str) -> PrinterPort:
    """The printer at `file:PATH`, `socket://HOST[:9100]`, `cups:QUEUE`, `serial:PORT?baud=115200&rtscts=1`, or at a
    device's path such as `/dev/usb/lp0`.

    `?status=0` keeps ESC/POS status questions from a printer of another language. Touches nothing yet. Raises
    ValueError for a URI that is none.
    """
    address = parse_address(uri)
    match address.kind:
        case "file":
            return FilePrinter(uri, address.target)
        case "cups":
            return CupsPrinter(uri, address.target)
    return LinkPrinter(uri, address)
