"""Packs, weights and in-store codes: how many units of which goods a code stands for, and when it does not say."""

from __future__ import annotations

import pytest

from wms.domain.catalogue import Item, ItemCode, Site
from wms.domain.codes import gtin_check_digit
from wms.domain.ids import CategoryCode, LotId, PlaceId, Sku
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import MemoryTables
from wms.workflows.inputs import Scanned
from wms.workflows.resolve import Ambiguous, CartScan, Code, ItemScan, Unknown, Why, resolve

TEA, HAM = Sku("TEA"), Sku("HAM")
LAYOUTS = "21IIIIIWWWWWC; 2IIIIIVPPPPPC; 2IIIIIVPPPPC; 26IIIIIPPPPPWWWWWC"


def code(digits_without_check: str) -> str:
    return digits_without_check + str(gtin_check_digit(digits_without_check))


PIECE, CASE, INNER, VARIABLE = (code(indicator + "400638133393") for indicator in "0129")
HAM_GTIN = code("0690123400001")


@pytest.fixture
def rows() -> MemoryTables:
    """Tea in pieces and cases of 12; ham sold by weight, number 12345 at the scale."""
    tables = MemoryTables()
    for row in (
        Item(TEA, "茶", "Tea", CategoryCode("")),
        ItemCode(PIECE, TEA),
        ItemCode(CASE, TEA, 12),
        Item(HAM, "火腿", "Ham", CategoryCode(""), by_weight=True),
        ItemCode("12345", HAM),
        ItemCode(HAM_GTIN, HAM),
        Site("site", "East", in_store=LAYOUTS),
    ):
        tables.put(row)
    return tables


def read(text: str, rows: MemoryTables, aim: str = "", *expects: type) -> Code:
    return resolve(Scanned(text, aim), rows, frozenset(expects))


def goods(text: str, rows: MemoryTables, aim: str = "") -> ItemScan:
    found = read(text, rows, aim)
    assert isinstance(found, ItemScan), found
    return found


class TestPacks:
    def test_each_pack_has_its_own_record_and_quantity(self, rows: MemoryTables) -> None:
        rows.put(ItemCode(INNER, TEA, 4))
        found = [goods(text, rows).quantity for text in (PIECE, PIECE[1:], CASE, INNER)]
        assert found == [1, 1, 12, 4]

    @pytest.mark.parametrize(
        ("text", "aim"),
        [(INNER, "]I1"), (INNER, ""), ("01" + INNER, "]C1"), ("02" + INNER + "3712", "]C1"), ("(01)" + INNER, "")],
    )
    def test_a_pack_without_a_record_is_never_one_piece(self, rows: MemoryTables, text: str, aim: str) -> None:
        assert read(text, rows, aim) == Unknown(text, Why.PACK_UNKNOWN, TEA)

    def test_a_piece_of_which_only_the_case_is_set_up_is_told_as_well(self, rows: MemoryTables) -> None:
        rows.delete(ItemCode(PIECE, TEA))
        assert read(PIECE[1:], rows, "]E0") == Unknown(PIECE[1:], Why.PACK_UNKNOWN, TEA)

    def test_a_pack_of_goods_that_share_a_code_names_none_of_them(self, rows: MemoryTables) -> None:
        rows.put(ItemCode(PIECE, HAM))
        assert read(INNER, rows) == Unknown(INNER, Why.PACK_UNKNOWN)

    def test_indicator_9_is_goods_of_varying_measure(self, rows: MemoryTables) -> None:
        assert read("01" + VARIABLE, rows, "]C1") == Unknown("01" + VARIABLE, Why.VARIABLE_MEASURE, TEA)
        rows.put(ItemCode(VARIABLE, HAM))
        assert goods(f"01{VARIABLE}3103001250", rows, "]C1").quantity == 1250

    def test_a_case_of_goods_nobody_knows_is_just_unknown(self, rows: MemoryTables) -> None:
        other = code("1036000291452"[:13])
        assert read(other, rows) == Unknown(other, Why.NOT_FOUND)

    def test_a_case_that_is_the_piece_of_something_else_is_asked_about(self, rows: MemoryTables) -> None:
        rows.put(ItemCode(CASE, HAM, 500))
        asked = read(CASE, rows)
        assert isinstance(asked, Ambiguous)
        assert [(one.sku, one.quantity) for one in asked.candidates if isinstance(one, ItemScan)] == [
            (HAM, 500),
            (TEA, 12),
        ]


class TestByWeight:
    @pytest.mark.parametrize(
        ("weight", "grams"),
        [("3103001250", 1250), ("3102000125", 1250), ("3100000002", 2000), ("3104001250", 125), ("3201000010", 454)],
    )
    def test_a_net_weight_is_the_quantity_in_grams(self, rows: MemoryTables, weight: str, grams: int) -> None:
        found = goods(f"01{HAM_GTIN}{weight}10L7", rows, "]C1")
        assert (found.quantity, found.weight_g, found.lot) == (grams, grams, LotId("L7"))

    def test_pieces_are_counted_and_their_weight_only_informs(self, rows: MemoryTables) -> None:
        found = goods(f"01{PIECE}3103001250", rows, "]C1")
        assert (found.quantity, found.weight_g) == (1, 1250)

    @pytest.mark.parametrize(
        ("text", "aim"),
        [
            ("HAM", ""),
            ("12345", ""),
            (HAM_GTIN[1:], "]E0"),
            ("01" + HAM_GTIN, "]C1"),
            (f"02{HAM_GTIN}373", "]C1"),
            (f"01{HAM_GTIN}3103000000", "]C1"),
        ],
    )
    def test_a_code_without_a_weight_is_not_one_gram(self, rows: MemoryTables, text: str, aim: str) -> None:
        assert read(text, rows, aim) == Unknown(text, Why.NO_WEIGHT, HAM)

    def test_a_fixed_pack_says_its_grams_by_its_record(self, rows: MemoryTables) -> None:
        rows.put(ItemCode(HAM_GTIN, HAM, 500))
        assert goods(HAM_GTIN, rows).quantity == 500
        assert goods(f"02{HAM_GTIN}373", rows, "]C1").quantity == 1500
        assert goods(f"01{HAM_GTIN}3103000512", rows, "]C1").quantity == 512

    def test_goods_without_a_weight_are_no_less_a_conflict(self, rows: MemoryTables) -> None:
        rows.put(Place(PlaceId("12345"), PlaceKind.CART))
        asked = read("12345", rows, "", CartScan)
        assert asked == Ambiguous((CartScan(PlaceId("12345")), Unknown("12345", Why.NO_WEIGHT, HAM)))


class TestInStore:
    HAM_1250 = code("211234501250")

    @pytest.mark.parametrize(("text", "aim"), [(HAM_1250, "]E0"), (HAM_1250, ""), ("0" + HAM_1250, "]I1")])
    def test_the_weight_in_the_code_is_the_quantity(self, rows: MemoryTables, text: str, aim: str) -> None:
        assert goods(text, rows, aim) == ItemScan(HAM, 1250, text=text, weight_g=1250)

    @pytest.mark.parametrize("stored", ["12345", "2112345", code("0211234500000")])
    def test_the_item_may_be_kept_under_each_spelling(self, rows: MemoryTables, stored: str) -> None:
        rows.delete(ItemCode("12345", HAM))
        assert read(self.HAM_1250, rows) == Unknown(self.HAM_1250, Why.IN_STORE)
        rows.put(ItemCode(stored, HAM))
        assert goods(self.HAM_1250, rows).quantity == 1250

    def test_the_item_number_may_be_the_sku(self, rows: MemoryTables) -> None:
        rows.put(Item(Sku("54321"), "虾", "Shrimp", CategoryCode(""), by_weight=True))
        assert goods(code("215432100300"), rows).quantity == 300

    def test_leading_zeros_of_the_item_number_do_not_matter_but_are_asked_about(self, rows: MemoryTables) -> None:
        text = code("210067800300")
        rows.put(ItemCode("678", HAM))
        assert goods(text, rows).quantity == 300
        rows.put(ItemCode("00678", TEA))
        assert isinstance(read(text, rows), Ambiguous)

    def test_a_piece_counts_one_and_keeps_its_weight_and_price(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("777", TEA))
        weighed, priced, both = code("210077700300"), code("200777" + "6" + "14685"), code("26007770199900850")
        assert goods(weighed, rows) == ItemScan(TEA, 1, text=weighed, weight_g=300)
        assert goods(priced, rows) == ItemScan(TEA, 1, text=priced, price_minor=14_685)
        assert goods(both, rows) == ItemScan(TEA, 1, text=both, weight_g=850, price_minor=1999)

    def test_a_upc_with_a_price_is_read_as_twelve_or_thirteen_digits(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("777", TEA))
        upc = code("200777" + "9" + "2875")
        for text in (upc, "0" + upc):
            assert goods(text, rows, "]E0").price_minor == 2875

    def test_a_price_is_no_weight(self, rows: MemoryTables) -> None:
        text = code("212345" + "6" + "14685")
        rows.put(Site("site", "East", in_store="2IIIIIVPPPPPC"))
        assert read(text, rows) == Unknown(text, Why.NO_WEIGHT, HAM)

    def test_a_wrong_verifier_is_no_price(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("777", TEA))
        text = code("200777" + "5" + "14685")
        assert read(text, rows) == Unknown(text, Why.VERIFIER)

    def test_a_wrong_check_digit_is_told_before_all(self, rows: MemoryTables) -> None:
        text = self.HAM_1250[:-1] + str((int(self.HAM_1250[-1]) + 1) % 10)
        assert read(text, rows) == Unknown(text, Why.CHECK_DIGIT)

    def test_a_long_code_of_a_scale(self, rows: MemoryTables) -> None:
        text = code("26" + "12345" + "01999" + "00850")
        assert goods(text, rows, "]C0") == ItemScan(HAM, 850, text=text, weight_g=850, price_minor=1999)
        unknown = code("26" + "99999" + "01999" + "00850")
        assert read(unknown, rows, "]C0") == Unknown(unknown, Why.IN_STORE)

    def test_the_number_itself_may_be_that_of_goods(self, rows: MemoryTables) -> None:
        """A supplier's own 2x number that the site's layout fits by chance."""
        rows.put(ItemCode("0" + self.HAM_1250, TEA))
        asked = read(self.HAM_1250, rows)
        assert isinstance(asked, Ambiguous)
        assert {one.sku for one in asked.candidates if isinstance(one, ItemScan)} == {HAM, TEA}

    def test_the_same_goods_by_number_and_by_layout_are_one_reading(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("0" + self.HAM_1250, HAM))
        assert goods(self.HAM_1250, rows).quantity == 1250

    def test_without_a_layout_nothing_is_read_out_of_a_code(self, rows: MemoryTables) -> None:
        rows.put(ItemCode("2112345", TEA))
        rows.put(Site("site", "East"))
        assert goods(self.HAM_1250, rows) == ItemScan(TEA, 1, text=self.HAM_1250)
        rows.put(ItemCode("2112345", HAM))
        rows.delete(ItemCode("2112345", TEA))
        assert read(self.HAM_1250, rows) == Unknown(self.HAM_1250, Why.NO_WEIGHT, HAM)

    def test_a_layout_is_not_helped_by_digits_of_the_figure(self, rows: MemoryTables) -> None:
        """Seven digits were a way to keep an item before the site said that the item has four."""
        rows.put(Site("site", "East", in_store="2IIIIWWWWWWWC"))
        rows.put(ItemCode("2112345", TEA))
        assert read(self.HAM_1250, rows) == Unknown(self.HAM_1250, Why.IN_STORE)

    def test_layouts_of_a_newer_version_are_left_alone(self, rows: MemoryTables) -> None:
        rows.put(Site("site", "East", in_store="21IIIIINNNNNC"))
        assert read(self.HAM_1250, rows) == Unknown(self.HAM_1250, Why.IN_STORE)
