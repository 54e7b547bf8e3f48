"""Handing over: a packer whose lane is empty loads what stands at the carriers' places, and the courier signs."""

from __future__ import annotations

from wms.demo.autopilot.packer import NEW_ROLL_SECONDS, Packer
from wms.demo.autopilot.person import A_WHILE
from wms.demo.autopilot.sight import Sight

COURIER = "Wu Lei"
_TRIES = 20


class PackerAndHandover(Packer):
    """Packs until nothing is left, then hands over carrier by carrier; two of them share the carriers."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._place = ""
        self._to_load: list[str] = []
        self._refused: list[str] = []
        self._loaded = 0
        self._tries = 0
        self.floor.at_work.update(("pack", "ship"))

    async def day(self) -> None:
        await super().day()
        self.floor.at_work.subtract(("pack",))
        while self.floor.at_work["pack"]:
            await self.wait("the other bench")
        self.work, self.done = "ship", False
        await self.terminal.press("f4")
        await super().day()
        await self._see_to_the_slips()
        self.floor.at_work.subtract(("ship",))

    async def _see_to_the_slips(self) -> None:
        """The courier wants the manifest on paper."""
        while self.terminal.sight.labels_waiting:
            if self.terminal.sight.printer == "trouble":
                await self.wait("a new roll", NEW_ROLL_SECONDS)
                self.new_roll()
            await self.wait("the manifest")

    async def on_ship_carrier(self, _: Sight) -> None:
        place = next((place for place, waybills in self.floor.staged.items() if waybills), "")
        if not place:
            self.done = True
            return
        waybills, self.floor.staged[place] = self.floor.staged[place], []
        self._place, self._to_load, self._refused, self._loaded, self._tries = place, waybills, [], 0, 0
        await self.terminal.scan(f"CAR-{self.floor.carriers[place]}")

    async def on_ship_parcel(self, _: Sight) -> None:
        if self._to_load:
            await self._load(self._to_load.pop(0))
        elif self._refused and self._tries < _TRIES:
            self._tries += 1
            self._to_load, self._refused = self._refused, []
            await self.wait("the supervisor", A_WHILE)
        elif self._loaded:
            await self.terminal.press("f2")
        else:
            self.done = True

    async def _load(self, waybill: str) -> None:
        if self.mistakes.at("load") == "double trigger":
            self.made("double trigger")
            verdict = await self.terminal.bounce(waybill)
        else:
            verdict = await self.terminal.scan(waybill)
        if verdict.green:
            self._loaded += 1
        elif not verdict.says("Already on manifest", "STOP"):
            self._refused.append(waybill)

    async def on_ship_sign(self, _: Sight) -> None:
        if (await self.terminal.type(COURIER)).green:
            self.floor.shipped += self._loaded
