"""Labels: from what they say to the bytes a printer gets, and back to a picture.

`render(data, profile, language)` is the whole of it. Nothing here knows the warehouse or moves a byte.
"""

from __future__ import annotations

from labels.data import (
    BadgeLabel,
    CartSlotLabel,
    CommandLabel,
    LabelData,
    LogisticLabel,
    LotLabel,
    ManifestParcel,
    ManifestSlip,
    PackingLine,
    PackingSlip,
    PickingLine,
    PickingSlip,
    PlaceLabel,
    ProductLabel,
    QcLabel,
    QcMark,
    ShippingLabel,
    ToteLabel,
)
from labels.errors import LayoutError, TemplateError
from labels.gs1 import sscc
from labels.marks import Fitting
from labels.masking import MaskPolicy, mask_address, mask_name, mask_phone
from labels.preview import EscPosError, from_escpos, png
from labels.profiles import DEFAULT_PROFILE, PROFILES, Profile, models, profile_named
from labels.render_escpos import PrintedSymbol, PrintedText, Rendered, render
from labels.templates import Library, Template, UnknownTemplate, compose
from labels.templates.captions import Language

__all__ = [
    "DEFAULT_PROFILE",
    "PROFILES",
    "BadgeLabel",
    "CartSlotLabel",
    "CommandLabel",
    "EscPosError",
    "Fitting",
    "LabelData",
    "Language",
    "LayoutError",
    "Library",
    "LogisticLabel",
    "LotLabel",
    "ManifestParcel",
    "ManifestSlip",
    "MaskPolicy",
    "PackingLine",
    "PackingSlip",
    "PickingLine",
    "PickingSlip",
    "PlaceLabel",
    "PrintedSymbol",
    "PrintedText",
    "ProductLabel",
    "Profile",
    "QcLabel",
    "QcMark",
    "Rendered",
    "ShippingLabel",
    "Template",
    "TemplateError",
    "ToteLabel",
    "UnknownTemplate",
    "compose",
    "from_escpos",
    "mask_address",
    "mask_name",
    "mask_phone",
    "models",
    "png",
    "profile_named",
    "render",
    "sscc",
]
