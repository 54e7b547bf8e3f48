"""Goods in a code: by a GS1 message, an in-store layout of the site, a stored code or the SKU.

An indicator digit makes another number: a case is found by its own record, with its own quantity, never by that of
the piece. Goods sold by weight are counted in grams, and only if the code or its record says how many.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from wms.domain.catalogue import Item, ItemCode, Site
from wms.domain.codes import (
    expand_upc_e,
    gtin14,
    gtin_check_digit,
    in_store_item_codes,
    is_digits,
    is_in_store,
)
from wms.domain.gs1 import Gs1, Rejected
from wms.domain.ids import LotId, Sku
from wms.domain.in_store import BadLayout, InStore, layouts, read_in_store
from wms.domain.records import Record
from wms.domain.rows import Rows
from wms.workflows.readings import ItemScan, Unknown, Why

Message: TypeAlias = "Gs1 | Rejected | None"

UPC_E_AIM_IDS = frozenset({"", "]E0"})
_LONG_IN_STORE = 18
_NOTHING_SAID = InStore(())
_NO_MESSAGE = Gs1(())
_VARIABLE_MEASURE = "9"


class _Found(Record):
    """A record that the code leads to, with the units of its pack and what an in-store code says beside."""

    sku: Sku
    units: int
    said: InStore = _NOTHING_SAID


def goods(text: str, aim: str, message: Message, rows: Rows) -> list[ItemScan | Unknown]:
    """Each kind of goods once per quantity; the reading that says most of it comes first and stays.

    `Unknown` stands for goods that the code names without saying how many grams of them.
    """
    found: list[ItemScan | Unknown] = []
    for reading in (*_by_message(text, message, rows), *_by_code(text, aim, rows)):
        if not any(_same(reading, other) for other in found):
            found.append(reading)
    weighed = {reading.sku for reading in found if isinstance(reading, ItemScan)}
    return [reading for reading in found if isinstance(reading, ItemScan) or reading.sku not in weighed]


def _same(one: ItemScan | Unknown, other: ItemScan | Unknown) -> bool:
    if isinstance(one, ItemScan) and isinstance(other, ItemScan):
        return (one.sku, one.quantity) == (other.sku, other.quantity)
    return one == other


def _by_message(text: str, message: Message, rows: Rows) -> Iterator[ItemScan | Unknown]:
    """A number alone is a message too: UPC-A comes with twelve digits under an id that promises thirteen."""
    if isinstance(message, Gs1):
        if message.gtin and not message.conflicting and message.quantity != 0:
            for found in _stored(message.gtin, rows):
                yield _scan(found, text, message, rows)
    elif gtin := gtin14(text):
        for found in _stored(gtin, rows):
            yield _scan(found, text, None, rows)
    elif _is_long(text):
        for found in _in_store(text, rows):
            yield _scan(found, text, None, rows)


def _is_long(text: str) -> bool:
    return len(text) == _LONG_IN_STORE and is_digits(text)


def _stored(gtin: str, rows: Rows) -> Iterator[_Found]:
    """What is stored for a GTIN, and for an in-store one what the site's layouts read in it. Where no layout fits,
    only the number of the item is looked for; what else stands in the code stays unread."""
    laid_out = False
    if is_in_store(gtin):
        laid_out = bool(_read(gtin, rows))
        yield from _in_store(gtin, rows)
    exact = rows.where(ItemCode, code=gtin)
    if not exact and not laid_out and is_in_store(gtin):
        exact = [code for number in in_store_item_codes(gtin) for code in rows.where(ItemCode, code=number)]
    for code in exact:
        yield _Found(code.sku, code.quantity)


def _read(number: str, rows: Rows) -> tuple[InStore, ...]:
    site = rows.get(Site, "site")
    if site is None or not site.in_store:
        return ()
    try:
        return read_in_store(number, layouts(site.in_store))
    except BadLayout:  # a newer version of setup wrote it: what can't be understood is not read
        return ()


def _in_store(number: str, rows: Rows) -> Iterator[_Found]:
    for said in _read(number, rows):
        if not said.verified:
            continue
        for spelling in said.item_codes:
            for code in rows.where(ItemCode, code=spelling):
                yield _Found(code.sku, code.quantity, said)
            if item := rows.get(Item, spelling):
                yield _Found(item.sku, 1, said)


def _by_code(text: str, aim: str, rows: Rows) -> Iterator[ItemScan | Unknown]:
    upc_a = expand_upc_e(text) if aim in UPC_E_AIM_IDS else None
    spellings = (text, aim + text, gtin14(text), gtin14(upc_a or ""))
    known: set[Sku] = set()
    for code in dict.fromkeys(filter(None, spellings)):
        for stored in rows.where(ItemCode, code=code):
            known.add(stored.sku)
            yield _scan(_Found(stored.sku, stored.quantity), text, None, rows)
    if text not in known and (item := rows.get(Item, text)):
        yield _scan(_Found(item.sku, 1), text, None, rows)


def _scan(found: _Found, text: str, message: Gs1 | None, rows: Rows) -> ItemScan | Unknown:
    message = message or _NO_MESSAGE
    weight, count = message.weight_g or found.said.weight_g or 0, message.quantity or 1
    item, quantity = rows.get(Item, found.sku), found.units * count
    if item is not None and item.by_weight:
        if not weight and found.units == 1:
            return Unknown(text, Why.NO_WEIGHT, found.sku)
        quantity = weight or quantity
    return ItemScan(
        found.sku,
        quantity,
        LotId(message.lot),
        message.expiry,
        message.serial,
        text,
        weight,
        found.said.price_minor or 0,
    )


def why_no_goods(text: str, gtin: str, rows: Rows) -> Unknown:
    """Why a number with the right check digit, a GTIN of 14 digits, names no goods."""
    if is_in_store(gtin):
        return Unknown(text, _why_in_store(gtin, rows))
    kin = _other_packs(gtin, rows)
    if not kin:
        return Unknown(text, Why.NOT_FOUND)
    why = Why.VARIABLE_MEASURE if gtin[0] == _VARIABLE_MEASURE else Why.PACK_UNKNOWN
    return Unknown(text, why, kin.pop() if len(kin) == 1 else Sku(""))


def why_no_long_goods(text: str, rows: Rows) -> Unknown | None:
    """The same for a long in-store code; None if the text is none that the site knows."""
    if _is_long(text) and _read(text, rows):
        return Unknown(text, _why_in_store(text, rows))
    return None


def _why_in_store(number: str, rows: Rows) -> Why:
    said = _read(number, rows)
    return Why.VERIFIER if said and not any(one.verified for one in said) else Why.IN_STORE


def _other_packs(gtin: str, rows: Rows) -> set[Sku]:
    """The goods whose other packs have numbers that differ in the indicator digit (and so in the check digit)."""
    bodies = (indicator + gtin[1:13] for indicator in "012345678" if indicator != gtin[0])
    numbers = (body + str(gtin_check_digit(body)) for body in bodies)
    return {code.sku for number in numbers for code in rows.where(ItemCode, code=number)}
