"""Joining a hub, and the one-shot sync of the command line."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from wms.store import Store
from wms.sync import wire
from wms.sync.answers import SyncStatus
from wms.sync.connection import Connection, HubTrouble, NotReached
from wms.sync.exchange import LINEAGE, PATIENCE, Exchange
from wms.workflows.prompt import NOTHING
from wms.workflows.view import Link

URL = "hub_url"
TOKEN_FILE = "hub.token"  # noqa: S105


def enrol(store: Store, url: str, code: str) -> None:
    """Join the hub at `url` with a one-time code. What was recorded alone waits to be confirmed by the hub.

    The token lies in a file of its own that only its owner can read: a backup of the database is no key to the hub.
    Raises `NotReached`, `HubTrouble` (a wrong or used code), `ValueError` (an address that is none).
    """
    connection = Connection(url)
    try:
        message = wire.Enrol(code.strip().upper(), store.device)
        enrolled = connection.call("POST", "/v1/enrol", wire.Enrolled, message, timeout=PATIENCE)
    finally:
        connection.close()
    _keep_token(store.folder / TOKEN_FILE, enrolled.token)
    store.set_meta(LINEAGE, enrolled.lineage)
    store.set_meta(URL, url)
    store.join()


def membership(store: Store) -> tuple[str, str] | None:
    """The hub's address and this terminal's token; None if it is alone. The token is '' if its file is gone."""
    if store.decides:
        return None
    path = store.folder / TOKEN_FILE
    return store.meta(URL), path.read_text().strip() if path.exists() else ""


def sync_now(store: Store, timeout: float = 30.0) -> SyncStatus:
    """Hand over and fetch once, and say how it went. Never raises for a hub that is away or unwilling."""
    found = membership(store)
    if found is None:
        return SyncStatus()
    exchange = Exchange(store, *found)
    with contextlib.closing(exchange):
        link, since, trouble, deadline = Link.IN_SYNC, None, NOTHING, time.monotonic() + timeout
        try:
            exchange.push(deadline)
            while exchange.pull(0) and time.monotonic() < deadline:
                pass
        except NotReached:
            link, since = Link.OFFLINE, store.clock() // 1000
        except HubTrouble as error:
            link, trouble = Link.WAITING, error.says
        unsent = exchange.unsent()
        if unsent and link == Link.IN_SYNC:
            link = Link.WAITING
        return SyncStatus(link, unsent, since, trouble, exchange.terminals, exchange.terminals_offline)


def _keep_token(path: Path, token: str) -> None:
    """Replace the token file in one step; the owner alone may read it."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
