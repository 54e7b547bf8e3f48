"""A merchant's list of goods (SKU master): a table with a column `sku`, and where they are known `gtin`, `name`,
`category` and `net_weight_g`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from wms.channels import Listed, Source
from wms.channels.documents import Record
from wms.channels.encodings import encoding_of
from wms.channels.format import Part
from wms.channels.tables import delimiter_of, header_of, records_of, text_rows
from wms.channels.values import whole
from wms.domain.catalogue import Category, Item
from wms.domain.codes import GTIN_LENGTHS, gtin14, is_digits
from wms.domain.decode import Unreadable
from wms.domain.events import CategoryDefined, Event, ItemDefined
from wms.domain.ids import CategoryCode, Sku
from wms.domain.records import Record as Fields
from wms.domain.rows import Rows

_PART = Part("goods", ("sku",), ("gtin", "barcode", "ean", "name", "category", "net_weight_g", "weight_g"), ragged=True)
_CODES = ("gtin", "barcode", "ean")


class MasterItem(Fields):
    sku: str
    code: str
    name: str
    category: str
    weight_g: int


class Master(Fields):
    items: tuple[MasterItem, ...]

    def goods(self) -> Listed:
        codes = [(code, item.sku, 1) for item in self.items for code in _spellings(item.code)]
        return Listed((item.sku for item in self.items), codes)

    def events(self, rows: Rows) -> Iterator[Event]:
        """Sets up the goods that are not there yet; those that are stay as they are."""
        new = [item for item in self.items if rows.get(Item, item.sku) is None]
        for name in dict.fromkeys(item.category for item in new if item.category):
            code = _category(name)
            if rows.get(Category, code) is None:
                yield CategoryDefined(Category(code, name, name))
        for item in new:
            category = _category(item.category)
            codes = tuple((code, 1) for code in (gtin14(item.code) or item.code,) if code)
            name = item.name or item.sku
            yield ItemDefined(Item(Sku(item.sku), name, name, category, weight_g=item.weight_g), codes)


def read_master(source: Source) -> Master:
    """Raises `Unreadable`, and `ValueError` that names a SKU which stands there twice or can't be one."""
    encoding = encoding_of(source)
    rows = text_rows(source, encoding, delimiter_of(source, encoding), quoted=True)
    header, skip = header_of(rows, lambda head: "sku" in head.spelled)
    if "sku" not in header.spelled:
        raise Unreadable("missing_column:sku")
    records = list(records_of(rows, header, skip, _PART)())
    skus = [record["sku"] for record in records]
    wrong = next((sku for sku in skus if not sku or "," in sku or not sku.isprintable()), None)
    if wrong is not None:
        raise ValueError(f"a SKU can't be {wrong!r}")
    twice = next((sku for sku in skus if skus.count(sku) > 1), None) if len(set(skus)) < len(skus) else None
    if twice is not None:
        raise ValueError(f"{twice} stands there twice")
    return Master(tuple(map(_item, records)))


def _item(record: Record) -> MasterItem:
    weight = whole(record["net_weight_g"] or record["weight_g"])
    code = next((record[column] for column in _CODES if record[column]), "")
    return MasterItem(record["sku"], code, record["name"], record["category"], weight or 0)


def _category(name: str) -> CategoryCode:
    return CategoryCode("-".join(name.replace(",", " ").split())[:40])


def _spellings(code: str) -> Sequence[str]:
    if not is_digits(code) or len(code) not in GTIN_LENGTHS:
        return (code,) if code else ()
    return tuple(dict.fromkeys(chain((code,), filter(None, (gtin14(code),)))))
