"""Check digits: what they catch, what they let through, and how one number is written in several ways."""

from __future__ import annotations

import csv
import doctest
import random
from pathlib import Path

import pytest
from biip import ParseError
from biip.upc import Upc, UpcFormat

from wms.domain import codes
from wms.domain.codes import (
    expand_upc_e,
    gtin14,
    gtin_check_digit,
    has_right_check_digit,
    has_right_check_pair,
    in_store_item_codes,
    is_digits,
    is_in_store,
    sscc_valid,
)

CATALOG = Path(__file__).parents[3] / "shared" / "data" / "catalog"


def rows_of(name: str) -> list[dict[str, str]]:
    if not (CATALOG / name).exists():
        pytest.skip(f"sample data {name} is not beside the checkout")
    with (CATALOG / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(codes).failed == 0
    assert doctest.testmod(codes).attempted > 0


def test_every_length_of_gtin_is_padded_to_fourteen() -> None:
    assert gtin14("96385074") == "00000096385074"
    assert gtin14("036000291452") == "00036000291452"
    assert gtin14("4006381333931") == "04006381333931"
    assert gtin14("18010976003812") == "18010976003812"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4006381333932",
        "400638133393",
        "40063813339310",
        "ABCDEFGH",
        "4006381333931 ",
        "４００６３８１３３３９３１",
        "²" * 8,
    ],
)
def test_what_is_no_gtin_has_no_padded_form(text: str) -> None:
    assert gtin14(text) is None


def test_real_gtins_pass_and_real_misprints_do_not() -> None:
    misprints = [row["barcode_id"] for row in rows_of("gtin_bad_check_digit.csv")]
    assert len(misprints) == 100
    assert [code for code in misprints if gtin14(code)] == []
    good = [next(iter(row.values())) for row in rows_of("gtin_world.csv")]
    assert len(good) == 2000
    assert [code for code in good if gtin14(code) is None] == []


def test_one_misread_digit_is_always_caught() -> None:
    number = "4006381333931"
    for at in range(13):
        for digit in "0123456789":
            misread = number[:at] + digit + number[at + 1 :]
            assert (gtin14(misread) is not None) == (misread == number)


def test_check_digits_are_of_digits_only() -> None:
    with pytest.raises(ValueError, match="not digits"):
        gtin_check_digit("12A")
    assert not is_digits("１２")
    assert not is_digits("12\n")
    assert not is_digits("")


def test_upc_e_expands_as_another_implementation_does() -> None:
    random_codes = random.Random(1)
    expanded = 0
    for _ in range(2000):
        text = f"{random_codes.choice('01')}{random_codes.randrange(10**7):07}"
        ours = expand_upc_e(text)
        try:
            upc = Upc.parse(text)
        except ParseError:
            assert ours is None
            continue
        assert upc.format is UpcFormat.UPC_E
        assert ours == upc.as_upc_a()
        expanded += 1
    assert expanded > 100


@pytest.mark.parametrize("text", ["21234565", "0123456", "01234564", "0123456A"])
def test_what_is_no_upc_e_does_not_expand(text: str) -> None:
    assert expand_upc_e(text) is None


@pytest.mark.parametrize(
    ("gtin", "in_store"),
    [
        ("02112345678900", True),
        ("00212345678902", True),
        ("02912345678900", True),
        ("04006381333931", False),
        ("00036000291452", False),
        ("00000020000004", False),  # a GTIN-8: too short for a price
        ("12112345678907", False),  # a case
    ],
)
def test_in_store_ranges_are_02_and_20_to_29(gtin: str, in_store: bool) -> None:
    assert is_in_store(gtin) is in_store


def test_the_item_of_a_price_code_is_its_first_seven_digits_or_the_code_with_no_price() -> None:
    item, without_price = in_store_item_codes("02112345678900")
    assert item == "2112345"
    assert gtin14(without_price) == without_price
    assert without_price.startswith("0" + item + "00000")


def test_an_sscc_has_eighteen_digits_and_the_last_checks_them() -> None:
    assert sscc_valid("123456789012345675")
    assert not sscc_valid("123456789012345670")
    assert not sscc_valid("12345678901234567")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1987654Ad4X4bL5ttr2310c2K", True),  # the example of the General Specifications
        ("1987654Ad4X4bL5ttr2310c2L", False),
        ("1987654bd4X4bL5ttr2310c2K", False),
        ("1987654Ad4X4bL5ttr2310cK2", False),
        ("19876540" + "A" * 16 + "2K", False),  # longer than there are weights
        ("1987654 d4X4bL5ttr2310c2K", False),
        ("1987654Ad4X4bL5ttr2310c", False),
        ("2K", False),
        ("", False),
    ],
)
def test_a_check_pair_catches_what_a_reader_gets_wrong(text: str, right: bool) -> None:
    assert has_right_check_pair(text) is right


def test_one_misread_character_never_keeps_its_check_pair() -> None:
    number = "1987654Ad4X4bL5ttr2310c2K"
    for at in range(len(number) - 2):
        for character in "09AZ_az!":
            misread = number[:at] + character + number[at + 1 :]
            assert has_right_check_pair(misread) == (misread == number)


@pytest.mark.parametrize("length", range(2, 40))
def test_the_check_digit_is_that_of_the_definition(length: int) -> None:
    digits = "".join(random.Random(length).choices("0123456789", k=length))
    weights = [3 if n % 2 == 0 else 1 for n in range(length)][::-1]
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    assert gtin_check_digit(digits) == (10 - total % 10) % 10
    assert has_right_check_digit(f"{digits}{gtin_check_digit(digits)}")
    assert not has_right_check_digit(f"{digits}{(gtin_check_digit(digits) + 1) % 10}")
