"""What values must hold: every test of GS1's Barcode Syntax Dictionary, with values that pass and that do not."""

from __future__ import annotations

import re

import pytest
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from wms.domain.gs1 import Fault, Gs1, Rejected, parse
from wms.domain.gs1_contents import checks_of
from wms.domain.gs1_elements import is_ai, value_fault

GOOD = [
    ("03", "04006381333931"),
    ("8003", "01234567890128"),
    ("8003", "01234567890128A/1"),
    ("8006", "040063813339310102"),
    ("8006", "040063813339319999"),
    ("8026", "040063813339310102"),
    ("8013", "1987654Ad4X4bL5ttr2310c2K"),
    ("8013", "400638100723"),
    ("8014", "1987654Ad4X4bL5ttr2310c2K"),
    ("401", "1234"),
    ("401", "4006381-A7"),
    ("7023", "1234A"),
    ("8004", "1234/X"),
    ("8010", "1234-#/A"),
    ("11", "260200"),
    ("15", "240229"),
    ("16", "000229"),
    ("4324", "2612312359"),
    ("4325", "2602000000"),
    ("4326", "260228"),
    ("7003", "2602282359"),
    ("7007", "260228"),
    ("7007", "260228260301"),
    ("7011", "260228"),
    ("7011", "2602280730"),
    ("7250", "20000229"),
    ("7251", "199912312359"),
    ("8008", "26022823"),
    ("8008", "2602282359"),
    ("8008", "260228235959"),
    ("3912", "9781299"),
    ("3932", "1561299"),
    ("421", "276D-10115"),
    ("422", "156"),
    ("423", "156"),
    ("423", "156276250840392"),
    ("425", "156276"),
    ("7030", "156ABC"),
    ("7039", "999ABC"),
    ("4307", "CN"),
    ("4317", "DE"),
    ("4300", "A%20B"),
    ("7256", "%E5%BC%A0%E4%B8%89"),
    ("4309", "00000000003600000000"),
    ("4309", "18000000000000000000"),
    ("4321", "0"),
    ("4323", "1"),
    ("7040", "1ABC"),
    ("7040", "1!?_"),
    ("7041", "PX"),
    ("7041", "201"),
    ("7041", "8"),
    ("7241", "01"),
    ("7241", "99"),
    ("7252", "9"),
    ("7258", "1/3"),
    ("7258", "3/3"),
    ("8001", "00010000100119"),
    ("8007", "GB82WEST12345698765432"),
    ("8007", "DE89370400440532013000"),
    ("8011", "0"),
    ("8011", "10"),
    ("8030", "DIGSIG-_"),
    ("8030", "ABCDE="),
    ("8030", "ABCDEFG="),
    ("4330", "002500"),
    ("4331", "000180-"),
    ("8043", "890123456789012345"),
    ("8043", "89012345678901234567"),
    ("242", "123456"),
    ("3942", "0150"),
    ("8005", "000199"),
]

BAD = [
    ("03", "04006381333932", Fault.CHECK_DIGIT),
    ("8003", "11234567890128", Fault.CONTENT),
    ("8003", "01234567890129", Fault.CHECK_DIGIT),
    ("8003", "01234567890128" + "A" * 17, Fault.LENGTH),
    ("8006", "040063813339310002", Fault.CONTENT),
    ("8006", "040063813339310100", Fault.CONTENT),
    ("8006", "040063813339310302", Fault.CONTENT),
    ("8013", "1987654Ad4X4bL5ttr2310c2L", Fault.CHECK_DIGIT),
    ("8013", "1987654Ad4X4bL5ttr2310cK2", Fault.CHECK_DIGIT),
    ("8013", "2K", Fault.CHECK_DIGIT),
    ("8013", "A", Fault.CHECK_DIGIT),
    ("8014", "12342DX", Fault.CHECK_DIGIT),
    ("8014", "400638100723", Fault.CONTENT),
    ("401", "123", Fault.COMPANY_PREFIX),
    ("401", "123A5", Fault.COMPANY_PREFIX),
    ("7023", "ABCDE", Fault.COMPANY_PREFIX),
    ("8004", "12A4", Fault.COMPANY_PREFIX),
    ("8010", "123", Fault.COMPANY_PREFIX),
    ("8010", "1234a", Fault.CONTENT),
    ("11", "260001", Fault.DATE),
    ("15", "250229", Fault.DATE),
    ("16", "260431", Fault.DATE),
    ("17", "260132", Fault.DATE),
    ("4324", "2612312400", Fault.DATE),
    ("4325", "2612312360", Fault.DATE),
    ("4326", "260200", Fault.DATE),
    ("7003", "2602002359", Fault.DATE),
    ("7003", "2602289959", Fault.DATE),
    ("7007", "260228260299", Fault.DATE),
    ("7007", "2602282603", Fault.LENGTH),
    ("7011", "2602282460", Fault.DATE),
    ("7011", "26022807", Fault.LENGTH),
    ("7250", "20010229", Fault.DATE),
    ("7250", "19000229", Fault.DATE),
    ("7250", "20001301", Fault.DATE),
    ("7251", "199912312400", Fault.DATE),
    ("8008", "26022824", Fault.DATE),
    ("8008", "2602282360", Fault.DATE),
    ("8008", "260228235960", Fault.DATE),
    ("8008", "260228235", Fault.LENGTH),
    ("3912", "0001299", Fault.CONTENT),
    ("3932", "978", Fault.LENGTH),
    ("421", "000A", Fault.CONTENT),
    ("421", "276", Fault.LENGTH),
    ("422", "000", Fault.CONTENT),
    ("423", "15627", Fault.LENGTH),
    ("423", "156000", Fault.CONTENT),
    ("423", "156276250840392156", Fault.LENGTH),
    ("425", "999", Fault.CONTENT),
    ("7030", "998ABC", Fault.CONTENT),
    ("4307", "cn", Fault.CONTENT),
    ("4307", "XX", Fault.CONTENT),
    ("4300", "A%2", Fault.CONTENT),
    ("4300", "A%GG", Fault.CONTENT),
    ("4300", "%", Fault.CONTENT),
    ("4309", "18000000010000000000", Fault.CONTENT),
    ("4309", "00000000003600000001", Fault.CONTENT),
    ("4309", "0000000000360000000", Fault.LENGTH),
    ("4321", "2", Fault.CONTENT),
    ("7040", "1AB%", Fault.CONTENT),
    ("7040", "AABC", Fault.CONTENT),
    ("7041", "QQQ", Fault.CONTENT),
    ("7041", "px", Fault.CONTENT),
    ("7241", "11", Fault.CONTENT),
    ("7241", "00", Fault.CONTENT),
    ("7252", "3", Fault.CONTENT),
    ("7258", "0/3", Fault.CONTENT),
    ("7258", "4/3", Fault.CONTENT),
    ("7258", "123", Fault.CONTENT),
    ("7258", "//3", Fault.CONTENT),
    ("8001", "00000000100119", Fault.CONTENT),
    ("8001", "00010000000119", Fault.CONTENT),
    ("8001", "00010000100019", Fault.CONTENT),
    ("8001", "00010000100121", Fault.CONTENT),
    ("8007", "GB82WEST12345698765433", Fault.CHECK_DIGIT),
    ("8007", "GB82west12345698765432", Fault.CONTENT),
    ("8007", "XX82WEST12345698765432", Fault.CONTENT),
    ("8007", "GB82", Fault.CONTENT),
    ("8011", "01", Fault.CONTENT),
    ("8030", "A=", Fault.CONTENT),
    ("8030", "ABC===", Fault.CONTENT),
    ("8030", "AB=CDE", Fault.CONTENT),
    ("8030", "AB+CDE", Fault.CONTENT),
    ("4330", "002500+", Fault.CONTENT),
    ("4330", "00250", Fault.LENGTH),
    ("4333", "-002500", Fault.CONTENT),
    ("8043", "8901234567890123456789", Fault.LENGTH),
]


@pytest.mark.parametrize(("ai", "value"), GOOD)
def test_a_value_that_is_what_its_identifier_says(ai: str, value: str) -> None:
    message = parse(ai + value, "]d2")
    assert isinstance(message, Gs1), message
    assert message.elements == ((ai, value),)


@pytest.mark.parametrize(("ai", "value", "fault"), BAD)
def test_a_value_that_is_not(ai: str, value: str, fault: Fault) -> None:
    assert value_fault(ai, value) is fault
    assert isinstance(parse(ai + value, "]d2"), Rejected)


PREFIX, OFFER, SAVE = "1" + "0614141", "654321", "3" + "150"
PURCHASE = "1" + "2" + "0" + "123"
COUPON = PREFIX + OFFER + SAVE + PURCHASE


@pytest.mark.parametrize(
    "coupon",
    [
        "106141416543213500110000310123196000",  # the example of GS1 US
        COUPON,
        COUPON + "1" + "3" + PURCHASE + "0614141",
        COUPON + "1" + "0" + PURCHASE + "9",
        COUPON + "2" + PURCHASE + "9",
        COUPON + "3" + "261231",
        COUPON + "3" + "261231" + "4" + "261231",
        COUPON + "4" + "261231",
        COUPON + "5" + "0" + "123456",
        COUPON + "6" + "7" + "1234567890123",
        COUPON + "9" + "6" + "2" + "7" + "1",
        COUPON + "1" + "0" + PURCHASE + "9" + "2" + PURCHASE + "9" + "3261231" + "4260101" + "50123456" + "90000",
    ],
)
def test_a_coupon_is_read_to_its_end(coupon: str) -> None:
    assert value_fault("8110", coupon) is None
    for cut in range(1, len(COUPON)):
        assert value_fault("8110", coupon[:cut]) is Fault.CONTENT


@pytest.mark.parametrize(
    "coupon",
    [
        "7" + COUPON[1:],
        PREFIX + OFFER + "6" + "123456" + PURCHASE,
        PREFIX + OFFER + "0" + PURCHASE,
        PREFIX + OFFER + SAVE + "0" + "0" + "123",
        PREFIX + OFFER + SAVE + "12" + "5" + "123",
        COUPON + "0",
        COUPON + "7",
        COUPON + "8",
        COUPON + "1" + "4" + PURCHASE + "9",
        COUPON + "1" + "0" + PURCHASE + "7" + "1234567890123",
        COUPON + "2" + PURCHASE,
        COUPON + "2" + PURCHASE + "9" + "1" + "0" + PURCHASE + "9",  # the fields stand in order
        COUPON + "3" + "261301",
        COUPON + "3" + "261200",
        COUPON + "3" + "26123",
        COUPON + "3" + "261231" + "4" + "270101",  # it ends before it begins
        COUPON + "4" + "260230",
        COUPON + "5" + "1" + "123456",
        COUPON + "6" + "0" + "123456",
        COUPON + "6" + "8" + "12345678901234",
        COUPON + "9" + "3" + "000",
        COUPON + "9" + "0" + "300",
        COUPON + "9" + "0" + "0" + "0" + "2",
        COUPON + "9" + "000",
        COUPON + "A",
    ],
)
def test_a_broken_coupon_is_refused(coupon: str) -> None:
    assert value_fault("8110", coupon) is Fault.CONTENT


def test_a_positive_offer_is_read_to_its_end() -> None:
    whole = "0" + "0" + "123456" + "654321" + "3" + "123456789"
    assert value_fault("8112", whole) is None
    assert value_fault("8112", "1" + whole[1:]) is None
    for broken in ("2" + whole[1:], "07" + whole[2:], whole + "1", "A", *(whole[:n] for n in range(1, len(whole)))):
        assert value_fault("8112", broken) is Fault.CONTENT, broken


def test_only_the_identifiers_of_the_list_are_tested() -> None:
    tested = {str(n).zfill(width) for width in (2, 3, 4) for n in range(10**width) if checks_of(str(n).zfill(width))}
    assert len(tested) == 115
    assert all(is_ai(ai) for ai in tested)


@pytest.mark.parametrize(("ai", "value"), [(ai, value) for ai, value in GOOD if "=" not in value])
def test_another_list_knows_each_good_value_too(ai: str, value: str) -> None:
    """biip's knows no padding."""
    assert re.match(GS1ApplicationIdentifier.extract(ai).pattern, ai + value)
