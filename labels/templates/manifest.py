"""The slip a carrier's driver signs."""

from __future__ import annotations

from labels.data import ManifestParcel, ManifestSlip
from labels.model import Barcode, Column, Columns, Item, Label, Line, Space, Text
from labels.templates.captions import Captions, kilograms, moment
from labels.templates.pieces import WIDE_MM, Fact, code_for, facts, sheet


def manifest(data: ManifestSlip, width_mm: float, words: Captions) -> Label:
    """Number, totals, every parcel on a line, room for a signature."""
    grams = [parcel.weight_g for parcel in data.parcels if parcel.weight_g is not None]
    return sheet(
        width_mm,
        Text(f"{words['manifest']} {data.carrier}", 6, "carrier", min_mm=3.5, max_lines=2, bold=True),
        Space(1),
        Barcode(code_for("manifest", data.manifest), 12, "manifest"),
        Line(0.4),
        *facts(Fact(words["at"], moment(data.at), "at")),
        Columns(
            (
                Column((Text(f"{words['parcels']} {len(data.parcels)}", 4.5, "parcels", bold=True),)),
                Column((Text(f"{words['total_weight']} {kilograms(sum(grams))}", 4.5, "parcels", bold=True),), share=2),
            )
        ),
        Line(0.4),
        *(_row(number, parcel, width_mm) for number, parcel in enumerate(data.parcels, 1)),
        Space(0.5),
        Line(0.4),
        Space(0.5),
        *facts(Fact(words["signed_by"], data.signed_by, "signed_by")),
        Space(10),
        Line(0.13),
        Text(words["signature"], 2.8, "signed_by"),
    )


def _row(number: int, parcel: ManifestParcel, width_mm: float) -> Item:
    weight = "–" if parcel.weight_g is None else kilograms(parcel.weight_g)
    waybill = Text(parcel.waybill, 2.8, "parcels.waybill", min_mm=2.2, max_lines=2, bold=True)
    order = Text(parcel.order, 2.8, "parcels.order", min_mm=2.2, max_lines=2)
    codes = (Column((waybill, order)),) if width_mm < WIDE_MM else (Column((waybill,)), Column((order,)))
    return Columns(
        (
            Column((Text(str(number), 2.8, "parcels", min_mm=2.2, align="right"),), width_mm=6),
            *codes,
            Column((Text(weight, 2.8, "parcels.weight_g", min_mm=2.2, align="right"),), width_mm=13),
        ),
        gap_mm=1,
    )
