"""A packer: takes totes from the lane, verifies every unit, packs, weighs, labels, brings the parcel to its place."""

from __future__ import annotations

import time
import zlib
from collections import Counter

from wms.demo.autopilot.floor import Floor, Unit
from wms.demo.autopilot.mistakes import Mistakes
from wms.demo.autopilot.person import A_WHILE, UNKNOWN_CODE, Person
from wms.demo.autopilot.sight import Sight
from wms.demo.autopilot.terminal import Terminal

SCALE_TAKES_G = 30_000
TAKE_IT_OFF = "Take the last parcel off first"
PAN_EMPTY_SECONDS = 0.4
"""How long the pan lies empty before a refused parcel is laid on it again: the scale has surely said so by then."""
AFTER_THE_WEIGHT = ("pack.bind", "pack.label", "pack.look", "pack.print")
"""What is asked once a weight was taken, whatever was said: a label may wait for its printer."""
LABEL_SECONDS = 6.0
MENDING_TRIES = 2
"""How often a label that can't be made is tried again before somebody else must see to it."""
IT_IS_MENDED = "It is mended: print"
NEW_ROLL_SECONDS = 2.0
IT_IS_NOT_IN_THE_TOTE = NOTHING_CAME_OUT = TOO_LARGE = 0
_TOO_LARGE_FOR_THE_SCALE = 1
_THE_ITEMS_WEIGHT_IS_WRONG = 2


class Packer(Person):
    work = "pack"

    def __init__(self, badge: str, terminal: Terminal, floor: Floor, mistakes: Mistakes) -> None:
        super().__init__(badge, terminal, floor, mistakes)
        self._tote = ""
        self._parcels: list[Counter[Unit]] = []
        self._wanted = ""  # the SKU of the line that comes next
        self._carton_g = 0
        self._pan_empty_at = 0.0
        self._off: str = ""  # the mistake that made the weight differ
        self._labels_before = 0
        self._label_due = 0.0
        self._waybills: list[str] = []
        self._mended = 0  # how often the label of the parcel at hand was said to be mended

    def is_in_the_middle(self) -> bool:
        return bool(self._parcels and self._parcels[0])

    async def on_pack_tote(self, _: Sight) -> None:
        tote = self.floor.next_tote(time.monotonic())
        if not tote:
            self.done = not self.floor.more_totes_may_come
            if not self.done:
                await self.wait("totes")
            return
        verdict = await self.terminal.scan(tote)
        if verdict.green or self.terminal.sight.name == "pack.stop":
            self._tote, self._parcels = tote, [Counter()]
        elif verdict.says("It is empty") and self.floor.is_done_with(tote):
            self.floor.free(tote)
        else:
            self.floor.set_aside(tote, time.monotonic())
            await self.wait("totes")

    async def on_pack_item(self, seen: Sight) -> None:
        units = +self.floor.totes.get(self._tote, Counter[Unit]())
        self._wanted = seen.expects[0] if seen.expects else ""
        if not units:
            await self.terminal.press("f2")
            return
        sku, lot = self.mistakes.chance.choice(sorted(units))
        goods = self.floor.goods[sku]
        match self.mistakes.at("pack"):
            case "wrong item":
                self.made("wrong item")
                await self.terminal.scan(self.spelling(self.floor.other_goods(sku, self.mistakes.chance)))
            case "unknown code":
                self.made("unknown code")
                await self.terminal.scan(UNKNOWN_CODE)
            case "double trigger":
                self.made("double trigger")
                await self._packed(await self.terminal.bounce(self.spelling(goods, lot)), (sku, lot))
            case "undo":
                await self._pack_and_undo(self.spelling(goods, lot), (sku, lot))
            case "missing":
                self.made("missing at the bench")
                await self.terminal.press("f2")
            case "new parcel" if self._parcels[-1] and units.total() > 1:
                if (await self.terminal.press("f5")).says("begun"):
                    self._parcels.append(Counter())
            case _:
                await self._packed(await self.terminal.scan(self.spelling(goods, lot)), (sku, lot))

    async def _packed(self, verdict: Sight, unit: Unit) -> None:
        if verdict.green:
            self._move(unit, 1)
        elif verdict.says("held by inspection", "is a sample", "Call", "hub"):
            await self.wait("inspection", A_WHILE)
        elif verdict.says("Too many", "not in this order", "not in the tote"):
            self.floor.totes[self._tote] -= Counter({unit: 1})
            self.floor.put_away["stray"] += 1

    def _move(self, unit: Unit, quantity: int) -> None:
        """From the tote into the parcel, or back."""
        self.floor.totes[self._tote][unit] -= quantity
        self._parcels[-1][unit] += quantity

    async def _pack_and_undo(self, code: str, unit: Unit) -> None:
        verdict = await self.terminal.scan(code)
        await self._packed(verdict, unit)
        if not verdict.green or self.terminal.sight.name != "pack.item":
            return
        self.made("undo")
        if (await self.terminal.press("f3")).says("Taken out"):
            self._move(unit, -1)

    async def on_pack_cant(self, _: Sight) -> None:
        """Not in the tote: everything goes back into it and it is set aside."""
        verdict = await self.terminal.choose(IT_IS_NOT_IN_THE_TOTE)
        if not verdict.says("Noted"):
            if self.terminal.sight.name == "pack.cant":
                await self.terminal.press("escape")
            return
        inside = self._all_back()
        for unit in sorted(unit for unit in +inside if unit[0] == self._wanted)[:1]:
            inside[unit] -= 1
            self.floor.put_away["gone"] += 1
        self._put_tote_aside()

    async def on_pack_aside(self, _: Sight) -> None:
        """A unit failed inspection meanwhile: the supervisor decides what becomes of the rest."""
        if (await self.terminal.press("enter")).says("Set aside"):
            self._all_back()
            self._put_tote_aside()

    def _all_back(self) -> Counter[Unit]:
        inside = self.floor.totes.setdefault(self._tote, Counter())
        for parcel in self._parcels:
            inside.update(parcel)
        return inside

    def _put_tote_aside(self) -> None:
        self.floor.set_aside(self._tote, time.monotonic())
        self._tote, self._parcels = "", []

    async def on_pack_carton(self, seen: Sight) -> None:
        self.floor.free(self._tote)
        self._tote = ""
        code = seen.expects[0]
        by_number = self.mistakes.chance.random() < 0.3
        verdict = await (self.terminal.choose(0) if by_number else self.terminal.scan(code))
        if verdict.green:
            self._carton_g = self.floor.cartons[code.removeprefix("CTN-")]

    async def on_pack_weigh(self, seen: Sight) -> None:
        if seen.ask == TAKE_IT_OFF:
            self._lift()
            await self.wait("the pan", 0.01)
            return
        contents = next((parcel for parcel in self._parcels if +parcel), Counter[Unit]())
        grams = self.floor.weight(+contents) + self._carton_g
        self._labels_before = len(self.terminal.labels)
        self._label_due = time.monotonic() + LABEL_SECONDS
        if grams > SCALE_TAKES_G:
            await self.terminal.type(str(grams))
            return
        if self._off and (early := self._pan_empty_at + PAN_EMPTY_SECONDS - time.monotonic()) > 0:
            await self.wait("the pan", early)
        if not self._off and self.mistakes.at("weigh"):
            self.made("hand on the scale")
            self._off = "hand"
            grams += 1500
        verdict = await self.terminal.weigh(grams)
        if verdict.name == "pack.weigh":
            self._lift()
            await self.wait("a weight", A_WHILE)
        elif verdict.name in AFTER_THE_WEIGHT:
            self._lift()
            if contents in self._parcels:
                self._parcels.remove(contents)

    def _lift(self) -> None:
        """Off the scale."""
        assert self.terminal.scale is not None  # noqa: S101
        self.terminal.scale.put(0)
        self._pan_empty_at = time.monotonic()

    async def on_pack_off(self, _: Sight) -> None:
        self._lift()
        if self._off == "hand":
            self._off = "again"
            await self.terminal.choose(0)
            return
        if (await self.terminal.choose(_THE_ITEMS_WEIGHT_IS_WRONG)).name in AFTER_THE_WEIGHT:
            self._weighed()

    async def on_pack_typed(self, _: Sight) -> None:
        if (await self.terminal.choose(_TOO_LARGE_FOR_THE_SCALE)).name in AFTER_THE_WEIGHT:
            self._weighed()

    def _weighed(self) -> None:
        self._off = ""
        for parcel in self._parcels:
            if +parcel:
                self._parcels.remove(parcel)
                return

    async def on_pack_heed(self, _: Sight) -> None:
        await self.terminal.press("enter")

    async def on_pack_print(self, _: Sight) -> None:
        self._labels_before = len(self.terminal.labels)
        self._label_due = time.monotonic() + LABEL_SECONDS
        await self.terminal.press("enter")

    async def on_pack_bind(self, seen: Sight) -> None:
        """The platform's label lies ready: it is stuck on and scanned."""
        self._off = ""
        number = f"PF{zlib.crc32(f'{seen.target}/{self.badge}/{len(self._waybills)}'.encode()):013}"
        if (await self.terminal.scan(number)).green:
            self._waybills.append(number)

    async def on_pack_label(self, seen: Sight) -> None:
        """Take the label out of the printer, stick it on, scan it."""
        self._off = ""
        if len(self.terminal.labels) <= self._labels_before:
            await self._look_at_the_printer(seen)
            return
        if self._waybills and self.mistakes.at("label") == "wrong label":
            self.made("wrong label")
            await self.terminal.scan(self._waybills[-1])
            return
        if (await self.terminal.scan(seen.target)).green:
            self._waybills.append(seen.target)

    async def _look_at_the_printer(self, seen: Sight) -> None:
        if seen.printer == "trouble":
            await self.wait("a new roll", NEW_ROLL_SECONDS)
            self.new_roll()
            self._label_due = time.monotonic() + LABEL_SECONDS
        elif time.monotonic() > self._label_due:
            self._label_due = time.monotonic() + LABEL_SECONDS
            await self.terminal.press("f2")
        else:
            await self.wait("a label", 0.01)

    def new_roll(self) -> None:
        assert self.terminal.printer is not None  # noqa: S101
        self.terminal.printer.ok()

    async def on_pack_reprint(self, _: Sight) -> None:
        self.made("reprint")
        await self.terminal.choose(NOTHING_CAME_OUT)

    async def on_pack_look(self, seen: Sight) -> None:
        """The printer was interrupted: what came out is scanned, what did not is printed again. A label that can't be
        made stays on the screen and on the supervisor's board; the other bench packs the rest."""
        if IT_IS_MENDED in seen.choices:
            self._mended += 1
            self.done = self._mended > MENDING_TRIES
            if not self.done:
                await self.terminal.choose(seen.choices.index(IT_IS_MENDED))
        elif len(self.terminal.labels) > self._labels_before:
            await self.on_pack_label(seen)
        else:
            await self.on_pack_reprint(seen)

    async def on_pack_stage(self, seen: Sight) -> None:
        self._mended = 0
        verdict = await self.terminal.scan(self.floor.labels[seen.target])
        if verdict.green:
            self.floor.staged.setdefault(seen.target, []).append(self._waybills[-1])
            self.floor.packed += 1

    async def on_pack_stop(self, _: Sight) -> None:
        """The customer cancelled: everything goes to the returns shelf."""
        verdict = await self.terminal.scan(self.floor.labels[self.floor.returns[0]])
        if not verdict.green:
            return
        inside = self.floor.totes.get(self._tote, Counter[Unit]())
        self.floor.put_away["returns"] += (+inside).total() + sum(map(Counter.total, self._parcels))
        self.floor.free(self._tote)
        self._tote, self._parcels = "", []
        self._lift()
