"""The machines of a run: terminals and hub as processes over folders, which can be killed, copied and put back."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg

from tests.faults.chains import KEPT, Come, kept
from tests.faults.evidence import Discarded, acts_on_disk, chains_on_disk, destroyed_on_disk, devices_on_disk
from tests.faults.ledger import act_of
from tests.faults.proxy import Link
from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
GUARD = "wms.guard"
UP_SECONDS = 60.0


def spawn(module: str, *arguments: str, log: IO[bytes], **pipes: Any) -> subprocess.Popen[bytes]:
    """A process of the rig, alone in its group, told where the checkout is."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    environment["PYTHONUNBUFFERED"] = "1"
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, start_new_session=True, **pipes)


@dataclass
class Lives:
    """Numbers the processes of a device, whichever copy of its disk they run on."""

    _counters: dict[str, Any] = field(default_factory=dict)

    def next(self, device: str) -> int:
        return next(self._counters.setdefault(device, itertools.count(1)))


class Terminal:
    """One data folder and the process that works on it. Faults come from several threads: each takes `lock`."""

    def __init__(self, folder: Path, device: str, link: Link, lives: Lives, ledger: Path, flags: Sequence[str]) -> None:
        self.folder, self.device, self.link = folder, device, link
        self._lives, self._ledger, self._flags = lives, ledger, list(flags)
        self.lock = threading.RLock()
        self.code = ""
        self.state: dict[str, Any] = {}
        self.greens: dict[int, int] = {}  # acts that turned green, by life
        self.died: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._expected_end = True
        self.life = 0

    @property
    def name(self) -> str:
        return self.folder.name

    def start(self, *, work: bool = True, seed: int = 0) -> None:
        with self.lock:
            self.life = self._lives.next(self.device)
            self.state, self._expected_end = {}, False
            arguments = [str(self.folder), f"http://127.0.0.1:{self.link.port}", str(self._ledger)]
            arguments += ["--device", self.device, "--life", str(self.life), "--seed", str(seed * 1000 + self.life)]
            arguments += ["--code", self.code, *self._flags]
            with self.log.open("ab") as log:
                self._process = spawn(
                    "tests.faults.terminal_process",
                    *arguments,
                    log=log,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            threading.Thread(target=self._read, args=(self._process, self.life), daemon=True).start()
            if work:
                self.say("work")

    @property
    def log(self) -> Path:
        return self.folder.parent / f"{self.name}.log"

    def _read(self, process: subprocess.Popen[bytes], life: int) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError):
                    state = json.loads(line)
                    self.greens[life] = state.get("green", 0)
                    if life == self.life:
                        self.state = state
        code = process.wait()
        if life == self.life and not self._expected_end:
            last = self.log.read_text(errors="replace")[-1500:]
            self.died.append(f"{self.name} ended by itself with {code}: {last}")

    def say(self, word: str) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.write(word.encode() + b"\n")
                process.stdin.flush()

    def kill(self) -> None:
        with self.lock:
            _kill(self._process, self)
            self._process = None

    def stop(self, seconds: float = 15.0) -> None:
        """Let it end by itself; a pulled plug for one that does not."""
        with self.lock:
            self._expected_end = True
            self.say("stop")
            if self._process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(seconds)
            self.kill()

    def ends(self) -> None:
        self._expected_end = True

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def until_up(self, seconds: float = UP_SECONDS) -> bool:
        end = time.monotonic() + seconds
        while not self.state and time.monotonic() < end and self.running:
            time.sleep(0.02)
        return bool(self.state)

    # The disk; only while no process works on it

    def copy_disk(self, target: Path) -> None:
        shutil.copytree(self.folder, target)

    def put_disk_back(self, image: Path, graveyard: Path, *, with_guard: bool) -> Discarded:
        """An older image takes the disk's place; without the guard, the newer guard stays beside the old database."""
        shutil.move(self.folder, graveyard)
        shutil.copytree(image, self.folder)
        if not with_guard and (graveyard / GUARD).exists():
            shutil.copy(graveyard / GUARD, self.folder / GUARD)
        before, after = acts_on_disk(graveyard, self.device), acts_on_disk(self.folder, self.device)
        lost = before.keys() - after.keys()
        unsynced = frozenset(act for act in lost if not before[act])
        untold = destroyed_on_disk(graveyard, untold=True)
        return Discarded(self.device, frozenset(lost), unsynced, with_guard, untold)


class Hub:
    """The hub's process on one port. Subclasses say what its data is and how an older state comes back."""

    def __init__(self, folder: Path, mutant: str) -> None:
        self.folder, self._mutant = folder, mutant
        self.lock = threading.RLock()
        self.port = 0
        self.died: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None

    def port_now(self) -> int:
        return self.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def where(self) -> list[str]:
        """The arguments that name its data."""
        return ["--data", str(self.folder)]

    def start(self) -> None:
        """Returns when it listens. Raises `RuntimeError` with the end of its log where it does not."""
        with self.lock:
            mutation = ["--mutate", self._mutant] if self._mutant else []
            serving = ["hub", "serve", *self.where(), "--port", str(self.port)]
            with self.log.open("ab") as log:
                self._process = spawn(
                    "tests.faults.hub_process",
                    *mutation,
                    *serving,
                    log=log,
                    stdout=subprocess.PIPE,
                    stdin=subprocess.DEVNULL,
                )
            assert self._process.stdout is not None
            with self._process.stdout as out:
                line = out.readline()
            if not line:
                raise RuntimeError("the hub did not start: " + self.log.read_text(errors="replace")[-2000:])
            self.port = int(json.loads(line)["listening"].rsplit(":", 1)[1])

    @property
    def log(self) -> Path:
        return self.folder.parent / "hub.log"

    def kill(self) -> None:
        with self.lock:
            if self._process is not None and self._process.poll() is not None:
                self.died.append(f"the hub ended by itself: {self.log.read_text(errors='replace')[-1500:]}")
            _kill(self._process)
            self._process = None

    def stop(self) -> None:
        with self.lock:
            if self._process is not None:
                self._process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(15)
            _kill(self._process)
            self._process = None

    def prepare(self) -> None:
        """Make its data, once."""
        self.command("hub", "init", *self.where())

    def close(self) -> None:
        """Let go of what it stood on."""

    def code(self, name: str) -> str:
        return str(self.command("hub", "enrol", name, *self.where())["code"])

    def back_up(self, target: Path) -> None:
        self.command("hub", "backup", str(target), *self.where())

    def put_back(self, source: Path) -> frozenset[tuple[str, int]]:
        """Kill it, put the backup in the place of its data, start it; returns the acts that only the lost data held."""
        with self.lock:
            self.kill()
            before = self.held()
            self.command("hub", "restore", str(source), "--replace", *self.where())
            lost = before - self.held()
            self.start()
            return lost

    def held(self) -> frozenset[tuple[str, int]]:
        """Every act its journal holds."""
        devices = devices_on_disk(self.folder)
        return frozenset((device, act) for device in devices for act in acts_on_disk(self.folder, device))

    def destroyed(self) -> frozenset[str]:
        """The keys of recipients that it knows to be destroyed."""
        return destroyed_on_disk(self.folder)

    def chains(self) -> Come:
        """Its hashes over what each device said; only while it is down."""
        return chains_on_disk(self.folder)

    def command(self, *arguments: str) -> dict[str, Any]:
        """`wms … --json`, answered. Raises `RuntimeError` with what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "wms", *arguments, "--json"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"wms {' '.join(arguments)}: {done.stderr.strip()}")
        found: dict[str, Any] = json.loads(done.stdout or "{}")
        return found


class PostgresHub(Hub):
    """The hub over a real PostgreSQL of its own."""

    def __init__(self, folder: Path, mutant: str) -> None:
        super().__init__(folder, mutant)
        self.server = PostgresServer(folder.parent / "pg")
        self.database = ""

    def where(self) -> list[str]:
        return ["--database", self.database, "--data", str(self.folder)]

    def prepare(self) -> None:
        self.server.start()
        self.database = self.server.fresh_database()
        self.command("hub", "init", *self.where())

    def held(self) -> frozenset[tuple[str, int]]:
        with psycopg.connect(self.database) as connection:
            found = connection.execute("SELECT device, at FROM hub_event").fetchall()
        return frozenset((device, act_of(at)) for device, at in found)

    def destroyed(self) -> frozenset[str]:
        with psycopg.connect(self.database) as connection:
            found = connection.execute("SELECT subject FROM hub_key WHERE key IS NULL").fetchall()
        return frozenset(subject for (subject,) in found)

    def chains(self) -> Come:
        with psycopg.connect(self.database) as connection:
            return kept(connection.execute(KEPT).fetchall())

    def close(self) -> None:
        self.server.close()


def _kill(process: subprocess.Popen[bytes] | None, terminal: Terminal | None = None) -> None:
    """SIGKILL to the whole group."""
    if terminal is not None:
        terminal.ends()
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
