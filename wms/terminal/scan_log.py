"""What scanners sent and what became of it, kept for support: bounded, off the way of a scan, without personal data.

One JSON line for each read: `at` (ISO, UTC), `source`, `raw_hex`, `fault` of the framing, `aim`, `code` (what the
warehouse took it for), `tone` and `said` of the verdict. Two files of a megabyte at most, some 10,000 reads.
"""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import queue
import threading
from datetime import UTC, datetime
from pathlib import Path

from wms.domain.codes import gtin14
from wms.domain.least_data import shape
from wms.domain.records import Record

FILE = "scans.jsonl"
FILE_BYTES = 1_000_000
WAITING = 1_000

_KEPT_WHOLE = frozenset({"ItemScan", "PlaceScan", "ToteScan", "CartScan", "CarrierScan", "CartonScan", "CommandScan"})
"""Codes of things. Any other may name a person: a waybill, an order, a badge, the text of a shipping label."""

_NOT_KNOWN = frozenset({"", "Unknown", "Unreadable"})
"""Nothing more is known of it than its digits. A waybill's or a badge's may add up like an article number's."""


class Entry(Record):
    """One read: `raw` as it arrived, `code` the kind of code it was taken for, `said` the verdict's first line."""

    at_ms: int
    source: str
    raw: bytes
    fault: str = ""
    aim: str = ""
    code: str = ""
    tone: str = ""
    said: str = ""


class ScanLog:
    """Writes entries in a thread of its own. What it can't write is dropped and counted, and nobody waits for it."""

    def __init__(self, folder: Path) -> None:
        self._entries: queue.Queue[Entry | None] = queue.Queue(WAITING)
        self._dropped = 0
        self._handler = _Quiet(folder / FILE, maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8", delay=True)
        self._thread = threading.Thread(target=self._run, name="scan log", daemon=True)
        self._thread.start()

    def keep(self, entry: Entry) -> None:
        try:
            self._entries.put_nowait(entry)
        except queue.Full:
            self._dropped += 1

    def close(self) -> None:
        """Write what waits, as far as that goes within a second."""
        try:
            self._entries.put(None, timeout=1)
        except queue.Full:
            return
        self._thread.join(1)

    def _run(self) -> None:
        while (entry := self._entries.get()) is not None:
            self._write(_line(entry))
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                self._write({"dropped": dropped})
        with contextlib.suppress(OSError):  # what could not be written is not written now either
            self._handler.close()

    def _write(self, line: dict[str, object]) -> None:
        self._handler.handle(logging.makeLogRecord({"msg": json.dumps(line, ensure_ascii=False)}))


class _Quiet(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """The disk is full or gone: the work tells of that itself, and a traceback would only spoil the screen."""


def _names_a_thing(entry: Entry) -> bool:
    if entry.code not in _NOT_KNOWN:
        return entry.code in _KEPT_WHOLE
    bare = entry.raw[3:] if entry.raw.startswith(b"]") else entry.raw
    return bare.isdigit() and gtin14(bare.decode("ascii")) is not None


def _line(entry: Entry) -> dict[str, object]:
    raw = entry.raw if _names_a_thing(entry) else shape(entry.raw)
    at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "at": at.replace("+00:00", "Z"),
        "source": entry.source,
        "raw_hex": raw.hex(),
        "whole": raw == entry.raw,
        "fault": entry.fault,
        "aim": entry.aim,
        "code": entry.code,
        "tone": entry.tone,
        "said": entry.said,
    }
