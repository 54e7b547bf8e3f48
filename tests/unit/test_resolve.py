"""What a read means on this floor, rule by rule."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.framing import Framer, FramingConfig
from wms.domain.catalogue import Carrier, Carton, Item, ItemCode, Person
from wms.domain.ids import (
    Badge,
    CarrierCode,
    CartonCode,
    CategoryCode,
    ChannelCode,
    LotId,
    OrderId,
    ParcelId,
    PlaceId,
    Sku,
)
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Waybill
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import MemoryTables, Row
from wms.workflows.inputs import Scanned
from wms.workflows.resolve import (
    Ambiguous,
    BadgeScan,
    CarrierScan,
    CartonScan,
    CartScan,
    Code,
    CommandScan,
    ItemScan,
    OrderScan,
    PlaceScan,
    Repeated,
    ToteScan,
    Unknown,
    Unreadable,
    WaybillScan,
    Why,
    resolve,
)

VARIANTS = Path(__file__).parents[3] / "shared" / "data" / "catalog" / "scan_variants.csv"

TEA = ItemScan(Sku("TEA"), 1)
TEA_GTIN = "04006381333931"
CASE_GTIN = "14006381333938"
SSCC = "123456789012345675"
GLN = "1234567890128"


def an_item(sku: str) -> Item:
    return Item(Sku(sku), zh=sku, en=sku, category=CategoryCode("food"))


def a_place(name: str, kind: PlaceKind, check_digits: str = "") -> Place:
    return Place(PlaceId(name), kind, check_digits=check_digits)


@pytest.fixture
def rows() -> MemoryTables:
    tables = MemoryTables()
    for row in (
        an_item("TEA"),
        ItemCode(TEA_GTIN, Sku("TEA")),
        ItemCode(CASE_GTIN, Sku("TEA"), quantity=12),
        ItemCode("OLD-TEA", Sku("TEA")),
        an_item("85123A"),
        an_item("85123a"),
        a_place("A-01-02", PlaceKind.BIN, "47"),
        a_place("A-01-03", PlaceKind.BIN),
        a_place("STAGE-1", PlaceKind.STAGING),
        a_place("BACK-1", PlaceKind.RETURNS),
        a_place("T-001", PlaceKind.TOTE, "91"),
        a_place("K-1", PlaceKind.CART),
        a_place("@supplier", PlaceKind.BIN),
        Person(Badge("1007"), "Li Na", "picker"),
        Person(Badge("W77"), "Chen", "picker"),
        a_carrier("SF"),
        Carton(CartonCode("B3"), "三号箱", "Box 3", 300, 200, 150, 120),
        Waybill("SF100000000017", CarrierCode("SF"), ParcelId("P1")),
        an_order("2026-000042"),
    ):
        tables.put(row)
    return tables


def a_carrier(code: str) -> Carrier:
    return Carrier(CarrierCode(code), code, code, PlaceId("STAGE-1"), prefix=code, digits=12, first=1, last=9, next=1)


def an_order(order_id: str) -> Order:
    return Order(
        OrderId(order_id),
        ChannelCode("shop"),
        reference=order_id,
        status=OrderStatus.READY,
        ship_by=0,
        received=0,
        category=CategoryCode(""),
        carrier=CarrierCode("SF"),
    )


def read(text: str, rows: MemoryTables, *expects: type, aim: str = "", at: int = 0) -> Code:
    """What it means, without the text an item scan keeps for the log."""
    code = resolve(Scanned(text, aim=aim, at=at), rows, frozenset(expects))
    return without_text(code)


def without_text(code: Code) -> Code:
    match code:
        case ItemScan(sku, quantity, lot, expiry, serial):
            return ItemScan(sku, quantity, lot, expiry, serial)
        case Ambiguous(candidates):
            return Ambiguous(tuple(without_text(candidate) for candidate in candidates))
    return code


class TestTheSitesOwnLabels:
    @pytest.mark.parametrize("text", ["BDG-1007", "bdg-1007", "Bdg-1007 ", "\tBDG-1007\r\n"])
    def test_a_badge(self, rows: MemoryTables, text: str) -> None:
        assert read(text, rows) == BadgeScan(Badge("1007"))

    def test_a_badge_without_its_prefix_counts_if_nothing_else_has_that_number(self, rows: MemoryTables) -> None:
        assert read("1007", rows) == BadgeScan(Badge("1007"))
        rows.put(ItemCode("1007", Sku("TEA")))
        assert read("1007", rows) == TEA
        assert read("1007", rows, ItemScan) == TEA
        assert read("1007", rows, BadgeScan) == Ambiguous((BadgeScan(Badge("1007")), TEA))

    def test_carriers_cartons_and_commands(self, rows: MemoryTables) -> None:
        assert read("car-sf", rows) == CarrierScan(CarrierCode("SF"))
        assert read("CTN-b3", rows) == CartonScan(CartonCode("B3"))
        assert read("cmd-close-tote", rows) == CommandScan("CLOSE-TOTE")

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("BDG-9999", Why.BADGE),
            ("BDG-", Why.BADGE),
            ("CAR-ZZ", Why.CARRIER),
            ("CTN-ZZ", Why.CARTON),
            ("CMD-", Why.COMMAND),
            ("CMD-[/]", Why.COMMAND),
            ("CMD-" + "A" * 41, Why.COMMAND),
        ],
    )
    def test_a_label_of_nothing_says_what_it_is_not(self, rows: MemoryTables, text: str, why: Why) -> None:
        assert read(text, rows) == Unknown(text, why)


class TestPlaces:
    def test_the_whole_label_proves_that_one_stands_there(self, rows: MemoryTables) -> None:
        assert read("A-01-02*47", rows) == PlaceScan(PlaceId("A-01-02"), PlaceKind.BIN, "47", proven=True)

    def test_the_id_alone_proves_nothing_where_the_place_has_check_digits(self, rows: MemoryTables) -> None:
        assert read("A-01-02", rows) == PlaceScan(PlaceId("A-01-02"), PlaceKind.BIN, "", proven=False)

    def test_the_id_alone_is_proof_where_the_place_has_none(self, rows: MemoryTables) -> None:
        assert read("A-01-03", rows) == PlaceScan(PlaceId("A-01-03"), PlaceKind.BIN, "", proven=True)

    @pytest.mark.parametrize(("text", "place"), [("A-01-02*74", "A-01-02"), ("A-01-03*47", "A-01-03")])
    def test_wrong_check_digits_still_name_the_place(self, rows: MemoryTables, text: str, place: str) -> None:
        expected = PlaceScan(PlaceId(place), PlaceKind.BIN, text[-2:], proven=False, wrong_digits=True)
        assert read(text, rows) == expected

    def test_a_label_cut_off_at_its_check_digits_is_no_place(self, rows: MemoryTables) -> None:
        assert read("A-01-02*", rows) == Unknown("A-01-02*", Why.WRONG_DIGITS)

    def test_letter_case_does_not_matter(self, rows: MemoryTables) -> None:
        assert read("a-01-02*47", rows) == read("A-01-02*47", rows)
        assert read("t-001", rows) == ToteScan(PlaceId("T-001"))

    def test_each_kind_of_place(self, rows: MemoryTables) -> None:
        assert read("STAGE-1", rows) == PlaceScan(PlaceId("STAGE-1"), PlaceKind.STAGING, proven=True)
        assert read("BACK-1", rows) == PlaceScan(PlaceId("BACK-1"), PlaceKind.RETURNS, proven=True)
        assert read("T-001*91", rows) == ToteScan(PlaceId("T-001"))
        assert read("K-1", rows) == CartScan(PlaceId("K-1"))

    def test_a_tote_with_other_check_digits_is_not_that_tote(self, rows: MemoryTables) -> None:
        assert read("T-001*19", rows) == Unknown("T-001*19", Why.WRONG_DIGITS)

    def test_virtual_places_cannot_be_scanned(self, rows: MemoryTables) -> None:
        assert read("@supplier", rows) == Unknown("@supplier", Why.NOT_FOUND)

    def test_a_place_may_wear_a_gs1_label(self, rows: MemoryTables) -> None:
        rows.put(a_place(GLN, PlaceKind.STAGING))
        rows.put(a_place(SSCC, PlaceKind.TOTE))
        assert read("414" + GLN, rows, aim="]C1") == PlaceScan(PlaceId(GLN), PlaceKind.STAGING, proven=True)
        assert read("00" + SSCC, rows, aim="]C1") == ToteScan(PlaceId(SSCC))


class TestGoods:
    @pytest.mark.parametrize(
        ("text", "aim"),
        [
            ("4006381333931", ""),
            ("4006381333931", "]E0"),
            ("]E04006381333931", ""),
            ("04006381333931", "]I1"),
            ("4006381333931", "]C0"),
            ("01" + TEA_GTIN, "]C1"),
            ("01" + TEA_GTIN, ""),
            ("(01)" + TEA_GTIN, "]C0"),
            ("https://id.example.cn/01/" + TEA_GTIN, "]Q1"),
            ("https://id.example.cn/01/4006381333931", "]Q1"),
            ("OLD-TEA", "]C0"),
            ("TEA", ""),
        ],
    )
    def test_one_piece_in_all_its_forms(self, rows: MemoryTables, text: str, aim: str) -> None:
        assert read(text, rows, aim=aim) == TEA

    def test_a_upc_is_found_with_and_without_its_leading_zeros(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("00036000291452", Sku("TEA")))
        for text in ("036000291452", "0036000291452", "00036000291452"):
            assert read(text, rows) == TEA
            assert read(text, rows, aim="]E0") == TEA, "vendors' code ids say ]E0 of a UPC-A of twelve digits"

    def test_a_case_counts_its_pieces_and_is_never_guessed_from_the_piece(self, rows: MemoryTables) -> None:
        assert read(CASE_GTIN, rows, aim="]I1") == ItemScan(Sku("TEA"), 12)
        rows.delete(ItemCode(CASE_GTIN, Sku("TEA"), 12))
        assert read(CASE_GTIN, rows, aim="]I1") == Unknown(CASE_GTIN, Why.PACK_UNKNOWN, Sku("TEA"))

    def test_a_gs1_label_brings_lot_expiry_serial_and_count(self, rows: MemoryTables) -> None:
        code = read(f"02{CASE_GTIN}17270200373\x1d10L7\x1d21S9", rows, aim="]C1")
        assert code == ItemScan(Sku("TEA"), 36, LotId("L7"), "2027-02-28", "S9")

    def test_a_stored_message_does_not_hide_its_lot(self, rows: MemoryTables) -> None:
        text = f"01{TEA_GTIN}10L7"
        rows.put(ItemCode(text, Sku("TEA")))
        assert read(text, rows, aim="]C1") == ItemScan(Sku("TEA"), 1, LotId("L7"))

    def test_the_place_goods_were_made_at_is_not_where_one_stands(self, rows: MemoryTables) -> None:
        rows.put(a_place(GLN, PlaceKind.BIN))
        assert read(f"01{TEA_GTIN}414{GLN}", rows, aim="]C1") == TEA

    def test_the_time_of_the_scan_places_the_century(self, rows: MemoryTables) -> None:
        at = int(datetime(2099, 12, 31, tzinfo=UTC).timestamp() * 1000)
        code = read(f"01{TEA_GTIN}17010101", rows, aim="]C1", at=at)
        assert isinstance(code, ItemScan)
        assert code.expiry == "2101-01-01"

    def test_a_scan_keeps_its_text_for_the_record(self, rows: MemoryTables) -> None:
        assert resolve(Scanned(" 4006381333931\r"), rows) == ItemScan(Sku("TEA"), 1, text="4006381333931")

    def test_letter_case_tells_goods_apart(self, rows: MemoryTables) -> None:
        assert read("85123A", rows) == ItemScan(Sku("85123A"), 1)
        assert read("85123a", rows) == ItemScan(Sku("85123a"), 1)
        assert read("old-tea", rows) == Unknown("old-tea", Why.NOT_FOUND)

    def test_a_stored_code_counts_even_with_a_wrong_check_digit(self, rows: MemoryTables) -> None:
        assert read("2000000000087", rows) == Unknown("2000000000087", Why.CHECK_DIGIT)
        rows.put(ItemCode("2000000000087", Sku("TEA")))
        assert read("2000000000087", rows) == TEA

    def test_a_code_stored_with_its_symbology_counts_in_that_symbology_only(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("]A0XY1", Sku("TEA")))
        assert read("XY1", rows, aim="]A0") == TEA
        assert read("XY1", rows, aim="]C0") == Unknown("XY1", Why.NOT_FOUND)

    def test_the_record_of_a_code_says_more_than_the_sku(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("TEA", Sku("TEA"), quantity=6))
        assert read("TEA", rows) == ItemScan(Sku("TEA"), 6)

    @pytest.mark.parametrize("stored", ["2112345", "02112345000008", "02112345067896"])
    def test_a_price_code_is_found_by_its_item_number(self, rows: MemoryTables, stored: str) -> None:
        text = "2112345067896"  # goods 12345 for 67.89
        assert read(text, rows, aim="]E0") == Unknown(text, Why.IN_STORE)
        rows.put(ItemCode(stored, Sku("TEA")))
        assert read(text, rows, aim="]E0") == TEA

    def test_a_upc_e_finds_the_upc_it_stands_for(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("00012345000065", Sku("TEA")))
        assert read("01234565", rows) == TEA
        assert read("01234565", rows, aim="]E0") == TEA
        assert read("01234565", rows, aim="]E4") != TEA, "an EAN-8 is no UPC-E"

    def test_eight_digits_that_are_two_numbers_are_asked_about(self, rows: MemoryTables) -> None:
        text = "01234558"  # right as a GTIN-8 and as a UPC-E
        rows.put(ItemCode("00012345000058", Sku("TEA")))
        rows.put(an_item("CUP"))
        rows.put(ItemCode("000000" + text, Sku("CUP")))
        assert read(text, rows) == Ambiguous((ItemScan(Sku("CUP"), 1), TEA))


class TestPapers:
    def test_a_waybill_and_its_parcel(self, rows: MemoryTables) -> None:
        assert read("SF100000000017", rows) == WaybillScan("SF100000000017", ParcelId("P1"))
        assert read("sf100000000017", rows) == WaybillScan("SF100000000017", ParcelId("P1"))

    def test_a_waybill_that_is_an_sscc(self, rows: MemoryTables) -> None:
        rows.put(Waybill(SSCC, CarrierCode("SF"), ParcelId("P2")))
        assert read("00" + SSCC, rows, aim="]C1") == WaybillScan(SSCC, ParcelId("P2"))

    def test_an_order(self, rows: MemoryTables) -> None:
        assert read("2026-000042", rows) == OrderScan(OrderId("2026-000042"))


class TestConflicts:
    @pytest.fixture
    def clash(self, rows: MemoryTables) -> MemoryTables:
        """`K-1` is a cart, and a supplier prints it on tea."""
        rows.put(ItemCode("K-1", Sku("TEA")))
        return rows

    def test_two_readings_are_asked_about(self, clash: MemoryTables) -> None:
        assert read("K-1", clash) == Ambiguous((CartScan(PlaceId("K-1")), TEA))

    @pytest.mark.parametrize("expects", [(CartScan,), (ItemScan, ToteScan), (CartScan, ItemScan), (BadgeScan,), ()])
    def test_no_expectation_hides_what_else_it_could_be(self, clash: MemoryTables, expects: tuple[type, ...]) -> None:
        asked = read("K-1", clash, *expects)
        assert isinstance(asked, Ambiguous)
        assert set(asked.candidates) == {CartScan(PlaceId("K-1")), TEA}

    def test_the_reading_the_step_can_use_is_offered_first(self, clash: MemoryTables) -> None:
        assert read("K-1", clash, CartScan) == Ambiguous((CartScan(PlaceId("K-1")), TEA))
        assert read("K-1", clash, ItemScan, ToteScan) == Ambiguous((TEA, CartScan(PlaceId("K-1"))))

    def test_all_usable_readings_stand_before_the_others(self, clash: MemoryTables) -> None:
        clash.put(an_item("CUP"))
        clash.put(ItemCode("K-1", Sku("CUP")))
        cup = ItemScan(Sku("CUP"), 1)
        assert read("K-1", clash, ItemScan) == Ambiguous((cup, TEA, CartScan(PlaceId("K-1"))))

    @pytest.mark.parametrize(
        ("text", "other", "reading"),
        [
            ("A-01-02", an_item("A-01-02"), ItemScan(Sku("A-01-02"), 1)),
            ("A-01-02*47", ItemCode("A-01-02*47", Sku("TEA")), TEA),
            ("T-001", ItemCode("T-001", Sku("TEA"), 6), ItemScan(Sku("TEA"), 6)),
            ("CTN-B3", an_item("CTN-B3"), ItemScan(Sku("CTN-B3"), 1)),
            ("CMD-PASS", an_item("CMD-PASS"), ItemScan(Sku("CMD-PASS"), 1)),
            ("SF100000000017", an_item("SF100000000017"), ItemScan(Sku("SF100000000017"), 1)),
            ("sf100000000017", an_item("sf100000000017"), ItemScan(Sku("sf100000000017"), 1)),
            ("2026-000042", ItemCode("2026-000042", Sku("TEA")), TEA),
            ("2026-000042", a_place("2026-000042", PlaceKind.TOTE), ToteScan(PlaceId("2026-000042"))),
            ("4006381333931", an_item("4006381333931"), ItemScan(Sku("4006381333931"), 1)),
            ("4006381333931", ItemCode(TEA_GTIN, Sku("TEA"), 10), None),
            ("OLD-TEA", ItemCode("]C0OLD-TEA", Sku("85123A")), ItemScan(Sku("85123A"), 1)),
        ],
    )
    def test_whatever_else_bears_the_same_code_is_asked_about(
        self, rows: MemoryTables, text: str, other: Row, reading: Code | None
    ) -> None:
        """One thing of the fixture each, and one that came later with the same code."""
        aim = "]C0"
        alone = read(text, rows, aim=aim)
        rows.put(other)
        if reading is None:  # the same record with another quantity takes the place of the old one
            assert read(text, rows, aim=aim) == ItemScan(Sku("TEA"), 10)
            return
        for expects in (type(alone), type(reading)):
            asked = read(text, rows, expects, aim=aim)
            assert isinstance(asked, Ambiguous)
            assert set(asked.candidates) == {alone, reading}
            assert type(asked.candidates[0]) is expects

    def test_an_expected_type_does_not_hide_what_was_scanned(self, rows: MemoryTables) -> None:
        assert read("K-1", rows, ItemScan) == CartScan(PlaceId("K-1"))

    def test_one_code_on_two_items_is_asked_about_even_at_an_item_step(self, rows: MemoryTables) -> None:
        rows.put(an_item("CUP"))
        rows.put(ItemCode(TEA_GTIN, Sku("CUP")))
        assert read("4006381333931", rows, ItemScan) == Ambiguous((ItemScan(Sku("CUP"), 1), TEA))

    def test_two_labels_read_as_one_are_no_code(self, rows: MemoryTables) -> None:
        text = f"01{TEA_GTIN}10A\x1d10B"
        assert read(text, rows, aim="]C1") == Unknown(text, Why.CONFLICT)


class TestNoCode:
    @pytest.mark.parametrize("text", ["", " ", "\r\n", "\t", "\u3000"])
    def test_nothing(self, rows: MemoryTables, text: str) -> None:
        assert read(text, rows) == Unknown("", Why.EMPTY)
        assert read(text, rows, aim="]C0") == Unknown("", Why.EMPTY)

    @pytest.mark.parametrize("fault", ["garbled", "partial", "overlong"])
    def test_a_faulty_read_is_never_looked_up(self, rows: MemoryTables, fault: str) -> None:
        assert resolve(Scanned("4006381333931", fault=fault), rows) == Unreadable(fault)

    def test_a_bounce_is_not_a_second_piece(self, rows: MemoryTables) -> None:
        assert resolve(Scanned("4006381333931", fault="duplicate"), rows) == Repeated("4006381333931")

    def test_half_a_character_is_garbled(self, rows: MemoryTables) -> None:
        assert read("A\ud83d", rows) == Unreadable("garbled")

    @pytest.mark.parametrize(
        ("text", "aim", "why"),
        [
            ("4006381333932", "", Why.CHECK_DIGIT),
            ("4006381333932", "]E0", Why.CHECK_DIGIT),
            ("18010976003813", "]I1", Why.CHECK_DIGIT),
            ("0104006381333932", "]C1", Why.CHECK_DIGIT),
            ("(01)04006381333932", "", Why.CHECK_DIGIT),
            ("4006381333932", "]C0", Why.NOT_FOUND),
            ("036000291452", "]E0", Why.NOT_FOUND),
            ("036000291453", "]E0", Why.CHECK_DIGIT),
            ("0100036000291452", "]C1", Why.NOT_FOUND),
            ("00" + SSCC, "]C1", Why.LOGISTIC_UNIT),
            (f"01{TEA_GTIN}370", "]C1", Why.MALFORMED),
            ("17261301", "]C1", Why.MALFORMED),
            ("", "]C1", Why.EMPTY),
            ("https://shop.example/track?id=5", "]Q1", Why.WEB_ADDRESS),
            ("https://shop.example/01/00036000291452", "", Why.WEB_ADDRESS),
            ("４００６３８１３３３９３１", "", Why.FULL_WIDTH),
            ("一号库", "", Why.NOT_FOUND),
            ("[/]", "", Why.NOT_FOUND),
            ("[bold]", "", Why.NOT_FOUND),
            ("]", "", Why.MALFORMED),
            ("*", "", Why.NOT_FOUND),
            ("-", "", Why.NOT_FOUND),
            ("A\x00B", "", Why.NOT_FOUND),
            ("'; DROP TABLE item; --", "", Why.NOT_FOUND),
            ("9" * 8192, "", Why.NOT_FOUND),
        ],
    )
    def test_an_unknown_code_says_why(self, rows: MemoryTables, text: str, aim: str, why: Why) -> None:
        assert read(text, rows, aim=aim) == Unknown(text, why)

    @settings(max_examples=200, deadline=None)
    @given(st.text(max_size=40), st.sampled_from(["", "]C1", "]d2", "]Q1", "]E0", "]E4", "]I1", "]C0"]))
    @example("BDG-\x00", "")
    @example("\x1d", "]C1")
    @example("A*" * 4096, "")
    def test_no_text_finds_anything_in_an_empty_warehouse(self, text: str, aim: str) -> None:
        code = resolve(Scanned(text, aim=aim), MemoryTables())
        assert isinstance(code, Unknown | CommandScan | Unreadable)


def variants() -> list[object]:
    if not VARIANTS.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="sample scans are not beside the checkout"))]
    with VARIANTS.open(encoding="utf-8", newline="") as file:
        return [pytest.param(row, id=row["note"][:40]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("row", variants())
def test_bytes_of_real_scanners_find_their_goods(row: dict[str, str]) -> None:
    """From the wire to the item; a row without a GTIN must find nothing, although its prefix is stored goods."""
    framer = Framer(FramingConfig(terminators=(b"\r", b"\n", b"\t"), charset="auto"))
    if row["scan_hex"].startswith("02"):
        framer = Framer(FramingConfig(mode="stx"))
    frames = framer.feed(bytes.fromhex(row["scan_hex"]), 0.0)
    rows = MemoryTables()
    rows.put(an_item("TEA"))
    rows.put(ItemCode(row["expect_gtin14"] or "08000633048952", Sku("TEA")))
    codes = [resolve(Scanned(frame.text, aim=frame.aim), rows) for frame in frames if frame.kind == "scan"]
    if row["expect_gtin14"]:
        assert [type(code) for code in codes] == [ItemScan]
    else:
        assert [code for code in codes if not isinstance(code, Unknown)] == []
        if "check digit" in row["note"] and "wrong" in row["note"]:
            assert [code.why for code in codes if isinstance(code, Unknown)] == [Why.CHECK_DIGIT]
