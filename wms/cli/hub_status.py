"""`wms hub status`: how the hub stands, looked up beside it."""

from __future__ import annotations

import datetime as dt
import time
from argparse import Namespace
from typing import Any

from wms.cli.hub_place import Place, hub_tables, place_of
from wms.cli.output import configured, emit, table, utc


def status(options: Namespace) -> int:
    from wms.hub.clients import Clients
    from wms.hub.condition import look
    from wms.hub.terminals import Terminals

    place = place_of(options)
    with hub_tables(options) as (tables, warehouse):
        now = int(time.time())
        kept_days = configured(options).recipients_kept_days
        condition = look(tables.database, place.folder, place.url, warehouse, kept_days=kept_days, now=now)
        document = {
            "warehouse": warehouse,
            "engine": place.engine,
            "head": condition.head,
            "life": condition.life,
            "lives": condition.lives,
            "exceptions": condition.exceptions,
            "picture_lag": condition.picture_lag,
            "database_bytes": condition.size,
            "keys": condition.keys,
            "keys_due": condition.keys_due,
            "certificate_days": _certificate_days(place),
            "terminals": [
                {
                    "device": line.device,
                    "name": line.name,
                    "role": line.role,
                    "last_seen": utc(line.last_seen),
                    "online": line.online,
                    "revoked": utc(line.revoked),
                }
                for line in Terminals(tables.database, warehouse).listing(now)
            ],
            "clients": [
                {"name": one.name, "role": one.role, "created": utc(one.created), "revoked": utc(one.revoked)}
                for one in Clients(tables.database, warehouse).listing()
            ],
        }
    emit(options, document, lambda: _text(document))
    return 0


def _certificate_days(place: Place) -> int | None:
    """Of the hub's own certificate; None where it has none."""
    from wms.hub import tls

    own = tls.of(place.folder)
    return tls.days_left(own.server, dt.datetime.now(dt.UTC)) if own.made() else None


def _text(document: dict[str, Any]) -> str:
    lists = ("terminals", "clients")
    facts = [(name, _shown(value)) for name, value in document.items() if name not in lists]
    parts = [table(facts[0], facts[1:])]
    terminals = [
        (one["device"], one["name"], one["role"], one["last_seen"] or "never", _state(one))
        for one in document["terminals"]
    ]
    if terminals:
        parts.append(table(("TERMINAL", "NAME", "ROLE", "LAST SEEN", ""), terminals))
    clients = [(one["name"], one["role"], one["created"], _state(one)) for one in document["clients"]]
    if clients:
        parts.append(table(("PROGRAM", "ROLE", "SINCE", ""), clients))
    return "\n\n".join(parts)


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)


def _state(one: dict[str, Any]) -> str:
    if one["revoked"]:
        return f"revoked {one['revoked']}"
    return "" if one.get("online", True) else "silent"
