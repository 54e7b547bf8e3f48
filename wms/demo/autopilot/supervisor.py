"""A supervisor at the board: releases the waves, decides what needs a person, leaves held orders held."""

from __future__ import annotations

from wms.demo.autopilot.person import A_WHILE, Person
from wms.demo.autopilot.sight import Sight

SORT, ACCEPT = 0, 1
SEND_IN_PART, CANCEL = 0, 1
_ONE_CART = 12
"""Lines of a batch that is sorted though it is still being picked: a larger one would keep too many totes waiting."""
LEFT_ALONE = ("order_held/", "batch_rejected/")
CANT_BE_PRINTED = ("can't be printed", "recipient was erased", "recipient can't be read")
"""What a label's review says where looking at the printer mends nothing: it stays open until the order is mended."""


class Supervisor(Person):
    work = "board"

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._released = False
        self._waves: tuple[tuple[str, int, int], ...] = ()
        self._reason = "looked at it"
        self._refused = ""  # a review whose usual answer was refused
        self._refusals = 0  # how many answers to it were

    async def on_board(self, seen: Sight) -> None:
        self._waves = seen.waves
        if any("F3 releases them" in line for line in seen.what):
            self._released |= (await self.terminal.press("f3")).says("Waves released")
            return
        self.floor.all_released |= self._released
        index = next((n for n, need in enumerate(seen.needs) if not _is_left_alone(*need)), None)
        if index is None:
            self.done = not self.floor.at_work.total()
            if not self.done:
                await self.wait("decisions", A_WHILE)
        elif index != seen.selected:
            await self.terminal.press("down" if index > seen.selected else "up")
        else:
            await self.terminal.press("enter")

    async def on_board_decide(self, seen: Sight) -> None:
        first, sentence = seen.choices[0], " ".join(seen.what)
        match first:
            case "Release":
                await self.terminal.press("escape")
            case "Sort 100 %":
                await self._decide(SORT if self._can_be_sorted(sentence) else ACCEPT, sentence)
            case "Send in part" if sentence == self._refused:
                self._reason = "nothing was there"
                await self._decide(CANCEL, "")
            case "Put-back task" | "Count task":
                await self._decide(len(seen.choices) - 1, sentence)  # nobody walks errands here
            case _:
                beyond = self._refusals if sentence == self._refused else 0
                await self._decide(beyond % len(seen.choices), sentence)

    def _can_be_sorted(self, sentence: str) -> bool:
        """To look at every unit, every unit must be in a tote."""
        return any(name in sentence and (done >= total or total <= _ONE_CART) for name, done, total in self._waves)

    async def _decide(self, index: int, sentence: str) -> None:
        verdict = await self.terminal.choose(index)
        if verdict.tone == "no":
            self._refusals = self._refusals + 1 if sentence == self._refused else 1
            self._refused = sentence
            if verdict.says("hub"):
                self._refused = ""
                await self.wait("the hub", A_WHILE)
            if self.terminal.sight.name == "board.decide" and not self._refused:
                await self.terminal.press("escape")

    async def on_board_reason(self, _: Sight) -> None:
        verdict = await self.terminal.type(self._reason)
        if verdict.tone == "no":
            await self.terminal.press("escape")
            await self.wait("the hub", A_WHILE)


def _is_left_alone(name: str, sentence: str) -> bool:
    cant = name.startswith("label/") and any(words in sentence for words in CANT_BE_PRINTED)
    return cant or name.startswith(LEFT_ALONE)
