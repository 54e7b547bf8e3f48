"""A CUPS queue: jobs go through it untouched, and are followed until CUPS has handed them over, or are taken back.

Source: CUPS 2.4's lp(1), lpstat(1), cancel(1), and the printer-state-reasons of RFC 8011, section 5.4.12. What CUPS
calls completed is handed to the device, not printed; of the paper it knows what its backend says, which for a raw
queue is often nothing.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from dataclasses import dataclass

from drivers.printer_outcome import Delivery
from drivers.printer_status import PrinterStatus

LOOK_EVERY_S = 0.1
CANCEL_WITHIN_S = 2.0
_REQUEST = re.compile(rb"request id is (\S+-\d+)")
# printer-state-reasons come with -error, -warning or -report behind them; a warning stops nothing.
_REASONS = (
    ("media-empty", "paper_out"),
    ("media-needed", "paper_out"),
    ("cover-open", "cover_open"),
    ("offline", "offline"),
)


class _Unanswered(Exception):
    """CUPS could not be asked; `reason` is that of a Delivery."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class _Told:
    code: int
    out: bytes
    said: str


def _run(arguments: list[str], timeout_s: float, data: bytes = b"") -> _Told:
    """A command's answer in English. Raises _Unanswered, `late` if it may have acted all the same."""
    environment = os.environ | {"LC_ALL": "C", "LANGUAGE": "C"}
    try:
        done = subprocess.run(
            arguments, input=data, capture_output=True, timeout=max(0.01, timeout_s), check=False, env=environment
        )
    except FileNotFoundError:
        raise _Unanswered(
            "missing", f"there is no {arguments[0]} command on this machine: install cups-client"
        ) from None
    except subprocess.TimeoutExpired:
        raise _Unanswered("timeout", f"{arguments[0]} did not end") from None
    except OSError as error:
        raise _Unanswered("denied", str(error)) from error
    return _Told(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def queues(timeout_s: float = 2.0) -> list[str]:
    """The queues of the CUPS server this machine uses; none where there is no CUPS."""
    try:
        told = _run(["lpstat", "-e"], timeout_s)
    except _Unanswered:
        return []
    return [line.strip() for line in told.out.decode("utf-8", "replace").splitlines() if line.strip()]


class CupsPrinter:
    """Hands jobs to a queue as they are. `sent` means that CUPS has handed everything to the printer."""

    def __init__(self, uri: str, queue: str) -> None:
        self.uri = uri
        self._queue = queue

    def send(self, data: bytes, timeout_s: float = 10.0) -> Delivery:
        until = time.monotonic() + timeout_s
        status = self.status(timeout_s)
        if status.reason not in ("", "silent"):
            return Delivery("not_sent", status.reason, "the queue says it cannot print")
        try:
            told = _run(["lp", "-d", self._queue, "-o", "raw"], until - time.monotonic(), data)
        except _Unanswered as error:
            # lp that was stopped may have handed the job in already.
            return Delivery("broken" if error.reason == "timeout" else "not_sent", error.reason, error.detail)
        if told.code:
            return Delivery("not_sent", "refused", told.said)
        job = _REQUEST.search(told.out)
        if job is None:
            return Delivery("sent", detail=told.said)
        try:
            return self._follow(job[1].decode("utf-8", "replace"), until)
        except _Unanswered as error:
            return Delivery("broken", error.reason, f"the queue holds the job; {error.detail}")

    def status(self, timeout_s: float = 1.0) -> PrinterStatus:
        until = time.monotonic() + timeout_s
        try:
            accepts = _run(["lpstat", "-a", self._queue], timeout_s)
            state = _run(["lpstat", "-l", "-p", self._queue], until - time.monotonic())
        except _Unanswered as error:
            return PrinterStatus(answered=False, reason=error.reason)
        if accepts.code or state.code:
            unknown = "nvalid destination" in accepts.said or "does not exist" in accepts.said
            return PrinterStatus(answered=False, reason="missing" if unknown else "refused")
        if b" not accepting requests" in accepts.out or b" disabled since" in state.out:
            return PrinterStatus(answered=False, reason="queue_stopped")
        return PrinterStatus(answered=False, reason=_reason(state.out))

    def _follow(self, job: str, until: float) -> Delivery:
        """Until the job is done or the time is up; then it is taken back, so that it does not come out unasked."""
        while self._waits(job, until):
            if time.monotonic() >= until:
                return self._take_back(job)
            time.sleep(LOOK_EVERY_S)
        ended = self._alerts("completed", job, until)
        if "cancel" in ended or "abort" in ended:
            return Delivery("broken", "error", f"CUPS says of {job}: {ended}")
        return Delivery("sent")

    def _take_back(self, job: str) -> Delivery:
        until = time.monotonic() + CANCEL_WITHIN_S
        begun = self._alerts("not-completed", job, until)
        reason = self.status(CANCEL_WITHIN_S).reason
        told = _run(["cancel", job], CANCEL_WITHIN_S)
        if told.code:  # it has just been done
            return Delivery("sent", detail=told.said)
        if begun in ("none", "job-incoming", "job-queued") and reason == "queue_stopped":
            return Delivery("not_sent", reason, f"{job} was taken back before it was begun")
        return Delivery("broken", reason or "timeout", f"{job} was begun and taken back: {begun}")

    def _waits(self, job: str, until: float) -> bool:
        told = _run(["lpstat", "-W", "not-completed", "-o", self._queue], max(0.5, until - time.monotonic()))
        if told.code:
            raise _Unanswered("refused", told.said)
        return any(line.split()[:1] == [job.encode()] for line in told.out.splitlines())

    def _alerts(self, which: str, job: str, until: float) -> str:
        told = _run(["lpstat", "-W", which, "-l", "-o", self._queue], max(0.5, until - time.monotonic()))
        mine = False
        for line in told.out.decode("utf-8", "replace").splitlines():
            if not line.startswith("\t"):
                mine = line.split()[:1] == [job]
            elif mine and line.strip().startswith("Alerts:"):
                return line.partition(":")[2].strip()
        return ""


def _reason(state: bytes) -> str:
    for line in state.decode("utf-8", "replace").splitlines():
        if line.strip().startswith("Alerts:"):
            stopping = [word for word in line.split()[1:] if not word.endswith("-warning")]
            return next((reason for start, reason in _REASONS if any(word.startswith(start) for word in stopping)), "")
    return ""
