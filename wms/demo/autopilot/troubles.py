"""What goes wrong in a day besides people: plugs pulled, a network that is away, a hub that dies, paper that ends,
customers who change their mind. All at fixed shares of the day's work."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from wms.demo.autopilot.children import HubProcess
from wms.demo.autopilot.floor import Floor
from wms.demo.autopilot.office import Office
from wms.demo.autopilot.packer import Packer
from wms.demo.autopilot.picker import Picker

OUTAGE_SECONDS = 3.0
HUB_DEAD_SECONDS = 1.5
CANCELLED_PER_MILLE = 15
_LOOK = 0.05


class Troubles:
    """Brings them about, and counts them."""

    def __init__(
        self,
        floor: Floor,
        hub: HubProcess,
        office: Office,
        pickers: list[Picker],
        packers: list[Packer],
        orders: list[str],
        units: int,
        seed: int,
    ) -> None:
        self._floor, self._hub, self._office = floor, hub, office
        self._pickers, self._packers, self._orders, self._units = pickers, packers, orders, units
        self._chance = Random(f"troubles {seed}")  # noqa: S311 - a simulation
        self.counts: Counter[str] = Counter()

    async def day(self) -> None:
        """All of them, each when its share of the units has been picked."""
        changes = max(1, len(self._orders) * CANCELLED_PER_MILLE // 1000)
        planned: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (0.15, self._picker_loses_power),
            (0.25, self._cancel_in_the_lane),
            (0.30, self._paper_ends),
            (0.40, self._network_away),
            (0.55, self._hub_dies),
            (0.65, self._packer_loses_power),
            *((self._chance.uniform(0.05, 0.8), self._cancel_one) for _ in range(changes)),
        ]
        for share, happen in sorted(planned, key=lambda one: one[0]):
            while self._floor.taken < share * self._units and self._floor.at_work["pick"]:
                await asyncio.sleep(_LOOK)
            await happen()

    async def _picker_loses_power(self) -> None:
        self._pickers[0].pull_plug_at = "pick.item"
        self.counts["terminal killed"] += 1

    async def _packer_loses_power(self) -> None:
        self._packers[-1].pull_plug_at = "pack.item"
        self.counts["terminal killed"] += 1

    async def _paper_ends(self) -> None:
        printer = self._packers[0].terminal.printer
        assert printer is not None  # noqa: S101
        printer.paper_out()
        self.counts["paper out"] += 1

    async def _network_away(self) -> None:
        self._hub.freeze()
        self.counts["network away"] += 1
        try:
            await asyncio.sleep(OUTAGE_SECONDS)
        finally:
            self._hub.thaw()

    async def _hub_dies(self) -> None:
        self._hub.kill()
        self.counts["hub killed"] += 1
        await asyncio.sleep(HUB_DEAD_SECONDS)
        await self._hub.start()

    async def _cancel_one(self) -> None:
        order = self._chance.choice(self._orders)
        if await self._office.cancel(order, refund=self._chance.random() < 0.5):
            self.counts["cancelled"] += 1

    async def _cancel_in_the_lane(self) -> None:
        """After picking, before the bench: the tote waits until the hub has the cancellation."""
        deadline = time.monotonic() + 60
        while not self._floor.lane and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK / 5)
        if not self._floor.lane:
            return
        tote = self._floor.lane.pop()
        self._floor.at_work.update(("lane",))
        try:
            while not (order := self._office.order_in(tote)) and time.monotonic() < deadline:
                await asyncio.sleep(_LOOK)
            if order and await self._office.cancel(order):
                self.counts["cancelled after picking"] += 1
        finally:
            self._floor.aside.append((time.monotonic(), tote))
            self._floor.at_work.subtract(("lane",))
