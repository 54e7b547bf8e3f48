"""Histories that certain mistakes need before they show. Where nothing is wrong, each leaves every invariant whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.faults import mutants, steps
from tests.faults import warehouse as w
from tests.faults.report import Report
from tests.faults.theatre import PowerCut, TerminalStage, Theatre
from wms.domain import commands as c
from wms.domain.waves import Batch, BatchStatus

Scenario = Callable[[Theatre], None]
SCENARIOS: dict[str, Scenario] = {}


def scenario(script: Scenario) -> Scenario:
    """Register the decorated script under its own name."""
    SCENARIOS[script.__name__] = script
    return script


def judged(folder: Path, name: str, mutant: str = "") -> Report:
    """Play the scenario, with that mistake made, and look at the invariants."""
    started = time.monotonic()
    with mutants.made(mutant), Theatre(folder) as stage:
        SCENARIOS[name](stage)
        broken = stage.judge()
    return Report(seconds=round(time.monotonic() - started, 1), broken=broken, scenario=name)


@scenario
def reply_lost(stage: Theatre) -> None:
    """The hub took a push, but its reply was lost; and a whole request comes once more, much later."""
    one = stage.terminal("A")
    stage.furnish(one)
    one.link.weather.script = ["lose_reply /v1/push"]
    one.receive(3)
    one.push()
    one.link.weather.by_hand, one.link.weather.script = True, ["repeat /v1/push"]
    one.push()
    one.receive(2)
    one.push()
    one.link.deliver()


@scenario
def asked_ahead(stage: Theatre) -> None:
    """A terminal is answered by the hub while it lacks what others said before that answer."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    two.sync()
    one.receive(4)
    one.push()
    two.link.weather.script = ["pass /v1/ask", "lose_reply /v1/pull"]
    two.ask(c.ClaimBatch(two.store.device, w.CARTS[1]), two.hands.person)
    two.pull()


@scenario
def restored_offline(stage: Theatre) -> None:
    """A label is printed and the disk dies before anybody heard of it. An older image takes its place, beside the guard
    that outlived it, and the bench works on without a network."""
    one = _bench(stage)
    image = one.image()
    one.link.weather.partitioned = True
    steps.label(one, "O-0")
    one.put_back(image)
    steps.label(one, "O-1")


@scenario
def copies_print(stage: Theatre) -> None:
    """Two machines run on copies of one disk. Both have spoken with the hub; then both print without a network, and one
    of them is lost for good before it can tell."""
    one = _bench(stage)
    two = stage.copy_of(one)
    for each in (one, two):
        each.sync()
        steps.lease(each)
        each.sync()
    image = two.image()
    for each in (one, two):
        each.link.weather.partitioned = True
    steps.label(one, "O-0")
    steps.label(two, "O-1")
    two.put_back(image)


@scenario
def copies_diverge(stage: Theatre) -> None:
    """Two machines run on copies of one disk, without a network, and say different things under the same keys."""
    one = stage.terminal("A")
    stage.furnish(one)
    two = stage.copy_of(one)
    for each, quantity in ((one, 3), (two, 4)):
        each.receive(quantity)
        each.receive(quantity + 2)
    one.push()
    two.receive(7)
    two.push()


@scenario
def copies_of_unsent(stage: Theatre) -> None:
    """A disk with facts that nobody has heard of is copied twice. One copy is faster; the other two find the keys of
    the same facts taken, and neither knows of the other."""
    one = stage.terminal("A")
    stage.furnish(one)
    one.sync()
    early = stage.copy_of(one)
    one.link.weather.partitioned = True
    one.receive(3)
    one.define("one")
    late = stage.copy_of(one)
    early.receive(6)
    early.receive(7)
    early.push()
    for each in (one, late):
        each.link.weather.partitioned = False
        each.receive(8)
        each.sync()


@scenario
def disk_lies(stage: Theatre) -> None:
    """A disk changes by itself what was handed over long ago. The next push notices, and the disk is replaced."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    one.sync()
    two.sync()
    image, epoch = one.image(), one.store.epoch
    one.close()
    one.damage()
    one.open()
    one.receive(5)
    one.sync()
    if one.store.epoch != epoch:
        one.put_back(image, seen_in_sync=True)


@scenario
def acknowledged(stage: Theatre) -> None:
    """The hub acknowledged a push and died the next moment; then the terminal's disk died too."""
    one = stage.terminal("A")
    stage.furnish(one)
    one.sync()
    image = one.image()
    one.receive(5)
    in_sync = not one.push()
    stage.hub.restart()
    one.put_back(image, seen_in_sync=in_sync)


@scenario
def hub_put_back(stage: Theatre) -> None:
    """The hub's backup is put back. What came after it is known to terminals only, and somebody is faster than they."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    two.sync()
    backup = stage.hub.image(stage.folder / "hub.backup")
    one.receive(3)
    one.receive(4)
    one.sync()
    two.receive(6)
    stage.restore_hub(backup)
    two.push()
    two.receive(2)
    two.push()


@scenario
def hub_put_back_twice(stage: Theatre) -> None:
    """The hub's backup is put back, a fact that was the later one is numbered first, and the backup is put back again
    before the other came back: a terminal knows two facts that stood at the same position, in different lives."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    one.sync()
    two.sync()
    backup = stage.hub.image(stage.folder / "hub.backup")
    one.define("first")
    one.push()
    two.define("second")
    two.push()
    one.pull()
    stage.restore_hub(backup)
    two.pull()
    two.push()
    one.pull()
    stage.restore_hub(backup)
    one.pull()
    one.sync()
    two.sync()


@scenario
def hub_and_disk_put_back(stage: Theatre) -> None:
    """The hub's backup and an old image of a disk, guard and all, are put back. The terminal says something new under a
    key that only other terminals still know to be taken."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    one.sync()
    two.sync()
    image = one.image()
    backup = stage.hub.image(stage.folder / "hub.backup")
    one.receive(3)
    one.receive(4)
    one.sync()
    two.sync()
    stage.restore_hub(backup)
    one.put_back(image, with_guard=True, seen_in_sync=True)
    one.receive(9)
    one.push()
    two.sync()


@scenario
def wave_released_again(stage: Theatre) -> None:
    """A wave was released after the hub's backup, and somebody picks for it. The hub is put back and releases the next
    wave, of other goods, before it hears of the one it has lost."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    one.sync()
    two.sync()
    backup = stage.hub.image(stage.folder / "hub.backup")
    steps.order(one, "LOST", w.SKUS[1])
    one.sync()
    stage.restore_hub(backup)
    steps.order(two, "NEW", w.SKUS[2])
    steps.claim(one)
    steps.pick_all(one)


@scenario
def order_released_again(stage: Theatre) -> None:
    """One order is released in a wave of the life that is lost, and again in the next one. It is picked in both."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one, orders=1)
    steps.claim(one)
    steps.pick_all(one)
    steps.take_in(one, "TWICE", w.SKUS[1])
    one.sync()
    two.sync()
    backup = stage.hub.image(stage.folder / "hub.backup")
    steps.release(one)
    steps.claim(one, w.CARTS[1])
    steps.pick_all(one, totes=10)
    stage.restore_hub(backup)
    two.sync()
    steps.release(two)
    steps.claim(two, w.CARTS[2])
    steps.pick_all(two, totes=20)


@scenario
def overtaken(stage: Theatre) -> None:
    """Others' facts arrive while one's own wait: the order is theirs first, and the last word counts."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    two.sync()
    two.receive(3)
    two.define("two")
    one.define("one")
    one.sync()
    two.pull()
    two.sync()


@scenario
def two_labels(stage: Theatre) -> None:
    """One bench, nothing wrong: two parcels get two numbers."""
    one = _bench(stage)
    steps.label(one, "O-0")
    steps.label(one, "O-1")


@scenario
def label_nobody_knows_of(stage: Theatre) -> None:
    """A label was printed, and only the hub heard of it. Then both the hub and the disk, guard and all, are put back to
    before."""
    one = _bench(stage)
    image, backup = one.image(), stage.hub.image(stage.folder / "hub.backup")
    steps.label(one, "O-0")
    one.sync()
    stage.restore_hub(backup)
    one.put_back(image, with_guard=True)
    steps.label(one, "O-1")


@scenario
def label_on_two_lost_disks(stage: Theatre) -> None:
    """A disk is put back guard and all, prints a number again before the hub hears of it, and is put back once more."""
    one = _bench(stage)
    image = one.image()
    steps.label(one, "O-0")
    one.sync()
    one.put_back(image, with_guard=True)
    steps.label(one, "O-1")
    one.put_back(image, with_guard=False)


@scenario
def cut_between(stage: Theatre) -> None:
    """The plug is pulled right after the first commit that an act of the floor makes."""
    one = stage.terminal("A")
    stage.furnish(one)
    one.sync()
    one.cut_after_next_commit()
    with suppress(PowerCut):
        one.receive(5)
        one.receive(6)
    one.close()
    one.open()


@scenario
def unreadable(stage: Theatre) -> None:
    """A terminal says something that nobody here can read. It stands in the journal, and what follows goes on."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    two.sync()
    one.say_unreadable()
    one.receive(2)
    one.push()


@scenario
def both_pick(stage: Theatre) -> None:
    """A picker without a network loses the walk to a colleague, and both pick it to the end."""
    one, two = _walk_taken_over(stage)
    steps.pick_all(two, totes=10)
    two.sync()
    steps.pick_all(one, totes=20)


@scenario
def copies_miss_goods(stage: Theatre) -> None:
    """Two machines run on copies of one disk, without a network. Each misses other goods on the same walk, and fetches
    them from elsewhere under the same claim."""
    one = stage.terminal("A")
    stage.furnish(one, orders=1, lines=tuple((sku, 3) for sku in w.SKUS[:2]))
    for sku in w.SKUS[:2]:
        one.receive(9, sku, w.home(sku)[1])
    steps.claim(one)
    one.sync()
    two = stage.copy_of(one)
    for each, n in ((one, 0), (two, -1)):
        each.link.weather.partitioned = True
        missed = steps.tasks(each)[n]
        each.act(c.ShortPick(missed.id, missed.quantity, "empty"))
        (new,) = [task for task in steps.tasks(each) if task.sku == missed.sku and task.place != missed.place]
        steps.take(each, new)
    for each in (one, two):
        each.link.weather.partitioned = False
        each.sync()
        steps.pick_all(each, totes=10 if each is two else 0)


@scenario
def stale_walk(stage: Theatre) -> None:
    """A picker who has lost the walk without hearing of it says that nothing is in the bins. The colleague who has it
    holds the goods in her hand."""
    one, two = _walk_taken_over(stage)
    for task in steps.tasks(two):
        steps.take(two, task)
    two.push()
    (walk,) = one.store.rows.where(Batch, status=BatchStatus.CLAIMED)
    for task in steps.tasks(one):
        one.act(c.ShortPick(task.id, task.quantity, "empty"))
    one.act(c.DropTotes(walk.id, w.LANE))
    one.link.weather.partitioned = False
    one.push()
    two.sync()
    steps.pick_all(two, totes=10)


@scenario
def late_answer(stage: Theatre) -> None:
    """What the hub said arrives after it was put back and another lane has agreed with it anew: news that it has lost,
    and a count of keys that it begins again. In that count somebody is erased."""
    one, two, three = (stage.terminal(name) for name in "ABC")
    stage.furnish(one)
    for each in (one, two, three):
        each.sync()
    backup = stage.hub.image(stage.folder / "hub.backup")
    one.seal("P-0")
    one.seal("P-1")
    one.receive(3)
    one.push()

    def meanwhile() -> None:
        stage.restore_hub(backup)
        three.receive(9)
        three.push()
        two.receive(4)
        two.push()

    two.pull_late(meanwhile)
    one.erase("P-0")
    one.sync()


@scenario
def erased_on_a_lost_disk(stage: Theatre) -> None:
    """Somebody is erased at a terminal without a network, and its disk dies before anybody heard of it: that is undone.
    Who was erased while the hub heard of it stays so, though the hub's reply was lost."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    for name in ("P-0", "P-1", "P-2"):
        one.seal(name)
    one.sync()
    two.sync()
    image = one.image()
    one.erase("P-0")
    one.push()
    one.link.weather.script = ["lose_reply /v1/push"]
    one.erase("P-1")
    one.push()
    one.link.weather.partitioned = True
    one.erase("P-2")
    one.put_back(image)


@scenario
def cut_while_erasing(stage: Theatre) -> None:
    """The plug is pulled right after the first commit that erasing somebody makes."""
    one = stage.terminal("A")
    stage.furnish(one)
    one.seal("P-0")
    one.sync()
    one.cut_after_next_commit()
    with suppress(PowerCut):
        one.erase("P-0")
    one.close()
    one.open()


def _walk_taken_over(stage: Theatre) -> tuple[TerminalStage, TerminalStage]:
    """The second has the walk; the first, cut off, believes that it is hers."""
    one, two = stage.terminal("A"), stage.terminal("B")
    stage.furnish(one)
    steps.claim(one)
    two.sync()
    one.link.weather.partitioned = True
    steps.take_over(two)
    return one, two


def _bench(stage: Theatre) -> TerminalStage:
    """A terminal with two orders verified and numbers to print."""
    one = stage.terminal("A")
    stage.furnish(one)
    steps.claim(one)
    steps.pick_all(one)
    one.sync()
    steps.lease(one)
    one.sync()
    for order in ("O-0", "O-1"):
        steps.verify_all(one, order)
    one.sync()
    return one
