"""The template of our own format: example orders that show every column, to be filled in by a site or its programs."""

from __future__ import annotations

import csv
import io
import json

from wms.channels.formats.plain import NEEDED

_COLUMNS = (
    "order", "channel", "placed_at", "ship_by", "sku", "quantity", "name", "phone", "address", "city", "postcode",
    "country", "carrier", "buyer", "amount", "currency", "kind", "not_before", "remark", "gift", "invoice", "waybill",
    "sort_code", "routing_code", "qr", "masked_name", "masked_phone", "masked_address",
)  # fmt: skip
_REMARKS = (
    "One row per order line. Rows that begin with # before the header are remarks and are not read.",
    f"Needed: {' '.join(NEEDED)}. All other columns may be left out or empty, in any sequence.",
    "What concerns the whole order may stand in any of its rows, but not differently. Equal SKUs are added up.",
    "placed_at / ship_by / not_before: 2026-11-11 16:27 in the time of the site, or 2026-11-11T16:27:00+08:00.",
    "A day alone is its start, for ship_by its end.",
    "quantity: a whole number from 1 up. address: lines parted by |. country: two letters.",
    "amount: the worth of the order, with its currency (CNY / EUR / USD).",
    "kind: empty, presale (kept until not_before) or group (kept until the group is complete).",
    "gift: yes for a line that is a present. invoice: yes if one must go into the parcel. remark: people's own words.",
    "waybill / sort_code / routing_code / qr / masked_…: what the platform gave for its label, printed as it is.",
    "Keep order and SKU as text in a spreadsheet: it turns long numbers into others.",
)
_LINES: tuple[tuple[dict[str, object], ...], ...] = (
    (
        {"sku": "TEA-01", "quantity": 2},
        {"sku": "CUP-07", "quantity": 1},
        {"sku": "SAMPLE-01", "quantity": 1, "gift": "yes"},
    ),
    ({"sku": "TEA-01", "quantity": 12},),
    ({"sku": "CUP-07", "quantity": 1},),
)
_ORDERS = (
    {
        "order": "A-1001", "channel": "shop", "placed_at": "2026-11-11 16:27", "ship_by": "2026-11-13 16:27",
        "name": "王小明", "phone": "13800000000", "address": "示例路1号|3楼", "city": "上海", "postcode": "200001",
        "country": "CN", "carrier": "sf", "buyer": "wang", "amount": "128.50", "currency": "CNY",
        "remark": "Please wrap it", "invoice": "yes",
    },
    {
        "order": "A-1002", "channel": "shop", "placed_at": "2026-11-11", "ship_by": "2026-11-30",
        "name": "Erika Muster", "address": "Musterweg 5", "city": "Berlin", "postcode": "10115", "country": "DE",
        "kind": "presale", "not_before": "2026-11-25",
    },
    {
        "order": "A-1003", "channel": "market", "ship_by": "2026-11-12 18:00", "carrier": "sf",
        "waybill": "SF0000000000001", "sort_code": "021-A", "routing_code": "755W", "qr": "MMM={'k':'v'}",
        "masked_name": "王**", "masked_phone": "138****0000", "masked_address": "上海市***",
    },
)  # fmt: skip


def template_csv() -> str:
    """A CSV with example orders, and remarks before the header. To be written with a byte order mark, for Excel."""
    out = io.StringIO(newline="")
    out.writelines(f"# {remark}\r\n" for remark in _REMARKS)
    writer = csv.DictWriter(out, _COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for order, lines in zip(_ORDERS, _LINES, strict=True):
        first, *others = lines
        writer.writerow({**order, **first})
        writer.writerows({"order": order["order"], **line} for line in others)
    return out.getvalue()


def template_json() -> str:
    """The same orders as JSON."""
    orders = [{**order, "lines": lines} for order, lines in zip(_ORDERS, _LINES, strict=True)]
    return json.dumps({"orders": orders}, ensure_ascii=False, indent=2) + "\n"
