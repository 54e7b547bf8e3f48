"""What a template can say of each kind of label: its fields by name, as text, masked and worded. '' stands for none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from labels import data as d
from labels import gs1, masking
from labels.errors import LayoutError
from labels.masking import MaskPolicy
from labels.templates.words import amount, day, kilograms, moment, of
from labels.text import NO_BREAK_SPACE

Entry = Mapping[str, str]
"""A list's entry: its fields, or the one named '' for an entry that is a text."""
Value = str | tuple[Entry, ...]
Values = dict[str, Value]
ELEMENTS = "elements"
"""The list of application identifiers and values that GS1 symbols on the label are made from."""


class Known(NamedTuple):
    """Names a template may use: fields, and the fields of the entries of each list."""

    fields: frozenset[str]
    lists: Mapping[str, frozenset[str]]


def values(data: d.LabelData) -> Values:
    """The fields of `data`. Raises LayoutError naming one that can't be right."""
    _, tell = KINDS[kind_of(data)]
    return tell(data)


def kind_of(data: d.LabelData) -> str:
    """How templates name the kind of label that `data` is for, which is also the name of its usual template."""
    return next(name for name, (kind, _) in KINDS.items() if kind is type(data))


@cache
def known_fields(kind: str) -> Known:
    """What templates for `kind` may name."""
    from labels.templates.samples import sample

    told = values(sample(kind, "zh_CN"))
    lists = {name: frozenset(value[0]) for name, value in told.items() if not isinstance(value, str)}
    return Known(frozenset(name for name in told if name not in lists), lists)


def _shipping(data: d.ShippingLabel) -> Values:
    _require_parcel(data.parcel_n, data.parcel_of, data.weight_g)
    return {
        "order": data.order,
        "waybill": data.waybill,
        "carrier": data.carrier_name,
        "routing_code": data.routing_code,
        "sort_code": data.sort_code,
        **_recipient(data.recipient_lines, data.recipient_phone, data.masking),
        **_business("sender", data.sender_lines, data.sender_phone, data.masking),
        "parcel": of(data.parcel_n, data.parcel_of),
        "weight": kilograms(data.weight_g),
        "created": moment(data.created),
        "wave": data.wave,
        "qc_mark": data.qc_mark,
        "reprint": _flag(data.reprint),
        "contents": data.contents,
        "carrier_qr": data.carrier_qr or data.waybill,
        "cod": amount(data.cod_minor, data.currency),
        "note": data.note,
    }


def _logistic(data: d.LogisticLabel) -> Values:
    _require_parcel(data.parcel_n, data.parcel_of, data.weight_g)
    if not data.sscc:
        raise LayoutError("sscc", "is missing")
    return {
        "sscc": data.sscc,
        "title": data.title,
        "carrier": data.carrier_name,
        "order": data.order,
        **_recipient(data.recipient_lines, data.recipient_phone, data.masking),
        **_business("sender", data.sender_lines, data.sender_phone, data.masking),
        "parcel": of(data.parcel_n, data.parcel_of),
        "weight": kilograms(data.weight_g),
        ELEMENTS: _elements((("00", data.sscc), *data.elements)),
    }


def _tote(data: d.ToteLabel) -> Values:
    return {"code": data.code, "title": data.title}


def _place(data: d.PlaceLabel) -> Values:
    return {"code": data.code, "name": data.name, "check_digits": data.check_digits}


def _slot(data: d.CartSlotLabel) -> Values:
    return {"code": data.code, "cart": data.cart, "slot": data.slot}


def _badge(data: d.BadgeLabel) -> Values:
    return {"code": data.code, "name": data.name, "roles": " · ".join(data.roles)}


def _product(data: d.ProductLabel) -> Values:
    return {"gtin": data.gtin, "sku": data.sku, "name": data.name}


def _lot(data: d.LotLabel) -> Values:
    coded = [("10", data.lot)]
    if data.gtin:
        coded.insert(0, ("01", data.gtin.zfill(14)))
    if data.expires:
        coded.append(("17", f"{data.expires:%y%m%d}"))
    return {
        "lot": data.lot,
        "sku": data.sku,
        "name": data.name,
        "gtin": data.gtin,
        "expires": day(data.expires),
        "received": day(data.received),
        "quantity": "" if data.quantity is None else str(data.quantity),
        ELEMENTS: _elements(coded),
    }


def _quality(data: d.QcLabel) -> Values:
    return {
        "code": data.code,
        "title": data.title,
        "disposition": data.disposition,
        "reason": data.reason,
        "inspector": data.inspector,
        "at": moment(data.at),
        "verdict": data.verdict,
    }


def _manifest(data: d.ManifestSlip) -> Values:
    known = [parcel.weight_g for parcel in data.parcels if parcel.weight_g is not None]
    return {
        "manifest": data.manifest,
        "carrier": data.carrier,
        "signed_by": data.signed_by,
        "at": moment(data.at),
        "count": str(len(data.parcels)),
        "total_weight": kilograms(sum(known)),
        "parcels": tuple(
            {
                "n": str(n),
                "waybill": parcel.waybill,
                "order": parcel.order,
                "weight": kilograms(parcel.weight_g) or "–",
            }
            for n, parcel in enumerate(data.parcels, 1)
        ),
    }


def _packing_slip(data: d.PackingSlip) -> Values:
    return {
        "order": data.order,
        "shop": data.shop,
        "parcel": of(data.parcel_n, data.parcel_of),
        "note": data.note,
        "at": moment(data.at),
        "units": str(sum(line.quantity for line in data.lines)),
        "lines": tuple(
            {"n": str(n), "sku": line.sku, "name": line.name, "quantity": str(line.quantity)}
            for n, line in enumerate(data.lines, 1)
        ),
    }


def _picking_slip(data: d.PickingSlip) -> Values:
    return {
        "task": data.task,
        "wave": data.wave,
        "cart": data.cart,
        "at": moment(data.at),
        "units": str(sum(line.quantity for line in data.lines)),
        "lines": tuple(
            {
                "n": str(n),
                "place": line.place,
                "check_digits": line.check_digits,
                "sku": line.sku,
                "name": line.name,
                "quantity": str(line.quantity),
                "lot": line.lot,
                "put": line.put,
            }
            for n, line in enumerate(data.lines, 1)
        ),
    }


def _command(data: d.CommandLabel) -> Values:
    return {"code": data.code, "text": data.text}


KINDS: Mapping[str, tuple[type[d.LabelData], Callable[[Any], Values]]] = {
    "shipping": (d.ShippingLabel, _shipping),
    "logistic": (d.LogisticLabel, _logistic),
    "tote": (d.ToteLabel, _tote),
    "cart-slot": (d.CartSlotLabel, _slot),
    "place": (d.PlaceLabel, _place),
    "product": (d.ProductLabel, _product),
    "lot": (d.LotLabel, _lot),
    "quality": (d.QcLabel, _quality),
    "badge": (d.BadgeLabel, _badge),
    "manifest": (d.ManifestSlip, _manifest),
    "packing-slip": (d.PackingSlip, _packing_slip),
    "picking-slip": (d.PickingSlip, _picking_slip),
    "command": (d.CommandLabel, _command),
}
"""By name, the data and how its fields are told."""


def _recipient(lines: Sequence[str], phone: str, policy: MaskPolicy) -> Values:
    name, *address = lines or ("",)
    if policy is MaskPolicy.HIDE:
        name, phone, address = masking.mask_name(name), masking.mask_phone(phone), masking.mask_lines(address)
    return _party("recipient", name, phone, address)


def _business(who: str, lines: Sequence[str], phone: str, policy: MaskPolicy) -> Values:
    """A party that mostly is a firm, whose name and address are no personal data: without them nothing comes back."""
    name, *address = lines or ("",)
    if policy is MaskPolicy.HIDE:
        phone = masking.mask_phone(phone)
        if masking.is_person(name):
            name, address = masking.mask_name(name), masking.mask_lines(address)
    return _party(who, name, phone, address)


def _party(who: str, name: str, phone: str, address: Sequence[str]) -> Values:
    return {
        f"{who}.name": name,
        f"{who}.phone": phone.replace(" ", NO_BREAK_SPACE),
        f"{who}.address": tuple({"": line} for line in address),
        f"{who}.any": "".join((name, phone, *address)),
    }


def _elements(coded: Sequence[gs1.Element]) -> tuple[Entry, ...]:
    for identifier, value in coded:
        try:
            gs1.require_element(identifier, value)
        except ValueError as error:
            raise LayoutError("sscc" if identifier == "00" else f"gs1.{identifier}", str(error)) from error
    return tuple(
        {"identifier": identifier, "value": value, "title": gs1.data_title(identifier)} for identifier, value in coded
    )


def _require_parcel(n: int, total: int, grams: int | None) -> None:
    if total and not 1 <= n <= total:
        raise LayoutError("parcel.n", f"{n} of {total} cannot be")
    if grams is not None and grams < 0:
        raise LayoutError("parcel.weight_g", "is less than nothing")


def _flag(on: bool) -> str:
    return "yes" if on else ""
