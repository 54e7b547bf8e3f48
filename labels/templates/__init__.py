"""One function per kind of label: from what it says to what it looks like."""

from __future__ import annotations

from labels.data import (
    BadgeLabel,
    CommandLabel,
    LabelData,
    ManifestSlip,
    PlaceLabel,
    ProductLabel,
    QcLabel,
    ShippingLabel,
    SsccLabel,
    ToteLabel,
)
from labels.model import Label
from labels.templates.captions import Language, captions
from labels.templates.floor import badge, command, place, tote
from labels.templates.goods import product, quality, sscc
from labels.templates.manifest import manifest
from labels.templates.shipping import shipping


def compose(data: LabelData, width_mm: float, language: Language) -> Label:
    """The label for `data`, `width_mm` wide, captions in `language`. Raises LayoutError when a code cannot be drawn."""
    words = captions(language)
    match data:
        case ShippingLabel():
            return shipping(data, width_mm, words)
        case SsccLabel():
            return sscc(data, width_mm, words)
        case ToteLabel():
            return tote(data, width_mm, words)
        case PlaceLabel():
            return place(data, width_mm, words)
        case BadgeLabel():
            return badge(data, width_mm, words)
        case ProductLabel():
            return product(data, width_mm, words)
        case ManifestSlip():
            return manifest(data, width_mm, words)
        case CommandLabel():
            return command(data, width_mm, words)
        case QcLabel():
            return quality(data, width_mm, words)
