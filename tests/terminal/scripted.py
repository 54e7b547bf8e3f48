"""A station that does what a script says, on a thread of its own, and the views the screens are tried with."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from textual.app import App

from wms.domain.records import replace
from wms.workflows.inputs import Input
from wms.workflows.prompt import Bilingual, Key, Line, Mark, Msg, Prompt, msg, no, ok, plain
from wms.workflows.view import Link, Status, View

Script = Callable[[Input, View], View | None]


class ScriptedStation:
    """Keeps every input in the order it came; `script` answers with the next view, or with none."""

    def __init__(self, view: View, script: Script | None = None) -> None:
        self._view = view
        self._script = script or (lambda _inp, _view: None)
        self._callbacks: list[Callable[[View], None]] = []
        self._queue: queue.SimpleQueue[Input | View | None] = queue.SimpleQueue()
        self.inputs: list[Input] = []
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    @property
    def view(self) -> View:
        return self._view

    def submit(self, inp: Input) -> None:
        self._queue.put(inp)

    def publish(self, view: View) -> None:
        self._queue.put(view)

    def subscribe(self, callback: Callable[[View], None]) -> None:
        self._callbacks.append(callback)

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(5)

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            view = item if isinstance(item, View) else self._answer(item)
            if view is not None:
                self._view = replace(view, serial=self._view.serial + 1)
                for callback in self._callbacks:
                    callback(self._view)

    def _answer(self, inp: Input) -> View | None:
        self.inputs.append(inp)
        return self._script(inp, self._view)


def screen_rows(app: App[None]) -> list[str]:
    """The text on the screen, a string a row, without the spaces at the end."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def both(zh: str, en: str) -> Msg:
    return Msg("{text}", {"text": Bilingual(zh, en)})


KEYS = (
    Key("f1", both("帮助", "Help")),
    Key("f2", both("拿不到", "Can't")),
    Key("f3", both("撤销", "Undo"), both("撤", "Undo")),
    Key("f4", both("更多", "More"), plain("..")),
)
WAVE = (both("W07 食品", "W07 food"), plain("3/12"))


def in_minutes(minutes: int) -> int:
    """A ship-by time so far away, with half a minute to spare for the test to run in."""
    return int(time.time()) + minutes * 60 + 30


def pick_bin(**changes: object) -> View:
    prompt = Prompt(
        "pick.bin",
        WAVE,
        in_minutes(112),
        both("去", "Go to"),
        "A-03-2-1",
        ask=both("扫货位码", "Scan the bin code"),
        what=(
            Line(both("东北大米 5kg 真空装", "Rice 5kg vacuum"), short=both("东北大米 5kg", "Rice 5kg")),
            Line(
                both("取 3 袋   批 L2407  到期 2027-03", "Take 3   lot L2407  exp 2027-03"),
                short=both("取 3 袋 -> 4 号箱", "Take 3 -> tote 4"),
            ),
            Line(both("放入 4 号箱（绿）", "Into tote 4 (green)"), short=both("批L2407 27-03", "L2407 27-03")),
        ),
        keys=KEYS,
    )
    said = ok(both("3 号箱放入 2 件", "2 put in tote 3"), both("第 2 行完成", "Line 2 done"))
    return View(1, prompt.but(**changes), said, Status(Link.IN_SYNC))


def pick_item_refused() -> View:
    prompt = Prompt(
        "pick.item",
        WAVE,
        in_minutes(112),
        both("取 3", "Take 3"),
        "3",
        unit=both("袋", "bags"),
        ask=both("扫商品码（已扫 1，还差 2）", "Scan the item (1 done, 2 to go)"),
        what=(
            Line(both("东北大米 5kg 真空装", "Rice 5kg vacuum")),
            Line(both("尾号 4471     批 L2407", "Ends 4471     lot L2407")),
            Line(both("A-03-2-1  ->  4 号箱（绿）", "A-03-2-1  ->  tote 4 (green)")),
        ),
        keys=KEYS,
    )
    said = no(
        both("这是 东北大米 2.5kg（尾号 4488）", "This is Rice 2.5kg (ends 4488)"),
        both("要 5kg（尾号 4471）", "Wanted 5kg (ends 4471)"),
        both("放回去，再扫一次", "Put it back, scan again"),
    )
    return View(1, prompt, said, Status(Link.IN_SYNC))


def pack_verify() -> View:
    prompt = Prompt(
        "pack.verify",
        (plain("PACK bench 2"), plain("order TM00918")),
        in_minutes(80),
        plain("Scan each item"),
        "2 of 5",
        what=(
            Line(plain("Rice 5kg vacuum           1"), Mark.DONE),
            Line(plain("Green tea 250g            1"), Mark.DONE),
            Line(plain("Green tea 250g            1"), Mark.NEXT),
            Line(plain("Soy sauce 1L              2"), Mark.TODO),
            Line(msg("")),
            Line(plain("Then: carton B, weigh, label, scan the label")),
        ),
        keys=KEYS,
    )
    return View(1, prompt, ok(plain("Green tea 250g, 1 of 2")), Status(Link.IN_SYNC), language="en")
