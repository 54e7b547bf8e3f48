"""Which programs may speak to a warehouse's hub: an ERP, a monitor, an administrator's tool. Times are UTC seconds."""

from __future__ import annotations

import re

from wms.domain.records import Record
from wms.hub import audit
from wms.hub.database import HubDatabase, Session
from wms.hub.roles import ClientRole
from wms.hub.tokens import digest, new_token
from wms.hub.webhooks import disable_all_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Client(Record):
    """A program with a token. `revoked` is when it was shut out, 0 if it was not."""

    name: str
    role: str
    created: int
    revoked: int = 0


class Clients:
    """The programs of one warehouse. Raises `StoreUnwritable` when the database can't be reached or written."""

    def __init__(self, database: HubDatabase, warehouse: str) -> None:
        self._database, self._wh = database, warehouse

    def new_token(self, name: str, role: ClientRole, actor: str, now: int) -> str:
        """A token of 256 bits, `WAREHOUSE.SECRET`, shown this once; one the name had before is worth nothing any more.

        Raises `ValueError` for a name that can't be one.
        """
        if not _NAME.fullmatch(name):
            raise ValueError("a program's name is up to 64 letters, digits, dots, hyphens and underscores")
        token, secret = new_token(self._wh)

        def work(session: Session) -> None:
            session.execute(
                "INSERT INTO hub_client (wh, name, role, token_hash, created) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (wh, name) DO UPDATE SET role = excluded.role, token_hash = excluded.token_hash,"
                " created = excluded.created, revoked = 0",
                (self._wh, name, role, digest(secret), now),
            )
            audit.note(session, self._wh, now, actor, "client", name, role)

        self._database.write(work)
        return token

    def of_token(self, secret: str) -> Client | None:
        """The program whose token ends in that secret; None also for one that was shut out."""

        def work(session: Session) -> Client | None:
            row = session.execute(
                "SELECT name, role, created FROM hub_client WHERE wh = ? AND token_hash = ? AND revoked = 0",
                (self._wh, digest(secret)),
            ).fetchone()
            return None if row is None else Client(*row)

        return self._database.read(work)

    def revoke(self, name: str, actor: str, now: int) -> bool:
        """Shut it out, and send nothing to its webhooks any more; False where no such program may speak."""

        def work(session: Session) -> bool:
            found = session.execute(
                "UPDATE hub_client SET revoked = ? WHERE wh = ? AND name = ? AND revoked = 0 RETURNING name",
                (now, self._wh, name),
            ).fetchone()
            if found is not None:
                audit.note(session, self._wh, now, actor, "client_revoked", name)
                for hook in disable_all_of(session, self._wh, name, now, "the program was revoked"):
                    audit.note(session, self._wh, now, actor, "webhook_disabled", hook, name)
            return found is not None

        return self._database.write(work)

    def listing(self) -> list[Client]:
        def work(session: Session) -> list[Client]:
            found = session.execute(
                "SELECT name, role, created, revoked FROM hub_client WHERE wh = ? ORDER BY name", (self._wh,)
            ).fetchall()
            return [Client(*row) for row in found]

        return self._database.read(work)
