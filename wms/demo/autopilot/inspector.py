"""An inspector: takes drawn units out of totes, looks at every point, judges."""

from __future__ import annotations

from collections import Counter

from wms.demo.autopilot.floor import Unit
from wms.demo.autopilot.person import Person
from wms.demo.autopilot.sight import Sight


class Inspector(Person):
    work = "inspect"
    _unit = ("", "")  # tote and SKU of the unit in the hand

    async def on_qc_wait(self, _: Sight) -> None:
        self.done = not self.floor.at_work.total()
        if not self.done:
            await self.wait("samples")

    async def on_qc_item(self, seen: Sight) -> None:
        sku = seen.expects[0]
        goods = self.floor.goods[sku]
        if self.mistakes.at("sample") == "wrong item":
            self.made("wrong item")
            goods = self.floor.other_goods(sku, self.mistakes.chance)
        else:
            self._unit = seen.target, sku
        await self.terminal.scan(self.spelling(goods))

    async def on_qc_judge(self, _: Sight) -> None:
        if self.mistakes.at("verdict") == "failed":
            await self.terminal.press("f2")
        elif self.mistakes.chance.random() < 0.5:
            await self.terminal.press("enter")
        else:
            await self.terminal.scan("CMD-PASS")

    async def on_qc_reason(self, seen: Sight) -> None:
        verdict = await self.terminal.choose(self.mistakes.chance.randrange(len(seen.choices)))
        if verdict.says("failed"):
            self.made("sample failed")
            self._put_aside(*self._unit)

    def _put_aside(self, tote: str, sku: str) -> None:
        """The failed unit does not go back into its tote."""
        inside = self.floor.totes.get(tote, Counter[Unit]())
        for unit in sorted(+inside):
            if unit[0] == sku:
                inside[unit] -= 1
                self.floor.put_away["quarantine"] += 1
                return
