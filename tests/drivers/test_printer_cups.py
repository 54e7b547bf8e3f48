"""CUPS queues: against a real CUPS server where there is one, and against its recorded words where there is none."""

import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from drivers.fakes import FakePrinter
from drivers.printer import open_printer
from drivers.printer_cups import queues

JOB = b"\x1b@\x1dv0\0\x01\0\x01\0\xff\x1dVB\0"
CUPSD = shutil.which("cupsd") or "/usr/sbin/cupsd"
PROGRAMS = [CUPSD, *(shutil.which(name) or f"/usr/sbin/{name}" for name in ("lpadmin", "cupsdisable"))]

SETTINGS = """\
Listen {run}/cups.sock
LogLevel none
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
FILES = """\
ServerRoot {run}
RequestRoot {run}/spool
CacheDir {run}/cache
StateDir {run}
TempDir {run}/tmp
AccessLog {run}/access
ErrorLog {run}/error
PageLog {run}/page
"""


@pytest.fixture(scope="module")
def cups() -> Iterator[Path]:
    """A CUPS server of our own, its socket in the returned folder, which its backends must be able to reach."""
    if not all(map(os.path.exists, PROGRAMS)) or os.geteuid():
        pytest.skip("a CUPS server of one's own needs cupsd, lpadmin and root")
    with TemporaryDirectory() as folder:
        yield from _served(Path(folder))


def _served(run: Path) -> Iterator[Path]:
    for folder in ("spool", "cache", "tmp"):
        (run / folder).mkdir()
    (run / "cupsd.conf").write_text(SETTINGS.format(run=run))
    (run / "cups-files.conf").write_text(FILES.format(run=run))
    server = subprocess.Popen(
        [CUPSD, "-f", "-c", str(run / "cupsd.conf"), "-s", str(run / "cups-files.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = os.environ.get("CUPS_SERVER")
    os.environ["CUPS_SERVER"] = f"{run}/cups.sock"
    try:
        deadline = time.monotonic() + 10
        while not (run / "cups.sock").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield run
    finally:
        server.terminate()
        server.wait(10)
        os.environ.pop("CUPS_SERVER")
        if before is not None:
            os.environ["CUPS_SERVER"] = before


def queue(name: str, device: str) -> None:
    subprocess.run([PROGRAMS[1], "-p", name, "-v", device, "-m", "raw", "-E"], check=True, capture_output=True)


def test_a_job_comes_out_as_it_went_in(cups: Path) -> None:
    with FakePrinter() as printer:
        queue("labels", printer.uri)
        assert queues() == ["labels"]
        port = open_printer("cups:labels")
        assert port.status().reason == ""
        assert port.send(JOB).outcome == "sent"
        assert printer.jobs == [JOB]  # handed over by then, not only queued
    assert open_printer("cups:nobody").send(JOB).reason == "missing"
    assert open_printer("cups:nobody").status().reason == "missing"


def test_a_stopped_queue_takes_nothing(cups: Path) -> None:
    queue("stopped", "socket://127.0.0.1:9")
    subprocess.run([PROGRAMS[2], "stopped"], check=True)
    port = open_printer("cups:stopped")
    assert port.status().reason == "queue_stopped"
    delivery = port.send(JOB)
    assert (delivery.outcome, delivery.reason) == ("not_sent", "queue_stopped")


def test_a_job_that_hangs_is_taken_back(cups: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        queue("hanging", f"socket://127.0.0.1:{server.getsockname()[1]}")
        before = time.monotonic()
        delivery = open_printer("cups:hanging").send(bytes(20_000_000), 1.5)
        assert time.monotonic() - before < 6
        assert delivery.outcome == "broken"
        deadline = time.monotonic() + 5
        while subprocess.run(["lpstat", "-o", "hanging"], capture_output=True, check=True).stdout:
            assert time.monotonic() < deadline, "the job is still in the queue"
            time.sleep(0.05)


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a program of that name before all others."""
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def put(name: str, script: str) -> None:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return put


@pytest.mark.parametrize(
    ("alerts", "reason"),
    [
        ("none", ""),
        ("media-empty-error", "paper_out"),
        ("media-low-warning", ""),
        ("cover-open", "cover_open"),
        ("toner-low-report offline-report", "offline"),
    ],
)
def test_what_the_queue_knows_of_its_printer(commands: Callable[[str, str], None], alerts: str, reason: str) -> None:
    commands(
        "lpstat",
        "case $1 in -a) echo labels accepting requests;; "
        f"*) printf 'printer labels is idle.  enabled\\n\\tAlerts: {alerts}\\n';; esac",
    )
    port = open_printer("cups:labels")
    assert port.status().reason == reason
    if reason:
        commands("lp", "echo no label may come here; exit 9")
        assert port.send(JOB).outcome == "not_sent"


def test_a_machine_without_cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert queues() == []
    assert open_printer("cups:labels").send(JOB, 1).reason == "missing"


def test_commands_that_hang(commands: Callable[[str, str], None]) -> None:
    commands("lpstat", "echo accepting requests")
    commands("lp", "exec sleep 5")
    before = time.monotonic()
    delivery = open_printer("cups:labels").send(JOB, 0.4)
    assert (delivery.outcome, delivery.reason) == ("broken", "timeout")
    commands("lpstat", "exec sleep 5")
    delivery = open_printer("cups:labels").send(JOB, 0.3)
    assert (delivery.outcome, delivery.reason) == ("not_sent", "timeout")
    assert time.monotonic() - before < 2
