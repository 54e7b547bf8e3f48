"""The site: its name, time zone, the sender that labels carry, how its in-store codes are laid out, how long a
walk is leased for, its holidays."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from wms.domain.catalogue import Site
from wms.domain.events import SiteNamed
from wms.domain.in_store import BadLayout, layouts
from wms.setup.cells import Cells
from wms.setup.outcome import Refusal
from wms.setup.sheet import Declared, Session, Sheet


def _site(cells: Cells, session: Session) -> Declared:
    old = session.rows.get(Site, "site")
    name, zone = cells.text("name"), cells.plain("zone")
    if not name:
        raise Refusal("missing:name")
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError) as error:
        raise Refusal(f"bad_zone:zone:{zone}") from error
    kept = "|".join(old.sender.splitlines()) if old else ""
    sender = "\n".join(part.strip() for part in cells.text("sender", kept).split("|") if part.strip())
    in_store = _layouts(cells.plain("in_store")) if cells.has("in_store") else old.in_store if old else ""
    lease = cells.whole("lease_minutes", old.lease_minutes if old else 240, blank=240, least=10, most=7 * 24 * 60)
    holidays = cells.dates("holidays", old.holidays if old else "")
    new = Site("site", name, zone, sender, in_store, lease, holidays)
    return Declared(old, new, (SiteNamed(name, zone, sender, in_store, lease, holidays),))


def _layouts(text: str) -> str:
    """As they will be kept. A comma parts them as well; a point belongs to a weight."""
    text = "; ".join(filter(None, (part.strip().upper() for part in text.replace(",", ";").split(";"))))
    try:
        layouts(text)
    except BadLayout as error:
        raise Refusal(f"bad_layout:in_store:{error.layout}") from error
    return text


SITE = Sheet("site", ("name", "zone"), ("sender", "in_store", "lease_minutes", "holidays"), lambda _: "site", _site)
