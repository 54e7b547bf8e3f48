"""A label that can never be made does not keep the day from ending: the bench gives it up, the rest goes on."""

import asyncio

from wms.demo.autopilot.floor import Floor
from wms.demo.autopilot.mistakes import Mistakes
from wms.demo.autopilot.packer import IT_IS_MENDED, Packer
from wms.demo.autopilot.sight import Sight
from wms.demo.autopilot.supervisor import CANT_BE_PRINTED, Supervisor
from wms.terminal.messages import speech
from wms.workflows.printer_words import label_reason

SAY = speech("en").say
NO_LABEL = Sight(name="pack.look", verb="No label", choices=(IT_IS_MENDED,))
STAGE = Sight(name="pack.stage", target="SHIP-SF")


class Screen:
    """A terminal that shows `sights` one after the other, then the last for ever."""

    name = "PACK1"

    def __init__(self, *sights: Sight) -> None:
        self._sights = list(sights)
        self.pressed: list[object] = []
        self.labels: list[bytes] = []
        self.waiting, self.moved = "", 0.0

    @property
    def sight(self) -> Sight:
        return self._sights.pop(0) if len(self._sights) > 1 else self._sights[0]

    async def choose(self, index: int) -> Sight:
        self.pressed.append(index)
        return Sight()

    async def press(self, *keys: str) -> Sight:
        self.pressed += keys
        return Sight()

    async def scan(self, code: str) -> Sight:
        return Sight()


def a_packer(screen: Screen) -> Packer:
    return Packer("1004", screen, Floor(labels={"SHIP-SF": "SHIP-SF"}), Mistakes(1, "1004"))  # type: ignore[arg-type]


def live(person: object, turns: int = 20) -> None:
    async def some() -> None:
        for _ in range(turns):
            if not person.done:
                await person.turn()

    asyncio.run(some())


def test_mending_is_given_up_after_two_tries():
    screen = Screen(NO_LABEL)
    packer = a_packer(screen)
    live(packer)
    assert (screen.pressed, packer.done) == ([0, 0], True)


def test_each_parcel_has_tries_of_its_own():
    screen = Screen(NO_LABEL, NO_LABEL, STAGE, NO_LABEL, NO_LABEL, STAGE)
    packer = a_packer(screen)
    live(packer, 6)
    assert (screen.pressed, packer.done) == ([0, 0, 0, 0], False)


def test_a_supervisor_leaves_it_on_the_board():
    reasons = [SAY(label_reason(["layout", *rest])) for rest in (("name", "wide"), ("recipient", "erased"))]
    reasons.append(SAY(label_reason(["layout", "recipient", "damaged"])))
    assert all(any(words in reason for words in CANT_BE_PRINTED) for reason in reasons)
    needs = tuple((f"label/{n}", f"Label of o{n}/1: {reason}") for n, reason in enumerate(reasons))
    screen = Screen(Sight(name="board", needs=needs))
    chen = Supervisor("1007", screen, Floor(), Mistakes(1, "1007"))  # type: ignore[arg-type]
    live(chen)
    assert (screen.pressed, chen.done) == ([], True)


def test_a_label_that_may_be_out_is_decided():
    needs = (("label/o1/1", f"Label of o1/1: {SAY(label_reason(['broken']))}"),)
    screen = Screen(Sight(name="board", needs=needs))
    live(Supervisor("1007", screen, Floor(), Mistakes(1, "1007")), 1)  # type: ignore[arg-type]
    assert screen.pressed == ["enter"]
