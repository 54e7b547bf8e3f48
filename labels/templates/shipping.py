"""The parcel's label: who carries it, where the sorting belt sends it, the waybill, the recipient."""

from __future__ import annotations

from labels.data import ShippingLabel
from labels.masking import MaskPolicy, mask_address, mask_name, mask_phone
from labels.model import Barcode, Box, Column, Columns, Item, Label, Line, Space, Text
from labels.templates.captions import Captions, kilograms, moment
from labels.templates.pieces import WIDE_MM, Fact, code_for, facts, sheet, with_qr
from labels.text import NO_BREAK_SPACE

_THICK = Line(0.5)
_THIN = Line(0.13)


def shipping(data: ShippingLabel, width_mm: float, words: Captions) -> Label:
    """Sorted by who reads it first: the belt, the scanner, the courier, the warehouse."""
    waybill = Barcode(code_for("waybill", data.waybill), 15, "waybill", caption_mm=4.5, max_module_mm=1)
    return sheet(
        width_mm,
        *_head(data, width_mm, words),
        _THICK,
        Text(data.routing_code, 16, "routing_code", min_mm=3.5, bold=True, align="center"),
        _THICK,
        Space(2),
        waybill,
        Space(0.5),
        _THICK,
        Space(1),
        _party(words["to"], "recipient", _recipient(data), 5.2, 3.0, words),
        Space(1),
        _THIN,
        Space(0.7),
        _party(words["from"], "sender", data.sender_lines, 3.0, 2.5, words),
        Space(0.7),
        _THICK,
        Space(1),
        *with_qr(data.carrier_qr or data.waybill, "carrier_qr", _foot(data, words), width_mm, 20),
    )


def _head(data: ShippingLabel, width_mm: float, words: Captions) -> tuple[Item, ...]:
    marks: list[Column] = []
    if data.qc_mark:
        checked = Text(words[data.qc_mark], 3.4, "qc_mark", min_mm=1.9, bold=True, align="center")
        marks.append(Column((Box((checked,), 0.25, 0.35),), width_mm=15, middle=True))
    if data.reprint:
        reprint = Text(words["reprint"], 3.6, "reprint", min_mm=1.9, bold=True, align="center", inverse=True)
        marks.append(Column((reprint,), width_mm=15, middle=True))
    carrier = Column((Text(data.carrier_name, 5.5, "carrier_name", max_lines=2, bold=True),), middle=True)
    parcel = Text(f"{data.parcel_n}/{data.parcel_of}", 5.5, "parcel_n", bold=True, align="right")
    count = Column((parcel,), width_mm=12, middle=True)
    if width_mm >= WIDE_MM or not marks:
        return (Columns((carrier, *marks, count)),)
    return Columns((carrier, count)), Columns(tuple(marks)), Space(0.5)


def _recipient(data: ShippingLabel) -> tuple[str, ...]:
    name, *address = data.recipient_lines or ("",)
    phone = data.recipient_phone
    if data.masking is MaskPolicy.HIDE:
        name, phone, address = mask_name(name), mask_phone(phone), [mask_address(line) for line in address]
    return f"{name} {phone.replace(' ', NO_BREAK_SPACE)}", *address


def _party(caption: str, field: str, lines: tuple[str, ...], size_mm: float, min_mm: float, words: Captions) -> Columns:
    name, *address = lines or ("",)
    badge_mm = size_mm * 1.5
    widest = max(len(words[key].encode("gb18030")) for key in ("to", "from"))
    return Columns(
        (
            Column(
                (Text(caption, size_mm, field, min_mm=1.5, bold=True, align="center", inverse=True),),
                width_mm=max(badge_mm, widest * 2.4),
            ),
            Column(
                (
                    Text(name, size_mm, field, min_mm=min_mm, max_lines=2, bold=True),
                    *(Text(line, size_mm * 0.9, field, min_mm=min_mm, max_lines=5) for line in address),
                )
            ),
        ),
        gap_mm=1.5,
    )


def _foot(data: ShippingLabel, words: Captions) -> tuple[Item, ...]:
    weight = "" if data.weight_g is None else kilograms(data.weight_g)
    return facts(
        Fact(words["order"], data.order, "order"),
        Fact(words["wave"], data.wave, "wave"),
        Fact(words["weight"], weight, "weight_g"),
        Fact(words["contents"], data.contents, "contents", max_lines=3, shorten=True),
        Fact(words["created"], moment(data.created), "created"),
    )
