"""Sound exports, and what chance makes of them on their way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from tests.channels.given import IMPORTS
from tests.hub import spoiling as messages
from wms.channels import Import, of_bytes, read
from wms.channels.template import template_csv, template_json
from wms.domain.reasons import SENTENCES

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp932", "cp1252", "latin-1")
ODD: tuple[bytes, ...] = (
    *(b"", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n\r\n", b"\0", b"\x1b", b"\xff", b"\xfe\xff"),
    *(b"\xef\xbb\xbf", b"\xe2\x82", b"\x81\x30\x81\x30", b"9.95643E+18", b"-1", b"1e9", b"0", b"00000"),
    *(b"=1+1", b'="1"', b"{", b"[", b"}", b"]", b"#", b"PK\x03\x04", b"<html>", b"null", b"NaN"),
    *(b"1e99999999999999999999", b'"\\ud800"', b"x" * 5_000, b"," * 300),
)  # fmt: skip
OBJECTS = messages.ODD


@cache
def samples() -> tuple[bytes, ...]:
    """Our own template, and the sample exports where they are beside this checkout."""
    own = [template_csv().encode(), template_json().encode(), *(json.dumps(one).encode() for one in _objects())]
    there = sorted(IMPORTS.glob("*orders*")) if IMPORTS.exists() else []
    there += [IMPORTS / "taobao_ExportOrderList.csv", IMPORTS / "taobao_ExportOrderDetailList.csv"] if there else []
    return (*own, *(path.read_bytes() for path in there))


def _objects() -> list[Any]:
    return [
        [{"id": 1, "status": "processing", "line_items": [{"id": 1, "sku": "TEA", "quantity": 2, "name": "&lt;"}],
          "shipping": {"first_name": "Ada", "address_1": "Main St 5"}, "billing": {"email": "a@example.com"},
          "total": "3.50", "date_paid_gmt": "2026-11-11T09:00:00", "refunds": []}],
        {"data": [{"doctype": "Sales Order", "name": "SO-1", "docstatus": 1, "status": "To Deliver",
                   "items": [{"idx": 1, "item_code": "TEA", "qty": 2.0, "delivered_qty": 1.0, "delivery_date": ""}],
                   "shipping_address": "Main St 5<br>Berlin", "delivery_date": "2026-11-14", "grand_total": 3.5}]},
        {"sale.order": [{"id": 1, "name": "S1", "state": "sale", "date_order": "2026-11-11 09:01:22",
                         "partner_id": [4, "Ada"], "partner_shipping_id": [4, "Ada, Main St 5"], "order_line": [1, 2],
                         "currency_id": [2, "USD"], "amount_total": 3.5, "note": "<p>x</p>"}],
         "sale.order.line": [{"id": 1, "order_id": [1, "S1"], "product_id": [9, "[TEA] Tea"], "product_uom_qty": 2.0,
                              "qty_delivered": 0.0, "product_uom": [1, "Units"], "display_type": False},
                             {"id": 2, "order_id": [1, "S1"], "display_type": "line_note"}]},
    ]  # fmt: skip


def spoilt(data: bytes, changes: Sequence[tuple[int, int, int, int]]) -> bytes:
    """The file after some changes, each of which takes what it does, where, how far, and with what from its numbers."""
    for what, at, far, which in changes:
        start = at % (len(data) + 1)
        end = min(len(data), start + far)
        odd = ODD[which % len(ODD)]
        match what % 7:
            case 0:
                data = data[:start]
            case 1:
                data = data[:start] + data[end:]
            case 2:
                data = data[:end] + data[start:end] + data[end:]
            case 3:
                data = data[:start] + odd + data[end:]
            case 4:
                data = (
                    data[:start]
                    + bytes(byte ^ (1 << which % 8) for byte in data[start : start + 1])
                    + data[start + 1 :]
                )
            case 5:
                lines = data.splitlines(keepends=True) or [b""]
                one, other = at % len(lines), far % len(lines)
                lines[one], lines[other] = lines[other], lines[one]
                data = b"".join(lines)
            case 6:
                text = data.decode(ENCODINGS[which % len(ENCODINGS)], errors="ignore")
                data = text.encode(ENCODINGS[far % len(ENCODINGS)], errors="ignore")
    return data


def spoilt_objects(data: bytes, steps: Sequence[int], odd: Any) -> bytes:
    """A JSON file after what lies at the end of the steps was replaced or taken away."""
    return json.dumps(messages.spoilt(json.loads(data), list(steps), odd)).encode()


def read_soundly(*files: bytes, names: Sequence[str] = ("a.csv", "b.xlsx")) -> Import:
    """Reads files as an import does: whatever they are, each is refused with a reason that has a sentence, or each of
    its records is told in words that can be written down."""
    found = read([of_bytes(name, data) for name, data in zip(names, files, strict=False)])
    for file in found.files:
        assert not file.fault or file.fault.partition(":")[0] in SENTENCES, file.fault
        assert not (file.fault and file.entries)
        for entry in file.entries:
            reasons = [entry.reason, *(trouble.reason for trouble in entry.others)]
            for reason in filter(None, reasons):
                assert reason.partition(":")[0] in SENTENCES, reason
            repr((reasons, entry.reference, entry.text, entry.order)).encode()
            "".join((*reasons, entry.reference, entry.text, entry.column)).encode()
            assert entry.reason or entry.result == "ready"
            if entry.order is not None and entry.result in ("ready", "ready_nolabel"):
                assert all(line.code and line.quantity > 0 for line in entry.order.lines if not line.done)
                assert entry.lines
    found.check()
    return found
