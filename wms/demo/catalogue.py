"""The demonstration warehouse's catalogue: eight categories and some three hundred items with codes that scan.

Numbers lie in 952, the GS1 prefix for demonstrations and examples (GS1 company prefix list), so that no code here can
be somebody's product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from wms.demo import catalogue_words as words
from wms.domain.catalogue import Category, Item
from wms.domain.codes import gtin14, gtin_check_digit
from wms.domain.events import ItemDefined
from wms.domain.ids import CategoryCode, Sku

UNITS_IN_A_CASE = 12
_CASE_EVERY, _ALIAS_EVERY = 8, 17
_NET = re.compile(r"(\d+(?:\.\d+)?)(g|kg|ml|L)", re.ASCII)
_GRAMS = {"g": 1, "kg": 1000, "ml": 1, "L": 1000}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with what is known of all its goods: how dense they are, and whether they go by lot."""

    category: Category
    prefix: str
    zone: str
    grams_per_litre: int
    goods: str
    min_days_left: int = 0
    lot_controlled: bool = False


def _category(code: str, zh: str, en: str, *points: str) -> Category:
    return Category(CategoryCode(code), zh, en, checklist="\n".join(points))


SHELVES = (
    Shelf(
        _category("food", "食品", "Food", "封口完好|Seal unbroken", "到期日够远|Expiry far enough off"),
        "FD",
        "A",
        700,
        words.FOOD,
        min_days_left=30,
        lot_controlled=True,
    ),
    Shelf(
        _category(
            "cosmetics",
            "美妆",
            "Cosmetics",
            "封膜完好|Film unbroken",
            "批号与瓶身一致|Lot on box and bottle agree",
            "无渗漏|No leak",
        ),
        "CO",
        "A",
        600,
        words.COSMETICS,
        min_days_left=90,
        lot_controlled=True,
    ),
    Shelf(
        _category("pet", "宠物用品", "Pet supplies", "包装无破损|Packing whole", "无异味|No smell"),
        "PE",
        "A",
        500,
        words.PET,
    ),
    Shelf(
        _category(
            "clothing",
            "服装",
            "Clothing",
            "标签与尺码一致|Label and size agree",
            "缝线完好|Seams whole",
            "色牢度：湿布擦拭不掉色|Colour fastness: a damp cloth stays clean",
            "甲醛检测报告在有效期内|Formaldehyde certificate valid",
        ),
        "CL",
        "B",
        250,
        words.CLOTHING,
    ),
    Shelf(
        _category("home", "家居", "Home", "无裂纹|No cracks", "配件齐全|All parts there"),
        "HO",
        "B",
        300,
        words.HOME,
    ),
    Shelf(
        _category(
            "electronics",
            "数码电器",
            "Electronics",
            "通电正常|Powers on",
            "序列号与包装一致|Serial number as on the box",
        ),
        "EL",
        "C",
        400,
        words.ELECTRONICS,
    ),
    Shelf(
        _category("toys", "玩具", "Toys", "无尖锐边角|No sharp edges", "小零件警示清楚|Small-parts warning readable"),
        "TO",
        "C",
        250,
        words.TOYS,
    ),
    Shelf(
        _category("stationery", "文具", "Stationery", "数量与包装一致|Count as on the pack", "能正常使用|Works"),
        "ST",
        "C",
        500,
        words.STATIONERY,
    ),
)


def example_gtin(number: int) -> str:
    """The GTIN-13 of prefix 952 with that item number, which has at most nine digits."""
    body = f"952{number:09d}"
    return f"{body}{gtin_check_digit(body)}"


def codes_of(number: int) -> tuple[tuple[str, int], ...]:
    """The codes of a new item, as they are stored: its GTIN, for one in eight that of a case of twelve (indicator digit
    1), for one in seventeen a number of the merchant's own."""
    gtin = example_gtin(number)
    codes = [(gtin14(gtin) or gtin, 1)]
    if number % _CASE_EVERY == 1:
        body = f"1{gtin[:-1]}"
        codes.append((f"{body}{gtin_check_digit(body)}", UNITS_IN_A_CASE))
    if number % _ALIAS_EVERY == 1:
        codes.append((f"M{number:04d}A", 1))
    return tuple(codes)


@cache
def items() -> tuple[ItemDefined, ...]:
    """Every item with its codes, always the same ones."""
    named = [(shelf, n, line) for shelf in SHELVES for n, line in enumerate(_variants(shelf.goods), 1)]
    return tuple(
        ItemDefined(_item(shelf, n, *variant), codes_of(number)) for number, (shelf, n, variant) in enumerate(named, 1)
    )


def _variants(goods: str) -> Iterator[tuple[str, str, str, int]]:
    """Chinese name, English name, unit and weight of each combination."""
    for line in goods.strip().splitlines():
        zh, en, unit, grams, axes = (cell.strip() for cell in line.split("|"))
        for options in product(*([option.strip() for option in axis.split(",")] for axis in axes.split(";"))):
            chinese = " ".join(option.partition("/")[0] for option in options)
            english = " ".join(option.partition("/")[2] or option for option in options)
            yield f"{zh} {chinese}", f"{en} {english}", unit, int(grams) if grams else _gross(options)


def _gross(options: tuple[str, ...]) -> int:
    """The weight with its packing, from an option that names the contents. Raises `ValueError` if none does."""
    for option in options:
        if net := _NET.fullmatch(option):
            return round(float(net[1]) * _GRAMS[net[2]] * 1.04) + 15
    raise ValueError(f"no weight in {options}")


def _item(shelf: Shelf, n: int, zh: str, en: str, unit: str, grams: int) -> Item:
    unit_zh, unit_en = words.UNITS[unit]
    length, width, height = _box(grams, shelf.grams_per_litre)
    return Item(
        Sku(f"{shelf.prefix}-{n:03d}"),
        zh,
        en,
        shelf.category.code,
        unit_zh,
        unit_en,
        grams,
        length,
        width,
        height,
        shelf.lot_controlled,
        shelf.min_days_left,
    )


def _box(grams: int, grams_per_litre: int) -> tuple[int, int, int]:
    """A box three by two by one that such goods need, in millimetres."""
    edge = (grams / grams_per_litre * 1_000_000 / 6) ** (1 / 3)
    return max(30, round(3 * edge)), max(20, round(2 * edge)), max(10, round(edge))
