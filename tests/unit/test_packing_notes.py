"""What a packer has to read: shown before anything is packed, whole, and never acted upon by a terminal."""

import pytest

from tests.unit.floor import ENGLISH, LI, SHIP_SF, TEA, TEA_CODE, Worker, a_packer, a_warehouse, picked
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.orders import Order
from wms.domain.recipients import PersonalData
from wms.store import Store, journal
from wms.store.sealing import remarks_of, seal
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.screens.work import work_picture
from wms.terminal.text import width
from wms.workflows.handling import Refused
from wms.workflows.packing import PackWorkflow
from wms.workflows.packing_notes import pages
from wms.workflows.prompt import Tone, plain
from wms.workflows.view import Link, Status, View
from wms.workflows.workflow import Who

LONG = "请务必在工作日送货，家里有老人和小孩，敲门不要按门铃，放在门口的柜子里，谢谢。" * 4
EVIL = "\x1b[2J[red]别删[/red] \u202egnp.exe\u2066 & {n} 👨‍👩‍👧 𠮷野家\nsecond line"


@pytest.fixture
def floor():
    return a_warehouse()


class Bench(Worker):
    """With what this terminal can open of the remarks."""

    remarks: tuple[str, ...] | None = ()

    def who(self):
        said = self.remarks
        return Who(self.badge, "Li Lei", self.device, self.floor.now, "Asia/Shanghai", remarks=lambda _: said)


def a_bench(floor, instructions=(), remarks=(), gifts=(), lines=((TEA, 2),)):
    incoming = c.IncomingOrder(
        "web-1", "web", "web-1", floor.now + 90_000, "SF", lines,
        instructions=instructions, remarked=remarks is None or bool(remarks), gifts=gifts,
    )  # fmt: skip
    floor.must(c.TakeOrders((incoming,)))
    picked(floor)
    bench = Bench(floor, PackWorkflow(), LI, "T2")
    bench.remarks = remarks
    return bench.scan("TOTE-001")


def test_instructions_and_remarks_are_read_once_before_anything_is_packed(floor):
    bench = a_bench(floor, ("invoice", "gift", "insert:会员卡"), ("Ring twice",))
    assert bench.screen == "pack.heed"
    assert bench.shows == ["Put the invoice in", "Gift: wrap it, no prices", "Put in: 会员卡", "Ring twice"]
    assert bench.scan(TEA_CODE).tone is Tone.NO
    assert bench.says == ["This is Green tea (0028)", "Read this first, then Enter"]
    assert floor.said_by(e.UnitsPacked) == []
    bench.press("enter")
    assert (bench.screen, floor.said_by(e.InstructionsSeen)) == ("pack.item", [e.InstructionsSeen("web-1")])
    assert bench.restart().screen == "pack.item"
    bench.go_on(until="pack.carton")
    assert bench.shows[:4] == ["Put the invoice in", "Gift: wrap it, no prices", "Put in: 会员卡", "Ring twice"]
    bench.scan("CTN-S").weigh(580).scan("SF000000000051").scan(f"{SHIP_SF}*88")
    assert floor.status("web-1") == "packed"


def test_the_tote_scanned_again_says_that_it_was_read(floor):
    bench = a_bench(floor, ("invoice",))
    assert bench.scan("TOTE-002").screen == "pack.heed"
    assert bench.scan("TOTE-001").screen == "pack.item"


def test_an_order_with_nothing_to_read_asks_nothing(floor):
    assert a_bench(floor).screen == "pack.item"


def test_another_bench_reads_for_itself(floor):
    a_bench(floor, ("invoice",)).press("enter").press("f2").choose(2)
    assert a_packer(floor, "T1").scan("TOTE-001").screen == "pack.heed"


def test_no_parcel_is_closed_unread(floor):
    a_bench(floor, ("invoice",))
    floor.must(c.PackUnits("web-1", TEA, 2), LI, "T2")
    floor.must(c.ChooseCarton("web-1/1", "S"), LI, "T2")
    answer = floor.do(c.WeighParcel("web-1/1", 580, "scale"), LI, "T2")
    assert isinstance(answer, Refused)
    assert ENGLISH.say(answer.lines[0]) == "Read what is to be heeded first"


def test_remarks_that_cannot_be_opened_here_are_told(floor):
    bench = a_bench(floor, remarks=None)
    assert bench.shows == ["Remarks can't be opened here: ask the supervisor"]
    assert bench.press("enter").screen == "pack.item"


def test_gifts_are_marked(floor):
    bench = a_bench(floor, gifts=(2,), lines=((TEA, 1), ("SOAP", 1)))
    assert [line for line in bench.shows if "gift" in line] == ["Soap   0/1   gift"]


def test_long_remarks_are_turned_page_by_page_and_nothing_is_lost(floor):
    bench = a_bench(floor, remarks=(LONG,))
    seen = list(bench.shows)
    while bench.press("enter").screen == "pack.heed":
        seen += bench.shows
    assert "".join(seen).replace(" ", "") == LONG
    assert len(floor.said_by(e.InstructionsSeen)) == 1


@pytest.mark.parametrize("size", [(20, 16), (40, 20), (80, 24)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("remark", [LONG, EVIL, "supercalifragilistic " * 12, "x" * 200, "好，" * 90])
def test_every_page_is_whole_and_safe_at_every_size(floor, size, language, remark):
    bench = a_bench(floor, ("invoice", f"insert:{remark}"), (remark,))
    drawn = ""
    while bench.screen == "pack.heed":
        view = View(1, bench.prompt, bench.said, Status(Link.IN_SYNC), language)
        picture = work_picture(view, Pen(speech(language), size[0], floor.now), size[1], None)
        rows = [row.cells(size[0]) for row in picture.what]
        assert all(sum(width(text) for text, _ in row) == size[0] for row in rows)
        drawn += "".join(text for row in rows for text, _ in row)
        bench.press("enter")
    for evil in "\x1b\u202e\u2066\u200d\n":
        assert evil not in drawn
    wanted = [char for char in remark if char.isalnum() and char.isprintable()]
    found = iter(drawn)
    assert all(char in found for char in wanted), drawn
    assert ".." not in drawn


def test_pages_of_any_text_lose_no_letter():
    for text in ("", "a", "字" * 37, "ab " * 100, LONG):
        joined = "".join(ENGLISH.say(line.text) for page in pages((plain(text),)) for line in page)
        assert joined.replace(" ", "") == text.replace(" ", "")


def test_remarks_lie_sealed_and_are_opened_at_the_bench(tmp_path):
    store = Store(tmp_path, "T2")
    person = PersonalData("王小明", "13800138000", ("人民路1号",), remarks=("轻放", "Ring twice"))
    sealed = seal(store, "o-1", person)
    store.record([e.OrderReceived("o-1", "web", "1", 2_000_000_000, "", "SF", (), sealed=sealed, remarked=True)], "1")
    assert remarks_of(store.rows, "o-1") == ("轻放", "Ring twice")
    assert store.rows.get(Order, "o-1").remarked
    text = "".join(str(fact) for fact in journal.replay(store.rows.connection))
    assert "轻放" not in text
    assert remarks_of(store.rows, "o-2") is None
    store.close()
