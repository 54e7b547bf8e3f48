"""A small warehouse in memory and people at work in it, for tests that read like the floor's rules."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carton, Category, Channel, Item, Person
from wms.domain.events import Event, Fact, Key
from wms.domain.orders import Order, OrderLine
from wms.domain.packing import Parcel
from wms.domain.places import Place, PlaceKind
from wms.domain.projections import apply
from wms.domain.review import Review
from wms.domain.rows import Cell, MemoryTables, R
from wms.domain.stock import Stock
from wms.domain.waves import PickTask, Slot
from wms.terminal.messages import speech
from wms.workflows import handlers  # noqa: F401 - registers the handlers
from wms.workflows.expecting import expected_types
from wms.workflows.handing_over import HandOverWorkflow
from wms.workflows.handlers.packing import expected_weight
from wms.workflows.handling import Context, Refused, handle
from wms.workflows.inputs import Chose, Entered, Pressed, Refreshed, Scanned, Weighed
from wms.workflows.inspecting import InspectWorkflow
from wms.workflows.packing import PackWorkflow
from wms.workflows.picking import PickWorkflow
from wms.workflows.prompt import Prompt, Said, Tone, no
from wms.workflows.resolve import resolve
from wms.workflows.say import kind_of, text_of
from wms.workflows.workflow import Step, Who, is_scan

NOON = int(datetime(2026, 11, 21, 4, 0, tzinfo=UTC).timestamp())  # in Shanghai, where the site is
HOUR = 3600
ENGLISH = speech("en")

RICE, TEA, SOAP = "RICE", "TEA", "SOAP"
RICE_CODE, TEA_CODE, TEA_CASE, SOAP_CODE = "9520000000011", "9520000000028", "19520000000025", "9520000000035"
RICE_BIN, TEA_BIN, TEA_RESERVE, SOAP_BIN = "A-01-1-1", "A-02-1-1", "A-09-1-1", "B-01-1-1"
LABELS = {RICE_BIN: "A-01-1-1*37", TEA_BIN: "A-02-1-1*41", TEA_RESERVE: "A-09-1-1*73", SOAP_BIN: "B-01-1-1*52"}
LANE, SHIP_SF, SHIP_ZT, RETURNS = "LANE-1", "SHIP-SF", "SHIP-ZT", "RET-1"
LI, ZHAO, WANG, CHEN = "1001", "1002", "1003", "9001"


def rice_of_lot(lot: str, expiry: str = "270301") -> str:
    """The GS1 DataMatrix on a bag of rice, as a scanner sends it."""
    return "]d20109520000000011" + f"17{expiry}10{lot}"


class StrictTables(MemoryTables):
    """Asked only for what the database has an index for, so that nothing passes here and fails there."""

    def where(self, row: type[R], **equal: Cell) -> list[R]:
        names = tuple(equal)
        if names not in row.INDEX and names != tuple(row.KEY[: len(names)]):
            raise LookupError(f"{row.TABLE} has no index for {names}")
        return super().where(row, **equal)

    def highest(self, row: type[R], most: int, by: str, **equal: Cell) -> list[R]:
        if (*equal, by) not in row.INDEX:
            raise LookupError(f"{row.TABLE} has no index for {(*equal, by)}")
        return super().highest(row, most, by, **equal)


class Floor:
    """The warehouse: rows, a clock, and whoever acts. Facts are applied as they are said."""

    def __init__(self) -> None:
        self.rows = StrictTables()
        self.now = NOON
        self.facts: list[Fact] = []
        self._count: Counter[tuple[str, int]] = Counter()

    def say(self, *events: Event, person: str = CHEN, device: str = "OFFICE", epoch: int = 1) -> None:
        for event in events:
            self._count[device, epoch] += 1
            fact = Fact(Key(device, epoch, self._count[device, epoch]), self.now * 1000, person, event)
            self.facts.append(fact)
            apply(self.rows, fact)

    def do(self, command: Any, person: str = CHEN, device: str = "OFFICE") -> tuple[Event, ...] | Refused:
        fresh = f"seed-{len(self.facts)}"
        answer = handle(command, self.rows, Context(device, 1, person, self.now, lambda: fresh, lambda _: 0))
        if not isinstance(answer, Refused):
            self.say(*answer, person=person, device=device)
        return answer

    def must(self, command: Any, person: str = CHEN, device: str = "OFFICE") -> tuple[Event, ...]:
        answer = self.do(command, person, device)
        assert not isinstance(answer, Refused), [ENGLISH.say(line) for line in answer.lines]
        return answer

    # Orders in and out

    def order(self, name: str, *lines: tuple[str, int], hours: int = 24, carrier: str = "SF") -> str:
        incoming = c.IncomingOrder(name, "web", name, self.now + hours * HOUR, carrier, lines, masked="张*")
        self.must(c.TakeOrders((incoming,)))
        return name

    def release(self) -> None:
        self.must(c.ReleaseWaves())

    def cancel(self, order: str, *, refund: bool = False) -> None:
        self.must(c.CancelOrder(order, refund))

    # Looking

    def stock(self, place: str, sku: str = TEA, lot: str = "") -> int:
        row = self.rows.get(Stock, place, sku, lot)
        return row.quantity if row is not None else 0

    def promised(self, place: str, sku: str = TEA, lot: str = "") -> int:
        row = self.rows.get(Stock, place, sku, lot)
        return row.allocated if row is not None else 0

    def status(self, order: str) -> str:
        return str(self.rows.get(Order, order).status)

    def line(self, order: str, n: int = 1) -> OrderLine:
        return self.rows.get(OrderLine, order, n)

    def tasks(self, order: str) -> list[PickTask]:
        return self.rows.where(PickTask, order_id=order)

    def parcel(self, order: str, n: int = 1) -> Parcel:
        return self.rows.get(Parcel, f"{order}/{n}")

    def reviews(self) -> set[str]:
        return {review.id for review in self.rows.where(Review, open=True)}

    def free_tote(self) -> str:
        totes = (place.id for place in self.rows.where(Place, kind=PlaceKind.TOTE))
        return next(t for t in totes if not self.rows.where(Slot, tote=t) and not self.rows.where(Stock, place=t))

    def said_by(self, kind: type) -> list[Any]:
        return [fact.body for fact in self.facts if isinstance(fact.body, kind)]

    def in_balance(self) -> bool:
        sums: Counter[tuple[str, str]] = Counter()
        for row in self.rows.all(Stock):
            sums[row.sku, row.lot] += row.quantity
        return not any(sums.values())


class Worker:
    """Somebody at a device, doing one kind of work: inputs in, and what the screen says afterwards."""

    def __init__(self, floor: Floor, workflow: Any, badge: str = LI, device: str = "T1") -> None:
        self.floor, self.workflow, self.badge, self.device = floor, workflow, badge, device
        self.said: Said | None = None
        self.commands: tuple[Any, ...] = ()
        self.left = False
        self.state = workflow.resume(floor.rows, self.who())

    def who(self) -> Who:
        return Who(self.badge, "Li Lei", self.device, self.floor.now, "Asia/Shanghai")

    # What the screen says

    @property
    def screen(self) -> str:
        return self.prompt.name

    @property
    def prompt(self) -> Prompt:
        return self.workflow.prompt(self.state, self.floor.rows)

    @property
    def tone(self) -> Tone | None:
        return self.said.tone if self.said is not None else None

    @property
    def says(self) -> list[str]:
        return [ENGLISH.say(line) for line in self.said.lines] if self.said is not None else []

    @property
    def shows(self) -> list[str]:
        return [ENGLISH.say(line.text) for line in self.prompt.what]

    # What the person does

    def scan(self, *codes: str) -> Worker:
        for code in codes:
            self._happen(resolve(Scanned(code, at=self.floor.now * 1000), self.floor.rows, expected_types(self.screen)))
        return self

    def misread(self, fault: str, text: str = "") -> Worker:
        return self._happen(resolve(Scanned(text, fault=fault), self.floor.rows, expected_types(self.screen)))

    def press(self, key: str) -> Worker:
        return self._happen(Pressed(key))

    def enter(self, text: str) -> Worker:
        return self._happen(Entered(text))

    def choose(self, index: int) -> Worker:
        return self._happen(Chose(index))

    def weigh(self, grams: int) -> Worker:
        return self._happen(Weighed(grams))

    def look_again(self) -> Worker:
        """Something changed elsewhere."""
        return self._happen(Refreshed())

    def restart(self) -> Worker:
        """The plug was pulled: nothing but the rows is left."""
        self.state, self.said = self.workflow.resume(self.floor.rows, self.who()), None
        return self

    def _happen(self, happening: Any) -> Worker:
        self.floor.now += 1
        self._resume()
        screen, step = self.screen, self.workflow.step(self.state, happening, self.floor.rows)
        self.commands, self.left = step.commands, step.leave
        refusal = self._carry_out(step, happening, screen)
        if refusal is None:
            self.state = step.state
        self.said = refusal or step.said
        self._resume()
        return self

    def _carry_out(self, step: Step[Any], happening: Any, screen: str) -> Said | None:
        for command in step.commands:
            outcome = self.floor.do(command, self.badge, self.device)
            if isinstance(outcome, Refused):
                if is_scan(happening):
                    self.floor.do(c.RefuseScan(text_of(happening), screen, kind_of(happening)), self.badge, self.device)
                return no(*outcome.lines)
        return None

    def _resume(self) -> None:
        self.state = self.workflow.resume(self.floor.rows, self.who(), self.state)

    # Whole stretches of work

    def go_on(self, until: str = "", scans: int = 200) -> Worker:
        """Scan what is expected, screen by screen, until that screen is reached (or nothing is expected)."""
        for _ in range(scans):
            if self.screen == until or not self._next_scan():
                break
        assert not until or self.screen == until, (self.screen, self.says)
        return self

    def _next_scan(self) -> bool:
        prompt = self.prompt
        if prompt.name == "pick.tote" and not prompt.expects:
            self.scan(self.floor.free_tote())
        elif prompt.name == "pack.weigh":
            self.weigh(expected_weight(self.state.parcel, self.floor.rows) or 100)
        elif prompt.expects:
            self.scan(prompt.expects[0])
        else:
            return False
        assert self.tone is Tone.OK, (prompt.name, self.says)
        return True


def a_warehouse(*, percent: int = 0) -> Floor:
    """Rice in lots, tea (also by the case), soap of another category; `percent` of every wave is inspected."""
    floor = Floor()
    inspected = {"inspect_outbound": percent > 0, "sample_percent": percent or 5}
    floor.say(
        e.SiteNamed("演示仓", "Asia/Shanghai"),
        e.CategoryDefined(Category("food", "食品", "Food", checklist="封口完好|seal intact\n到期|expiry", **inspected)),
        e.CategoryDefined(Category("home", "日用", "Home", **inspected)),
        e.ItemDefined(
            Item(RICE, "东北大米 5kg", "Rice 5kg", "food", "袋", "bags", 5000, lot_controlled=True),
            ((RICE_CODE_14, 1),),
        ),
        e.ItemDefined(Item(TEA, "绿茶", "Green tea", "food", weight_g=250), ((TEA_CODE_14, 1), (TEA_CASE, 6))),
        e.ItemDefined(Item(SOAP, "肥皂", "Soap", "home", weight_g=100), ((SOAP_CODE_14, 1),)),
        *_places(),
        e.CartonDefined(Carton("S", "小箱", "Small", 200, 150, 100, 80)),
        e.CartonDefined(Carton("B", "大箱", "Big", 400, 300, 200, 150)),
        e.CarrierDefined("SF", "顺丰", "SF Express", SHIP_SF, "SF", 12, 1, 9999),
        e.CarrierDefined("ZT", "中通", "ZTO", SHIP_ZT, "ZT", 10, 1, 9999),
        e.ChannelDefined(Channel("web", "官网", "Web shop", 48, "SF")),
        e.PersonDefined(Person(LI, "李雷", "picker,packer,inspector,supervisor", "zh_CN")),
        e.PersonDefined(Person(ZHAO, "Zhao", "picker", "en")),
        e.PersonDefined(Person(WANG, "Wang", "packer,inspector", "en", active=False)),
        e.GoodsReceived("R1", RICE, "L1", 10, RICE_BIN, "2027-03-01"),
        e.GoodsReceived("R1", TEA, "", 20, TEA_BIN),
        e.GoodsReceived("R1", TEA, "", 5, TEA_RESERVE),
        e.GoodsReceived("R1", SOAP, "", 10, SOAP_BIN),
    )
    for device in ("T1", "T2"):
        for carrier in ("SF", "ZT"):
            floor.must(c.LeaseWaybills(carrier, device, 1, 50))
    return floor


RICE_CODE_14, TEA_CODE_14, SOAP_CODE_14 = "0" + RICE_CODE, "0" + TEA_CODE, "0" + SOAP_CODE


def _places() -> list[Event]:
    bins = ((RICE_BIN, 10), (TEA_BIN, 20), (TEA_RESERVE, 90), (SOAP_BIN, 100))
    places = [Place(name, PlaceKind.BIN, name[0], rank, LABELS[name].partition("*")[2]) for name, rank in bins]
    places += [
        Place(LANE, PlaceKind.STAGING, "pack"),
        Place(SHIP_SF, PlaceKind.STAGING, "ship", check_digits="88"),
        Place(SHIP_ZT, PlaceKind.STAGING, "ship"),
        Place(RETURNS, PlaceKind.RETURNS),
        Place("CART-1", PlaceKind.CART, slots=12),
        Place("CART-2", PlaceKind.CART, slots=12),
        *(Place(f"TOTE-{n:03}", PlaceKind.TOTE) for n in range(1, 25)),
    ]
    return [e.PlaceDefined(place) for place in places]


# People where a test needs them


def a_picker(floor: Floor, badge: str = LI, device: str = "T1") -> Worker:
    return Worker(floor, PickWorkflow(), badge, device)


def a_picker_on_a_walk(floor: Floor, *lines: tuple[str, int]) -> Worker:
    """With order `web-1` for those lines, on cart 1."""
    floor.order("web-1", *(lines or ((TEA, 3),)))
    floor.release()
    return a_picker(floor).scan("CART-1")


def a_picker_at_the_bin(floor: Floor, *lines: tuple[str, int]) -> Worker:
    picker = a_picker_on_a_walk(floor, *lines)
    return picker.scan(*picker.prompt.expects)


def a_packer(floor: Floor, device: str = "T2") -> Worker:
    return Worker(floor, PackWorkflow(), LI, device)


def a_packer_with_a_tote(floor: Floor, *lines: tuple[str, int], carrier: str = "SF") -> Worker:
    """Order `web-1` was picked into TOTE-001, which stands open on the bench."""
    floor.order("web-1", *(lines or ((TEA, 3),)), carrier=carrier)
    picked(floor)
    return a_packer(floor).scan("TOTE-001")


def picked(floor: Floor) -> None:
    """All ready orders are released, picked into TOTE-001 and on, and dropped at the packing lane."""
    floor.release()
    a_picker(floor).go_on(until="pick.drop").scan(LANE)


def packed(floor: Floor, *totes: str) -> None:
    for tote in totes or ("TOTE-001",):
        a_packer(floor).scan(tote).go_on(until="pack.tote")


def an_inspector(floor: Floor, device: str = "T1") -> Worker:
    return Worker(floor, InspectWorkflow(), LI, device)


def a_courier_is_here(floor: Floor, carrier: str = "SF", device: str = "T1") -> Worker:
    return Worker(floor, HandOverWorkflow(), LI, device).scan(f"CAR-{carrier}")
