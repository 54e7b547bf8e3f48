"""Webhooks as they are kept: where to, which events, how far told, and what went wrong. Times are UTC seconds."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from wms.domain.records import Record
from wms.hub import lives
from wms.hub.database import HubDatabase, Session

MOST = 20  # in one warehouse
CLAIM_SECONDS = 60
SECRET_BYTES = 32
_COLUMNS = "id, client, url, secret, kinds, cursor, told, created, attempts, due, failing, trouble, disabled"


class TooMany(ValueError):
    """The warehouse has as many webhooks as it may."""


class Webhook(Record):
    """`kinds` are the types of events wanted, joined by commas, '' for all. `cursor` is the position up to which all
    is told; of the fact after it, what comes up to the event `told`. `failing` is since when, 0 while all is well;
    `disabled` since when nothing is sent any more."""

    id: str
    client: str
    url: str
    secret: str
    kinds: str
    cursor: int
    told: str
    created: int
    attempts: int
    due: int
    failing: int
    trouble: str
    disabled: int

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds.split(",")


def disable_all_of(session: Session, wh: str, client: str, now: int, trouble: str) -> list[str]:
    """Nothing is sent to that program any more; returns which webhooks that concerned."""
    sql = "UPDATE hub_webhook SET disabled = ?, trouble = ? WHERE wh = ? AND client = ? AND disabled = 0 RETURNING id"
    return [str(row[0]) for row in session.execute(sql, (now, trouble, wh, client)).fetchall()]


def _of(client: str | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if client is None else (" AND client = ?", (client,))


class Webhooks:
    """The webhooks of one warehouse. `client` is the program whose they must be, None for anybody's. Raises
    `StoreUnwritable` when the database can't be reached or written."""

    def __init__(self, database: HubDatabase, warehouse: str) -> None:
        self._database, self._wh = database, warehouse

    def add(self, session: Session, client: str, url: str, kinds: Sequence[str], cursor: int, now: int) -> Webhook:
        """A new one, in the transaction of the request that asked for it. Raises `TooMany`."""
        count = session.execute("SELECT count(*) FROM hub_webhook WHERE wh = ?", (self._wh,)).fetchone()[0]
        if count >= MOST:
            raise TooMany(f"there are {MOST} webhooks already: delete one first")
        secret = f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
        hook = Webhook(
            f"wh_{secrets.token_hex(8)}", client, url, secret, ",".join(kinds), cursor, "", now, 0, 0, 0, "", 0
        )
        session.execute(
            "INSERT INTO hub_webhook (wh, id, client, url, secret, kinds, cursor, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self._wh, hook.id, client, url, secret, hook.kinds, cursor, now),
        )
        return hook

    def listing(self, client: str | None = None) -> list[Webhook]:
        """Those of that program, or all."""
        whose, values = _of(client)
        sql = f"SELECT {_COLUMNS} FROM hub_webhook WHERE wh = ?{whose} ORDER BY created, id"  # noqa: S608  # our own names
        return self._database.read(
            lambda session: [Webhook(*row) for row in session.execute(sql, (self._wh, *values)).fetchall()]
        )

    def get(self, name: str, client: str | None = None) -> Webhook | None:
        whose, values = _of(client)
        sql = f"SELECT {_COLUMNS} FROM hub_webhook WHERE wh = ? AND id = ?{whose}"  # noqa: S608
        row = self._database.read(lambda session: session.execute(sql, (self._wh, name, *values)).fetchone())
        return None if row is None else Webhook(*row)

    def delete(self, name: str, client: str | None = None) -> bool:
        whose, values = _of(client)
        sql = f"DELETE FROM hub_webhook WHERE wh = ? AND id = ?{whose} RETURNING id"  # noqa: S608
        return self._changed(sql, self._wh, name, *values)

    def enable(self, session: Session, name: str) -> None:
        """Let a disabled one try again at once, from where it stood."""
        session.execute(
            "UPDATE hub_webhook SET disabled = 0, attempts = 0, due = 0, failing = 0, trouble = ''"
            " WHERE wh = ? AND id = ?",
            (self._wh, name),
        )

    # Delivering

    def claim(self, name: str, holder: str, now: int, life: str) -> tuple[int, str] | None:
        """Where it stands (`cursor`, `told`) if `holder` may deliver for the next `CLAIM_SECONDS`, else None: two
        processes would tell everything twice, and one that holds on to an earlier `life` of the journal would tell what
        is no more. A life that begins ends all claims."""
        sql = (
            "UPDATE hub_webhook SET holder = ?, claimed = ? WHERE wh = ? AND id = ? AND disabled = 0"
            " AND (claimed < ? OR holder = ?) RETURNING cursor, told"
        )
        values = (holder, now + CLAIM_SECONDS, self._wh, name, now, holder)

        def work(session: Session) -> tuple[int, str] | None:
            row = session.execute(sql, values).fetchone()
            if row is None:
                return None
            present = lives.present(session, self._wh)  # asked only now: the update may have waited for one to begin
            if present is not None and present[0] == life:
                return int(row[0]), str(row[1])
            session.execute("UPDATE hub_webhook SET holder = '', claimed = 0 WHERE wh = ? AND id = ?", (self._wh, name))
            return None

        return self._database.write(work)

    def release(self, holder: str) -> None:
        """Let others go on at once with what `holder` delivered."""
        self._changed(
            "UPDATE hub_webhook SET holder = '', claimed = 0 WHERE wh = ? AND holder = ? RETURNING id",
            self._wh,
            holder,
        )

    def delivered(self, name: str, holder: str, cursor: int, told: str) -> bool:
        """Whether it was `holder`'s to deliver still."""
        return self._changed(
            "UPDATE hub_webhook SET cursor = ?, told = ?, attempts = 0, due = 0, failing = 0, trouble = ''"
            " WHERE wh = ? AND id = ? AND holder = ? RETURNING id",
            cursor,
            told,
            self._wh,
            name,
            holder,
        )

    def passed(self, name: str, holder: str, cursor: int) -> None:
        """Nothing up to there is wanted; for who has a claim."""
        sql = "UPDATE hub_webhook SET cursor = ? WHERE wh = ? AND id = ? AND holder = ? RETURNING id"
        self._changed(sql, cursor, self._wh, name, holder)

    def failed(self, name: str, due: int, now: int, trouble: str) -> None:
        """Try again at `due`; `now` is when it began to fail, unless it had before."""
        self._changed(
            "UPDATE hub_webhook SET attempts = attempts + 1, due = ?, trouble = ?,"
            " failing = CASE WHEN failing = 0 THEN ? ELSE failing END WHERE wh = ? AND id = ? RETURNING id",
            due,
            trouble,
            now,
            self._wh,
            name,
        )

    def disable(self, session: Session, name: str, now: int, trouble: str) -> None:
        session.execute(
            "UPDATE hub_webhook SET disabled = ?, trouble = ? WHERE wh = ? AND id = ?", (now, trouble, self._wh, name)
        )

    def _changed(self, sql: str, *values: Any) -> bool:
        return self._database.write(lambda session: session.execute(sql, values).fetchone() is not None)
