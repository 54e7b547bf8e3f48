"""The bench over a real store: sealed remarks read, the platform's label bound, given data printed as given."""

from __future__ import annotations

import pytest
import zxingcpp

from labels import PROFILES, Library, MaskPolicy, from_escpos, render
from tests.unit.floor import LANE, LI, NOON, SHIP_SF, TEA, TEA_CODE
from tests.unit.test_desk import Bench, setup_of
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Site
from wms.domain.labelling import GivenLabel
from wms.domain.orders import Order
from wms.domain.packing import Parcel
from wms.domain.recipients import PersonalData
from wms.printing.documents import shipping_label
from wms.store import verify
from wms.store.sealing import destroy, seal
from wms.workflows.inputs import Refreshed
from wms.workflows.prompt import Tone

NUMBER = "YT8801234567890"
PACK = 1
PERSON = PersonalData("王小明", "13800138000", ("人民路1号",), "上海", remarks=("轻放\x1b[31m", "Ring twice"))
GIVEN = GivenLabel(NUMBER, "", "021-A", "755W-09", "https://yt.example/q?n=1|x", "王*", "138****8000", "上海市****")


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    made.store.record(setup_of(), "9001")
    made.sit_down()
    yield made
    made.store.close()


def an_order_in_its_tote(bench, **said):
    sealed = seal(bench.store, "web-1", PERSON)
    incoming = c.IncomingOrder("web-1", "web", "1", NOON + 90_000, "SF", ((TEA, 2),), sealed=sealed, **said)
    for command in (c.TakeOrders((incoming,)), c.ReleaseWaves()):
        bench.store.execute(command, "9001")
    bench.work(0)
    bench.go_on("pick.drop")
    bench.scan(LANE)
    bench.press("f4")
    bench.choose(1, PACK)
    assert bench.scan("TOTE-001") is Tone.OK


def test_remarks_are_opened_read_and_never_written_down_in_the_clear(bench):
    an_order_in_its_tote(bench, remarked=True, instructions=("invoice",))
    shown = [str(line.text.args.get("text", line.text.text)) for line in bench.desk.prompt().what]
    assert (bench.screen, shown) == ("pack.heed", ["Put the invoice in", "轻放\x1b[31m", "Ring twice"])
    bench.pull_the_plug()
    bench.work(PACK)
    assert bench.screen == "pack.heed"
    assert bench.scan("CMD-ENTER") is Tone.OK
    assert bench.scan(TEA_CODE) is Tone.OK
    bench.go_on("pack.stage")
    dump = "".join(map(str, bench.store.rows.connection.execute("SELECT body FROM journal").fetchall()))
    assert "轻放" not in dump
    assert "Ring twice" not in dump


def test_of_a_person_who_was_erased_the_instructions_stay(bench):
    an_order_in_its_tote(bench, remarked=True, instructions=("invoice",))
    bench.store.writer.do(lambda connection: destroy(connection, ("web-1",)))
    bench.pull_the_plug()
    bench.work(PACK)
    shown = [line.text.text for line in bench.desk.prompt().what]
    assert shown == ["Put the invoice in", "Remarks can't be opened here: ask the supervisor"]


def test_a_bound_parcel_survives_the_plug_and_the_replay(bench):
    an_order_in_its_tote(bench, nolabel=True)
    bench.go_on("pack.weigh")
    bench.pan.lies(0)
    bench.pan.lies(580)
    bench.desk.take(Refreshed())
    assert bench.screen == "pack.bind"
    bench.pull_the_plug()
    bench.work(PACK)
    assert bench.screen == "pack.bind"
    assert bench.scan(NUMBER.lower()) is Tone.OK
    assert bench.scan(f"{SHIP_SF}*88") is Tone.OK
    assert bench.store.rows.get(Order, "web-1").status == "packed"
    assert verify(bench.store.rows).problems == ()


def test_given_codes_are_on_paper_as_they_were_given(bench):
    an_order_in_its_tote(bench, label=GIVEN)
    bench.go_on("pack.label")
    rows = bench.store.rows
    parcel, site = rows.get(Parcel, "web-1/1"), rows.get(Site, "site")
    label = shipping_label(rows, parcel, PERSON, site, NOON)
    assert (label.waybill, label.routing_code, label.sort_code) == (NUMBER, "755W-09", "021-A")
    assert (label.carrier_qr, label.masking) == (GIVEN.qr, MaskPolicy.CARRIER)
    assert (label.recipient_lines, label.recipient_phone) == (("王*", "上海市****"), "138****8000")
    profile = PROFILES["generic-80"]
    paper = render(Library().compose(label, profile.width_mm, "zh_CN"), profile, "zh_CN")
    (picture,) = from_escpos(paper.data, profile)
    assert {NUMBER, GIVEN.qr} <= {code.text for code in zxingcpp.read_barcodes(picture.convert("L"))}


def test_where_the_platform_gave_codes_none_is_computed(bench):
    an_order_in_its_tote(bench, label=GivenLabel(NUMBER))
    bench.go_on("pack.label")
    rows = bench.store.rows
    parcel, site = rows.get(Parcel, "web-1/1"), rows.get(Site, "site")
    assert shipping_label(rows, parcel, PERSON, site, NOON).routing_code == ""
    bench.store.execute(c.VoidLabel("web-1/1", "torn"), LI)
    assert bench.facts(e.WaybillAssigned)[-1].number.startswith("SF")
    assert shipping_label(rows, rows.get(Parcel, "web-1/1"), PERSON, site, NOON).routing_code == "SF 上海"
