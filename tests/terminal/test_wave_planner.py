"""Planning waves at the terminal: looked at, changed and locked with keys and scans; nothing is released unsaid."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager

import pytest
from rich.cells import cell_len

from tests.unit.floor import RICE, SOAP, TEA, a_warehouse
from wms import bootstrap
from wms.config import Config
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.orders import Order
from wms.domain.records import replace
from wms.domain.waves import LeftOut, Wave
from wms.store import Store, plan_draft
from wms.terminal import wave_planner
from wms.terminal.app import WmsApp
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.screens.work import work_picture
from wms.terminal.wave_planner import WavePlanner
from wms.workflows.inputs import Chose, Pressed, Scanned
from wms.workflows.plan_state import PlanPhase

BOSS = "9001"
SIZES = ((20, 16), (40, 20), (80, 24))
ENGLISH = speech("en").say


def until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


class Hall:
    """A store with goods and eight orders, and rules by which a cart takes three."""

    def __init__(self, folder) -> None:
        self.data = folder / "data"
        self.store = Store(self.data, "T1")
        facts = [fact.body for fact in a_warehouse(percent=0).facts if not isinstance(fact.body, e.WaybillsLeased)]
        boss = e.PersonDefined(Person(BOSS, "Chen", "supervisor", "en"))
        self.store.record([*facts, boss, e.WaveRulesSet("[cart]\nslots = 3\n")], "")
        for n in range(8):
            self.take(f"web-{n}", f"N{n}", ((RICE, TEA, SOAP)[n % 3], 1))

    def take(self, name, reference, *lines):
        due = self.store.clock() // 1000 + 24 * 3600
        order = c.IncomingOrder(name, "web", reference, due, "SF", lines, masked="张*")
        self.store.execute(c.TakeOrders((order,)), BOSS)

    def status(self, order) -> str:
        return str(self.store.rows.get(Order, order).status)

    @contextmanager
    def at_the_terminal(self):
        """Signed in, at the planning screen."""
        self.store.close()
        try:
            with bootstrap.station(Config(self.data, language="en")) as station:
                desk = AtTheDesk(station)
                station.submit(Scanned(f"BDG-{BOSS}"))
                desk.seen("sign.work")
                station.submit(Scanned("CMD-BOARD"))
                desk.seen("board")
                station.submit(Scanned("CMD-PLAN"))
                until(lambda: desk.name.startswith("plan"))
                yield desk
        finally:
            self.store = Store(self.data)


class AtTheDesk:
    def __init__(self, station) -> None:
        self.station = station

    @property
    def view(self):
        return self.station.view

    @property
    def name(self):
        return self.view.prompt.name

    def seen(self, name):
        until(lambda: self.name == name)
        return self.view

    @property
    def draft(self):
        return self.station.desk._planner.glance().draft

    @property
    def answers(self):
        return [ENGLISH(choice.label) for choice in self.view.prompt.choices]

    @property
    def lines(self):
        return [ENGLISH(line.text) for line in self.view.prompt.what]

    @property
    def tours(self):
        return [set(batch.orders) for batch in self.draft.batches]

    def press(self, key):
        self.station.submit(Pressed(key))

    def choose(self, beginning):
        """The answer that begins so."""
        until(lambda: any(answer.startswith(beginning) for answer in self.answers))
        self.station.submit(Chose(next(n for n, answer in enumerate(self.answers) if answer.startswith(beginning))))

    def plan(self):
        self.seen("plan")
        self.choose("Plan")
        return self.seen("plan.shown")


@pytest.fixture
def hall(tmp_path):
    hall = Hall(tmp_path)
    yield hall
    hall.store.close()


def test_nothing_is_released_before_the_plan_is_accepted(hall):
    with hall.at_the_terminal() as desk:
        assert desk.seen("plan").prompt.choices[0].code == "CMD-ENTER"
        desk.plan()
        assert ENGLISH(desk.view.prompt.verb) == "3 tours, 8 orders"
        assert "All are packed in time" in desk.lines
        for key in ("enter", "f3"):
            desk.press(key)
        desk.press("escape")
        until(lambda: desk.name == "board")
        assert desk.lines[0] == "A plan of 3 tours waits: F4 opens it"
        assert desk.station.desk.rows.all(Wave) == []
        desk.station.submit(Scanned("CMD-PLAN"))
        desk.seen("plan.shown")
        planned = desk.tours
        desk.choose("Release")
        desk.seen("plan")
        assert ENGLISH(desk.view.said.lines[0]) == "3 tours released"
        assert desk.lines == []
        assert ENGLISH(desk.view.prompt.verb) == "No order waits"
    assert sum(map(len, planned)) == 8
    assert {hall.status(f"web-{n}") for n in range(8)} == {"in_wave"}
    assert plan_draft.kept(hall.data) is None


def test_an_order_is_dragged_out_by_its_number_and_put_back(hall):
    with hall.at_the_terminal() as desk:
        desk.plan()
        desk.station.submit(Scanned("N4"))
        until(lambda: desk.draft.left == (("web-4", "taken_out"),))
        assert ENGLISH(desk.view.said.lines[0]) == "Taken out: N4"
        assert set.union(*desk.tours) == {f"web-{n}" for n in range(8)} - {"web-4"}
        desk.station.submit(Scanned("N4"))
        until(lambda: ENGLISH(desk.view.said.lines[-1]) == "Somebody took it out of the plan")
        desk.choose("Left out: 1")
        desk.seen("plan.left")
        assert desk.answers == ["N4: Somebody took it out of the plan"]
        desk.choose("N4")
        until(lambda: not desk.draft.left)
        assert set.union(*desk.tours) == {f"web-{n}" for n in range(8)}
        desk.station.submit(Scanned("web-5"))
        until(lambda: desk.draft.left == (("web-5", "taken_out"),))
        desk.press("escape")
        desk.choose("Release")
        desk.seen("plan")
    assert hall.status("web-5") == "ready"
    assert hall.store.rows.get(LeftOut, "web-5").reason == "taken_out"


def test_a_locked_tour_stays_as_it_is_while_others_are_planned_anew(hall):
    with hall.at_the_terminal() as desk:
        desk.plan()
        locked = desk.tours[0]
        desk.press("f2")
        desk.seen("plan.tours")
        desk.choose(desk.answers[0])
        desk.seen("plan.tour")
        desk.press("f3")
        until(lambda: desk.draft.locked == (next(desk.draft.batches).id,))
        desk.press("escape")
        desk.seen("plan.tours")
        assert "*" in desk.answers[0]
        outside = next(order for tour in desk.tours[1:] for order in tour)
        desk.station.submit(Scanned(outside))
        until(lambda: desk.draft.without == (outside,) and desk.draft.figures.orders == 7)  # the figures come last
        desk.press("escape")
        before = desk.draft
        desk.choose("Plan anew")
        until(lambda: desk.name == "plan.shown" and desk.draft is not before)
        kept = [set(batch.orders) for batch in desk.draft.batches if batch.id in desk.draft.locked]
        assert kept == [locked]
        inside = min(locked)
        desk.station.submit(Scanned(inside))
        until(lambda: inside in desk.draft.without and desk.draft.settled)
        kept = [set(batch.orders) for batch in desk.draft.batches if batch.id in desk.draft.locked]
        assert kept == [locked - {inside}]


def test_orders_of_a_tour_are_chosen_one_after_the_other(hall):
    """The page stays with the tour, whatever name it gets: the next number is that of one of its own orders."""
    with hall.at_the_terminal() as desk:
        desk.plan()
        desk.press("f2")
        desk.seen("plan.tours")
        desk.choose(desk.answers[-1])
        desk.seen("plan.tour")
        own = desk.tours[-1]
        desk.choose(f"Its {len(own)} orders")
        desk.seen("plan.orders")
        assert len(desk.answers) == len(own)
        desk.station.submit(Chose(0))
        until(lambda: len(desk.draft.without) == 1 and desk.draft.settled)
        until(lambda: len(desk.answers) == len(own) - 1)
        desk.station.submit(Chose(0))
        until(lambda: len(desk.draft.without) == 2 and desk.draft.settled)
        assert set(desk.draft.without) <= own


def test_what_became_otherwise_is_seen_before_it_is_released(hall, monkeypatch):
    monkeypatch.setattr(wave_planner, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(wave_planner, "_LOOK_SHARE", 0)
    with hall.at_the_terminal() as desk:
        desk.plan()
        desk.station._store.execute(c.CancelOrder("web-3"), BOSS)
        until(lambda: "1 order can't go any more" in desk.lines)
        desk.choose("Release")
        desk.seen("plan")
        assert [ENGLISH(line) for line in desk.view.said.lines][1:] == [
            "1 order does not go:",
            "web-3: It waits for no wave any more",
        ]
    assert hall.status("web-4") == "in_wave"


def test_a_draft_of_another_program_is_found_and_one_that_was_dropped_is_gone(hall, monkeypatch):
    monkeypatch.setattr(wave_planner, "LOOK_SECONDS", 0.1)
    with hall.at_the_terminal() as desk:
        desk.plan()
        desk.choose("Drop")
        desk.seen("plan")
        until(lambda: plan_draft.written(hall.data) is None)
        desk.plan()
        saved = plan_draft.kept(hall.data)
        plan_draft.drop(hall.data)
        desk.seen("plan")
        plan_draft.keep(hall.data, saved)
        desk.seen("plan.shown")
        (hall.data / plan_draft.FILE).write_text("{")
        until(lambda: desk.lines[:1] == ["The plan that was kept can't be read: plan again"])


@pytest.mark.parametrize("drops", [False, True])
def test_a_draft_that_another_program_keeps_right_after_the_own_one_is_found(hall, monkeypatch, drops):
    """Also where the own one is dropped before anybody has seen the other."""
    keep = plan_draft.keep

    def both(folder, draft):
        own = keep(folder, draft)
        keep(folder, replace(draft, made=draft.made + 7))
        return own

    monkeypatch.setattr(plan_draft, "keep", both)
    planner = WavePlanner(hall.store)
    planner.order(wave_planner.MakePlan())
    until(lambda: planner.glance().draft is not None)
    own = planner.glance().draft
    if drops:
        planner.order(wave_planner.DropPlan())
    planner._look_at = 0.0
    until(lambda: planner.says().draft not in (None, own))
    assert planner.glance().draft == plan_draft.kept(hall.data)
    planner.order(wave_planner.DropPlan())
    until(lambda: plan_draft.written(hall.data) is None)
    planner.close(10)


def test_a_search_tells_how_far_it_is_and_can_be_stopped(hall, monkeypatch):
    """Scans are answered meanwhile, and the plan before it stays."""

    def endless(problem, seconds, seed, start, progress):
        while True:
            progress(3.0, 50_000_000, 170_000_000)
            time.sleep(0.01)

    with hall.at_the_terminal() as desk:
        desk.plan()
        before = desk.draft
        monkeypatch.setattr("wms.planning.wave_search.FEW", 0)
        monkeypatch.setattr("wms.planning.wave_search.solve", endless)
        monkeypatch.setattr(wave_planner, "_is_compiling", lambda orders: False)
        desk.choose("Plan anew")
        desk.seen("plan.searching")
        until(lambda: ENGLISH(desk.view.prompt.ask).startswith("Best so far: 1 min of work, 2 min less ("))
        until(lambda: desk.view.prompt.percent > 0)
        desk.station.submit(Scanned("6901234567892"))
        until(lambda: desk.view.said is not None and "Unknown" in ENGLISH(desk.view.said.lines[0]))
        desk.choose("Stop")
        desk.seen("plan.shown")
        assert desk.draft == before


def test_a_plan_that_can_t_be_kept_says_so(hall, monkeypatch):
    def full(folder, draft):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plan_draft, "keep", full)
    planner = WavePlanner(hall.store)
    planner.order(wave_planner.MakePlan())
    until(lambda: planner.glance().trouble.text)
    assert (planner.glance().phase, planner.glance().draft) == (PlanPhase.NONE, None)
    planner.close(10)


def test_the_screen_is_worked_with_keys_alone(hall):
    """Through the app as it runs: what is on its rows, and what its keys do."""

    async def drive(station):
        app = WmsApp(station)
        async with app.run_test(size=(40, 20)) as pilot:

            async def shows(text):
                for _ in range(400):
                    await pilot.pause(0.02)
                    drawn = "\n".join(row.text for region in app._regions.values() for row in region._rows)
                    if text in drawn:
                        return drawn
                raise AssertionError(f"{text} never came:\n{drawn}")

            async def goes(keys, text):
                await pilot.press(*keys)
                return await shows(text)

            await goes("1", "Release 3 tours")
            await goes(["f2"], "Tours")
            await goes("1", "S-shape")
            drawn = await goes("1", "bins")
            assert "█" in drawn
            await goes(["escape"], "Lock it")
            await goes(["f3"], "locked")
            await goes("2", "takes it out")
            await goes([*"N0", "enter"], "Taken out: N0")
            await pilot.press("escape", "escape", "escape")
            await goes("1", "3 tours released")

    with hall.at_the_terminal() as desk:
        desk.seen("plan")
        asyncio.run(drive(desk.station))
    assert (hall.status("web-0"), hall.status("web-1")) == ("ready", "in_wave")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", SIZES)
def test_each_picture_fits_and_shows_every_answer(hall, size, language):
    columns, rows = size
    pen = Pen(speech(language), columns, int(time.time()))
    hall.take("web-lack", "NX", (TEA, 9999))

    def require(view):
        picture = work_picture(view, pen, rows, None)
        drawn = [
            row.cells(columns) for name in ("where", "do", "what", "said", "keys") for row in getattr(picture, name)
        ]
        lines = ["".join(text for text, _ in cells) for cells in drawn]
        assert len(lines) == rows
        assert {cell_len(line) for line in lines} == {columns}
        for number in range(1, len(view.prompt.choices) + 1):
            assert any(line.startswith(f"{number} ") for line in lines), (view.prompt.name, lines)

    with hall.at_the_terminal() as desk:
        require(desk.seen("plan"))
        require(desk.plan())
        desk.station.submit(Scanned("N7"))
        until(lambda: desk.draft.without and desk.draft.settled)
        for key, name in (
            (Pressed("f2"), "plan.tours"),
            (Chose(0), "plan.tour"),
            (Chose(0), "plan.map"),
            (Pressed("down"), "plan.map"),
            (Pressed("escape"), "plan.tour"),
            (Pressed("f3"), "plan.tour"),
            (Chose(1), "plan.orders"),
            (Pressed("escape"), "plan.tour"),
            (Pressed("escape"), "plan.tours"),
            (Pressed("escape"), "plan.shown"),
        ):
            desk.station.submit(key)
            require(desk.seen(name))
        desk.choose("Left out")
        require(desk.seen("plan.left"))
