"""One terminal without a screen, in a process of its own: real store, real sync, real commands, somebody's hands.

`python -m tests.faults.terminal_process FOLDER URL LEDGER …` is started by the rig. It reads one word a line from
stdin (`work`, `rest`, `clock SECONDS`, `disk PAGES`, `stop`) and tells how it stands on stdout, one JSON object a line.
It may be killed at any instant.
"""

from __future__ import annotations

import argparse
import json
import queue
import sys
import threading
import time
from pathlib import Path

from tests.faults import mutants
from tests.faults.hands import Hands
from tests.faults.ledger import Ledger
from tests.faults.office import Office
from wms.domain.commands import Command
from wms.domain.ids import Badge
from wms.store import Store, StoreUnwritable
from wms.store.store import now_ms
from wms.sync.answers import Unreachable
from wms.sync.client import SyncClient
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.membership import enrol, membership
from wms.sync.wire import KEYS_CURSOR
from wms.workflows.handling import Recorded, Refused

TELL_SECONDS = 0.1
ASK_SECONDS = 3.0
ANY_SIZE = 1 << 30  # pages


class Clock:
    """The terminal's own clock, which somebody sets wrong."""

    def __init__(self) -> None:
        self.wrong_ms = 0

    def __call__(self) -> int:
        return now_ms() + self.wrong_ms


class Terminal:
    """From `run()` until `stop` is said."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._pace, self._clock = options.pace, Clock()
        self._store = Store(options.folder, options.device, clock=self._clock)
        if membership(self._store) is None:
            self._enrol(options.url, options.code)
        found = membership(self._store)
        assert found is not None
        self._client = SyncClient(self._store, options.url, *found[1:], wait=2)
        make = Office if options.office else Hands
        ledger = Ledger(options.ledger, options.device, options.life)
        self._hands = make(self._store, self._ask, ledger, options.seed)
        self._words: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._working, self._told = False, 0.0

    def _enrol(self, url: str, code: str) -> None:
        while True:
            try:
                return enrol(self._store, url, code)
            except (NotReached, HubTrouble):
                time.sleep(0.2)

    def _ask(self, command: Command, person: Badge) -> Recorded | Refused | Unreachable:
        return self._client.ask(command, person, ASK_SECONDS)

    def run(self) -> None:
        self._client.start()
        threading.Thread(target=self._listen, daemon=True).start()
        if isinstance(self._hands, Office):
            self._hands.set_up()
        while self._obey():
            busy = self._working and self._hands.work()
            self._tell()
            time.sleep(self._pace if busy else 5 * self._pace)
        self._client.stop()
        self._store.close()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._words.put(line.strip())
        self._words.put("stop")

    def _obey(self) -> bool:
        while not self._words.empty():
            word, _, figure = self._words.get().partition(" ")
            match word:
                case "work" | "rest":
                    self._working = word == "work"
                case "clock":
                    self._clock.wrong_ms += int(figure) * 1000
                case "disk":
                    self._limit_disk(int(figure))
                case "stop":
                    return False
        return True

    def _limit_disk(self, spare: int) -> None:
        """Leave so many pages to the database, as a full disk does; 0 lifts it."""

        def limit(connection: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
            connection.execute(f"PRAGMA max_page_count = {pages + spare if spare else ANY_SIZE}")  # type: ignore[attr-defined]

        try:
            self._store.writer.do(limit)
        except StoreUnwritable as error:
            print(json.dumps({"odd": str(error)}), file=sys.stderr, flush=True)

    def _tell(self) -> None:
        if time.monotonic() - self._told < TELL_SECONDS:
            return
        self._told = time.monotonic()
        status = self._client.status()
        state = {
            "head": self._store.head(),
            "waiting": self._store.waiting(),
            "keys": int(self._store.meta(KEYS_CURSOR) or 0),
            "unsent": status.unsent,
            "link": status.link,
            "trouble": status.hub_trouble.text,
            "epoch": self._store.epoch,
            "green": self._hands.green,
            "refused": self._hands.refused,
            "unwritable": self._hands.unwritable,
        }
        print(json.dumps(state), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("url")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--device", required=True)
    parser.add_argument("--life", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--code", default="")
    parser.add_argument("--pace", type=float, default=0.02)
    parser.add_argument("--office", action="store_true")
    parser.add_argument("--mutate", default="")
    options = parser.parse_args()
    mutants.apply(options.mutate)
    Terminal(options).run()


if __name__ == "__main__":
    main()
