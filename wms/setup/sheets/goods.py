"""Goods: categories with their checklists, items with the codes that stand on them."""

from __future__ import annotations

import re

from wms.domain.catalogue import Category, Item, ItemCode
from wms.domain.codes import GTIN_LENGTHS, expand_upc_e, gtin14, gtin_check_digit, is_digits
from wms.domain.decode import has_lost_digits
from wms.domain.events import CategoryDefined, ItemDefined
from wms.domain.ids import CategoryCode, Sku
from wms.domain.places import Place
from wms.domain.rows import Rows
from wms.setup.cells import Cells
from wms.setup.outcome import Refusal
from wms.setup.sheet import Declared, Session, Sheet, by

_POINTS = re.compile(r"[;；\n]")
_UNITS = {False: ("件", "pcs"), True: ("克", "g")}  # by weight or not
_CODE = re.compile(r"(?P<code>[^*]+?)\s*(?:\*\s*(?P<units>[0-9]{1,6}))?")


def _category(cells: Cells, session: Session) -> Declared:
    code = CategoryCode(cells.name("code"))
    old = session.rows.get(Category, code)
    kept = old or Category(code, "", "")
    zh, en = cells.names(kept.zh, kept.en)
    points = _POINTS.split(cells.text("checklist", kept.checklist))
    category = Category(
        code,
        zh,
        en,
        cells.whole("sample_percent", kept.sample_percent, blank=5, least=1, most=100),
        cells.yes("inspect_inbound", kept.inspect_inbound, blank=False),
        cells.yes("inspect_outbound", kept.inspect_outbound, blank=True),
        "\n".join(point.strip() for point in points if point.strip()),
    )
    return Declared(old, category, (CategoryDefined(category),))


def _item(cells: Cells, session: Session) -> Declared:
    sku = Sku(cells.name("sku", forbidden=","))
    old = session.rows.get(Item, sku)
    item = _described(cells, old or Item(sku, "", "", CategoryCode("")))
    if item.category and session.rows.get(Category, item.category) is None:
        raise Refusal(f"unknown:category:{item.category}")
    known = tuple((code.code, code.quantity) for code in session.rows.where(ItemCode, sku=sku))
    codes = item_codes(cells.plain("codes")) if cells.has("codes") else known
    before = (old, sorted(known)) if old else None
    return Declared(before, (item, sorted(codes)), (ItemDefined(item, codes),), _shared(session.rows, sku, codes))


def _described(cells: Cells, kept: Item) -> Item:
    zh, en = cells.names(kept.zh, kept.en)
    by_weight = cells.yes("by_weight", kept.by_weight, blank=False)
    unit_zh, unit_en = _units(cells, kept, by_weight)
    return Item(
        kept.sku,
        zh,
        en,
        CategoryCode(cells.plain("category")),
        unit_zh,
        unit_en,
        cells.whole("weight_g", 1, blank=1, least=1, most=1) if by_weight else cells.whole("weight_g", kept.weight_g),
        cells.whole("length_mm", kept.length_mm),
        cells.whole("width_mm", kept.width_mm),
        cells.whole("height_mm", kept.height_mm),
        cells.yes("lot_controlled", kept.lot_controlled, blank=False),
        cells.whole("min_days_left", kept.min_days_left, most=36_500),
        by_weight,
    )


def _units(cells: Cells, kept: Item, by_weight: bool) -> tuple[str, str]:
    """Where the file says nothing: the unit kept, unless it only was the usual one of the other kind of goods."""
    units, usual = _UNITS[by_weight], (kept.unit_zh, kept.unit_en) == _UNITS[kept.by_weight]
    kept_zh, kept_en = units if usual else (kept.unit_zh, kept.unit_en)
    return cells.text("unit_zh", kept_zh, blank=units[0]), cells.text("unit_en", kept_en, blank=units[1])


def item_codes(text: str) -> tuple[tuple[str, int], ...]:
    """(code, units) of a cell such as `6901234567892; 16901234567899*12; OLD-7`. GTINs are checked and padded to 14.

    A UPC-E is kept both as printed and as the UPC-A it stands for. Raises `Refusal`.

    >>> item_codes("4006381333931*12")
    (('04006381333931', 12),)
    """
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        parsed = _CODE.fullmatch(part)
        units = int(parsed["units"] or 1) if parsed else 0
        if parsed is None or units < 1:
            raise Refusal(f"bad_quantity:codes:{part}")
        for code in _spellings(parsed["code"]):
            if found.setdefault(code, units) != units:
                raise Refusal(f"code_twice:codes:{code}")
    return tuple(found.items())


def _spellings(code: str) -> tuple[str, ...]:
    if has_lost_digits(code):
        raise Refusal(f"number_lost:codes:{code}")
    if not is_digits(code) or len(code) not in GTIN_LENGTHS:
        return (code,)
    gtin = gtin14(code)
    if gtin is not None:
        return (gtin,)
    upc_a = gtin14(expand_upc_e(code) or "")
    if upc_a is not None:
        return (upc_a, code)
    raise Refusal(f"wrong_check_digit:codes:{code}:{gtin_check_digit(code[:-1])}")


def _shared(rows: Rows, sku: Sku, codes: tuple[tuple[str, int], ...]) -> str:
    """Goods that a scanner can't tell from others, or from a place: allowed, but every scan of them will ask."""
    others = [(code, row.sku) for code, _ in codes for row in rows.where(ItemCode, code=code) if row.sku != sku]
    places = [
        name for name in (sku, *(code for code, _ in codes)) if rows.get(Place, name) or rows.get(Place, name.upper())
    ]
    notes = [f"code_shared:{code}:{other}" for code, other in others]
    return ",".join([*notes, *(f"code_is_place:{name}:{sku}" for name in dict.fromkeys(places))])


CATEGORIES = Sheet(
    "categories",
    ("code", "sample_percent"),
    ("zh", "en", "inspect_inbound", "inspect_outbound", "checklist"),
    by("code"),
    _category,
)
ITEMS = Sheet(
    "items",
    ("sku", "category"),
    (
        "zh",
        "en",
        "unit_zh",
        "unit_en",
        "codes",
        "weight_g",
        "length_mm",
        "width_mm",
        "height_mm",
        "lot_controlled",
        "min_days_left",
        "by_weight",
    ),
    by("sku"),
    _item,
)
