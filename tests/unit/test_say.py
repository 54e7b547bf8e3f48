"""What a person is told of a scan."""

from __future__ import annotations

import pytest

from wms.domain.catalogue import Item
from wms.domain.ids import CategoryCode, Sku
from wms.domain.rows import MemoryTables
from wms.terminal.messages import speech
from wms.workflows.resolve import Ambiguous, ItemScan, Unknown, Why
from wms.workflows.say import kind_of, text_of, what_it_is


@pytest.fixture
def rows() -> MemoryTables:
    tables = MemoryTables()
    tables.put(Item(Sku("TEA"), "茶", "Tea", CategoryCode("")))
    tables.put(Item(Sku("HAM"), "火腿", "Ham", CategoryCode(""), by_weight=True))
    return tables


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_each_reason_to_know_nothing_has_words_of_its_own(rows: MemoryTables, language: str) -> None:
    said = {why: speech(language).say(what_it_is(Unknown("X1", why, Sku("TEA")), rows)) for why in Why}
    assert len(set(said.values())) == len(Why), said
    assert all("{" not in words for words in said.values())
    if language == "zh_CN":
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in said.values())


def test_a_pack_is_named_by_its_goods_or_else_by_its_code(rows: MemoryTables) -> None:
    english = speech("en")
    known, unknown = (
        Unknown("14006381333938", Why.PACK_UNKNOWN, Sku("TEA")),
        Unknown("14006381333938", Why.PACK_UNKNOWN),
    )
    assert english.say(what_it_is(known, rows)) == "Pack of Tea is not set up: how many? Scan one piece"
    assert english.say(what_it_is(unknown, rows)) == "Pack of 14006381333938 is not set up: how many? Scan one piece"


def test_readings_that_differ_in_their_quantity_only_are_told_apart(rows: MemoryTables) -> None:
    scans = [ItemScan(Sku("TEA"), 1), ItemScan(Sku("TEA"), 12), ItemScan(Sku("HAM"), 1250)]
    english = speech("en")
    assert [english.say(what_it_is(scan, rows)) for scan in scans] == [
        "This is Tea (TEA)",
        "This is 12 x Tea (TEA)",
        "This is 1250 g of Ham (HAM)",
    ]


def test_the_journal_keeps_why_and_what(rows: MemoryTables) -> None:
    asked = Ambiguous((Unknown("12345", Why.NO_WEIGHT, Sku("HAM")), ItemScan(Sku("TEA"), 1)))
    assert text_of(asked) == "12345"
    assert kind_of(asked.candidates[0]) == "unknown:no_weight"
