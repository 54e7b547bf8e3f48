"""What labels say, and that every code on a sticker means what it should when it is scanned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image

from drivers.fakes import FakePrinter
from labels import PROFILES, BadgeLabel, LabelData, Library, MaskPolicy, from_escpos, render
from wms.domain import records
from wms.domain.catalogue import Carrier, Carton, Item, Person, Site
from wms.domain.ids import (
    Badge,
    BatchId,
    CarrierCode,
    CartonCode,
    CategoryCode,
    ChannelCode,
    DeviceId,
    InspectionId,
    LotId,
    ManifestId,
    OrderId,
    ParcelId,
    PlaceId,
    Sku,
    TaskId,
    WaveId,
)
from wms.domain.inspection import Sample, Verdict
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.places import Place, PlaceKind
from wms.domain.recipients import PersonalData
from wms.domain.rows import MemoryTables
from wms.domain.shipping import Manifest
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus
from wms.printing.documents import manifest_slip, routing_code, shipping_label
from wms.printing.sheets import Printed, print_all
from wms.printing.stickers import badge_labels, command_labels, picking_slips, place_labels, tote_labels
from wms.workflows import resolve as r
from wms.workflows.inputs import Scanned

SF = CarrierCode("sf")
ORDER = OrderId("shop/1001")
SITE = Site("site", "Depot", "Asia/Shanghai", "一号仓\n上海市浦东新区")
ZHANG = PersonalData("张三丰", "13800138678", ("人民路1号3幢1501室",), "上海", "200001", "CN")
JANE = PersonalData("Jane Doe", "+1 555 010 0199", ("1 Main St Apt 4",), "Springfield", "62701", "US")
NOON = 1_780_000_000  # 2026-05-28 20:26:40 UTC


@pytest.fixture
def rows() -> MemoryTables:
    tables = MemoryTables()
    for row in (
        SITE,
        Carrier(SF, "顺丰速运", "SF Express", PlaceId("SHIP-SF"), "SF", 12, 1, 900, 1),
        Carton(CartonCode("B"), "中号箱", "medium box", 300, 200, 150, 120),
        Order(ORDER, ChannelCode("shop"), "#1001", OrderStatus.PICKED, 0, 0, CategoryCode(""), SF, wave=WaveId("W07")),
        OrderLine(ORDER, 1, Sku("TEA"), 2, picked=2, packed=2),
        Parcel(ParcelId("p1"), ORDER, 1, ParcelStatus.LABELLED, SF, weight_g=500, waybill="SF000000000001"),
        Parcel(ParcelId("p2"), ORDER, 2, ParcelStatus.OPEN, SF),
        Parcel(ParcelId("p3"), ORDER, 3, ParcelStatus.VOID, SF),
        Person(Badge("007"), "李娜", "packer,inspector"),
        Person(Badge("M1"), "王芳", "supervisor", pin="x"),
        Person(Badge("GONE"), "离职", "picker", active=False),
        Place(PlaceId("A-02"), PlaceKind.BIN, "A", 2, "47"),
        Place(PlaceId("A-01"), PlaceKind.BIN, "A", 1),
        Place(PlaceId("SHIP-SF"), PlaceKind.STAGING, check_digits="9031"),
        Place(PlaceId("RETURN"), PlaceKind.RETURNS),
        Place(PlaceId("T-014"), PlaceKind.TOTE),
        Place(PlaceId("CART-1"), PlaceKind.CART, slots=12),
    ):
        tables.put(row)
    return tables


def the_parcel(rows: MemoryTables) -> Parcel:
    found = rows.get(Parcel, "p1")
    assert found is not None
    return found


def bar_codes(data: LabelData) -> set[str]:
    image = render(data, PROFILES["raster-80"]).image
    return {code.text for code in zxingcpp.read_barcodes(image.convert("L"))}


def test_shipping_label_says_where_from_where_to_and_which_of_how_many(rows: MemoryTables) -> None:
    label = shipping_label(rows, the_parcel(rows), ZHANG, SITE, NOON)
    assert (label.order, label.waybill, label.wave) == ("#1001", "SF000000000001", "W07")
    assert (label.carrier_name, label.routing_code) == ("顺丰速运", "SF 上海 200001")
    assert label.recipient_lines == ("张三丰", "上海 人民路1号3幢1501室", "200001")
    assert label.sender_lines == ("一号仓", "上海市浦东新区")
    assert (label.parcel_n, label.parcel_of, label.weight_g) == (1, 2, 500)  # the void one does not count
    assert label.created == datetime(2026, 5, 29, 4, 26, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert (label.masking, label.qc_mark, label.reprint) == (MaskPolicy.HIDE, "", False)
    assert shipping_label(rows, the_parcel(rows), ZHANG, SITE, NOON, "en").carrier_name == "SF Express"
    assert bar_codes(label) == {"SF000000000001"}


def test_address_abroad_is_printed_in_full_the_way_it_is_written_there(rows: MemoryTables) -> None:
    label = shipping_label(rows, the_parcel(rows), JANE, SITE, NOON, "en", reprint=True)
    assert label.recipient_lines == ("Jane Doe", "1 Main St Apt 4", "Springfield 62701", "US")
    assert (label.masking, label.reprint) == (MaskPolicy.SHOW, True)


def test_city_that_stands_in_the_address_is_not_repeated(rows: MemoryTables) -> None:
    person = replace(ZHANG, address_lines=("上海市人民路1号", "301室"))
    assert shipping_label(rows, the_parcel(rows), person, SITE, NOON).recipient_lines[1:] == (
        "上海市人民路1号",
        "301室",
        "200001",
    )


def test_weight_not_known_is_not_zero(rows: MemoryTables) -> None:
    light = records.replace(the_parcel(rows), weight_g=0)
    assert shipping_label(rows, light, ZHANG, SITE, NOON).weight_g is None


@pytest.mark.parametrize(
    ("verdicts", "mark"),
    [
        ([], ""),
        ([Verdict.NONE], ""),
        ([Verdict.GONE], ""),
        ([Verdict.PASS], "sampled"),
        ([Verdict.PASS, Verdict.PASS], "inspected"),
    ],
)
def test_quality_mark_tells_some_from_all(rows: MemoryTables, verdicts: list[Verdict], mark: str) -> None:
    for n, verdict in enumerate(verdicts, 1):
        rows.put(
            Sample(InspectionId("i1"), n, "task", n, Sku("TEA"), LotId(""), ORDER, PlaceId("A-01"), verdict, seen=True)
        )
    assert shipping_label(rows, the_parcel(rows), ZHANG, SITE, NOON).qc_mark == mark


@pytest.mark.parametrize(
    ("city", "postcode", "routing"),
    [
        ("上海", "200001", "SF 上海 200001"),
        ("黔东南苗族侗族自治州", "556000", "SF 556000"),
        ("黔东南苗族侗族自治州凯里市", "", "SF"),
        ("", "", "SF"),
        ("서울", "04524", "SF 서울 04524"),
        ("القاهرة", "11511", "SF 11511"),  # no label has these letters
        ("Llanfairpwllgwyngyllgogerychwyrndrobwll", "LL61 5UJ", "SF LL61 5UJ"),
    ],
)
def test_routing_code_fits_the_smallest_printer(rows: MemoryTables, city: str, postcode: str, routing: str) -> None:
    person = replace(ZHANG, city=city, postcode=postcode)
    assert routing_code(SF, person) == routing
    render(shipping_label(rows, the_parcel(rows), person, SITE, NOON), PROFILES["raster-58"])


def test_manifest_slip_has_every_parcel(rows: MemoryTables) -> None:
    rows.put(records.replace(the_parcel(rows), manifest=ManifestId("M1"), status=ParcelStatus.HANDED_OVER))
    manifest = Manifest(ManifestId("M1"), SF, DeviceId("T1"), Badge("007"), NOON, False, NOON + 60, 1, "李师傅")
    slip = manifest_slip(rows, manifest, SITE)
    assert [(p.waybill, p.order, p.weight_g) for p in slip.parcels] == [("SF000000000001", "#1001", 500)]
    assert (slip.carrier, slip.signed_by, f"{slip.at:%H:%M}") == ("顺丰速运", "李师傅", "04:27")
    assert bar_codes(slip) == {"M1"}


def test_every_sticker_scans_as_what_it_is(rows: MemoryTables) -> None:
    def meaning(label: LabelData) -> set[r.Code]:
        return {r.resolve(Scanned(text), rows) for text in bar_codes(label)}

    badges, places, totes = badge_labels(rows), place_labels(rows), tote_labels(rows)
    assert [meaning(label) for label in badges] == [{r.BadgeScan(Badge("007"))}, {r.BadgeScan(Badge("M1"))}]
    assert [meaning(label) for label in places] == [
        {r.PlaceScan(PlaceId("A-01"), PlaceKind.BIN, "", proven=True)},
        {r.PlaceScan(PlaceId("A-02"), PlaceKind.BIN, "47", proven=True)},
        {r.PlaceScan(PlaceId("SHIP-SF"), PlaceKind.STAGING, "9031", proven=True)},
        {r.PlaceScan(PlaceId("RETURN"), PlaceKind.RETURNS, "", proven=True)},
    ]
    assert [meaning(label) for label in totes] == [
        {r.ToteScan(PlaceId("T-014"))},
        {r.CartScan(PlaceId("CART-1"))},
    ]
    assert [label.code for label in place_labels(rows, PlaceKind.RETURNS)] == ["RETURN"]
    cards = {label.code: meaning(label) for label in command_labels(rows)}
    assert cards["CAR-sf"] == {r.CarrierScan(SF)}
    assert cards["CTN-B"] == {r.CartonScan(CartonCode("B"))}
    for code in ("PASS", "FAIL", "CLOSE", "NEWPARCEL", "PICK", "PACK", "INSPECT", "SHIP", "BOARD", "SKIP"):
        assert cards[f"CMD-{code}"] == {r.CommandScan(code)}


def test_a_walk_on_paper_has_what_is_still_to_be_taken(rows: MemoryTables) -> None:
    for row in (
        Item(Sku("TEA"), "龙井茶", "Tea", CategoryCode("food")),
        Batch(BatchId("B1"), WaveId("W07"), BatchStatus.CLAIMED, NOON, cart=PlaceId("CART-1")),
        Batch(BatchId("B2"), WaveId("W07"), BatchStatus.DROPPED, NOON),
        Slot(BatchId("B1"), 3, ORDER, PlaceId("T-014")),
        task("t2", "A-02", 2, taken=0),
        task("t1", "A-01", 1, taken=1),
        task("t3", "A-01", 3, status=TaskStatus.DONE),
    ):
        rows.put(row)
    (slip,) = picking_slips(rows, "en")
    assert (slip.task, slip.wave, slip.cart) == ("B1", "W07", "CART-1")
    assert [(line.place, line.check_digits, line.name, line.quantity, line.put) for line in slip.lines] == [
        ("A-01", "", "Tea", 4, "3 T-014"),
        ("A-02", "47", "Tea", 5, "3 T-014"),
    ]
    assert bar_codes(slip) == {"B1"}


def task(name: str, place: str, sequence: int, taken: int = 0, status: TaskStatus = TaskStatus.OPEN) -> PickTask:
    return PickTask(
        TaskId(name), BatchId("B1"), WaveId("W07"), ORDER, 1, Sku("TEA"), PlaceId(place), LotId("L7"), 5, sequence, 3,
        status, taken,
    )  # fmt: skip


def test_a_sites_own_template_makes_its_stickers(rows: MemoryTables, tmp_path: Path) -> None:
    (tmp_path / "badge.toml").write_text('label = "badge"\n[[row]]\nqr = "{code}"\nsize_mm = 20\n')
    printed = list(print_all(badge_labels(rows), tmp_path / "a.bin", pictures=tmp_path, templates=Library(tmp_path)))
    assert [one.outcome for one in printed] == ["sent", "sent"]
    with Image.open(tmp_path / "001-BDG-007.png") as picture:
        assert [str(code.format) for code in zxingcpp.read_barcodes(picture.convert("L"))] == ["QR Code"]
    (tmp_path / "badge.toml").write_text('label = "badge"\n[[row]]\nqr = "{cod}"\nsize_mm = 20\n')
    printed = list(print_all(badge_labels(rows), tmp_path / "a.bin", templates=Library(tmp_path)))
    assert [one.outcome for one in printed] == ["refused", "refused"]
    assert "row 3, column 1: a badge label has no field 'cod'" in printed[0].reason


def test_stickers_speak_either_language(rows: MemoryTables) -> None:
    assert badge_labels(rows, "zh_CN")[0].roles == ("打包员", "质检员")
    assert badge_labels(rows, "en")[0].roles == ("Packer", "Inspector")
    english = {label.code: label.text for label in command_labels(rows, "en")}
    chinese = {label.code: label.text for label in command_labels(rows, "zh_CN")}
    assert (english["CMD-FAIL"], chinese["CMD-FAIL"]) == ("Failed", "不合格")
    assert (english["CAR-sf"], chinese["CAR-sf"]) == ("SF Express", "顺丰速运")


def test_sheet_to_a_file_holds_every_label_once(rows: MemoryTables, tmp_path: Path) -> None:
    target = tmp_path / "badges.bin"
    target.write_bytes(b"from last time")
    results = list(print_all(badge_labels(rows), target, pictures=tmp_path / "png"))
    assert results == [Printed("BDG-007", "sent"), Printed("BDG-M1", "sent")]
    images = from_escpos(target.read_bytes())
    assert [{code.text for code in zxingcpp.read_barcodes(image.convert("L"))} for image in images] == [
        {"BDG-007"},
        {"BDG-M1"},
    ]
    assert sorted(path.name for path in (tmp_path / "png").iterdir()) == ["001-BDG-007.png", "002-BDG-M1.png"]


def test_sheet_to_a_printer_stops_at_the_first_trouble_and_answers_for_each(rows: MemoryTables) -> None:
    sheet = place_labels(rows)
    with FakePrinter(lambda _: printer.open_cover() if len(printer.jobs) == 2 else None) as printer:
        results = list(print_all(sheet, printer.uri))
    assert [(one.code, one.outcome) for one in results[:1]] == [("A-01", "printed")]
    assert [one.outcome for one in results[2:]] == ["not_sent", "not_sent"]
    assert {one.reason for one in results[2:]} == {"cover_open"}
    assert [one.good for one in results] == [True, results[1].good, False, False]


def test_sheet_refuses_a_label_by_its_field_and_prints_the_others(rows: MemoryTables, tmp_path: Path) -> None:
    bad = BadgeLabel("BDG-9", "\U0001f600", ())
    results = list(print_all([bad, *badge_labels(rows)], tmp_path / "badges.bin"))
    assert (results[0].outcome, results[0].reason.partition(":")[0]) == ("refused", "name")
    assert [one.outcome for one in results[1:]] == ["sent", "sent"]
