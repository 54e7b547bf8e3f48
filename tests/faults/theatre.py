"""A floor in one process, for scenarios: the real stores, the real exchange over real HTTP, and nothing by chance.

A scenario is a script of steps on a `Theatre`; `judge` brings everything to rest and asks the same invariants as the
campaign. What people did is kept in the same ledger.
"""

from __future__ import annotations

import contextlib
import itertools
import shutil
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvicorn

from tests.faults import ledger
from tests.faults import warehouse as w
from tests.faults.evidence import (
    DATABASE,
    Discarded,
    Evidence,
    acts_on_disk,
    chains_on_disk,
    destroyed_on_disk,
    feed_of,
    opened,
)
from tests.faults.hands import Hands
from tests.faults.invariants import broken
from tests.faults.ledger import Ledger
from tests.faults.machines import GUARD, Lives
from tests.faults.proxy import Link, Proxy
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import Badge, CategoryCode, DeviceId, OrderId
from wms.domain.recipients import PersonalData
from wms.hub.app import HubApp
from wms.hub.embedded import EmbeddedHub
from wms.hub.roles import TerminalRole
from wms.hub.terminals import Terminals
from wms.store import Store, erasure, sealing
from wms.store.database import open_connection
from wms.store.tables import SqliteRows
from wms.sync.answers import Unreachable
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.exchange import Exchange
from wms.sync.membership import enrol, membership
from wms.workflows.handling import Recorded, Refused

ASK_SECONDS = 2.0


class PowerCut(BaseException):
    """The plug was pulled; nothing after this line of the program ran."""


class HubStage:
    """An embedded hub served on a loopback port that stays the same."""

    def __init__(self, folder: Path, clock: Callable[[], int]) -> None:
        self.folder, self._clock = folder, clock
        self.port = 0
        self.hub: EmbeddedHub | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def port_now(self) -> int:
        return self.port

    def start(self) -> None:
        self.hub = EmbeddedHub(self.folder, clock=self._clock)
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        app = HubApp({self.hub.warehouse: self.hub})
        config = uvicorn.Config(app.starlette, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._bell = app.bell
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.002)

    def stop(self) -> None:
        """As by a pulled plug where everything committed is on the disk; what was not is gone."""
        if self._server is None or self._thread is None or self.hub is None:
            return
        self._bell.close()
        self._server.should_exit = True
        self._thread.join()
        self.hub.close()
        self._server = None

    def code(self, name: str) -> str:
        assert self.hub is not None
        terminals = Terminals(self.hub.database, self.hub.warehouse)
        return terminals.new_code(name, TerminalRole.ALL, "rig", self._clock() // 1000)

    def restart(self) -> None:
        self.stop()
        self.start()

    def image(self, target: Path) -> Path:
        """A backup: the data as they are now."""
        self.stop()
        shutil.copytree(self.folder, target)
        self.start()
        return target

    def put_back(self, image: Path, grave: Path) -> frozenset[tuple[str, int]]:
        """The backup's database takes the place of the newer one; returns the acts that only this held."""
        self.stop()
        shutil.copytree(self.folder, grave)
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (self.folder / name).unlink(missing_ok=True)
            if (image / name).exists():
                shutil.copy(image / name, self.folder / name)
        self.start()
        return _held(grave) - _held(self.folder)


class TerminalStage:
    """A terminal whose sync moves only when the script says so."""

    def __init__(self, theatre: Theatre, folder: Path, device: str, link: Link) -> None:
        self._theatre, self.folder, self.device, self.link = theatre, folder, device, link
        self.store: Store
        self.exchange: Exchange
        self.hands: Hands
        self.running = False

    def open(self) -> TerminalStage:
        self.store = Store(self.folder, self.device, clock=self._theatre.clock)
        if membership(self.store) is None:
            enrol(self.store, self.url, self._theatre.hub.code(self.device))
        found = membership(self.store)
        assert found is not None
        self.exchange = Exchange(self.store, self.url, *found[1:])
        life = self._theatre.lives.next(self.device)
        self.hands = Hands(self.store, self.ask, Ledger(self._theatre.ledger, self.device, life), life)
        self.running = True
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.link.port}"

    def cut_after_next_commit(self) -> None:
        """The plug is pulled when the second transaction from now would begin."""
        do, left = self.store.writer.do, [1]

        def cut(work: Any, **more: Any) -> Any:
            if not left:
                raise PowerCut
            left.pop()
            return do(work, **more)

        self.store.writer.do = cut  # type: ignore[method-assign]

    def close(self) -> None:
        if self.running:
            self.running = False
            self.exchange.close()
            self.store.close()

    # What its person does

    def act(self, command: Any, *moved: tuple[str, str, str, int]) -> tuple[Any, ...]:
        return self.hands.act(command, moved)

    def receive(self, quantity: int, sku: w.Sku = w.SKUS[0], place: w.PlaceId | None = None) -> None:
        place = place or w.home(sku)[0]
        receipt = f"R-{self.device}-{next(self._theatre.numbers)}"
        done = self.act(w.delivery(sku, quantity, receipt, place), (place, sku, "", quantity))
        assert done, "goods received are never refused"

    def define(self, name: str) -> None:
        """Name the first item: of several definitions the last in the hub's order counts."""
        self._say(e.ItemDefined(Item(w.SKUS[0], name, name, CategoryCode("food")), ()))

    def say_unreadable(self) -> None:
        """Record what no version here has words for, as a newer program did that ran on this disk before."""
        self._say(e.FactUnreadable("GoodsTeleported", '{"to":"the moon"}'))

    def _say(self, event: e.Event) -> None:
        at = self.hands.ledger.before(self.store.clock(), type(event).__name__)
        self.store.record((event,), self.hands.person, at)
        self.hands.ledger.after(at, "green", 1)

    def seal(self, order: str) -> None:
        """Somebody's name and address come to be here."""
        sealing.seal(self.store, OrderId(order), PersonalData("王小明", "13800000000", ("南京路 1 号",)))

    def erase(self, order: str) -> None:
        assert erasure.erase(self.store, [OrderId(order)], self.hands.person, "asked")
        self.hands.ledger.erase(order)

    def ask(self, command: c.Command, person: Badge) -> Recorded | Refused | Unreachable:
        return self.exchange.ask(command, person, ASK_SECONDS)

    def must(self, command: c.Command) -> Recorded:
        outcome = self.ask(command, self.hands.person)
        assert isinstance(outcome, Recorded), outcome
        return outcome

    # Sync, step by step; a hub that is away or unwilling is no fault of the script

    def push(self) -> str:
        return self._try(self.exchange.push)

    def pull(self) -> str:
        """All there is, page by page."""

        def pages() -> None:
            while self.exchange.pull(0):
                pass

        return self._try(pages)

    def pull_late(self, meanwhile: Callable[[], None]) -> str:
        """All that happens before the hub's answer to one pull arrives."""
        connection = self.exchange._pull
        call = connection.call

        def late(*asked: Any, **more: Any) -> Any:
            connection.call = call  # type: ignore[method-assign]
            answer = call(*asked, **more)
            meanwhile()
            return answer

        connection.call = late  # type: ignore[method-assign]
        return self._try(lambda: self.exchange.pull(0))

    def sync(self) -> str:
        return self.push() or self.pull()

    def _try(self, step: Callable[[], object]) -> str:
        """What went wrong, '' if nothing did."""
        try:
            step()
        except (NotReached, HubTrouble) as error:
            return f"{type(error).__name__}: {error}"
        return ""

    # Its disk

    def damage(self) -> None:
        """Some bits of a fact that everybody knows are others now."""
        with opened(self.folder) as connection:
            (trigger,) = connection.execute(
                "SELECT sql FROM sqlite_schema WHERE name = 'journal_is_never_rewritten'"
            ).fetchone()
            connection.execute("DROP TRIGGER journal_is_never_rewritten")
            connection.execute(
                "UPDATE journal SET body = replace(body, 'SKU-11', 'SKU-1I') WHERE kind = 'ItemDefined' AND device = ?",
                (self.device,),
            )
            connection.execute(trigger)

    def image(self) -> Path:
        """A copy of its disk, as it is now."""
        target = self._theatre.folder / "images" / f"{self.folder.name}.{next(self._theatre.numbers)}"
        self.close()
        shutil.copytree(self.folder, target)
        self.open()
        return target

    def put_back(self, image: Path, *, with_guard: bool = False, seen_in_sync: bool = False) -> None:
        """The disk is lost and an older image takes its place. `seen_in_sync`: its person had seen that everything is
        at the hub, so that nothing is excused."""
        self.close()
        grave = self._theatre.folder / "graves" / f"{self.folder.name}.{next(self._theatre.numbers)}"
        grave.parent.mkdir(exist_ok=True)
        shutil.move(self.folder, grave)
        shutil.copytree(image, self.folder)
        if not with_guard:
            shutil.copy(grave / GUARD, self.folder / GUARD)
        before, after = acts_on_disk(grave, self.device), acts_on_disk(self.folder, self.device)
        lost = frozenset(before.keys() - after.keys())
        unsynced = frozenset() if seen_in_sync else frozenset(act for act in lost if not before[act])
        unheard = destroyed_on_disk(grave, untold=True) - destroyed_on_disk(self._theatre.hub.folder)
        self._theatre.discarded.append(Discarded(self.device, lost, unsynced, with_guard, unheard))
        self.open()


class Theatre:
    """`with Theatre(folder) as theatre: …; theatre.judge()`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ledger = folder, folder / "ledger"
        self.lives, self.numbers = Lives(), itertools.count(1)
        self.hub = HubStage(folder / "hub", self.clock)
        self.terminals: list[TerminalStage] = []
        self.discarded: list[Discarded] = []
        self.copied: set[str] = set()
        self.lost_at_hub: set[tuple[str, int]] = set()
        self._stack = ExitStack()
        self.now_ms = 1_800_000_000_000

    def clock(self) -> int:
        return self.now_ms

    def __enter__(self) -> Theatre:
        self.hub.start()
        self._stack.callback(self.hub.stop)
        self.proxy = self._stack.enter_context(Proxy(self.hub.port_now))
        self._stack.callback(self._close_terminals)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _close_terminals(self) -> None:
        for terminal in self.terminals:
            terminal.close()

    def terminal(self, device: str, folder: str = "") -> TerminalStage:
        name = folder or device.lower()
        terminal = TerminalStage(self, self.folder / name, device, self.proxy.link(name))
        self.terminals.append(terminal)
        return terminal.open()

    def copy_of(self, terminal: TerminalStage) -> TerminalStage:
        """A second machine with a copy of the terminal's disk, guard and all."""
        image = terminal.image()
        self.copied.add(terminal.device)
        name = f"{terminal.folder.name}x{next(self.numbers)}"
        shutil.copytree(image, self.folder / name)
        return self.terminal(terminal.device, name)

    def furnish(self, terminal: TerminalStage, orders: int = 2, lines: tuple[tuple[w.Sku, int], ...] = ()) -> None:
        """Set up by that terminal: site, goods, orders, one released wave."""
        terminal.store.record(tuple(w.site()), terminal.hands.person)
        for sku in w.SKUS[:3]:
            terminal.receive(50, sku)
        now = self.now_ms // 1000
        wanted = lines or ((w.SKUS[0], 3),)
        incoming = tuple(
            c.IncomingOrder(OrderId(f"O-{n}"), w.CHANNEL, f"O-{n}", now + 86_400, w.CARRIER, wanted)
            for n in range(orders)
        )
        terminal.must(c.TakeOrders(incoming))
        terminal.must(c.ReleaseWaves(orders=orders, slots=4))

    def restore_hub(self, image: Path) -> None:
        grave = self.folder / "graves" / f"hub.{next(self.numbers)}"
        grave.parent.mkdir(exist_ok=True)
        self.lost_at_hub |= self.hub.put_back(image, grave)

    # The end

    def judge(self) -> dict[str, list[str]]:
        """Everybody syncs until nothing moves any more; then the invariants."""
        unsettled = self._settle()
        auditor = self.terminal("AUDITOR")
        auditor.sync()
        for terminal in self.terminals:
            terminal.close()
        self.hub.stop()
        with ExitStack() as stack:

            def rows(folder: Path) -> SqliteRows:
                connection = open_connection(folder / DATABASE)
                stack.callback(connection.close)
                return SqliteRows(connection)

            witness = rows(auditor.folder)
            folders = [one.folder for one in self.terminals if one is not auditor] + [self.hub.folder]
            found = Evidence(
                replicas={folder.name: rows(folder) for folder in folders},
                auditor=witness,
                feed=feed_of(witness),
                acts=list(ledger.acts(self.ledger)),
                papers=list(ledger.papers(self.ledger)),
                erased=ledger.erased(self.ledger),
                discarded=self.discarded,
                copied=self.copied | {one.device for one in self.discarded},
                lost_at_hub=frozenset(self.lost_at_hub),
                files=folders,
                unsettled=unsettled,
                chains=chains_on_disk(self.hub.folder),
            )
            return broken(found)

    def _settle(self) -> list[str]:
        troubles: list[str] = []
        for _ in range(12):
            for terminal in self.terminals:
                terminal.link.weather.partitioned = False
                terminal.link.weather.script.clear()
            troubles = [f"{one.folder.name}: {trouble}" for one in self.terminals if (trouble := one.sync())]
            heads = {one.store.head() for one in self.terminals}
            waiting = [one for one in self.terminals if one.store.waiting()]
            if len(heads) == 1 and not waiting and not troubles:
                return []
        return troubles or [
            f"{one.folder.name}: head {one.store.head()}, {one.store.waiting()} wait" for one in self.terminals
        ]


def _held(folder: Path) -> frozenset[tuple[str, int]]:
    connection = open_connection(folder / DATABASE)
    with contextlib.closing(connection):
        found = connection.execute("SELECT device, at FROM journal")
        return frozenset((DeviceId(device), ledger.act_of(at)) for device, at in found)
