"""Rotation: new check digits for places, so that nobody can go on typing the ones he knows by heart."""

from __future__ import annotations

import secrets
from fnmatch import fnmatchcase

from wms.domain.places import Place, PlaceKind
from wms.domain.records import replace
from wms.domain.rows import Rows

WALKED_TO = (PlaceKind.BIN, PlaceKind.STAGING, PlaceKind.RETURNS)
USUAL_SIZE = 2


def random_check_digits(size: int = USUAL_SIZE) -> str:
    return f"{secrets.randbelow(10**size):0{size}d}"


def rotated(rows: Rows, names: str = "*") -> list[Place]:
    """Bins, staging and returns places whose ids fit the pattern (`A-01-*`), with check digits other than they have:
    as many of them, or two where there were none."""
    places = [place for kind in WALKED_TO for place in rows.where(Place, kind=kind)]
    return [
        replace(place, check_digits=_other_than(place.check_digits)) for place in places if is_named(place.id, names)
    ]


def is_named(place: str, names: str) -> bool:
    """Whether the pattern names the place, in any letter case; `*` and `?` stand for anything."""
    return fnmatchcase(place.upper(), names.upper())


def _other_than(digits: str) -> str:
    while (fresh := random_check_digits(len(digits) or USUAL_SIZE)) == digits:
        pass
    return fresh
