"""The panel: what is typed and what it does, and a day walked through with Enter alone."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from wms.bootstrap import station
from wms.config import Config
from wms.demo.bench import SimulatedBench
from wms.demo.furnish import furnish
from wms.demo.panel import MIRROR, Panel, View, last_view, panel
from wms.demo.panel_offers import Offer, offers
from wms.demo.panel_words import HELP, meant
from wms.domain import commands as c
from wms.domain.ids import Badge, CarrierCode, ChannelCode, OrderId, Sku
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Parcel
from wms.domain.rows import MemoryTables, Rows
from wms.store import Store
from wms.terminal.mirror import Mirror
from wms.terminal.station import Station
from wms.workflows.handling import Recorded
from wms.workflows.inputs import Entered

BIN = Offer("scan A-01-1-1*42", "A-01-1-1*42")
WEIGHT = Offer("weigh 1250", "put 1250 g on the scale")


def a_view(**changes: object) -> View:
    return {
        "name": "pick.bin",
        "verb": "Go to",
        "target": "A-01-1-1",
        "unit": "",
        "ask": "Scan the bin",
        "expects": ["A-01-1-1*42"],
        "choices": [],
        "what": [],
        "said": None,
        "status": {"trouble": ""},
        **changes,
    }


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("", "scan A-01-1-1*42"),
        ("1", "scan A-01-1-1*42"),
        ("2", "weigh 1250"),
        ("w", "weigh 1250"),
        ("w 900", "weigh 900"),
        ("s 42", "scan 42"),
        ("4006381333931", "scan 4006381333931"),
        ("TOTE-007", "scan TOTE-007"),
        ("[/] x", "scan [/] x"),
        ("scan CMD-PASS", "scan CMD-PASS"),
        ("u", "unplug scanner"),
        ("p scale", "plug scale"),
        ("po", "paper out"),
        ("on", "printer on"),
        ("undo", "scan CMD-UNDO"),
        ("state", "state"),
        ("l", "labels"),
    ],
)
def test_what_is_typed_means_a_command_of_the_bench(typed: str, command: str) -> None:
    assert meant(typed, (BIN, WEIGHT)) == command


def test_what_can_not_be_done_is_said_instead() -> None:
    assert meant("?", ()) == HELP
    for typed in ("", "3", "w"):
        answer = meant(typed, ())
        assert isinstance(answer, tuple)
        assert len(answer) == 1


def test_the_screen_says_what_is_offered() -> None:
    assert offers(a_view(), None) == (BIN,)
    weigh = a_view(name="pack.weigh", expects=[], what=[{"text": "It should weigh about 1250 g", "mark": ""}])
    assert offers(weigh, None) == (WEIGHT,)
    choices = [{"label": "Pick", "code": "CMD-PICK"}, {"label": "Weigh again", "code": ""}]
    assert offers(a_view(name="sign.work", expects=[], choices=choices), None) == (
        Offer("scan CMD-PICK", "CMD-PICK   Pick"),
    )
    assert [offer.command for offer in offers(a_view(name="ship.parcel", expects=["SF1", "SF2"]), None)] == [
        "scan SF1",
        "scan SF2",
        "scan CMD-CLOSE",
    ]
    assert offers(a_view(name="pick.tote", expects=[]), None) == ()
    assert offers(a_view(name="pick.tote", expects=[]), MemoryTables()) == ()
    assert offers({}, None) == ()


def test_a_label_is_offered_once_it_is_printed() -> None:
    printing = {"trouble": "", "labels_waiting": 1}
    assert offers(a_view(name="pack.label", expects=["YT1"], status=printing), None) == ()
    assert [offer.command for offer in offers(a_view(name="pack.label", expects=["YT1"]), None)] == ["scan YT1"]


def test_only_whole_lines_of_the_mirror_count(tmp_path: Path) -> None:
    mirror = tmp_path / MIRROR
    assert last_view(mirror) == {}
    mirror.write_text("")
    assert last_view(mirror) == {}
    mirror.write_text(json.dumps(a_view(target="A")) + "\n" + json.dumps(a_view(target="B")) + '\n{"name": "half')
    assert last_view(mirror)["target"] == "B"
    mirror.write_text("x" * 300_000 + "\n" + json.dumps(a_view(target="C")) + "\n")
    assert last_view(mirror)["target"] == "C"


def test_without_a_bench_it_says_so(tmp_path: Path) -> None:
    out = io.StringIO()
    assert panel(tmp_path, commands=io.StringIO("scan X\n"), out=out) == 1
    assert "no simulated bench answers" in out.getvalue()


def test_lines_are_carried_out_until_q(tmp_path: Path) -> None:
    out = io.StringIO()
    with SimulatedBench(tmp_path):
        assert panel(tmp_path, commands=io.StringIO("w 700\nt\nu\nX1\nq\nw 5\n"), out=out) == 0
        said = out.getvalue()
        assert "700 g lie on the scale" in said
        assert "grams: 700" in said
        assert "not done: the scanner is unplugged" in said
        assert "5 g" not in said


# A day with Enter

ORDERS = {
    "TB1": (("ST-001", 2), ("ST-008", 1)),
    "TB2": (("ST-004", 1),),
}


class Floor:
    """A furnished store behind a real station with the bench's devices, and a panel before it."""

    def __init__(self, folder: Path, running: Station) -> None:
        self.folder, self.station = folder, running
        self.panel = Panel(folder, running.desk.rows)

    @property
    def rows(self) -> Rows:
        return self.station.desk.rows

    @property
    def name(self) -> str:
        return str(self.panel.view().get("name", ""))

    def enter(self) -> None:
        before = self.panel.view()
        assert self.panel.offers(), f"nothing is offered at {before}"
        self.panel.carry_out("")
        assert eventually(lambda: self.panel.view()["serial"] != before["serial"]), before
        after = self.panel.view()
        assert (after["said"] or {}).get("tone") != "no", (before, after["said"])

    def enter_until(self, *names: str, at_most: int = 60) -> None:
        for _ in range(at_most):
            self.enter()
            if self.name in names:
                return
        raise AssertionError(f"still at {self.panel.view()}")

    def sign_in(self, badge: str, work: str = "") -> None:
        self.panel.carry_out("signout")
        self.panel.carry_out(f"BDG-{badge}")
        if work:
            self.panel.carry_out(f"CMD-{work}")


def eventually(true: Callable[[], bool], seconds: float = 3.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return true()


def furnished(folder: Path) -> None:
    """Two orders of one category, released."""
    store = Store(folder, "T1")
    now = store.clock() // 1000
    store.record(furnish(now, 1), Badge(""))
    orders = tuple(
        c.IncomingOrder(
            OrderId(name),
            ChannelCode("taobao"),
            name,
            now + 7200,
            CarrierCode("YTO"),
            tuple((Sku(sku), quantity) for sku, quantity in lines),
        )
        for name, lines in ORDERS.items()
    )
    for command in (c.TakeOrders(orders), c.ReleaseWaves()):
        assert isinstance(store.execute(command, Badge("1007")), Recorded)
    store.close()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    furnished(tmp_path)
    with SimulatedBench(tmp_path) as bench:
        config = Config(tmp_path, scanners=(bench.scanner,), scale=bench.scale, printer=bench.printer)
        with station(config) as running:
            mirror = Mirror(tmp_path / MIRROR)
            mirror.attach(running)
            made = Floor(tmp_path, running)
            assert eventually(lambda: made.panel.view().get("status", {}).get("scanner") == "ready")
            yield made
        mirror.close()


def test_a_day_is_walked_through_with_enter_from_badge_to_handover(floor: Floor) -> None:
    out = io.StringIO()
    assert panel(floor.folder, commands=io.StringIO("\n\n"), out=out) == 0
    assert floor.name == "pick.bin", out.getvalue()
    floor.enter_until("pick.cart")
    floor.sign_in("1006")
    if floor.name != "qc.wait":
        floor.enter_until("qc.wait")
    floor.sign_in("1004", "PACK")
    while floor.panel.offers():
        floor.enter_until("pack.tote")
    assert {order.status for order in floor.rows.all(Order)} == {OrderStatus.PACKED}
    floor.sign_in("1004", "SHIP")
    floor.enter_until("ship.sign")
    floor.station.submit(Entered("张师傅"))
    assert eventually(lambda: {order.status for order in floor.rows.all(Order)} == {OrderStatus.HANDED_OVER})
    waybills = {parcel.waybill for parcel in floor.rows.all(Parcel)}
    assert len(waybills) == 2
    labels = floor.folder / "labels"
    assert eventually(lambda: len([*labels.glob("0*.png")]) >= 2)
    printed = set()
    for path in labels.glob("0*.png"):
        with Image.open(path) as picture:
            printed |= {found.text for found in zxingcpp.read_barcodes(picture.convert("L"))}
    assert waybills <= printed
