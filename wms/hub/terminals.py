"""Which terminals the hub knows: one-time codes, tokens, when each was last heard of. Times are UTC seconds."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from wms.domain.ids import DeviceId
from wms.hub.interface import WrongCode
from wms.sync.wire import TerminalLine

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that look alike
CODE_SECONDS = 15 * 60
ONLINE_SECONDS = 45  # a terminal polls at least every 25 s


def add_code(connection: Any, name: str, now: int) -> str:
    """A code that enrols one terminal as `name` within the next quarter of an hour; only its hash is kept."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    connection.execute("DELETE FROM enrolment_code WHERE expires < ?", (now,))
    connection.execute(
        "INSERT INTO enrolment_code (code_hash, name, expires) VALUES (?, ?, ?)",
        (_hash(code), name, now + CODE_SECONDS),
    )
    return f"{code[:4]}-{code[4:]}"


def use_code(connection: Any, code: str, device: DeviceId, now: int) -> tuple[str, str]:
    """Give the device a token of 256 bits for the code; returns token and name. Raises `WrongCode`."""
    found = connection.execute(
        "DELETE FROM enrolment_code WHERE code_hash = ? AND expires >= ? RETURNING name",
        (_hash(code.upper().replace("-", "")), now),
    ).fetchall()
    if not found:
        raise WrongCode
    token, name = secrets.token_urlsafe(32), str(found[0][0])
    connection.execute(
        "INSERT INTO terminal (device, name, token_hash, enrolled) VALUES (?, ?, ?, ?) ON CONFLICT (device)"
        " DO UPDATE SET name = excluded.name, token_hash = excluded.token_hash, enrolled = excluded.enrolled",
        (device, name, _hash(token), now),
    )
    return token, name


def device_of(connection: Any, token: str) -> DeviceId | None:
    row = connection.execute("SELECT device FROM terminal WHERE token_hash = ?", (_hash(token),)).fetchone()
    return None if row is None else DeviceId(row[0])


def listing(connection: Any, now: int) -> list[TerminalLine]:
    found = connection.execute("SELECT device, name, last_seen FROM terminal ORDER BY name, device")
    return [TerminalLine(device, name, seen, seen >= now - ONLINE_SECONDS) for device, name, seen in found]


def _hash(secret: str) -> str:
    """Codes and tokens are random and long, so a plain digest is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
