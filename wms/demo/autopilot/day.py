"""A whole day: a hub, terminals, people, troubles; from the first badge until the last manifest is signed."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wms.demo.autopilot.children import Children, HubProcess
from wms.demo.autopilot.courier import PackerAndHandover
from wms.demo.autopilot.floor import Floor, furnished
from wms.demo.autopilot.inspector import Inspector
from wms.demo.autopilot.mistakes import Mistakes
from wms.demo.autopilot.office import Office
from wms.demo.autopilot.person import Person
from wms.demo.autopilot.picker import Picker
from wms.demo.autopilot.supervisor import Supervisor
from wms.demo.autopilot.terminal import Terminal
from wms.demo.autopilot.troubles import Troubles
from wms.demo.autopilot.warehouse import Warehouse, open_warehouse
from wms.demo.furnish_people import SUPERVISOR_PIN
from wms.hub.opening import new_code
from wms.store import Store
from wms.sync.membership import enrol, sync_now
from wms.workflows.view import Link

STUCK_SECONDS = 60.0
CLOSING_SECONDS = 180.0  # a slip of thousands of parcels takes its time
_LOOK = 0.5
HANDHELD, SMALL, BENCH = (40, 20), (20, 16), (80, 24)
Progress = Callable[[float, str], None]


class Stuck(RuntimeError):
    """Nothing moved for a minute; the text names the terminals and their last prompts."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is over: what is left of it to be looked at. The stores lie in `folder`."""

    folder: Path
    seed: int
    warehouse: Warehouse
    floor: Floor
    people: tuple[Person, ...]
    troubles: Counter[str]
    seconds: float  # from the first badge to the last signature
    picking_seconds: float

    @property
    def terminals(self) -> list[Terminal]:
        return [person.terminal for person in self.people]

    @property
    def nodes(self) -> dict[str, Path]:
        return {"hub": self.folder / "hub", **{one.name: one.folder for one in self.terminals}}


async def live(folder: Path, files: tuple[Path, ...], limit: int | None, seed: int, progress: Progress) -> Day:
    """Live one day in `folder`. Whatever happens, no process is left. Raises `Stuck`, `Lost`, `Dead`, `NoOrders`."""
    warehouse = await asyncio.to_thread(open_warehouse, folder / "hub", files, limit, seed)
    floor = furnished(warehouse.events)
    floor.all_released = not warehouse.orders
    with Children() as children, contextlib.ExitStack() as devices:
        hub = HubProcess(children, folder / "hub")
        await hub.start()
        sockets = Path(devices.enter_context(tempfile.TemporaryDirectory(prefix="wms")))
        people = _crew(folder, sockets, floor, children, seed)
        for person in people:
            devices.callback(person.terminal.close_devices)
        await asyncio.to_thread(_enrol, people, folder / "hub", hub.url)
        await asyncio.gather(*(person.terminal.start() for person in people))
        office = await asyncio.to_thread(Office, folder / "hub", hub.url)
        pickers = [person for person in people if isinstance(person, Picker)]
        packers = [person for person in people if isinstance(person, PackerAndHandover)]
        orders = list(warehouse.orders)
        troubles = Troubles(floor, hub, office, pickers, list(packers), orders, warehouse.units, seed)
        began = time.monotonic()
        picked = await _work(people, troubles, floor, warehouse, progress)
        seconds = time.monotonic() - began
        progress(1.0, "syncing")
        await _finished(people)
        await asyncio.gather(*(person.terminal.stop() for person in people))
        await asyncio.to_thread(_hear_the_rest, people)
        await hub.stop()
        return Day(folder, seed, warehouse, floor, tuple(people), troubles.counts, seconds, picked)


def _crew(folder: Path, devices: Path, floor: Floor, children: Children, seed: int) -> list[Person]:
    def terminal(name: str, size: tuple[int, int], *, bench: bool = False) -> Terminal:
        return Terminal(name, folder / name, devices, size, children, bench=bench)

    def mistakes(badge: str, share: int = 1) -> Mistakes:
        return Mistakes(seed, badge, share)

    return [
        Picker("1001", terminal("PICK1", HANDHELD), floor, mistakes("1001", 2), floor.carts[0]),
        Picker("1002", terminal("PICK2", SMALL), floor, mistakes("1002", 2), floor.carts[1]),
        PackerAndHandover("1004", terminal("PACK1", BENCH, bench=True), floor, mistakes("1004", 2)),
        PackerAndHandover("1005", terminal("PACK2", BENCH, bench=True), floor, mistakes("1005", 2)),
        Inspector("1006", terminal("CHECK1", HANDHELD), floor, mistakes("1006")),
        Supervisor("1007", terminal("BOARD", BENCH), floor, mistakes("1007"), SUPERVISOR_PIN),
    ]


def _enrol(people: list[Person], hub: Path, url: str) -> None:
    """Each terminal joins with a one-time code of its own."""
    for person in people:
        store = Store(person.terminal.folder, person.terminal.name)
        try:
            enrol(store, url, new_code(hub, person.terminal.name))
        finally:
            store.close()


async def _work(
    people: list[Person], troubles: Troubles, floor: Floor, warehouse: Warehouse, progress: Progress
) -> float:
    """Everybody's day, until all are done; returns the seconds of picking. Raises what ends a day early."""
    began = time.monotonic()
    picked = 0.0
    tasks = [asyncio.create_task(person.day(), name=person.terminal.name) for person in people]
    mishaps = asyncio.create_task(troubles.day(), name="troubles")
    try:
        while any(not task.done() for task in tasks):
            done, _ = await asyncio.wait([*tasks, mishaps], timeout=_LOOK, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
            _watch(people)
            if floor.at_work["pick"]:
                picked = time.monotonic() - began
            progress(_share(floor, warehouse), _summary(floor))
        await mishaps
    finally:
        for task in (*tasks, mishaps):
            task.cancel()
        await asyncio.gather(*tasks, mishaps, return_exceptions=True)
    return picked


def _watch(people: list[Person]) -> None:
    now = time.monotonic()
    at_work = [person.terminal for person in people if not person.done]
    stuck = [one for one in at_work if not one.waiting and now - one.moved > STUCK_SECONDS]
    if at_work and not any(person.terminal.green_within(STUCK_SECONDS) for person in people):
        stuck = at_work
    if stuck:
        raise Stuck("nothing moved for a minute. Last prompts:\n" + _prompts(stuck))


def _prompts(terminals: list[Terminal]) -> str:
    return "\n".join(
        f"{one.name}{f' (waits for {one.waiting})' if one.waiting else ''}: {one.sight}" for one in terminals
    )


def _share(floor: Floor, warehouse: Warehouse) -> float:
    staged = sum(map(len, floor.staged.values()))
    picked = min(1.0, floor.taken / max(1, warehouse.units))
    handed = min(1.0, (floor.packed + floor.shipped) / max(1, 2 * len(warehouse.orders)))
    return min(0.99, 0.6 * picked + 0.4 * handed) if staged or picked else 0.0


def _summary(floor: Floor) -> str:
    return f"{floor.taken} units picked, {floor.packed} parcels packed, {floor.shipped} handed over"


async def _finished(people: list[Person]) -> None:
    """Wait until nothing is to be printed any more, and no terminal has anything that the hub does not know."""
    deadline = time.monotonic() + CLOSING_SECONDS
    while waiting := [one.terminal for one in people if one.terminal.sight.unsent or one.terminal.sight.labels_waiting]:
        if time.monotonic() > deadline:
            raise Stuck("the day is over, but something waits:\n" + _prompts(waiting))
        await asyncio.sleep(0.1)


def _hear_the_rest(people: list[Person]) -> None:
    """`wms sync now` on every terminal after hours, twice: first all say their last words, then all hear them."""
    for person in (*people, *people):
        store = Store(person.terminal.folder)
        try:
            found = sync_now(store)
        finally:
            store.close()
        if found.link != Link.IN_SYNC:
            raise Stuck(f"{person.terminal.name} can't be synced: it is {found.link}, {found.unsent} unsent")
