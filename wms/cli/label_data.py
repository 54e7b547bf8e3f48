"""What a label says, from JSON: a shipment for parcels and logistic units, the label's own fields for all others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, TypeVar

import msgspec

from labels import LabelData, Language
from labels.templates.values import KINDS
from wms.cli import shipment
from wms.cli.output import Refusal
from wms.cli.shipment import Shipment

_T = TypeVar("_T")
_NESTED: Mapping[str, type[msgspec.Struct]] = {
    "sender": shipment.Party,
    "recipient": shipment.Party,
    "parcel": shipment.ParcelCount,
}
_FROM_SHIPMENT: Mapping[str, Callable[[Shipment], LabelData]] = {
    "shipping": shipment.shipping,
    "logistic": shipment.logistic,
}


class Said(NamedTuple):
    """What a file says: the label, the language it asks for, and the fields nobody knows, which are not printed."""

    data: LabelData
    language: Language | None
    unknown: tuple[str, ...]


def label_data(kind: str, content: bytes, name: str) -> Said:
    """What `content`, from the file `name`, says for a label of `kind`. Raises `Refusal` naming the field that is
    wrong, `LayoutError` for a value that cannot be."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{name}: this is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise Refusal(f"{name}: one JSON object is wanted")
    if kind in _FROM_SHIPMENT:
        given = _converted(said, Shipment, name)
        return Said(_FROM_SHIPMENT[kind](given), shipment.language(given), tuple(_unknown(said, Shipment)))
    wanted, _ = KINDS[kind]
    known = [field.name for field in fields(wanted)]
    unknown = sorted(set(said) - set(known))
    if unknown:
        raise Refusal(f"{name}: {unknown[0]} is no field of {kind}; known are {', '.join(known)}")
    return Said(_converted(said, wanted, name), None, ())


def _converted(said: dict[str, Any], kind: type[_T], name: str) -> _T:
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        field = re.sub(r"^\.|`$", "", path)
        raise Refusal(f"{name}: {field + ': ' if field else ''}{reason[0].lower()}{reason[1:]}") from error


def _unknown(said: dict[str, Any], kind: type[msgspec.Struct], before: str = "") -> list[str]:
    found = [before + key for key in said if key not in kind.__struct_fields__]
    for key, inner in _NESTED.items() if not before else ():
        if isinstance(said.get(key), dict):
            found += _unknown(said[key], inner, f"{key}.")
    return found
