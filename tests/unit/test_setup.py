"""Setup: one's own warehouse from CSV files, with an outcome for every row and nothing doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from wms.domain import events as e
from wms.domain.catalogue import Carrier, Category, Channel, Item, ItemCode, Person, Role, Site
from wms.domain.codes import gtin_check_digit
from wms.domain.ids import Badge, DeviceId, LotId, PlaceId, Sku
from wms.domain.pins import check_pin, hash_pin
from wms.domain.places import SUPPLIER, Place, PlaceKind
from wms.domain.projections import apply
from wms.domain.rows import MemoryTables
from wms.domain.stock import Lot, Stock
from wms.setup import Result, SetupImport, openings, read_many, templates
from wms.setup import read as read_one
from wms.setup.overlay import Overlay
from wms.setup.rotation import random_check_digits
from wms.setup.sheets.goods import item_codes

CATALOG = Path(__file__).parents[3] / "shared" / "data" / "catalog"


class Warehouse:
    """Rows and journal of a site; what is imported happens."""

    def __init__(self) -> None:
        self.rows = MemoryTables()
        self.journal: list[e.Event] = []
        self._digits: Iterator[int] = count(41)

    def happened(self, event: e.Event) -> None:
        self.journal.append(event)
        apply(self.rows, e.Fact(e.Key(DeviceId("T"), 0, len(self.journal)), 0, Badge(""), event))

    def load(self, *files: str | bytes) -> SetupImport:
        named = [(f"{n}.csv", f.encode() if isinstance(f, str) else f) for n, f in enumerate(files, 1)]
        result = read_many(named, self.rows, opened=openings(self.journal), fresh=lambda: f"{next(self._digits)}")
        for event in result.events:
            self.happened(event)
        return result

    def stock(self, place: str, sku: str, lot: str = "") -> int:
        row = self.rows.get(Stock, place, sku, lot)
        return row.quantity if row else 0


SITE = "name,zone,sender\nEast,Asia/Shanghai,East | Road 1\n"
CATEGORIES = "code,zh,en,sample_percent,checklist\nfood,食品,Food,,完好|Intact; 清晰|Legible\n"
PLACES = "id,kind,sequence,slots\nA1,bin,1,\nA2,bin,2,\nS1,staging,,\nT1,tote,,\nC1,cart,,12\n"
ITEMS = """sku,zh,en,category,codes,lot_controlled,weight_g
TEA,茶,Tea,food,4006381333931;CASE-1*12,yes,160
CAR,车,,,,no,250
"""
PEOPLE = "badge,name,roles,language,pin\nP1,李娜,packer; picker,,\nS1,Sam,supervisor,en,4711\n"
CARTONS = "code,en,length_mm,width_mm,height_mm,weight_g\nK1,Small,200,150,100,90\n"
CARRIERS = "code,zh,en,staging,prefix,digits,first,last\nsf,顺丰,SF,S1,SF,6,100,199\n"
CHANNELS = "code,zh,en,ship_by_hours,carrier\nshop,官网,Shop,24,sf\n"
STOCK = "place,sku,lot,expiry,quantity\nA1,TEA,L1,2027-06-30,48\nA2,CAR,,,20\n"
EVERYTHING = (STOCK, CHANNELS, CARRIERS, CARTONS, PEOPLE, ITEMS, PLACES, CATEGORIES, SITE)


@pytest.fixture
def warehouse() -> Warehouse:
    warehouse = Warehouse()
    warehouse.load(*(file.replace("4711", "") for file in EVERYTHING))  # hashing a PIN takes its time
    return warehouse


def only(result: SetupImport) -> tuple[Result, str]:
    (outcome,) = result.outcomes
    return outcome.result, outcome.reason


def refused(result: SetupImport) -> str:
    verdict, reason = only(result)
    assert verdict == Result.REFUSED
    assert result.events == ()
    return reason


# The whole


def test_a_folder_in_any_order_makes_a_warehouse() -> None:
    warehouse = Warehouse()
    result = warehouse.load(*EVERYTHING)
    assert {outcome.result for outcome in result.outcomes} == {Result.NEW}
    assert len(result.outcomes) == len(result.events) == 16
    rows = warehouse.rows
    assert rows.get(Site, "site") == Site("site", "East", "Asia/Shanghai", "East\nRoad 1")
    category = rows.get(Category, "food")
    assert category is not None
    assert category.points() == [("完好", "Intact"), ("清晰", "Legible")]
    assert (category.sample_percent, category.inspect_inbound, category.inspect_outbound) == (5, False, True)
    item = rows.get(Item, "CAR")
    assert item is not None
    assert (item.zh, item.en, item.category, item.unit_zh, item.weight_g) == ("车", "车", "", "件", 250)
    assert rows.where(ItemCode, sku="TEA") == [
        ItemCode("04006381333931", Sku("TEA"), 1),
        ItemCode("CASE-1", Sku("TEA"), 12),
    ]
    assert rows.get(Place, "C1") == Place(PlaceId("C1"), PlaceKind.CART, slots=12)
    assert rows.get(Channel, "shop") == Channel("shop", "官网", "Shop", 24, "sf")  # type: ignore[arg-type]
    assert warehouse.stock("A1", "TEA", "L1") == 48
    assert warehouse.stock(SUPPLIER, "CAR") == -20
    lot = rows.get(Lot, "TEA", "L1")
    assert lot is not None
    assert lot.expiry == "2027-06-30"


def test_importing_twice_changes_nothing(warehouse: Warehouse) -> None:
    warehouse.load(PEOPLE)
    again = warehouse.load(*EVERYTHING)
    assert again.events == ()
    assert {outcome.result for outcome in again.outcomes} == {Result.SAME}


def test_only_what_changed_becomes_an_event(warehouse: Warehouse) -> None:
    result = warehouse.load(ITEMS.replace("Tea", "Green tea"))
    assert [(o.row, o.key, o.result) for o in result.outcomes] == [(2, "TEA", Result.CHANGED), (3, "CAR", Result.SAME)]
    (event,) = result.events
    assert isinstance(event, e.ItemDefined)
    assert event.item.en == "Green tea"


def test_a_column_left_out_keeps_what_is_known_and_an_empty_cell_clears_it(warehouse: Warehouse) -> None:
    assert only(warehouse.load("sku,category\nTEA,food\n")) == (Result.SAME, "")
    assert only(warehouse.load("sku,category,weight_g,codes\nTEA,food,,\n")) == (Result.CHANGED, "")
    item = warehouse.rows.get(Item, "TEA")
    assert item is not None
    assert (item.weight_g, item.en, item.lot_controlled) == (0, "Tea", True)
    assert warehouse.rows.where(ItemCode, sku="TEA") == []


def test_a_refused_row_does_not_stop_the_others(warehouse: Warehouse) -> None:
    result = warehouse.load("place,sku,quantity\nA2,CAR,x\nA1,CAR,5\n")
    assert [(o.row, o.result) for o in result.outcomes] == [(2, Result.REFUSED), (3, Result.NEW)]
    assert warehouse.stock("A1", "CAR") == 5


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04", "workbook"),
        ('sku,category\n"open', "broken_csv:2"),
        ("# nothing\n", "no_header"),
        ("sku,category,wieght_g\nX,,1\n", "unknown_column:wieght_g"),
        ("place,sku,lot\nA1,TEA,L\n", "missing_column:quantity"),
        ("city,street\na,b\n", "unknown_format"),
        ("code,product,brand,country\n1,2,3,4\n", "unknown_format"),
        ("sku,category,sku\n1,2,3\n", "column_twice:sku"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_whole(warehouse: Warehouse, file: str | bytes, reason: str) -> None:
    result = warehouse.load(file)
    assert [(o.file, o.row) for o in result.outcomes] == [("1.csv", 0)]
    assert refused(result) == reason


def test_files_from_chinese_windows_are_read(warehouse: Warehouse) -> None:
    assert only(warehouse.load("sku,category,zh\nNEW,food,乌龙茶\n".encode("gb18030"))) == (Result.NEW, "")
    item = warehouse.rows.get(Item, "NEW")
    assert item is not None
    assert item.zh == "乌龙茶"


def test_duplicates_are_refused_within_and_across_files(warehouse: Warehouse) -> None:
    result = warehouse.load("id,kind\nB1,bin\nB1,tote\n", "id,kind\nB1,cart\nB2,bin\n")
    assert [(o.file, o.row, o.result, o.reason) for o in result.outcomes] == [
        ("1.csv", 2, Result.NEW, ""),
        ("1.csv", 3, Result.REFUSED, "row_twice:1.csv:2"),
        ("2.csv", 2, Result.REFUSED, "missing:slots"),
        ("2.csv", 3, Result.NEW, ""),
    ]
    assert len(result.events) == 2


def test_one_file_alone(warehouse: Warehouse) -> None:
    result = read_one("b.csv", b"id,kind,note\nB1,bin,by the door\n", warehouse.rows, opened={}, fresh=lambda: "07")
    assert result.events == (e.PlaceDefined(Place(PlaceId("B1"), PlaceKind.BIN, check_digits="07")),)


# Rows that are refused, sheet by sheet


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        ("name,zone", "East,Mars/Olympus", "bad_zone:zone:Mars/Olympus"),
        ("name,zone", "East,../../etc/passwd", "bad_zone:zone:../../etc/passwd"),
        ("name,zone", ",Asia/Shanghai", "missing:name"),
        ("code,en,sample_percent", "toys,Toys,0", "bad_number:sample_percent:1:100:0"),
        ("code,en,sample_percent", "toys,,5", "missing:en"),
        ("code,en,sample_percent,inspect_inbound", "toys,Toys,5,maybe", "bad_yes_no:inspect_inbound:maybe"),
        ("sku,category,en", ",food,Tea", "missing:sku"),
        ("sku,category,en", "6.93E+12,food,Tea", "number_lost:sku:6.93E+12"),
        ("sku,category,en", "NEW,drinks,Tea", "unknown:category:drinks"),
        ("sku,category,en,weight_g", "NEW,food,Tea,-5", "bad_number:weight_g:0:999999999:-5"),
        ("sku,category,en,weight_g", "NEW,food,Tea,1.5", "bad_number:weight_g:0:999999999:1.5"),
        ("sku,category,en,codes", "NEW,food,Tea,4006381333932", "wrong_check_digit:codes:4006381333932:1"),
        ("sku,category,en,codes", "NEW,food,Tea,4.01E+12", "number_lost:codes:4.01E+12"),
        ("sku,category,en,codes", "NEW,food,Tea,4006381333931*0", "bad_quantity:codes:4006381333931*0"),
        ("sku,category,en,codes", "NEW,food,Tea,A*2;A*3", "code_twice:codes:A"),
        ("id,kind", "B 1,bin", "bad_name:id:B 1"),
        ("id,kind", "@supplier,bin", "bad_name:id:@supplier"),
        ("id,kind", "B1,shelf", "bad_choice:kind:bin staging returns tote cart:shelf"),
        ("id,kind", "B1,", "missing:kind"),
        ("id,kind,check_digits", "B1,bin,7", "bad_check_digits:check_digits:7"),
        ("id,kind,sequence", "B1,bin,-1", "bad_number:sequence:0:999999999:-1"),
        ("id,kind,slots", "C2,cart,", "missing:slots"),
        ("id,kind", "B1,bin,stray", "beyond_header:stray"),
        ("badge,name,roles", "P2,Li,boss", "bad_choice:roles:picker packer inspector supervisor:boss"),
        ("badge,name,roles", "P2,Li,", "missing:roles"),
        ("badge,name,roles,pin", "P2,Li,picker,12", "bad_pin:pin"),
        ("badge,name,roles,language", "P2,Li,picker,fr", "bad_choice:language:zh_CN en:fr"),
        ("code,en,length_mm,width_mm,height_mm", "K2,Big,0,1,1", "bad_number:length_mm:1:999999999:0"),
        ("code,en,length_mm,width_mm,height_mm", "K2,Big,9,,1", "missing:width_mm"),
        ("code,en,staging,digits,first,last", "yt,YT,X9,6,1,9", "unknown:staging:X9"),
        ("code,en,staging,digits,first,last", "yt,YT,A1,6,1,9", "not_staging:staging:A1"),
        ("code,en,staging,digits,first,last", "yt,YT,S1,6,9,1", "range_backwards:last:1:9"),
        ("code,en,staging,digits,first,last", "yt,YT,S1,2,1,100", "range_backwards:last:100:1"),
        ("code,en,staging,prefix,digits,first,last", "yt,YT,S1,SF,6,199,300", "range_overlap:sf"),
        ("code,en,staging,prefix,digits,first,last", "yt,YT,S1,SF0001,2,50,60", "range_overlap:sf"),
        ("code,en,ship_by_hours,carrier", "tb,Taobao,48,dhl", "unknown:carrier:dhl"),
        ("code,en,ship_by_hours", "tb,Taobao,0", "bad_number:ship_by_hours:1:8760:0"),
        ("place,sku,lot,quantity", "A9,TEA,L1,5", "unknown:place:A9"),
        ("place,sku,lot,quantity", "S1,TEA,L1,5", "not_a_bin:place:S1"),
        ("place,sku,lot,quantity", "A1,JAM,L1,5", "unknown:sku:JAM"),
        ("place,sku,lot,quantity", "A1,TEA,,5", "lot_missing:lot"),
        ("place,sku,lot,quantity", "A1,CAR,L1,5", "lot_unwanted:lot"),
        ("place,sku,expiry,quantity", "A1,CAR,2027-01-01,5", "lot_unwanted:expiry"),
        ("place,sku,lot,expiry,quantity", "A2,TEA,L2,30/12/2026,5", "bad_date:expiry:30/12/2026"),
        ("place,sku,lot,expiry,quantity", "A2,TEA,L2,2026-02-30,5", "bad_date:expiry:2026-02-30"),
        ("place,sku,lot,expiry,quantity", "A2,TEA,L1,2028-01-01,5", "expiry_differs:L1:2027-06-30"),
        ("place,sku,lot,quantity", "A1,TEA,L1,-5", "bad_number:quantity:0:999999999:-5"),
        ("place,sku,lot,quantity", "A1,TEA,L1,", "missing:quantity"),
    ],
)
def test_a_row_is_refused_with_its_column(warehouse: Warehouse, header: str, row: str, reason: str) -> None:
    result = warehouse.load(f"{header}\n{row}\n")
    assert refused(result) == reason
    assert result.outcomes[0].row == 2


# Codes


def test_gtins_are_padded_and_other_codes_stay_as_they_are() -> None:
    assert item_codes("40063812; 036000291452 ;4006381333931;14006381333938*6;OLD 7;00123;") == (
        ("00000040063812", 1),
        ("00036000291452", 1),
        ("04006381333931", 1),
        ("14006381333938", 6),
        ("OLD 7", 1),
        ("00123", 1),
    )


def test_a_upc_e_is_known_by_both_its_spellings() -> None:
    assert item_codes("04252614*2") == (("00042100005264", 2), ("04252614", 2))


def test_full_width_digits_are_digits(warehouse: Warehouse) -> None:
    assert (
        only(warehouse.load("sku,category,en,codes\nNEW,food,Tea,４００６３８１３３３９３１；Ａ１＊３\n"))[0]
        == Result.NEW
    )
    assert [(c.code, c.quantity) for c in warehouse.rows.where(ItemCode, sku="NEW")] == [
        ("04006381333931", 1),
        ("A1", 3),
    ]


def test_two_items_may_share_a_code_but_it_is_said(warehouse: Warehouse) -> None:
    result = warehouse.load("sku,category,en,codes\nTEA2,food,Tea,4006381333931\n")
    assert only(result) == (Result.NEW, "code_shared:04006381333931:TEA")
    assert len(warehouse.rows.where(ItemCode, code="04006381333931")) == 2


@pytest.mark.skipif(not CATALOG.exists(), reason="the real bar codes are not beside this checkout")
def test_real_bar_codes_pass_and_real_misprints_are_told_their_right_digit() -> None:
    def first_column(name: str) -> list[str]:
        lines = (CATALOG / name).read_text("utf-8").splitlines()[1:]
        return [code for line in lines if re.fullmatch(r"\d{8}|\d{12,14}", code := line.partition(",")[0])]

    right, wrong = first_column("gtin_world.csv"), first_column("gtin_bad_check_digit.csv")
    sheet = "sku,category,en,codes\n" + "".join(f"S{n},,x,{code}\n" for n, code in enumerate(right + wrong))
    outcomes = Warehouse().load(sheet).outcomes
    assert len(right) > 1900
    assert {outcome.result for outcome in outcomes[: len(right)]} == {Result.NEW}
    assert len(wrong) > 90
    for code, outcome in zip(wrong, outcomes[len(right) :], strict=True):
        assert outcome.reason == f"wrong_check_digit:codes:{code}:{gtin_check_digit(code[:-1])}"


# Places


def test_check_digits_are_made_once_and_kept(warehouse: Warehouse) -> None:
    def digits(place: str) -> str:
        row = warehouse.rows.get(Place, place)
        assert row is not None
        return row.check_digits

    assert [digits(place) for place in ("A1", "A2", "S1", "T1", "C1")] == ["41", "42", "43", "", ""]
    assert warehouse.load("id,kind,sequence,check_digits\nA1,bin,1,\nA2,bin,9,\n").outcomes[0].result == Result.SAME
    assert (digits("A1"), digits("A2")) == ("41", "42")
    warehouse.load("id,kind,check_digits\nA1,bin,0815\n")
    assert digits("A1") == "0815"


def test_fresh_check_digits_come_from_chance() -> None:
    made = {random_check_digits() for _ in range(400)}
    assert all(re.fullmatch(r"\d\d", digits) for digits in made)
    assert len(made) > 50


# People


def test_a_pin_is_hashed_and_the_same_pin_changes_nothing(warehouse: Warehouse) -> None:
    def sam() -> Person:
        row = warehouse.rows.get(Person, "S1")
        assert row is not None
        return row

    warehouse.load(PEOPLE)
    before = sam()
    assert "4711" not in before.pin
    assert check_pin(before.pin, "4711")
    assert only(warehouse.load("badge,name,roles,pin\nS1,Sam,supervisor,4711\n")) == (Result.SAME, "")
    assert only(warehouse.load("badge,name,roles,pin\nS1,Sam,supervisor,\n")) == (Result.SAME, "")
    assert sam().pin == before.pin
    assert only(warehouse.load("badge,name,roles,pin,active\nS1,Sam,supervisor,0042,no\n"))[0] == Result.CHANGED
    assert check_pin(sam().pin, "0042")
    assert not sam().active


def test_roles_are_kept_in_one_order(warehouse: Warehouse) -> None:
    row = warehouse.rows.get(Person, "P1")
    assert row is not None
    assert row.roles == "picker,packer"
    assert row.may(Role.PACKER)
    assert only(warehouse.load('badge,name,roles\nP1,李娜,"Picker，packer"\n')) == (Result.SAME, "")


def test_hashes_of_one_pin_differ_and_only_the_right_pin_fits() -> None:
    first, second = hash_pin("4711"), hash_pin("4711")
    assert first != second
    assert check_pin(first, "4711")
    assert check_pin(second, "4711")
    assert not check_pin(first, "4712")
    assert not check_pin(first, "")
    assert hash_pin("1", b"eight by") == hash_pin("1", b"eight by")


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "4711",
        "scrypt$1$2",
        "scrypt$x$8$1$AA==$AA==",
        "md5$16384$8$1$AA==$AA==",
        "$$$$$",
        "pin1$$argon2id,m=8,t=1,p=1$AA==$AA==",
        "pin1$$argon2id,m=99999999,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg==$AA==",
        "pin1$x$argon2id$AA==",
    ],
)
def test_an_unreadable_hash_fits_no_pin(kept: str) -> None:
    assert not check_pin(kept, "4711")
    assert not check_pin(kept, "")


# Carriers


def carrier(warehouse: Warehouse, first: int, last: int) -> tuple[Result, str]:
    return only(warehouse.load(CARRIERS.replace("100,199", f"{first},{last}")))


def test_a_waybill_number_given_out_is_never_given_again(warehouse: Warehouse) -> None:
    row = warehouse.rows.get(Carrier, "sf")
    assert row is not None
    warehouse.happened(e.WaybillsLeased("L", row.code, DeviceId("T"), 100, 149))
    row = warehouse.rows.get(Carrier, "sf")
    assert row is not None
    assert row.next == 150
    assert carrier(warehouse, 100, 140) == (Result.REFUSED, "range_used:149")
    assert carrier(warehouse, 120, 199) == (Result.REFUSED, "range_used:149")
    assert carrier(warehouse, 50, 199) == (Result.REFUSED, "range_used:149")
    assert carrier(warehouse, 100, 199) == (Result.SAME, "")
    assert carrier(warehouse, 100, 249) == (Result.CHANGED, "")
    row = warehouse.rows.get(Carrier, "sf")
    assert row is not None
    assert (row.next, row.last) == (150, 249)
    assert carrier(warehouse, 150, 300) == (Result.CHANGED, "")


# Opening stock


def opening(warehouse: Warehouse, quantity: int, expiry: str = "2027-06-30") -> SetupImport:
    return warehouse.load(f"place,sku,lot,expiry,quantity\nA1,TEA,L1,{expiry},{quantity}\n")


def test_opening_stock_is_compared_with_what_was_declared_not_with_what_is_left(warehouse: Warehouse) -> None:
    warehouse.happened(e.StockMoved(Sku("TEA"), LotId("L1"), 40, PlaceId("A1"), PlaceId("A2")))
    assert only(opening(warehouse, 48)) == (Result.SAME, "")
    assert warehouse.stock("A1", "TEA", "L1") == 8
    result = opening(warehouse, 50)
    assert result.events == (e.StockAdjusted(Sku("TEA"), LotId("L1"), PlaceId("A1"), 2, "opening stock corrected"),)
    assert warehouse.stock("A1", "TEA", "L1") == 10
    assert only(opening(warehouse, 50)) == (Result.SAME, "")
    assert only(opening(warehouse, 39)) == (Result.REFUSED, "below_promised:10")
    assert only(opening(warehouse, 40)) == (Result.CHANGED, "")
    assert warehouse.stock("A1", "TEA", "L1") == 0
    assert only(opening(warehouse, 40)) == (Result.SAME, "")


def test_goods_that_came_later_are_not_opening_stock(warehouse: Warehouse) -> None:
    warehouse.happened(e.GoodsReceived("R-7", Sku("TEA"), LotId("L1"), 12, PlaceId("A1")))
    warehouse.happened(e.StockAdjusted(Sku("TEA"), LotId("L1"), PlaceId("A1"), -3, "counted"))
    assert only(opening(warehouse, 48)) == (Result.SAME, "")
    assert openings(warehouse.journal)[(PlaceId("A1"), Sku("TEA"), LotId("L1"))] == 48


def test_an_expiry_can_be_added_later(warehouse: Warehouse) -> None:
    assert only(warehouse.load("place,sku,lot,quantity\nA2,TEA,L2,5\n")) == (Result.NEW, "")
    dated = "place,sku,lot,expiry,quantity\nA2,TEA,L2,2027/1/5,6\n"
    assert only(warehouse.load(dated)) == (Result.CHANGED, "")
    lot = warehouse.rows.get(Lot, "TEA", "L2")
    assert lot is not None
    assert lot.expiry == "2027-01-05"
    assert warehouse.stock("A2", "TEA", "L2") == 6
    assert only(warehouse.load(dated)) == (Result.SAME, "")


def test_nothing_in_a_bin_is_nothing_new(warehouse: Warehouse) -> None:
    assert only(warehouse.load("place,sku,quantity\nA1,CAR,0\n")) == (Result.SAME, "")


# What a scanner can't tell apart, and what it reads in a code


def test_a_code_that_is_a_place_too_is_worth_knowing_whichever_comes_first(warehouse: Warehouse) -> None:
    notes = "code_is_place:a1:BALL,code_is_place:A2:BALL"
    assert only(warehouse.load("sku,category,en,codes\nBALL,,Ball,a1;A2;K9\n")) == (Result.NEW, notes)
    assert only(warehouse.load("id,kind,slots\nK9,cart,1\n")) == (
        Result.NEW,
        "code_is_place:K9:BALL",
    )
    assert only(warehouse.load("id,kind\nBALL,bin\n")) == (Result.NEW, "code_is_place:BALL:BALL")
    assert only(warehouse.load("id,kind\nA3,bin\n")) == (Result.NEW, "")


def test_goods_sold_by_weight_are_counted_in_grams(warehouse: Warehouse) -> None:
    assert only(warehouse.load("sku,category,en,by_weight,codes\nHAM,food,Ham,yes,12345\n")) == (Result.NEW, "")
    item = warehouse.rows.get(Item, "HAM")
    assert item is not None
    assert (item.by_weight, item.unit_zh, item.unit_en, item.weight_g) == (True, "克", "g", 1)
    assert only(warehouse.load("sku,category\nHAM,food\n")) == (Result.SAME, "")
    assert refused(warehouse.load("sku,category,weight_g\nHAM,food,250\n")) == "bad_number:weight_g:1:1:250"


def test_goods_that_become_goods_by_weight_change_their_usual_unit_and_keep_one_of_their_own(
    warehouse: Warehouse,
) -> None:
    warehouse.load("sku,category,unit_zh,unit_en,weight_g,by_weight\nCAR,,,,,yes\n")
    warehouse.load("sku,category,unit_zh,unit_en,by_weight\nTEA,food,两,liang,no\n")
    warehouse.load("sku,category,weight_g,by_weight\nTEA,food,,yes\n")
    units = {
        item.sku: (item.unit_zh, item.unit_en) for sku in ("CAR", "TEA") if (item := warehouse.rows.get(Item, sku))
    }
    assert units == {"CAR": ("克", "g"), "TEA": ("两", "liang")}
    warehouse.load("sku,category,by_weight\nCAR,,no\n")
    item = warehouse.rows.get(Item, "CAR")
    assert item is not None
    assert (item.unit_zh, item.unit_en) == ("件", "pcs")


def test_the_site_says_how_its_in_store_codes_are_laid_out(warehouse: Warehouse) -> None:
    layouts = "name,zone,in_store\nEast,Asia/Shanghai,21iiiiiwwwwwc；2IIIIIVPPPPPC;\n"
    assert only(warehouse.load(layouts)) == (Result.CHANGED, "")
    site = warehouse.rows.get(Site, "site")
    assert site is not None
    assert site.in_store == "21IIIIIWWWWWC; 2IIIIIVPPPPPC"
    assert only(warehouse.load(layouts)) == (Result.SAME, "")
    assert only(warehouse.load("name,zone\nEast,Asia/Shanghai\n")) == (Result.SAME, "")
    assert only(warehouse.load("name,zone,in_store\nEast,Asia/Shanghai,\n")) == (Result.CHANGED, "")
    site = warehouse.rows.get(Site, "site")
    assert site is not None
    assert site.in_store == ""


@pytest.mark.parametrize("layout", ["21IIIIIWWWWW", "31IIIIIWWWWWC", "21IIIIIWWWWWC; 21IIIIIPPPPPC"])
def test_a_layout_that_can_not_be_is_refused(warehouse: Warehouse, layout: str) -> None:
    found = refused(warehouse.load(f"name,zone,in_store\nEast,Asia/Shanghai,{layout}\n"))
    assert found == f"bad_layout:in_store:{layout.rpartition('; ')[2]}"


@pytest.mark.parametrize("digits", ["12", "12345"])
def test_check_digits_of_a_place_are_two_to_five(warehouse: Warehouse, digits: str) -> None:
    assert only(warehouse.load(f"id,kind,check_digits\nB7,bin,{digits}\n")) == (Result.NEW, "")
    assert refused(warehouse.load(f"id,kind,check_digits\nB8,bin,{digits[0]}\n")).startswith("bad_check_digits")
    assert refused(warehouse.load("id,kind,check_digits\nB8,bin,123456\n")).startswith("bad_check_digits")


# Templates


def test_templates_do_nothing_until_they_are_filled_in() -> None:
    warehouse = Warehouse()
    result = read_many(
        [(name, text.encode()) for name, text in templates().items()], warehouse.rows, opened={}, fresh=lambda: "00"
    )
    assert result == SetupImport((), ())


def test_the_examples_in_the_templates_are_a_warehouse() -> None:
    warehouse = Warehouse()
    result = warehouse.load(*(_with_examples(text) for text in templates().values()))
    assert {(outcome.result, outcome.reason) for outcome in result.outcomes} == {(Result.NEW, "")}
    assert len(result.outcomes) == 21


def _with_examples(text: str) -> str:
    """The template with its examples, which stand below the header, taken at their word."""
    explained, header = _explained(text)
    return text[len(explained) :].replace("\n# ", "\n") if header else ""


def _explained(text: str) -> tuple[str, str]:
    header = next(line for line in text.splitlines() if not line.startswith("#"))
    return text[: text.index(header)], header


@pytest.mark.parametrize(("name", "text"), templates().items())
def test_templates_explain_themselves_in_both_languages_line_by_line(name: str, text: str) -> None:
    comments = _explained(text)[0].splitlines()
    assert comments, name
    assert len(comments) % 2 == 0
    assert all(re.search(r"[\u4e00-\u9fff]{2}", line) for line in comments[1::2])
    assert not any(re.search(r"[\u4e00-\u9fff]{2}", line) for line in comments[::2])


# The overlay


def test_an_overlay_reads_through_and_leaves_what_is_beneath_alone() -> None:
    under = MemoryTables()
    for name in ("A", "B", "C"):
        under.put(Place(PlaceId(name), PlaceKind.BIN))
    over = Overlay(under)
    over.put(Place(PlaceId("B"), PlaceKind.TOTE))
    over.delete(Place(PlaceId("C"), PlaceKind.BIN))
    over.put(Place(PlaceId("D"), PlaceKind.BIN))
    assert [place.id for place in over.where(Place, kind=PlaceKind.BIN)] == ["A", "D"]
    assert [place.id for place in over.all(Place)] == ["A", "B", "D"]
    assert over.get(Place, "C") is None
    assert [place.id for place in under.where(Place, kind=PlaceKind.BIN)] == ["A", "B", "C"]
    over.put(Place(PlaceId("C"), PlaceKind.CART))
    assert over.get(Place, "C") == Place(PlaceId("C"), PlaceKind.CART)
