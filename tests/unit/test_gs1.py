"""GS1 messages: what counts as one, what is read out of it, and what is refused as a whole."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wms.domain import gs1
from wms.domain.gs1 import Fault, Gs1, Rejected, parse, parse_brackets
from wms.domain.gs1_elements import is_ai

VECTORS = Path(__file__).parents[3] / "shared" / "scan-cases" / "gs1.json"
GTIN = "04006381333931"


def good(text: str, aim: str = "", **options: Any) -> Gs1:
    message = parse(text, aim, **options)
    assert isinstance(message, Gs1), message
    return message


def fault(text: str, aim: str = "") -> Fault:
    message = parse(text, aim)
    assert isinstance(message, Rejected), message
    return message.fault


def sample_vectors() -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="sample vectors are not beside the checkout"))]
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    return [pytest.param(vector, id=f"{vector['tier']}-{vector['id']}") for vector in vectors]


@pytest.mark.parametrize("vector", sample_vectors())
def test_sample_vectors_of_gs1s_own_engine(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    options = vector.get("options", {})
    message = parse(
        bytes.fromhex(vector["raw_hex"]).decode("latin-1"), short_gtins="dl_zero_suppressed_gtin" in options
    )
    match expect["result"]:
        case "plain":
            assert message is None
        case "reject":
            assert isinstance(message, Rejected)
            assert message.fault == expect["reason"]
        case "ais":
            assert isinstance(message, Gs1)
            assert [list(element) for element in message.elements] == expect["ais"]


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(gs1).failed == 0


def test_a_label_says_goods_lot_date_count_and_weight() -> None:
    message = good(f"01{GTIN}17270131310300195010LOT-A1\x1d3012\x1d21S/N7", "]C1")
    assert message.gtin == GTIN
    assert message.lot == "LOT-A1"
    assert message.expiry == "2027-01-31"
    assert message.weight_g == 1950
    assert message.quantity == 12
    assert message.serial == "S/N7"
    assert not message.conflicting


def test_a_pallet_label_says_its_number_and_what_it_contains() -> None:
    message = good(f"0012345678901234567502{GTIN}3740", "]e0")
    assert (message.sscc, message.gtin, message.quantity) == ("123456789012345675", GTIN, 40)


def test_a_place_label_says_its_location_number() -> None:
    assert good("4141234567890128", "]d2").location == "1234567890128"


def test_what_a_message_does_not_say_stays_empty() -> None:
    message = good(GTIN[1:], "]E0")
    assert (message.lot, message.expiry, message.serial, message.sscc, message.location) == ("", "", "", "", "")
    assert message.quantity is None
    assert message.weight_g is None


@pytest.mark.parametrize(
    ("ai", "value", "grams"),
    [("3100", "000002", 2000), ("3103", "001234", 1234), ("3105", "000049", 0), ("3105", "000050", 1)],
)
def test_net_weight_is_rounded_to_grams(ai: str, value: str, grams: int) -> None:
    assert good(f"01{GTIN}{ai}{value}", "]C1").weight_g == grams


@pytest.mark.parametrize(
    ("ai", "value", "grams"),
    [("3200", "000001", 454), ("3203", "001000", 454), ("3202", "000250", 1134), ("3205", "000110", 0)],
)
def test_pounds_are_read_as_grams(ai: str, value: str, grams: int) -> None:
    assert good(f"01{GTIN}{ai}{value}", "]C1").weight_g == grams
    assert good(f"00123456789012345675{ai.replace('32', '34')}{value}", "]C1").gross_weight_g == grams


def test_a_pallet_weighs_more_than_what_is_on_it() -> None:
    message = good("0012345678901234567533020123453301000999", "]C1")
    assert message.gross_weight_g == 123450
    assert message.weight_g is None


def test_each_date_is_read_by_its_own_name() -> None:
    message = good(f"01{GTIN}112601051527030017261231", "]C1")
    assert (message.produced, message.best_before, message.expiry) == ("2026-01-05", "2027-03-31", "2026-12-31")
    assert good(f"01{GTIN}", "]C1").produced == ""


@pytest.mark.parametrize(
    ("yymmdd", "iso"),
    [("240200", "2024-02-29"), ("250200", "2025-02-28"), ("261200", "2026-12-31"), ("760101", "2076-01-01")],
)
def test_day_00_is_the_last_of_the_month(yymmdd: str, iso: str) -> None:
    assert good("17" + yymmdd, "]C1").expiry == iso


@pytest.mark.parametrize(
    ("yymmdd", "year", "iso"),
    [
        ("770101", 2026, "1977-01-01"),
        ("490101", 1999, "2049-01-01"),
        ("500101", 1999, "1950-01-01"),
        ("010101", 2050, "2001-01-01"),
        ("000101", 2050, "2100-01-01"),
    ],
)
def test_the_century_is_the_nearest_to_the_year_of_the_scan(yymmdd: str, year: int, iso: str) -> None:
    assert good("17" + yymmdd, "]C1", year=year).expiry == iso


def test_use_by_counts_before_best_before() -> None:
    assert good("15260101" + "17260301", "]C1").expiry == "2026-03-01"
    assert good("15260101", "]C1").expiry == "2026-01-01"
    assert good("7003260301" + "1200", "]C1").expiry == "2026-03-01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Fault.EMPTY),
        ("0104006381333932", Fault.CHECK_DIGIT),
        ("00123456789012345670", Fault.CHECK_DIGIT),
        ("4141234567890120", Fault.CHECK_DIGIT),
        ("800302112345678901ABC", Fault.CHECK_DIGIT),
        ("010400638133393", Fault.LENGTH),
        ("01040063813339310", Fault.UNKNOWN_AI),
        ("17261301", Fault.DATE),
        ("17260230", Fault.DATE),
        ("7006260200", Fault.DATE),
        ("70032603012460", Fault.DATE),
        ("7007260301260230", Fault.DATE),
        ("7007260301260", Fault.LENGTH),
        ("10", Fault.LENGTH),
        ("30", Fault.LENGTH),
        ("10" + "A" * 21, Fault.LENGTH),
        ("10LOT 7", Fault.CONTENT),
        ("10LOT~", Fault.CONTENT),
        ("10批号", Fault.CONTENT),
        ("37１２", Fault.CONTENT),
        ("10^A", Fault.ILLEGAL_CARET),
        ("891234", Fault.UNKNOWN_AI),
        ("10A\x1d\x1d17260301", Fault.UNKNOWN_AI),
        ("4330000000X", Fault.CONTENT),
        ("401A12", Fault.COMPANY_PREFIX),
        ("17260301\n", Fault.UNKNOWN_AI),
    ],
)
def test_one_bad_field_refuses_the_whole_message(text: str, expected: Fault) -> None:
    assert fault(text, "]C1") is expected
    if text:
        assert fault("99GOOD\x1d" + text, "]d2") is expected


def test_a_separator_is_allowed_where_none_is_needed() -> None:
    assert good(f"01{GTIN}\x1d10A\x1d", "]C1").elements == (("01", GTIN), ("10", "A"))
    assert good(f"\x1d01{GTIN}", "]d2").elements == (("01", GTIN),)


@pytest.mark.parametrize(
    "text",
    [
        "21ABC",
        "10LOT",
        "LOC-A01-02-03",
        "4006381333932",
        "0104006381333932",
        "01ABC",
        "00",
        "01",
        "[/]",
        "",
        "(",
        "1" * 8000,
    ],
)
def test_a_plain_code_is_never_taken_for_gs1(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("aim", ["]C0", "]Q1", "]d1", "]A0", "]L0", "]z0"])
def test_other_symbols_hold_plain_text(aim: str) -> None:
    assert parse(f"01{GTIN}", aim) is None
    assert parse("", aim) is None


@pytest.mark.parametrize("aim", ["]C1", "]d2", "]Q3", "]e0", "]J1"])
def test_the_five_gs1_symbols_hold_elements(aim: str) -> None:
    assert good(aim + "21ABC").serial == "ABC"
    assert good("21ABC", aim).serial == "ABC"


def test_ean_symbols_have_their_length() -> None:
    assert good("4006381333931", "]E0").gtin == GTIN
    assert good("96385074", "]E4").gtin == "00000096385074"
    assert fault("96385074", "]E0") is Fault.LENGTH
    assert fault("400638133393X", "]E0") is Fault.CONTENT
    assert fault("4006381333931|]C110LOT7", "]E0") is Fault.LENGTH
    assert fault("4006381333932", "]E0") is Fault.CHECK_DIGIT
    assert fault("", "]E0") is Fault.EMPTY


def test_a_composite_adds_its_elements_to_the_ean() -> None:
    message = good("4006381333931|]e010LOT7", "]E0")
    assert (message.gtin, message.lot) == (GTIN, "LOT7")
    assert fault("4006381333931|]e017261301", "]E0") is Fault.DATE


def test_itf_is_a_gtin_at_fourteen_digits_only() -> None:
    assert good("18010976003812", "]I1").gtin == "18010976003812"
    assert fault("18010976003813", "]I1") is Fault.CHECK_DIGIT
    assert parse("18010976003813", "]I0") is None
    assert parse("123456", "]I1") is None


def test_a_lone_bracket_is_refused_and_not_fatal() -> None:
    assert fault("]") is Fault.NO_SYMBOLOGY_ID
    assert fault("]]]") is Fault.NO_SYMBOLOGY_ID


LINK = "https://id.example.cn/01/04006381333931"


@pytest.mark.parametrize(
    ("link", "elements"),
    [
        (LINK, [("01", GTIN)]),
        (LINK.replace("https", "HTTP"), [("01", GTIN)]),
        (LINK + "/22/V1/10/L7/21/S1", [("01", GTIN), ("22", "V1"), ("10", "L7"), ("21", "S1")]),
        (
            LINK + "/10/A%2fB?17=270131&lang=zh&3103=000195",
            [("01", GTIN), ("10", "A/B"), ("17", "270131"), ("3103", "000195")],
        ),
        (LINK + "/10/A+B", [("01", GTIN), ("10", "A+B")]),
        (LINK + "/10/100%", [("01", GTIN), ("10", "100%")]),
        (LINK + "?=&x=&17=270131&", [("01", GTIN), ("17", "270131")]),
        (LINK.replace(".cn", ".cn:65535"), [("01", GTIN)]),
        ("https://a/00/x/01/04006381333931", [("01", GTIN)]),
        ("https://a/8006/040063813339310102/22/A/21/B", [("8006", "040063813339310102"), ("22", "A"), ("21", "B")]),
        (LINK + "/235/X?10=L7", [("01", GTIN), ("235", "X"), ("10", "L7")]),
        (LINK + "?&&99=A&flag&&#frag?99=B", [("01", GTIN), ("99", "A")]),
        ("https://shop.example/some/stem/01/04006381333931", [("01", GTIN)]),
        ("https://[2001:db8::1]:8080/414/1234567890128/254/D4", [("414", "1234567890128"), ("254", "D4")]),
        ("https://a.example/8004/4006381?01=4006381333931", [("8004", "4006381"), ("01", GTIN)]),
    ],
)  # fmt: skip
def test_a_link_gives_its_path_then_its_query(link: str, elements: list[tuple[str, str]]) -> None:
    for aim in ("]Q1", "]d1", ""):
        assert list(good(link, aim).elements) == elements


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://shop.example/track?id=5", Fault.DL_NO_KEY),
        ("https://shop.example", Fault.DL_NO_KEY),
        ("https:///01/04006381333931", Fault.DL_NO_KEY),
        ("https://01/04006381333931", Fault.DL_NO_KEY),
        (LINK + "/", Fault.DL_NO_KEY),
        (LINK + "/89/A", Fault.DL_NO_KEY),
        ("https://sh op.example/01/04006381333931", Fault.DL_ILLEGAL_CHARACTER),
        ("https://$a/01/04006381333931", Fault.DL_ILLEGAL_CHARACTER),
        (LINK + "\n", Fault.DL_ILLEGAL_CHARACTER),
        (LINK + "/21/S1/10/L7", Fault.DL_QUALIFIERS),
        (LINK + "/235/X/21/S1", Fault.DL_QUALIFIERS),
        (LINK + "/99/A", Fault.DL_QUALIFIERS),
        (LINK + "?10=L7", Fault.DL_ATTRIBUTE),
        (LINK + "/22/V1?10=L7", Fault.DL_ATTRIBUTE),
        (LINK + "?21=S1", Fault.DL_ATTRIBUTE),
        (LINK + "?03=04006381333931", Fault.DL_ATTRIBUTE),
        (LINK + "?8200=A", Fault.DL_ATTRIBUTE),
        ("https://a.example/8004/4006381?7040=1ABC", Fault.DL_ATTRIBUTE),
        (LINK + "?99=A&99=A", Fault.DL_DUPLICATE),
        (LINK + "?01=04006381333931", Fault.DL_DUPLICATE),
        (LINK + "?89=A", Fault.UNKNOWN_AI),
        (LINK + "?99=", Fault.LENGTH),
        (LINK + "?99=A+B", Fault.CONTENT),
        (LINK + "/10/A%00", Fault.CONTENT),
        (LINK + "/10/A%5E", Fault.ILLEGAL_CARET),
        (LINK + "/10/A^", Fault.DL_ILLEGAL_CHARACTER),
        (LINK + "/10/", Fault.LENGTH),
        (LINK + "?999=A", Fault.UNKNOWN_AI),
        ("https://a_b.example/01/04006381333931", Fault.DL_ILLEGAL_CHARACTER),
        ("https://user@a.example/01/04006381333931", Fault.DL_ILLEGAL_CHARACTER),
        ("https://a.example/gtin/04006381333931", Fault.DL_NO_KEY),
        ("https://a.example/10/L7", Fault.DL_NO_KEY),
        ("https://id.gs1.org/AQnYUc1gmiERBg", Fault.DL_NO_KEY),
        (LINK[:-1] + "2", Fault.CHECK_DIGIT),
        ("https://id.example.cn/01/4006381333931", Fault.LENGTH),
    ],
)
def test_a_bad_link_is_refused(link: str, expected: Fault) -> None:
    assert fault(link, "]Q1") is expected
    assert parse(link) is None, "without an AIM id nothing claims that it is GS1"


def test_a_short_gtin_in_a_link_is_taken_on_demand() -> None:
    assert good("https://id.example.cn/01/4006381333931", "]Q1", short_gtins=True).gtin == GTIN
    wrong = parse("https://id.example.cn/01/4006381333932", "]Q1", short_gtins=True)
    assert wrong == Rejected(Fault.CHECK_DIGIT, "01")


@pytest.mark.parametrize("aim", ["]C0", "]L0", "]z0", "]J0"])
def test_other_symbols_may_hold_a_link_but_do_not_claim_one(aim: str) -> None:
    assert good(LINK, aim).gtin == GTIN
    assert parse(LINK[:-1] + "2", aim) is None
    assert parse("https://shop.example/track?id=5", aim) is None


def test_a_scheme_in_mixed_case_is_plain_text() -> None:
    assert parse(LINK.replace("https", "HtTps"), "]Q1") is None


def test_the_bracketed_form_is_read_as_typed() -> None:
    message = parse_brackets(f"(01){GTIN}(10)L7(17)270100")
    assert isinstance(message, Gs1)
    assert (message.gtin, message.lot, message.expiry) == (GTIN, "L7", "2027-01-31")


def test_the_bracketed_form_is_checked_like_any_other() -> None:
    assert parse_brackets("(01)04006381333932") == Rejected(Fault.CHECK_DIGIT, "01")
    assert parse_brackets("(10)") == Rejected(Fault.LENGTH, "10")
    assert parse_brackets("(10)A(89)B") == Rejected(Fault.UNKNOWN_AI, "89")
    assert parse_brackets("(89)A") is None
    assert parse_brackets("(1)A") is None
    assert parse_brackets("(A)") is None
    assert parse_brackets("(１０)A") is None


@pytest.mark.parametrize(
    ("text", "conflicting"),
    [
        ("10A\x1d10A", False),
        ("10A\x1d10B", True),
        (f"01{GTIN}0200036000291452", True),
        (f"01{GTIN}0100036000291452", True),
        ("99A\x1d99B", False),
    ],
)
def test_two_labels_read_as_one_are_noticed(text: str, conflicting: bool) -> None:
    assert good(text, "]C1").conflicting is conflicting


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "]C1", "]d2", "]Q1", "]E0", "]E4", "]I1", "]C0"]))
@example("10" + "%41" * 3000, "]C1")
@example("4300" + "%41%42" * 1300 + "~", "]C1")
@example("https://a/" + "10/x/" * 1600 + "01/x", "]Q1")
@example("(01)" * 2000, "")
@example("17260301" * 1000, "]C1")
def test_no_text_is_fatal_and_no_field_is_lost(text: str, aim: str) -> None:
    message = parse(text, aim)
    parse_brackets(text)
    if isinstance(message, Gs1) and aim == "]C1":
        read = "".join(ai + value for ai, value in message.elements)
        assert read == text.replace("\x1d", "")


def test_the_first_gs1_string_does_not_wait_for_biips_code() -> None:
    program = "import sys; from wms.domain.gs1 import parse; parse('10A', ']C1'); assert 'biip' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])


def test_the_table_is_the_one_biip_uses() -> None:
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    for ai in ("00", "01", "10", "17", "310", "37", "414", "8003", "99"):
        assert GS1ApplicationIdentifier.extract(ai.ljust(4, "0") + "1").ai.startswith(ai)
        assert is_ai(ai.ljust(4, "0") if ai == "310" else ai)
    assert sum(is_ai(str(n).zfill(width)) for width in (2, 3, 4) for n in range(10**width)) >= 541


@pytest.mark.parametrize(
    "text",
    [
        "00123456789012345675", "0104006381333931", "0204006381333931", "0304006381333931", "2534006381333931DOC",
        "2554006381333931", "40212345678901234560", "4101234567890128", "4111234567890128", "4121234567890128",
        "4131234567890128", "4141234567890128", "4151234567890128", "4161234567890128", "4171234567890128",
        "800304006381333931A", "8006040063813339310102", "8017123456789012345675", "8018123456789012345675",
        "8026040063813339310102",
    ],
)  # fmt: skip
def test_every_number_with_a_check_digit_is_checked(text: str) -> None:
    ai, value = good(text, "]C1").elements[0]
    at = len(ai) + 5
    misread = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
    assert parse(misread, "]C1") == Rejected(Fault.CHECK_DIGIT, ai), value
