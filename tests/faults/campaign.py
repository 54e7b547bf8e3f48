"""One run: a floor at work, faults by the schedule, then peace, and what the invariants say."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from tests.faults import ledger
from tests.faults.chains import Come
from tests.faults.evidence import DATABASE, Discarded, Evidence, feed_of
from tests.faults.faults import Fault
from tests.faults.invariants import broken, unheard_erasures, unknowable_labels
from tests.faults.machines import Hub, Lives, Terminal
from tests.faults.proxy import Proxy, Weather
from tests.faults.report import Report
from wms.store import Store
from wms.store.database import open_connection
from wms.store.tables import SqliteRows
from wms.sync.membership import enrol, sync_now

SETTLE_SECONDS = 90.0
USUAL = {"lose_request": 0.02, "lose_reply": 0.02, "repeat": 0.03, "hold": 0.01}


class Campaign:
    """`run()` once. Everything lies in `folder` and is left there."""

    def __init__(
        self,
        folder: Path,
        hub: Hub,
        plan: Sequence[Fault],
        *,
        terminals: int,
        seconds: float,
        seed: int,
        mutant: str = "",
    ) -> None:
        self.folder, self.hub, self.seed, self.seconds = folder, hub, seed, seconds
        self._plan, self._count, self._mutant = plan, terminals, mutant
        self._ledger, self._lives = folder / "ledger", Lives()
        self.terminals: list[Terminal] = []
        self._twins: list[Terminal] = []
        self._images: dict[int, list[Path]] = {}
        self._backups: list[Path] = []
        self._numbers = itertools.count(1)
        self._discarded: list[Discarded] = []
        self._lost_at_hub: set[tuple[str, int]] = set()
        self._done: Counter[str] = Counter()
        self._odd: list[str] = []
        self._chains: Come = {}
        self._database: Any = getattr(hub, "server", None)

    def run(self) -> Report:
        started = time.monotonic()
        with ExitStack() as stack:
            self.proxy = stack.enter_context(Proxy(self.hub.port_now, self.seed))
            stack.callback(self.hub.close)
            stack.callback(self._end_all)
            self._set_up()
            self._live()
            unsettled = self._settle()
            auditor = self._audit()
            died = [line for one in (*self.terminals, *self._twins) for line in one.died] + self.hub.died
            self._end_all()
            self._chains = self.hub.chains()
        return self._judge(unsettled, died, auditor, time.monotonic() - started)

    # Before

    def _set_up(self) -> None:
        self.hub.prepare()
        self.hub.start()
        for n in range(self._count):
            flags = ["--office"] if n == 0 else []
            terminal = self._terminal(self.folder / f"t{n}", f"T{n}", flags)
            terminal.code = self.hub.code(f"T{n}")
            self.terminals.append(terminal)
            terminal.start(seed=self.seed)
            if n == 0:
                terminal.until_up()
        for terminal in self.terminals:
            terminal.until_up()
            terminal.link.weather = Weather(**USUAL)

    def _terminal(self, folder: Path, device: str, flags: list[str]) -> Terminal:
        if self._mutant:
            flags = [*flags, "--mutate", self._mutant]
        return Terminal(folder, device, self.proxy.link(folder.name), self._lives, self._ledger, flags)

    # Trouble

    def _live(self) -> None:
        began = time.monotonic()
        with ThreadPoolExecutor(6, "fault") as hands:
            for fault in self._plan:
                time.sleep(max(0.0, began + fault.at - time.monotonic()))
                if time.monotonic() - began > self.seconds:
                    break
                hands.submit(self._carefully, fault)
            time.sleep(max(0.0, began + self.seconds - time.monotonic()))

    def _carefully(self, fault: Fault) -> None:
        """A fault that the rig itself could not carry out is told, never passed over."""
        try:
            act: Callable[[Fault, Terminal], bool] = getattr(self, f"_{fault.kind}")
            if act(fault, self.terminals[fault.who]):
                self._done[fault.kind] += 1
        except Exception as error:
            self._odd.append(f"{fault.kind}: {type(error).__name__}: {error}")

    def _partition(self, fault: Fault, who: Terminal) -> bool:
        """The link is dead for a while: half of the time what is under way is cut, else it goes silent."""
        many = self.terminals if fault.much > 0.8 else [who]
        for terminal in many:
            terminal.link.weather.partitioned = True
            if fault.much < 0.5:
                self.proxy.call(_cut(terminal))
        time.sleep(fault.lasts)
        for terminal in many:
            terminal.link.weather.partitioned = False
        return True

    def _slow(self, fault: Fault, who: Terminal) -> bool:
        who.link.weather.latency, who.link.weather.bytes_a_second = 0.3 * fault.much, 4000 + int(30_000 * fault.much)
        time.sleep(fault.lasts)
        who.link.weather.latency, who.link.weather.bytes_a_second = 0.0, 0
        return True

    def _kill_terminal(self, fault: Fault, who: Terminal) -> bool:
        with who.lock:
            who.kill()
            time.sleep(fault.much)
            who.start(seed=self.seed)
        return True

    def _kill_hub(self, fault: Fault, _: Terminal) -> bool:
        with self.hub.lock:
            self.hub.kill()
            time.sleep(2 * fault.much)
            self.hub.start()
        return True

    def _kill_database(self, fault: Fault, _: Terminal) -> bool:
        with self.hub.lock:
            self._database.kill()
            time.sleep(2 * fault.much)
            self._database.start()
        return True

    def _image_disk(self, fault: Fault, who: Terminal) -> bool:
        """Pull the plug, copy the disk, go on."""
        image = self.folder / "images" / f"{who.name}.{next(self._numbers)}"
        with who.lock:
            who.kill()
            who.copy_disk(image)
            who.start(seed=self.seed)
        self._images.setdefault(fault.who, []).append(image)
        return True

    def _restore_disk(self, fault: Fault, who: Terminal, *, with_guard: bool = False) -> bool:
        images = self._images.get(fault.who)
        if not images:
            return self._image_disk(fault, who)
        image = images[int(fault.much * len(images))]
        with who.lock:
            who.kill()
            grave = self.folder / "graves" / f"{who.name}.{next(self._numbers)}"
            grave.parent.mkdir(exist_ok=True)
            self._discarded.append(self._known_at_hub(who.put_disk_back(image, grave, with_guard=with_guard)))
            who.start(seed=self.seed)
        return True

    def _known_at_hub(self, gone: Discarded) -> Discarded:
        """What the hub had taken in before the disk was lost is not excused, though the terminal never heard so."""
        try:
            with self.hub.lock:  # while it is put back it holds nothing, or too little
                held = {act for device, act in self.hub.held() if device == gone.device}
                return replace(gone, unsynced=gone.lost - held, unheard=gone.unheard - self.hub.destroyed())
        except psycopg.OperationalError:
            return gone  # its database is down just now: the terminal's word is all there is

    def _restore_disk_and_guard(self, fault: Fault, who: Terminal) -> bool:
        return self._restore_disk(fault, who, with_guard=True)

    def _backup_hub(self, fault: Fault, _: Terminal) -> bool:
        target = self.folder / f"hub.{next(self._numbers)}.backup"
        with self.hub.lock:
            self.hub.back_up(target)
        self._backups.append(target)
        return True

    def _restore_hub(self, fault: Fault, _: Terminal) -> bool:
        if not self._backups:
            return self._backup_hub(fault, _)
        self._lost_at_hub |= self.hub.put_back(self._backups[int(fault.much * len(self._backups))])
        return True

    def _full_disk(self, fault: Fault, who: Terminal) -> bool:
        who.say(f"disk {1 + int(4 * fault.much)}")
        time.sleep(fault.lasts)
        who.say("disk 0")
        return True

    def _clock(self, fault: Fault, who: Terminal) -> bool:
        who.say(f"clock {int((fault.much - 0.5) * 4 * 86_400)}")
        return True

    def _twin(self, fault: Fault, who: Terminal) -> bool:
        """A copy of a terminal's disk, guard and keys and all, works beside it from now on. The office has none."""
        if fault.who == 0:
            who = self.terminals[-1]
        folder = self.folder / f"{who.device.lower()}x{next(self._numbers)}"
        with who.lock:
            who.kill()
            who.copy_disk(folder)
            who.start(seed=self.seed)
        twin = self._terminal(folder, who.device, [])
        twin.link.weather = Weather(**USUAL)
        twin.start(seed=self.seed)
        self._twins.append(twin)
        return True

    # Peace

    def _everybody(self) -> list[Terminal]:
        return [*self.terminals, *self._twins]

    def _settle(self) -> list[str]:
        """Mend everything, let nobody work, and wait until all hold the same. What does not come to rest is told."""
        for one in self._everybody():
            one.link.weather = Weather()
            one.say("disk 0")
            if not one.running:
                one.start(work=False, seed=self.seed)
        time.sleep(0.5)
        for one in self._everybody():
            one.say("rest")
        end = time.monotonic() + SETTLE_SECONDS
        calm_since = 0.0
        while time.monotonic() < end:
            states = [one.state for one in self._everybody()]
            heads = {(state.get("head", -1), state.get("keys")) for state in states}
            calm = len(heads) == 1 and not any(state.get("waiting", 1) or state.get("trouble") for state in states)
            if not calm:
                calm_since = 0.0
            elif not calm_since:
                calm_since = time.monotonic()
            elif time.monotonic() - calm_since > 3.0:
                return []
            time.sleep(0.1)
        return [f"{one.name}: {one.state}" for one in self._everybody()]

    def _audit(self) -> Path:
        """Somebody new joins and takes everything in."""
        folder = self.folder / "auditor"
        store = Store(folder, "AUDITOR")
        try:
            enrol(store, self.hub.url, self.hub.code("AUDITOR"))
            end = time.monotonic() + 60
            while time.monotonic() < end:
                before = store.head()
                sync_now(store)
                if store.head() == before:
                    break
        finally:
            store.close()
        return folder

    def _end_all(self) -> None:
        everybody = self._everybody()
        ending = [threading.Thread(target=one.stop) for one in everybody]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()
        self.hub.stop()

    # Judgement

    def _judge(self, unsettled: list[str], died: list[str], auditor: Path, seconds: float) -> Report:
        with ExitStack() as stack:

            def rows(folder: Path) -> SqliteRows:
                connection = open_connection(folder / DATABASE)
                stack.callback(connection.close)
                return SqliteRows(connection)

            witness = rows(auditor)
            found = Evidence(
                replicas={one.name: rows(one.folder) for one in self._everybody()} | self._picture_of_hub(rows),
                auditor=witness,
                feed=feed_of(witness),
                acts=list(ledger.acts(self._ledger)),
                papers=list(ledger.papers(self._ledger)),
                erased=ledger.erased(self._ledger),
                discarded=self._discarded,
                copied={one.device for one in (*self._discarded, *self._twins)},
                lost_at_hub=frozenset(self._lost_at_hub),
                files=[path.parent for path in self.folder.glob(f"*/{DATABASE}")],
                died=died,
                unsettled=unsettled,
                chains=self._chains,
            )
            return Report(
                self.seed,
                round(seconds, 1),
                broken(found),
                self._counts(found),
                dict(sorted(self._done.items())),
                dict(sorted(self.proxy.seen.items())),
                self._odd,
            )

    def _picture_of_hub(self, rows: Callable[[Path], SqliteRows]) -> dict[str, SqliteRows]:
        return {"hub": rows(self.hub.folder)} if (self.hub.folder / DATABASE).exists() else {}

    def _counts(self, found: Evidence) -> dict[str, int]:
        outcomes = Counter(act.outcome for act in found.acts)
        return {
            "acts": len(found.acts),
            "green": outcomes["green"],
            "refused": outcomes["refused"],
            "unseen": outcomes["unknown"],
            "facts": len(found.feed),
            "lives": sum(1 for _ in self._ledger.glob("*.acts")),
            "labels": len(found.papers),
            "erased": len(found.erased),
            "excused": sum(act.outcome == "green" and found.excused(act) for act in found.acts),
            "unknowable_labels": len(unknowable_labels(found)),
            "unheard_erasures": len(unheard_erasures(found)),
        }


async def _cut(terminal: Terminal) -> None:
    terminal.link.cut()
