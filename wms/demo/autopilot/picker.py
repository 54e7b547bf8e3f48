"""A picker: takes a cart, walks, takes, puts into totes, drops them in the lane."""

from __future__ import annotations

import re
from collections import Counter

from wms.demo.autopilot.floor import Floor, Unit
from wms.demo.autopilot.mistakes import Mistakes
from wms.demo.autopilot.person import A_WHILE, UNKNOWN_CODE, Person
from wms.demo.autopilot.sight import Sight
from wms.demo.autopilot.terminal import Terminal

_LOT = re.compile(r"\blot (\S+)")
FEWER, DAMAGED, NOT_FOUND, SKIP = range(4)  # the answers to "What is wrong here?"


class Picker(Person):
    work = "pick"

    def __init__(self, badge: str, terminal: Terminal, floor: Floor, mistakes: Mistakes, cart: str) -> None:
        super().__init__(badge, terminal, floor, mistakes)
        self._cart = cart
        self._at = ""  # the bin
        self._hand: Counter[Unit] = Counter()
        self._on_cart: list[str] = []
        self._answer = FEWER
        self._missed: Unit = ("", "")  # what is wrong with the line
        floor.at_work.update(("pick",))

    async def day(self) -> None:
        await super().day()
        self.floor.at_work.subtract(("pick",))

    def is_in_the_middle(self) -> bool:
        return bool(self._hand)

    async def on_pick_cart(self, _: Sight) -> None:
        released = self.floor.all_released
        verdict = await self.terminal.scan(self._cart)
        if verdict.says("No work is waiting"):
            self.done = released
        if not verdict.green and not self.done:
            await self.wait("work", A_WHILE)

    async def on_pick_bin(self, seen: Sight) -> None:
        match self.mistakes.at("bin"):
            case "wrong bin":
                self.made("wrong bin")
                await self.terminal.scan(self.floor.neighbour(seen.target, self.mistakes.chance))
                return
            case "skip":
                self.made("skip")
                await self._complain(SKIP, ("", ""))
                return
            case "typed digits":
                verdict = await self.terminal.type(self.floor.labels[seen.target].rpartition("*")[2])
            case _:
                verdict = await self.terminal.scan(self.floor.labels[seen.target])
        if verdict.green:
            self._at = seen.target

    async def on_pick_item(self, seen: Sight) -> None:
        sku = seen.expects[0]
        lot, there = self._look(seen, sku)
        if not there:
            await self._complain(FEWER, (sku, lot))
            return
        goods = self.floor.goods[sku]
        match self.mistakes.at("item"):
            case "wrong item":
                self.made("wrong item")
                await self.terminal.scan(self.spelling(self.floor.other_goods(sku, self.mistakes.chance)))
            case "unknown code":
                self.made("unknown code")
                await self.terminal.scan(UNKNOWN_CODE)
            case "double trigger":
                self.made("double trigger")
                self._took(await self.terminal.bounce(self.spelling(goods, lot)), sku, lot, 1)
            case "undo":
                await self._take_and_undo(self.spelling(goods, lot), sku, lot)
            case "short":
                self.made("short")
                await self._complain(self.mistakes.chance.choice((FEWER, NOT_FOUND, NOT_FOUND)), (sku, lot))
            case "damaged":
                self.made("damaged")
                await self._complain(DAMAGED, (sku, lot))
            case _:
                await self._take(seen, sku, lot, there)

    async def _complain(self, answer: int, about: Unit) -> None:
        self._answer, self._missed = answer, about
        await self.terminal.press("f2")

    def _look(self, seen: Sight, sku: str) -> tuple[str, int]:
        """The lot on the units one takes (the wanted one if it lies there), and how many of it there are."""
        here = self.floor.available(self._at, sku)
        found = _LOT.search(" ".join(seen.what))
        wanted = found[1] if found else ""
        lot = wanted if here[wanted] > 0 else next((lot for lot, n in here.items() if n > 0 and not wanted), wanted)
        return lot, max(here[lot], 0)

    async def _take(self, seen: Sight, sku: str, lot: str, there: int) -> None:
        goods, wanted = self.floor.goods[sku], int(seen.target)
        case = next(((code, n) for code, n in goods.cases if n <= min(wanted, there)), None)
        if case is not None:
            self._took(await self.terminal.scan(case[0]), sku, lot, case[1])
        elif wanted >= 3 and there >= wanted and seen.ask.startswith("Scan the item ("):
            taken = int(seen.ask.partition("(")[2].split()[0])
            self._took(await self.terminal.type(str(taken + wanted)), sku, lot, wanted)
        else:
            self._took(await self.terminal.scan(self.spelling(goods, lot)), sku, lot, 1)

    def _took(self, verdict: Sight, sku: str, lot: str, quantity: int) -> None:
        if verdict.green:
            self.floor.take(self._at, sku, lot, quantity)
            self._hand[sku, lot] += quantity

    async def _take_and_undo(self, code: str, sku: str, lot: str) -> None:
        verdict = await self.terminal.scan(code)
        self._took(verdict, sku, lot, 1)
        if not verdict.green:
            return
        self.made("undo")
        verdict = await self.terminal.press("f3")
        if verdict.says("taken back"):
            self.floor.put_back(self._at, sku, lot, 1)
            self._hand -= Counter({(sku, lot): 1})

    async def on_pick_lot(self, seen: Sight) -> None:
        """The label in the hand says which lot it is: the planned one if it lies there."""
        lots = [_LOT.search(choice) for choice in seen.choices]
        for index, found in enumerate(lots):
            for (place, sku), here in self.floor.bins.items():
                if place == self._at and found and here[found[1]] > 0:
                    self._took(await self.terminal.choose(index), sku, found[1], 1)
                    return
        await self.terminal.press("escape")

    async def on_pick_tote(self, seen: Sight) -> None:
        if seen.expects:
            tote = seen.expects[0]
            if self.mistakes.at("tote") == "wrong tote" and len(self._on_cart) > 1:
                self.made("wrong tote")
                await self.terminal.scan(next(other for other in self._on_cart if other != tote))
                return
        elif self.floor.empty:
            tote = self.floor.empty.popleft()
        else:
            await self.wait("an empty tote")
            return
        verdict = await self.terminal.scan(tote)
        if verdict.green:
            self.floor.totes.setdefault(tote, Counter()).update(self._hand)
            self._hand.clear()
            if tote not in self._on_cart:
                self._on_cart.append(tote)
        elif not seen.expects:
            self.floor.free(tote)
            await self.wait("an empty tote")

    async def on_pick_drop(self, seen: Sight) -> None:
        verdict = await self.terminal.scan(self.mistakes.chance.choice(seen.expects))
        if verdict.green:
            self.floor.lane.extend(self._on_cart)
            self.floor.dropped += len(self._on_cart)
            self._on_cart.clear()

    async def on_pick_empty(self, _: Sight) -> None:
        if (await self.terminal.press("enter")).green:
            self._forget_totes()

    def _forget_totes(self) -> None:
        for tote in self._on_cart:
            self.floor.free(tote)
        self._on_cart.clear()

    # The questions in between

    async def on_pick_reason(self, _: Sight) -> None:
        await self.terminal.choose(self._answer)

    async def on_pick_damaged(self, _: Sight) -> None:
        """One of those that lie there; it goes to the scrap shelf."""
        sku, lot = self._missed
        if (await self.terminal.type("1")).says("put aside"):
            self.floor.available(self._at, sku)[lot] -= 1
            self.floor.put_away["scrap"] += 1

    async def on_pick_left(self, _: Sight) -> None:
        """Another look: what was said to be fewer has really gone, what was not found lies there after all."""
        sku, lot = self._missed
        here = self.floor.available(self._at, sku)
        if self._answer == FEWER:
            self.floor.put_away["gone"] += here[lot]
            here[lot] = 0
        await self.terminal.type(str(max(here[lot], 0)))

    async def on_pick_typed(self, seen: Sight) -> None:
        await self.terminal.type(self.floor.labels[seen.target].rpartition("*")[2])
