"""What a label says, from JSON."""

from __future__ import annotations

import json
from dataclasses import fields

import msgspec

from labels import (
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
from wms.cli.output import Refusal

TEMPLATES: dict[str, type[LabelData]] = {
    "shipping": ShippingLabel,
    "sscc": SsccLabel,
    "tote": ToteLabel,
    "place": PlaceLabel,
    "badge": BadgeLabel,
    "product": ProductLabel,
    "manifest": ManifestSlip,
    "command": CommandLabel,
    "quality": QcLabel,
}


def label_data(template: str, content: bytes, name: str) -> LabelData:
    """Raises `Refusal` naming the field: a misspelt one would silently be missing on paper."""
    kind = TEMPLATES[template]
    try:
        said = json.loads(content)
    except ValueError as error:
        raise Refusal(f"{name}: this is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise Refusal(f"{name}: one JSON object is wanted")
    known = [field.name for field in fields(kind)]
    unknown = sorted(set(said) - set(known))
    if unknown:
        raise Refusal(f"{name}: {unknown[0]} is no field of {template}; known are {', '.join(known)}")
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        raise Refusal(f"{name}: {error}") from error
