"""The warehouse's goods by what channels call them."""

from __future__ import annotations

from functools import cached_property

from wms.channels import Listed
from wms.domain.catalogue import Item, ItemCode
from wms.domain.codes import gtin14
from wms.domain.ids import Sku
from wms.domain.rows import Rows


class StoreGoods:
    """`wms.channels.Goods` over the rows of a warehouse, as they are when a code is first asked for."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._found: dict[str, tuple[Sku, int] | None] = {}

    def find(self, code: str) -> tuple[Sku, int] | None:
        if code not in self._found:
            self._found[code] = item_of(self._rows, code)
        return self._found[code]

    def near(self, code: str) -> tuple[Sku, ...]:
        return self._listed.near(code)

    @cached_property
    def _listed(self) -> Listed:
        return Listed(item.sku for item in self._rows.all(Item))


def item_of(rows: Rows, code: str) -> tuple[Sku, int] | None:
    """The goods that a code names and how many units it stands for; None if there are none, or several.

    A SKU comes first, then a code that stands on the goods, then a GTIN of any length.
    """
    if rows.get(Item, code) is not None:
        return Sku(code), 1
    for spelling in filter(None, (code, gtin14(code))):
        found = rows.where(ItemCode, code=spelling)
        if found:
            return (found[0].sku, found[0].quantity) if len({one.sku for one in found}) == 1 else None
    return None
