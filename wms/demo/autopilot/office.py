"""The office: the order desk at the hub, where cancellations come in. It sees the list of orders, not the floor."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

from wms.domain.waves import Slot
from wms.hub.clients import Clients
from wms.hub.opening import tables
from wms.hub.roles import ClientRole
from wms.store.database import DatabaseError, connect
from wms.store.tables import SqliteRows

_SECONDS = 15.0
_TRIES = 20


class Office:
    """Asks the hub over its interface for other programs, as an ERP's connector would."""

    def __init__(self, hub_folder: Path, url: str) -> None:
        self._database = hub_folder / "wms.sqlite3"
        with tables(hub_folder) as found:
            clients = Clients(found.database, found.one())
            token = clients.new_token("office", ClientRole.ERP, "demo", int(time.time()))
        self._host, self._token = urlsplit(url).netloc, token
        self.cancelled: list[str] = []

    async def cancel(self, order: str, *, refund: bool = False) -> bool:
        """The customer takes the order back. False if the hub refused; a hub that is away is asked again."""
        body = json.dumps({"reason": "changed their mind", "refund": refund}).encode()
        key = secrets.token_hex(16)
        for _ in range(_TRIES):
            try:
                status = await asyncio.to_thread(self._ask, f"/v1/orders/{quote(order)}/cancel", body, key)
            except OSError:
                await asyncio.sleep(0.5)
                continue
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                await asyncio.sleep(0.5)
                continue
            if status == HTTPStatus.NO_CONTENT:
                self.cancelled.append(order)
            return status == HTTPStatus.NO_CONTENT
        return False

    def _ask(self, path: str, body: bytes, key: str) -> int:
        """The answer's status. Raises `OSError` when there is none."""
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        with contextlib.closing(HTTPConnection(self._host, timeout=_SECONDS)) as http:
            try:
                http.request("POST", path, body, headers)
                return http.getresponse().status
            except HTTPException as error:
                raise OSError(str(error)) from error

    def order_in(self, tote: str) -> str:
        """The order whose goods lie in the tote, '' if nobody knows it yet."""
        try:
            database = connect(self._database, read_only=True)
        except DatabaseError:
            return ""  # the hub is just being started again
        try:
            slots = SqliteRows(database.conn).where(Slot, tote=tote)
        finally:
            database.conn.close()
        return slots[0].order_id if slots else ""
