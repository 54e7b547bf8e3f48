"""The office: the order desk at the hub, where cancellations come in. It sees the list of orders, not the floor."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from wms.domain.commands import CancelOrder
from wms.domain.ids import Badge, OrderId
from wms.domain.waves import Slot
from wms.hub import new_code
from wms.store.database import DatabaseError, connect
from wms.store.tables import SqliteRows
from wms.sync import wire
from wms.sync.connection import Connection, NotReached

_SECONDS = 15.0
_TRIES = 20


class Office:
    """Asks the hub over HTTP, as an ERP's connector would."""

    def __init__(self, hub_folder: Path, url: str) -> None:
        self._database = hub_folder / "wms.sqlite3"
        connection = Connection(url)
        enrolled = connection.call(
            "POST", "/v1/enrol", wire.Enrolled, wire.Enrol(new_code(hub_folder, "Office"), "OFFICE"), timeout=_SECONDS
        )
        connection.close()
        self._url, self._token, self._lineage = url, enrolled.token, enrolled.lineage
        self.cancelled: list[str] = []

    async def cancel(self, order: str, *, refund: bool = False) -> bool:
        """The customer takes the order back. False if the hub refused; a hub that is away is asked again."""
        message = wire.ask(secrets.token_hex(16), Badge(""), CancelOrder(OrderId(order), refund, "changed their mind"))
        for _ in range(_TRIES):
            try:
                answer = await asyncio.to_thread(self._ask, message)
            except NotReached:
                await asyncio.sleep(0.5)
                continue
            if not answer.refused:
                self.cancelled.append(order)
            return not answer.refused
        return False

    def _ask(self, message: wire.Ask) -> wire.Answer:
        connection = Connection(self._url, self._token, self._lineage)
        try:
            return connection.call("POST", "/v1/ask", wire.Answer, message, timeout=_SECONDS)
        finally:
            connection.close()

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
