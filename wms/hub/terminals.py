"""Which terminals a warehouse knows: one-time codes, keys, tokens, roles, when each was last heard of.

Times are UTC seconds. Of codes and tokens only hashes are kept.
"""

from __future__ import annotations

import re
import secrets

from wms.domain.ids import DeviceId
from wms.domain.records import Record
from wms.hub import audit
from wms.hub.database import HubDatabase, Session
from wms.hub.interface import Unacceptable, WrongCode
from wms.hub.roles import TerminalRole
from wms.hub.tokens import digest, new_token
from wms.sync.wire import TerminalLine

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that look alike
CODE_SECONDS = 15 * 60
ONLINE_SECONDS = 45  # a terminal polls at least every 25 s
SEEN_EVERY = 10  # seconds between two notes of the same terminal
PUBLIC_KEY_SIZE = 32

_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")


class Terminal(Record):
    """An enrolled terminal, as a request of its own is judged by."""

    device: DeviceId
    name: str
    role: str
    public_key: bytes


class Terminals:
    """The terminals of one warehouse. Raises `StoreUnwritable` when the database can't be reached or written."""

    def __init__(self, database: HubDatabase, warehouse: str) -> None:
        self._database, self._wh = database, warehouse

    def new_code(self, name: str, role: TerminalRole, actor: str, now: int) -> str:
        """A code that enrols one terminal as `name` within the next quarter of an hour."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))

        def work(session: Session) -> None:
            session.execute("DELETE FROM hub_code WHERE wh = ? AND expires < ?", (self._wh, now))
            session.execute(
                "INSERT INTO hub_code (wh, code_hash, name, role, expires) VALUES (?, ?, ?, ?, ?)",
                (self._wh, digest(code), name, role, now + CODE_SECONDS),
            )
            audit.note(session, self._wh, now, actor, "code", name, role)

        self._database.write(work)
        return f"{code[:4]}-{code[4:]}"

    def enrol(self, code: str, device: str, public_key: bytes, now: int) -> tuple[str, str, str]:
        """Let the device in for the code: token, name and role. Whatever it had before is worth nothing any more.

        Raises `WrongCode`, and `Unacceptable` for a device or a key that is none.
        """
        if not _DEVICE.fullmatch(device):
            raise Unacceptable("a device's name is up to 64 letters, digits, dots, colons, hyphens and underscores")
        if len(public_key) != PUBLIC_KEY_SIZE:
            raise Unacceptable(f"a public key has {PUBLIC_KEY_SIZE} bytes")
        token, secret = new_token(self._wh)

        def work(session: Session) -> tuple[str, str]:
            if _is_hubs_own(session, self._wh, device):
                raise Unacceptable("that is the hub's own name")
            found = session.execute(
                "DELETE FROM hub_code WHERE wh = ? AND code_hash = ? AND expires >= ? RETURNING name, role",
                (self._wh, digest(_plain(code)), now),
            ).fetchone()
            if found is None:
                raise WrongCode
            name, role = str(found[0]), str(found[1])
            session.execute(
                "INSERT INTO hub_terminal (wh, device, name, role, token_hash, public_key, enrolled)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (wh, device) DO UPDATE SET name = excluded.name,"
                " role = excluded.role, token_hash = excluded.token_hash, public_key = excluded.public_key,"
                " enrolled = excluded.enrolled, revoked = 0",
                (self._wh, device, name, role, digest(secret), public_key, now),
            )
            audit.note(session, self._wh, now, f"terminal:{device}", "enrolled", name, role)
            return name, role

        name, role = self._database.write(work)
        return token, name, role

    def of_token(self, secret: str) -> Terminal | None:
        """The terminal whose token ends in that secret; None also for one that was revoked."""

        def work(session: Session) -> Terminal | None:
            row = session.execute(
                "SELECT device, name, role, public_key FROM hub_terminal"
                " WHERE wh = ? AND token_hash = ? AND revoked = 0",
                (self._wh, digest(secret)),
            ).fetchone()
            return None if row is None else Terminal(DeviceId(row[0]), row[1], row[2], bytes(row[3]))

        return self._database.read(work)

    def saw(self, device: DeviceId, now: int) -> None:
        """Note that it was heard of; to be called every `SEEN_EVERY` seconds at most."""
        self._database.write(
            lambda session: session.execute(
                "UPDATE hub_terminal SET last_seen = ? WHERE wh = ? AND device = ? AND last_seen < ?",
                (now, self._wh, device, now),
            )
        )

    def revoke(self, called: str, actor: str, now: int) -> list[DeviceId]:
        """Shut out the terminal of that device or name; the line stays. Returns whom that concerned: several where they
        bear the same name, nobody where none bears it or all were shut out before."""

        def work(session: Session) -> list[DeviceId]:
            found = session.execute(
                "UPDATE hub_terminal SET revoked = ? WHERE wh = ? AND (device = ? OR name = ?) AND revoked = 0"
                " RETURNING device, name",
                (now, self._wh, called, called),
            ).fetchall()
            for device, name in found:
                audit.note(session, self._wh, now, actor, "revoked", str(device), str(name))
            return [DeviceId(device) for device, _ in found]

        return self._database.write(work)

    def listing(self, now: int) -> list[TerminalLine]:
        """All of them, the revoked ones too."""

        def work(session: Session) -> list[TerminalLine]:
            found = session.execute(
                "SELECT device, name, last_seen, role, revoked FROM hub_terminal WHERE wh = ? ORDER BY name, device",
                (self._wh,),
            ).fetchall()
            return [
                TerminalLine(device, name, seen, not revoked and seen >= now - ONLINE_SECONDS, role, revoked)
                for device, name, seen, role, revoked in found
            ]

        return self._database.read(work)

    def counts(self, now: int) -> tuple[int, int]:
        """How many are enrolled, and how many of those were not heard of lately."""

        def work(session: Session) -> tuple[int, int]:
            row = session.execute(
                "SELECT count(*), coalesce(sum(CASE WHEN last_seen < ? THEN 1 ELSE 0 END), 0) FROM hub_terminal"
                " WHERE wh = ? AND revoked = 0",
                (now - ONLINE_SECONDS, self._wh),
            ).fetchone()
            return int(row[0]), int(row[1])

        return self._database.read(work)


def _is_hubs_own(session: Session, warehouse: str, device: str) -> bool:
    sql = "SELECT 1 FROM hub_life WHERE wh = ? AND device = ? LIMIT 1"
    return session.execute(sql, (warehouse, device)).fetchone() is not None


def _plain(code: str) -> str:
    return "".join(one for one in code.upper() if one.isascii() and one.isalnum())
