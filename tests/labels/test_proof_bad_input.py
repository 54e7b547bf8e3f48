"""Bad data on a parcel's label: it is refused by the name of the field, or comes out right. Nothing in between."""

from __future__ import annotations

import dataclasses
import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labels import PROFILES, LayoutError, LogisticLabel, MaskPolicy, ShippingLabel, render
from tests.labels.proof import prove
from tests.labels.samples import LATIN_SHIPPING, LOGISTIC, SHIPPING

PRINTERS = ("generic-80", "gb18030-80", "generic-58", "raster-80")
FIELDS = {"recipient", "sender", "gs1"} | {
    field.name for kind in (ShippingLabel, LogisticLabel) for field in dataclasses.fields(kind)
}
"""What a refusal may name, or begin with before a dot: the data of a label, as a shipment's file calls them too."""

BAD_TEXTS = [
    "",
    " ",
    "x" * 300,
    "浙" * 300,
    "长地址" * 20 + "abc" * 40,
    "😀🎉",
    "王👨‍👩‍👧小明",
    "محمد عبد الله",
    "שלום עולם",
    "𠮷野家𪚥",
    "㛃㐀䶮",
    "e\u0301\u0302\u0303x\u0323",
    "\u202e王小明\u202c",
    "a\x1b@\x1dV\x00b",
    "\x1d(k\x03\x001Q0",
    "\x10\x04\x01\x10\x14\x01\x00\x01",
    "\x1c&\x1c.",
    "tab\tnew\nline\r\x0b\x0c",
    "\x00\x7f\x80\x9f",
    "Łódź Đorđe ẞ ŋ",
    "Жуковский Νίκος",
    "ไทย हिन्दी 한국어 カタカナ",
    "price $5 #1 [x] {y} ~z^ `q`",
    "½ € £ ¥ ° № ™ … – — “”",
    "\ufffd\ufffe\uffff\ue000",
    "\U00020000\U0010ffff",
    "\ud800",
]
BAD_WAYBILLS = [
    "",
    " ",
    "SF1390123456789",
    "SF-139-0123456789",
    "sf1390123456789abc",
    "00340434292135100186",
    "1" * 5,
    "9" * 40,
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "A" * 22,
    "a1" * 14,
    "SF139\x1d0123",
    "SF139\n",
    "SF\x00",
    "快递139",
    "SF139é",
    "{BSF{C12",
    "{{}}",
    "1004010014050104",
    "SF1004100510141004",
    "\x1b@",
    " SF1390123456789",
    "~!@#$%^&*()",
]


def comes_right_or_is_refused(label: ShippingLabel | LogisticLabel, name: str) -> str:
    """The field that was refused, '' for a label that is right."""
    profile = PROFILES[name]
    try:
        rendered = render(label, profile)
    except LayoutError as error:
        refused = error.field
    else:
        refused = ""
    if refused:
        assert refused.partition(".")[0] in FIELDS, refused
        return refused
    wrong, _ = prove(rendered, profile, worn=False)
    assert not wrong, "\n".join(wrong)
    return ""


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("bad", BAD_TEXTS, ids=ascii)
def test_bad_texts(bad: str, name: str) -> None:
    for label in (
        dataclasses.replace(SHIPPING, recipient_lines=(bad, bad), masking=MaskPolicy.SHOW),
        dataclasses.replace(SHIPPING, sender_lines=(bad, bad), order=bad[:40], note=bad, contents=bad),
        dataclasses.replace(LOGISTIC, title=bad, recipient_lines=(bad, bad)),
    ):
        comes_right_or_is_refused(label, name)


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("bad", BAD_WAYBILLS, ids=ascii)
def test_bad_waybills(bad: str, name: str) -> None:
    refused = comes_right_or_is_refused(dataclasses.replace(SHIPPING, waybill=bad), name)
    impossible = not bad.strip() or not bad.isascii() or not bad.isprintable()
    assert refused == "waybill" if impossible else refused in ("", "waybill")


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("sscc", ["006914123400000420", "0069141234", "", "00691412340000042A", "006914123400000428 "])
def test_bad_sscc(sscc: str, name: str) -> None:
    assert comes_right_or_is_refused(dataclasses.replace(LOGISTIC, sscc=sscc), name) == "sscc"


@pytest.mark.parametrize("name", PRINTERS)
@pytest.mark.parametrize("label", [SHIPPING, LATIN_SHIPPING])
def test_nothing_but_a_waybill(label: ShippingLabel, name: str) -> None:
    bare = dataclasses.replace(
        label,
        order="",
        routing_code="",
        sort_code="",
        carrier_name="",
        recipient_lines=(),
        recipient_phone="",
        sender_lines=(),
        sender_phone="",
        weight_g=None,
        created=None,
        wave="",
        qc_mark="",
        contents="",
        note="",
        cod_minor=None,
    )
    assert comes_right_or_is_refused(bare, name) == ""


@pytest.mark.parametrize("name", ["generic-80", "gb18030-80"])
def test_digits_that_look_like_commands(name: str) -> None:
    """In code set C the digits 10 04 are the bytes of DLE EOT, which a printer carries out inside any data."""
    chance = random.Random(10)
    for _ in range(25):
        digits = "".join(chance.choice(["10", "04", "05", "14", "1004", "27", "64", "7", "29"]) for _ in range(7))[:20]
        assert comes_right_or_is_refused(dataclasses.replace(SHIPPING, waybill=digits), name) == ""


texts = st.text(
    st.one_of(st.characters(exclude_categories=()), st.sampled_from("王省市区\x1b\x1d\x10\x04 🚚𠮷é")), max_size=60
)
waybills = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=24)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def anything_at_all(name: str, text: str, waybill: str) -> None:
    label = dataclasses.replace(
        SHIPPING, recipient_lines=(text, text), waybill=waybill, note=text, masking=MaskPolicy.SHOW
    )
    comes_right_or_is_refused(label, name)


test_anything = FEW(given(st.sampled_from(PRINTERS), texts, waybills)(anything_at_all))
test_anything = example("gb18030-80", "\x1b@", "{C1004")(test_anything)
test_anything_in_the_long_run = pytest.mark.soak(
    MANY(given(st.sampled_from(PRINTERS), texts, waybills)(anything_at_all))
)
