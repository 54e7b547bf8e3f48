"""Joining a hub, and the one-shot sync of the command line."""

from __future__ import annotations

import contextlib
import time

from wms.store import Store
from wms.sync import identity, wire
from wms.sync.answers import SyncStatus
from wms.sync.connection import Connection, HubTrouble, NotReached
from wms.sync.exchange import PATIENCE, Exchange
from wms.sync.identity import Credentials, Identity, Trust
from wms.workflows.prompt import NOTHING, msg
from wms.workflows.view import Link

URL = "hub_url"
WAREHOUSE = "hub_warehouse"
NAME = "hub_name"
ROLE = "hub_role"


def enrol(
    store: Store, url: str, code: str, *, fingerprint: str = "", authority: str = "", system: bool = False
) -> wire.Enrolled:
    """Join the hub at `url` with a one-time code. What was recorded alone waits to be confirmed by the hub.

    The hub's certificate must come from `authority` (PEM), or from the one the hub shows if that has the `fingerprint`,
    which may also stand behind the code as CODE@FINGERPRINT; with `system` those the machine trusts will do as well.
    Each enrolment makes a key of its own, and the code is sent only to a hub that has proved who it is.
    Raises `NotReached`, `HubTrouble` (a wrong or used code, a certificate that is not trusted), and `ValueError` (an
    address or a fingerprint that is none, nothing to know the hub by, data of another warehouse).
    """
    url = url.rstrip("/")
    code, _, behind = code.partition("@")
    trust = _trust(url, fingerprint or behind, authority, system=system)
    new = Identity.make()
    with contextlib.closing(Connection(url, Credentials(trust=trust))) as connection:
        message = wire.Enrol(code.strip().upper(), store.device, new.public)
        enrolled = connection.call("POST", "/v1/enrol", wire.Enrolled, message, timeout=PATIENCE)
    if store.meta(WAREHOUSE) not in ("", enrolled.warehouse):
        raise ValueError(
            f"these data are of warehouse {store.meta(WAREHOUSE)}, the code was of {enrolled.warehouse}:"
            " take another data directory"
        )
    identity.keep(store.folder, Credentials(enrolled.token, new, trust))
    for name, value in (
        (URL, url),
        (WAREHOUSE, enrolled.warehouse),
        (NAME, enrolled.name),
        (ROLE, enrolled.role),
        (wire.KEYS_CURSOR, "0"),  # another role may be given keys that were kept from the one before
    ):
        store.set_meta(name, value)
    store.join()
    return enrolled


def _trust(url: str, fingerprint: str, authority: str, *, system: bool) -> Trust:
    if not url.startswith("https://"):
        return Trust()
    if authority or not fingerprint:
        if not authority and not system:
            raise ValueError(
                "nothing here tells the right hub from a wrong one: add @FINGERPRINT to the code, or --ca FILE,"
                " or --system-ca"
            )
        if authority and fingerprint and not identity.matches(authority, fingerprint):
            raise ValueError("the file given with --ca has another fingerprint")
        return Trust(authority, system)
    return Trust(_shown(url, fingerprint), system)


def _shown(url: str, fingerprint: str) -> str:
    """The authority that the hub at `url` names as its own, if it has that fingerprint. Nothing secret is said to a hub
    that could be anybody; a false one can show no authority with the same fingerprint."""
    identity.plain_fingerprint(fingerprint)
    with contextlib.closing(Connection(url, Credentials(trust=Trust(unchecked=True)))) as connection:
        shown = connection.call("GET", "/v1/authority", wire.Authority, timeout=PATIENCE).pem
    if not shown or not identity.matches(shown, fingerprint):
        raise HubTrouble(
            msg("The hub that answers there is not the one of this fingerprint. Do not enrol; call the supervisor"),
            "certificate",
        )
    return shown


def membership(store: Store) -> tuple[str, Credentials] | None:
    """The hub's address and what this terminal shows it; None if it is alone."""
    if store.decides:
        return None
    identity.put_under_key(store.folder)
    return store.meta(URL), identity.kept(store.folder)


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
