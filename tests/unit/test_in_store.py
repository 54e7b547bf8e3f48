"""Weight and price in in-store codes, by the layouts a site says."""

from __future__ import annotations

import pytest
from biip.checksums import gs1_price_weight_check_digit
from hypothesis import given
from hypothesis import strategies as st

from wms.domain.codes import gtin_check_digit
from wms.domain.in_store import BadLayout, InStore, layouts, read_in_store, verifier_digit


def code(digits_without_check: str) -> str:
    return digits_without_check + str(gtin_check_digit(digits_without_check))


@pytest.mark.parametrize("size", [4, 5])
def test_the_verifier_is_that_of_gs1_for_every_figure(size: int) -> None:
    for figure in (f"{n:0{size}d}" for n in range(10**size)):
        assert verifier_digit(figure) == gs1_price_weight_check_digit(figure)


@pytest.mark.parametrize(
    ("layout", "digits", "weight_g", "price_minor"),
    [
        ("21IIIIIWWWWWC", "211234501250", 1250, None),
        ("23IIIIIWWW.WWC", "231234501250", 12_500, None),
        ("24IIIIIWWWW.WC", "241234501250", 125_000, None),
        ("25IIIIIWW.WWWC", "251234501250", 1250, None),
        ("22IIIIIPPPPPC", "221234506789", None, 6789),
        ("2IIIIIVPPPPPC", "212345" + "6" + "14685", None, 14_685),
        ("2IIIIIVWWWWWC", "212345" + "6" + "14685", 14_685, None),
        ("2IIIII0WWWWWC", "212345" + "0" + "00730", 730, None),
        ("26IIIIIPPPPPWW.WWWC", "26" + "12345" + "01999" + "00850", 850, 1999),
    ],
)
def test_the_figure_is_read_where_the_layout_says(
    layout: str, digits: str, weight_g: int | None, price_minor: int | None
) -> None:
    (said,) = read_in_store(code(digits), layouts(layout))
    assert (said.weight_g, said.price_minor, said.verified) == (weight_g, price_minor, True)
    assert said.item_codes[0] == "12345"


@pytest.mark.parametrize("number", ["212345928754", "0212345928754", "00212345928754"])
def test_a_upc_of_number_system_2_is_read_however_it_is_padded(number: str) -> None:
    """Four digits of price with their verifier 9."""
    number = code(number[:-1])
    (said,) = read_in_store(number, layouts("2IIIIIVPPPPC"))
    assert said == InStore(("12345", "212345", code("0021234500000")), None, 2875)


def test_the_item_may_be_kept_under_each_of_its_spellings() -> None:
    (said,) = read_in_store(code("210012301250"), layouts("21IIIIIWWWWWC"))
    assert said.item_codes == ("00123", "123", "2100123", code("0210012300000"))


def test_a_wrong_verifier_is_told() -> None:
    (said,) = read_in_store(code("212345" + "7" + "14685"), layouts("2IIIIIVPPPPPC"))
    assert not said.verified


@pytest.mark.parametrize(
    "number",
    ["2112345012507", code("221234501250"), code("1211234501250"), code("26123450199900850"), "690123456789"],
)
def test_nothing_is_read_in_other_numbers(number: str) -> None:
    """A wrong check digit, another prefix, a case, another length, a maker's number."""
    assert read_in_store(number, layouts("21IIIIIWWWWWC")) == ()


def test_the_exception_goes_before_the_rule() -> None:
    known = layouts("2IIIIIVPPPPPC; 21IIIIIWWWWWC")
    assert [said.weight_g for said in read_in_store(code("211234501250"), known)] == [1250]
    assert [said.price_minor for said in read_in_store(code("232345614685"), known)] == [14_685]


@pytest.mark.parametrize(
    "text",
    [
        "31IIIIIWWWWWC",
        "21IIIIIWWWWWW",
        "21IIIIIWWWWC3",
        "2IIIIIIIIIIIC",
        "21WWWWWWWWWWC",
        "21IIIIIWWWWWWC",
        "21IIIIIXWWWWC",
        "21IIIIIPPP.PPC",
        "21IIIIIWWWWW.C",
        "21IIIIIW.WWWWC",
        "21IIIIIW.W.WWWC",
        "21III.IIWWWWWC",
        "2IIIVVPPPPPPC",
        "2IIIIVWWWWWWC",
        "26IIIIVPPPPPWWWWWC",
        "21IIIIIWWWWWC;21IIIIIPPPPPC",
        "21IIIIIWWWWWC;21IIIIIWWW.WWC",
        "2IIIIIVPPPPC;02IIIIIPPPPPC",
        "2IIIII0WWWWWC;21IIIIIWWWWWC",
        "２１IIIIIWWWWWC",
    ],
)
def test_a_layout_that_can_not_be_or_that_clashes_is_refused(text: str) -> None:
    with pytest.raises(BadLayout):
        layouts(text)


def test_small_letters_spaces_and_a_trailing_semicolon_do_not_matter() -> None:
    assert layouts(" 21iiiiiwwwwwc ; ") == layouts("21IIIIIWWWWWC")
    assert layouts("") == ()


@given(st.text("0123456789", min_size=0, max_size=20))
def test_any_digits_can_be_asked(number: str) -> None:
    for said in read_in_store(number, layouts("2IIIIIVPPPPPC; 21IIIIIWWWWWC; 2IIIIIVPPPPC; 26IIIIIPPPPPWWWWWC")):
        assert said.item_codes
