"""The site: its name, time zone, and the sender that labels carry."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from wms.domain.catalogue import Site
from wms.domain.events import SiteNamed
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
    return Declared(old, Site("site", name, zone, sender), (SiteNamed(name, zone, sender),))


SITE = Sheet("site", ("name", "zone"), ("sender",), lambda _: "site", _site)
