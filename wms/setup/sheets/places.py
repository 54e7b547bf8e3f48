"""Places: bins, staging, returns; totes and carts are places too, in the same file or one of their own."""

from __future__ import annotations

import re

from wms.domain.catalogue import Item, ItemCode
from wms.domain.events import PlaceDefined
from wms.domain.ids import PlaceId
from wms.domain.places import Place, PlaceKind
from wms.setup.cells import Cells
from wms.setup.outcome import Refusal
from wms.setup.rotation import WALKED_TO
from wms.setup.sheet import Declared, Session, Sheet, by

_CHECK_DIGITS = re.compile(r"[0-9]{2,5}")


def _place(cells: Cells, session: Session) -> Declared:
    name = PlaceId(cells.name("id"))
    old = session.rows.get(Place, name)
    kind = PlaceKind(cells.one_of("kind", PlaceKind))
    kept = old or Place(name, kind)
    place = Place(
        name,
        kind,
        cells.text("zone", kept.zone),
        cells.whole("sequence", kept.sequence),
        _check_digits(cells, kind, kept, session),
        cells.whole("slots", kept.slots, most=100),
        cells.whole("x_mm", kept.x_mm),
        cells.whole("y_mm", kept.y_mm),
    )
    if kind == PlaceKind.CART and not place.slots:
        raise Refusal("missing:slots")
    return Declared(old, place, (PlaceDefined(place),), _same_as_goods(name, session))


def _same_as_goods(name: PlaceId, session: Session) -> str:
    skus = {code.sku for code in session.rows.where(ItemCode, code=name)}
    if item := session.rows.get(Item, name):
        skus.add(item.sku)
    return ",".join(f"code_is_place:{name}:{sku}" for sku in sorted(skus))


def _check_digits(cells: Cells, kind: PlaceKind, kept: Place, session: Session) -> str:
    """Those of the file, else those the label already carries, else fresh ones: chance alone keeps them from being
    guessed from the name."""
    said = cells.plain("check_digits")
    if said and not _CHECK_DIGITS.fullmatch(said):
        raise Refusal(f"bad_check_digits:check_digits:{said}")
    return said or kept.check_digits or (session.fresh() if kind in WALKED_TO else "")


PLACES = Sheet(
    "places",
    ("id", "kind"),
    ("zone", "sequence", "check_digits", "slots", "x_mm", "y_mm"),
    by("id"),
    _place,
)
