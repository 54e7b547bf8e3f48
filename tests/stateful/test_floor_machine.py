"""Hypothesis plays a day on the floor: two pickers, a packer, an office, a network with a will of its own, and crashes.

Three terminals and a hub, each with a real store on disk. The people scan what is expected, or something else; orders
are cancelled and walks given to somebody else at any moment, so that two pick the same lines without knowing of each
other; terminals are closed and opened; facts travel late, in part and twice. After every step
the books of every node must be possible; once all is delivered every node must hold the same picture, equal to its
journal replayed, and the people must be able to bring every order to its end.

More of it: FLOOR_EXAMPLES=300 FLOOR_STEPS=50 pytest tests/stateful/test_floor_machine.py
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.unit.floor import (
    LABELS,
    LANE,
    LI,
    RETURNS,
    RICE,
    RICE_BIN,
    RICE_CODE,
    SHIP_SF,
    SOAP,
    SOAP_CODE,
    TEA,
    TEA_CASE,
    TEA_CODE,
    ZHAO,
    a_warehouse,
    rice_of_lot,
)
from tests.unit.planned import PLANNER
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.inspection import InspectionLot
from wms.domain.mending import Surplus
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import Parcel, ParcelStatus, Waybill
from wms.domain.places import Place, PlaceKind, hand_of
from wms.domain.review import Review
from wms.domain.stock import Promise, Stock
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus
from wms.planning.waves import policy_of
from wms.store import Store, verify
from wms.store.journal import line_of
from wms.store.meta import HEARD
from wms.store.schema import ROWS
from wms.sync.answers import Unreachable
from wms.sync.exchange import UNREACHABLE
from wms.terminal.deciding import Decider
from wms.terminal.desk import Desk
from wms.terminal.pan import Pan
from wms.workflows.handlers.packing import expected_weight
from wms.workflows.handling import Outcome, Recorded, Refused
from wms.workflows.inputs import Chose, Entered, Input, Pressed, Refreshed, Scanned
from wms.workflows.prompt import Prompt, Tone
from wms.workflows.reviews import decisions

SOME_CODES = [
    *LABELS.values(), RICE_CODE, TEA_CODE, SOAP_CODE, TEA_CASE, LANE, f"{SHIP_SF}*88", RETURNS, "CART-1", "CART-2",
    "TOTE-001", "TOTE-002", "TOTE-003", "CTN-S", "CAR-SF", "CMD-NEWPARCEL", "CMD-PASS", "CMD-CLOSE", "BDG-1001",
    rice_of_lot("L1"), rice_of_lot("L2"), rice_of_lot("L9"), "SF000000000001", "NO-SUCH", "",
]  # fmt: skip
MEMORY = Path("/dev/shm")
KEYS = ["f2", "f3", "f5", "enter", "escape", "up", "down"]
ANYTHING: list[Input] = [
    *map(Scanned, SOME_CODES),
    *(Scanned(TEA_CODE, fault=fault) for fault in ("garbled", "partial", "duplicate")),
    *map(Pressed, KEYS),
    *map(Entered, ("1", "2", "3", "7", "600")),
]
NAMES = ("PICK", "PACK", "PICK2")
SUN = "1004"
WORK = {"PICK": LI, "PACK": ZHAO, "PICK2": SUN}
FIRST_WORK = {"PICK": 0, "PACK": 1, "PICK2": 0}
GOODS = [(RICE, 1), (RICE, 3), (TEA, 1), (TEA, 7), (SOAP, 2)]


anything = st.integers(0, 99)
"""Which of several things: their number may differ from run to run, as samples are drawn by chance."""


class Line:
    """The way from a terminal's decider to the hub: there, or not."""

    def __init__(self, machine: FloorMachine, name: str) -> None:
        self._machine, self._name = machine, name

    def ask(self, command: Any, person: Any, timeout: float = 0) -> Outcome | Unreachable:
        if self._name in self._machine.offline:
            return UNREACHABLE
        self._machine.push(self._name)
        outcome = self._machine.hub.execute(command, person)
        self._machine.pull(self._name)
        return outcome


class Terminal:
    """A desk over its store, which may be closed and opened again under the person's hands."""

    def __init__(self, machine: FloorMachine, name: str) -> None:
        self.machine, self.name = machine, name
        self.store = Store(machine.root / name, name, decides=False, clock=machine.tick)
        self.store.join()
        self.sit_down()

    def sit_down(self) -> None:
        self.pan = Pan()
        self.decider = Decider(self.store, Line(self.machine, self.name))
        self.desk = Desk(self.store, self.decider, "en", self.pan)

    def sign_in(self, work: int) -> None:
        self.desk.take(Scanned(f"BDG-{WORK[self.name]}"))
        self.desk.take(Chose(work))

    def crash(self) -> None:
        work = self.desk.work
        self.store.close()
        self.store = Store(self.machine.root / self.name, decides=False, clock=self.machine.tick)
        self.sit_down()
        if work:
            self.sign_in(["pick", "pack", "inspect", "ship", "board"].index(work))

    def change_work(self, work: int) -> None:
        self.desk.take(Pressed("f4"))
        self.desk.take(Chose(1))
        self.desk.take(Chose(work))

    def take(self, inp: Input) -> Tone | None:
        waiting = self.store.waiting()
        tone = self.desk.take(inp)
        if tone is Tone.OK and isinstance(inp, Scanned):
            assert self.store.waiting() > waiting or self.store.head() > 0, "green without anything written"
        return tone

    def go_on(self) -> bool:
        """Do what is expected; whether that led on."""
        self.pan.lies(0)
        self.take(Refreshed())
        prompt = self.desk.prompt()
        if self.desk.work == "pack":
            self.decider.top_up(self.desk.badge())
        if prompt.name == "pack.tote":
            return self._next_tote()
        if prompt.name == "pack.weigh":
            self.pan.lies(expected_weight(self.desk.state.parcel, self.store.rows) or 100)
        for answer in self._answer(prompt):
            self.take(answer)
            said = self.desk.said
            if self.desk.prompt() != prompt or (said is not None and said.tone is Tone.LOOK):
                return True
        return False

    def _answer(self, prompt: Prompt) -> list[Input]:
        match prompt.name:
            case "pick.tote" if not prompt.expects:
                return [Scanned(free_tote(self.store.rows, self.name))]
            case "pick.tote":
                return [Scanned(prompt.expects[0]), Scanned(free_tote(self.store.rows, self.name))]
            case "pick.cart":
                return [Pressed("f2"), *map(Scanned, prompt.expects)]
            case "errand.source" if not prompt.expects:
                return [Pressed("enter")]
            case "errand.count":
                return [Entered("2")]
            case "pick.left" | "pick.damaged":
                return [Entered("1")]
            case "pick.empty":
                return [Pressed("enter")]
            case "pack.weigh":
                return [Refreshed()]
            case "ship.sign":
                return [Entered("Wang")]
            case "ship.parcel":
                return [*map(Scanned, prompt.expects), Pressed("f2")]
        if prompt.expects:
            return [Scanned(prompt.expects[0])]
        return [Chose(0)] if prompt.choices else []

    def _next_tote(self) -> bool:
        """The totes in the lane one after the other, then parcels that must come back."""
        rows = self.store.rows
        stopped = {order.id for order in rows.all(Order) if order.stop}
        picked = {order.id for order in rows.where(Order, status=OrderStatus.PICKED)}
        totes = [slot.tote for slot in rows.all(Slot) if slot.tote and slot.order_id in stopped | picked]
        live = (ParcelStatus.STAGED, ParcelStatus.LOADED)
        back = [p.waybill for p in rows.all(Parcel) if p.order_id in stopped and p.status in live]
        for code in (*totes, *back):
            self.take(Scanned(code))
            if self.desk.prompt().name != "pack.tote":
                return True
        return False


def free_tote(rows: Any, name: str) -> str:
    """One that stands about where this person is: a tote can't be on two carts."""
    totes = (place.id for n, place in enumerate(rows.where(Place, kind=PlaceKind.TOTE)) if n % 2 == (name == "PICK2"))
    return next(tote for tote in totes if not rows.where(Slot, tote=tote) and not rows.where(Stock, place=tote))


class FloorMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="wms-floor-", dir=MEMORY if MEMORY.is_dir() else None))
        self.now = 1_795_000_000_000
        self.hub = Store(self.root / "hub", "HUB", clock=self.tick)
        self.offline: set[str] = set()
        self.orders = 0
        self.plan: tuple[e.WaveReleased, ...] = ()
        self.terminals: dict[str, Terminal] = {}
        self.received: Counter[str] = Counter()
        self.printed: dict[str, str] = {}

    def tick(self) -> int:
        self.now += 250
        return self.now

    @initialize(
        inspected=st.booleans(),
        second_lot=st.booleans(),
        orders=st.lists(st.lists(st.sampled_from(GOODS), min_size=1, max_size=3), min_size=3, max_size=6),
    )
    def open_the_doors(self, inspected: bool, second_lot: bool, orders: list[list[tuple[str, int]]]) -> None:
        floor = a_warehouse(percent=30 * inspected)
        setup = [fact.body for fact in floor.facts if not isinstance(fact.body, e.WaybillsLeased)]
        roles = "picker,packer,inspector,supervisor"
        setup += [e.PersonDefined(Person(badge, badge, roles, "en")) for badge in (ZHAO, SUN)]
        if second_lot:
            setup.append(e.GoodsReceived("R2", RICE, "L2", 5, RICE_BIN, "2027-09-01"))
        self.hub.record(setup, "")
        for event in setup:
            if isinstance(event, e.GoodsReceived):
                self.received[event.sku] += event.quantity
        for name in NAMES:
            self.terminals[name] = Terminal(self, name)
            self.pull(name)
            self.terminals[name].sit_down()
            self.terminals[name].sign_in(FIRST_WORK[name])
        for hours, lines in enumerate(orders, 20):
            self.take_an_order(lines, hours)
        self.release_waves()

    # The network

    def push(self, name: str, limit: int = 1000) -> None:
        self.hub.ingest([line_of(fact) for fact in self.terminals[name].store.unsent(limit)])

    def pull(self, name: str, limit: int = 1000) -> None:
        store = self.terminals[name].store
        store.receive(self.hub.lines_since(store.head(), limit))
        store.set_meta(HEARD, str(store.clock()))

    @rule(name=st.sampled_from(NAMES))
    def lose_or_find_the_network(self, name: str) -> None:
        self.offline ^= {name}

    @rule(name=st.sampled_from(NAMES), some=st.integers(1, 6), again=st.booleans())
    def deliver_some(self, name: str, some: int, again: bool) -> None:
        facts = [line_of(fact) for fact in self.terminals[name].store.unsent(some)]
        for _ in range(1 + again):
            self.hub.ingest(facts)
        for _ in range(1 + again):
            self.pull(name, some)

    # The office

    @rule(lines=st.lists(st.sampled_from(GOODS), min_size=1, max_size=3), hours=st.integers(1, 48))
    def take_an_order(self, lines: list[tuple[str, int]], hours: int) -> None:
        self.orders += 1
        name, due = f"web-{self.orders}", self.hub.clock() // 1000 + hours * 3600
        self.hub.execute(c.TakeOrders((c.IncomingOrder(name, "web", name, due, "SF", tuple(lines)),)), "")

    @rule()
    def release_waves(self) -> None:
        self.hub.execute(c.ReleaseWaves(slots=2), "")

    @rule()
    def plan_for_later(self) -> None:
        rows, now = self.hub.rows, self.hub.clock() // 1000
        self.plan = PLANNER.plan(rows, now, policy_of(rows, slots=3), 1, "UTC").waves

    @precondition(lambda self: self.plan)
    @rule()
    def release_what_was_planned(self) -> None:
        self.hub.execute(c.ReleasePlan(self.plan), "")

    @rule()
    def put_walks_together_anew(self) -> None:
        self.hub.execute(c.RegroupWaves(), "")

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), refund=st.booleans())
    def cancel_an_order(self, data: Any, refund: bool) -> None:
        n = data.draw(st.integers(1, self.orders))
        self.hub.execute(c.CancelOrder(f"web-{n}", refund), "")

    @rule(which=anything, way=anything)
    def decide_a_review(self, which: int, way: int) -> None:
        reviews = self.hub.rows.where(Review, open=True)
        if reviews:
            review = reviews[which % len(reviews)]
            ways = decisions(review, self.hub.rows)
            answer = ways[way % len(ways)]
            for command in answer.commands("because"):
                self.hub.execute(command, LI)

    @rule(which=anything, person=st.sampled_from(["", LI, SUN]))
    def give_a_walk_to_somebody_else(self, which: int, person: str) -> None:
        walks = self.hub.rows.where(Batch, status=BatchStatus.CLAIMED)
        if walks:
            self.hub.execute(c.ReassignBatch(walks[which % len(walks)].id, person), "")

    # The floor

    @rule(seed=st.integers(0, 2**32), length=st.integers(20, 80))
    def work(self, seed: int, length: int) -> None:
        """Mostly what the screen asks for; now and then undo, can't, or something else altogether."""
        dice = Random(seed)
        for _ in range(length):
            terminal = self.terminals[dice.choice(NAMES)]
            if terminal.name not in self.offline and dice.random() < 0.3:
                self.push(terminal.name)
                self.pull(terminal.name)
            match dice.randrange(17):
                case 0 | 1:
                    terminal.take(Pressed("f3"))
                case 2 | 3:
                    self._cannot(terminal, dice.randrange(5))
                case 4:
                    terminal.take(dice.choice(ANYTHING))
                case _:
                    terminal.go_on()

    @rule(seed=st.integers(0, 2**32), length=st.integers(10, 60), taken=st.booleans())
    def two_walk_for_the_same(self, seed: int, length: int, taken: bool) -> None:
        """Li is out of reach with her walk; it is given to Sun, who is out of reach with it as well."""
        dice, pickers = Random(seed), [self.terminals["PICK"], self.terminals["PICK2"]]
        for terminal in pickers:
            terminal.change_work(0)
            self.offline.discard(terminal.name)
            self.push(terminal.name)
        self.take_an_order([(TEA, 3), (SOAP, 2)], 2)
        self.release_waves()
        for terminal in pickers[: 1 + (not taken)]:
            self.pull(terminal.name)
            terminal.go_on()
        for walk in self.hub.rows.where(Batch, person=LI, status=BatchStatus.CLAIMED):
            self.hub.execute(c.ReassignBatch(walk.id, SUN), "")
        self.pull("PICK2")
        self.offline |= {"PICK", "PICK2"}
        for _ in range(length):
            terminal = dice.choice(pickers)
            match dice.randrange(12):
                case 0:
                    terminal.take(Pressed("f3"))
                case 1:
                    self._cannot(terminal, dice.randrange(5))
                case _:
                    terminal.go_on()

    def _cannot(self, terminal: Terminal, answer: int) -> None:
        """Short, damaged, not found, skipped; missing or damaged at the bench; a failed sample; a lost label."""
        terminal.take(Pressed("f2"))
        terminal.take(Chose(answer))
        if terminal.desk.prompt().name in ("pick.left", "pick.damaged"):
            terminal.take(Entered(str(answer % 3)))

    @rule(name=st.sampled_from(NAMES))
    def finish_what_is_there(self, name: str) -> None:
        self._work_until_done(name)

    @rule(grams=st.sampled_from([15, 300, 5200]))
    def put_anything_on_the_scale(self, grams: int) -> None:
        self.terminals["PACK"].pan.lies(grams)
        self.terminals["PACK"].take(Refreshed())

    @rule(name=st.sampled_from(NAMES), work=st.sampled_from([0, 1, 2, 3]))
    def change_work(self, name: str, work: int) -> None:
        if (name, work) not in {("PICK", 1), ("PACK", 0), ("PICK2", 1)}:  # each hand works at one place at a time
            self.terminals[name].change_work(work)

    @rule(name=st.sampled_from(NAMES))
    def crash(self, name: str) -> None:
        self.terminals[name].crash()

    # What must hold at any moment on any node

    def check_invariants_of_all(self) -> None:
        for store in (self.hub, *(terminal.store for terminal in self.terminals.values())):
            self._books_are_possible(store)

    @rule()
    def look_at_the_books(self) -> None:
        self.check_invariants_of_all()

    def _books_are_possible(self, store: Store) -> None:
        rows = store.rows
        sums: Counter[tuple[str, str]] = Counter()
        for stock in rows.all(Stock):
            sums[stock.sku, stock.lot] += stock.quantity
            place = rows.get(Place, stock.place)
            if stock.place.startswith(("@hand", "@parcel")) or (place is not None and place.kind == PlaceKind.TOTE):
                # facts that contradict each other may owe something until another makes up for it: then it is told
                told = rows.get(Review, f"stock_below_zero/{stock.place},{stock.sku},{stock.lot}")
                assert stock.quantity >= 0 or told is not None, stock
            assert stock.allocated >= 0, stock
        assert not any(sums.values()), sums
        assert all(promise.quantity >= 0 for promise in rows.all(Promise))
        self._promises_are_those_of_open_lines(store)
        self._lines_agree_with_totes(store)
        self._labels_are_right(store)

    def _promises_are_those_of_open_lines(self, store: Store) -> None:
        rows = store.rows
        wanted: Counter[tuple[str, str, str]] = Counter()
        for task in rows.all(PickTask):
            order, batch = rows.get(Order, task.order_id), rows.get(Batch, task.batch)
            assert order is not None
            assert batch is not None
            assert 0 <= task.put <= task.taken <= task.quantity, task
            counted = task.taken - task.put
            for badge in ("", LI, ZHAO, SUN):
                held = sum(stock.quantity for stock in rows.where(Stock, place=hand_of(task.id, badge)))
                over = rows.get(Surplus, task.id, badge, hand_of(task.id, badge))
                hers = counted if badge == batch.person else 0
                assert held == hers + (over.quantity if over is not None else 0), (task, badge, held, over)
                told = rows.get(Review, f"over_pick/{task.id},{badge}")
                assert not rows.where(Surplus, task=task.id, person=badge) or (told is not None and told.open)
            assert task.status == TaskStatus.OPEN or not counted, task
            if task.status == TaskStatus.OPEN and not order.stop:
                wanted[task.place, task.sku, task.lot] += max(task.quantity - task.taken, 0)
        held = {(s.place, s.sku, s.lot): s.allocated for s in rows.all(Stock) if s.allocated}
        assert held == {key: n for key, n in wanted.items() if n}

    def _lines_agree_with_totes(self, store: Store) -> None:
        rows = store.rows
        for order in rows.all(Order):
            lines = rows.where(OrderLine, order_id=order.id)
            for line in lines:
                assert 0 <= line.packed <= line.picked <= line.quantity, (order, line)
                assert line.short >= 0, line
            if order.status in (OrderStatus.CANCELLED, OrderStatus.HANDED_OVER):
                continue
            parcels = [f"@parcel/{parcel.id}" for parcel in rows.where(Parcel, order_id=order.id)]
            totes = {slot.tote for slot in rows.where(Slot, order_id=order.id) if slot.tote}
            there = sum(stock.quantity for place in (*totes, *parcels) for stock in rows.where(Stock, place=place))
            shipped = sum(
                parcel.units
                for parcel in rows.where(Parcel, order_id=order.id)
                if parcel.status == ParcelStatus.HANDED_OVER
            )
            over = sum(row.quantity for row in rows.where(Surplus, order_id=order.id) if row.place in totes)
            assert there + shipped == sum(line.picked for line in lines) + over, (order, lines, there, over)

    def _labels_are_right(self, store: Store) -> None:
        for waybill in store.rows.all(Waybill):
            assert self.printed.setdefault(waybill.number, waybill.parcel) == waybill.parcel
        numbers = [parcel.waybill for parcel in store.rows.all(Parcel) if parcel.waybill]
        assert len(numbers) == len(set(numbers))
        for parcel in store.rows.all(Parcel):
            assert parcel.units or parcel.status in (ParcelStatus.OPEN, ParcelStatus.VOID), "an empty parcel went on"

    # The end of the day

    def teardown(self) -> None:
        try:
            if self.terminals:
                self._everything_is_delivered()
                self.check_invariants_of_all()
                self._everybody_finishes()
                self.check_invariants_of_all()
                self._nothing_was_lost()
        finally:
            for terminal in self.terminals.values():
                terminal.store.close()
            self.hub.close()
            shutil.rmtree(self.root)

    def _everything_is_delivered(self) -> None:
        self.offline.clear()
        for name in NAMES:
            self.push(name, 1_000_000)
        for name in NAMES:
            self.pull(name, 1_000_000)
        for store in (self.hub, *(terminal.store for terminal in self.terminals.values())):
            assert verify(store.rows).problems == ()
            for row in ROWS:
                assert store.rows.all(row) == self.hub.rows.all(row), row.TABLE

    def _everybody_finishes(self) -> None:
        """Whatever happened, people who do what the screen says bring every order to an end."""
        for _ in range(8):
            before = self._statuses()
            self.hub.execute(c.ReleaseWaves(slots=2), "")
            for name, work in (("PICK", 0), ("PICK2", 0), ("PACK", 2), ("PACK", 1), ("PACK", 3), ("PICK", 3)):
                self.terminals[name].change_work(work)
                self._work_until_done(name)
                self._everything_is_delivered()
            for review in self.hub.rows.where(Review, open=True):
                self._decide(review)
            self._everything_is_delivered()
            if self._statuses() == before:
                break
        ended = (OrderStatus.HANDED_OVER, OrderStatus.CANCELLED, OrderStatus.HELD, OrderStatus.READY)
        stuck = [order for order in self.hub.rows.all(Order) if order.status not in ended]
        assert not stuck, (stuck, self.hub.rows.where(Review, open=True))

    def _statuses(self) -> list[tuple[str, str]]:
        rows = self.hub.rows
        found = [*rows.all(Order), *rows.all(Parcel), *rows.all(PickTask)]
        lots = [(lot.id, lot.disposition) for lot in rows.all(InspectionLot)]
        return [*((row.id, row.status) for row in found), *lots]

    def _work_until_done(self, name: str) -> None:
        for _ in range(400):
            if not self.terminals[name].go_on():
                return
        raise AssertionError(f"no end in sight at {self.terminals[name].desk.prompt()}")

    def _decide(self, review: Review) -> None:
        """The supervisor: accept or go in part; what can't go is cancelled."""
        for answer in (1, 0) if review.kind == "batch_held" else (0, 1):
            answers = decisions(review, self.hub.rows)
            outcomes = [
                self.hub.execute(command, LI) for command in answers[min(answer, len(answers) - 1)].commands("it is so")
            ]
            if all(isinstance(outcome, Recorded) for outcome in outcomes):
                return
        assert isinstance(outcomes[0], Refused)

    def _nothing_was_lost(self) -> None:
        """What came from suppliers lies somewhere, went to customers, to scrap, or was counted away by a person."""
        rows = self.hub.rows
        for sku, received in self.received.items():
            outside = sum(s.quantity for s in rows.where(Stock, sku=sku) if s.place != "@supplier")
            assert outside == received
            in_hands = [s for s in rows.where(Stock, sku=sku) if s.place.startswith("@hand") and s.quantity]
            assert not in_hands, in_hands


MORE = "FLOOR_EXAMPLES" in os.environ
FloorMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("FLOOR_EXAMPLES", "12")),
    stateful_step_count=int(os.environ.get("FLOOR_STEPS", "25")),
    phases=[Phase.generate, Phase.shrink] if MORE else [Phase.generate],  # a failure is shown at once, as it came
    deadline=None,
    derandomize=not MORE,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestFloor = FloorMachine.TestCase
