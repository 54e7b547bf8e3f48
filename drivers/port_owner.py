"""Which programs have a device open, as far as this user is allowed to see. Linux only; elsewhere nobody is seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.port_system import HERE, System

_INTERPRETERS = ("python", "perl", "ruby", "node", "bash", "sh", "dash", "java")
MODEM_MANAGER = "ModemManager"


@dataclass(frozen=True, slots=True)
class Owner:
    pid: int
    program: str

    def __str__(self) -> str:
        return f"{self.program} (process {self.pid})"


def owners_of(device: str, system: System = HERE) -> list[Owner]:
    """The programs that have the device open or locked, by process id.

    Open files of other users' processes are root's to see; locks (flock) everybody's. Takes some milliseconds.
    """
    try:
        target = os.path.realpath(device)
        status = Path(device).stat()
    except (OSError, ValueError):
        return []
    holders = {pid for pid in _processes(system) if _has_open(pid, target, system)}
    holders |= set(_lockers(status, system))
    return [Owner(pid, _program(pid, system)) for pid in sorted(holders)]


def modem_manager(system: System = HERE) -> Owner | None:
    """ModemManager, if it runs: it opens every new port for some ten seconds to ask for a modem."""
    for pid in _processes(system):
        if _comm(pid, system) == MODEM_MANAGER:
            return Owner(pid, MODEM_MANAGER)
    return None


def _processes(system: System) -> Iterator[int]:
    try:
        names = [entry.name for entry in os.scandir(system.proc)]
    except OSError:
        return
    yield from sorted(int(name) for name in names if name.isdigit())


def _has_open(pid: int, target: str, system: System) -> bool:
    # The links are read, not followed: to follow one into a dead network disk would never end.
    try:
        links = list(os.scandir(system.proc / str(pid) / "fd"))
    except OSError:
        return False
    for link in links:
        try:
            if os.readlink(link) == target:  # noqa: PTH115 (thousands of them)
                return True
        except OSError:
            continue
    return False


def _lockers(status: os.stat_result, system: System) -> Iterator[int]:
    """proc_locks(5): `3: FLOCK  ADVISORY  WRITE 1568 00:2f:32388 0 EOF`, device numbers hexadecimal, inode decimal."""
    try:
        lines = (system.proc / "locks").read_text("ascii", errors="replace").splitlines()
    except OSError:
        return
    file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in lines:
        fields = line.split()
        if file in fields and "FLOCK" in fields and "->" not in fields:  # -> waits for the lock
            pid = int(fields[fields.index(file) - 1])
            if pid > 0:  # of another container otherwise
                yield pid


def _comm(pid: int, system: System) -> str:
    try:
        return (system.proc / str(pid) / "comm").read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""


def _program(pid: int, system: System) -> str:
    """Its name; a script's rather than its interpreter's."""
    name = _comm(pid, system) or "a program that just ended"
    if not name.startswith(_INTERPRETERS):
        return name
    try:
        words = (system.proc / str(pid) / "cmdline").read_text("utf-8", errors="replace").split("\0")
    except OSError:
        return name
    scripts = [word for word in words[1:] if word and not word.startswith("-")]
    return Path(scripts[0]).name if scripts and "-c" not in words else name
