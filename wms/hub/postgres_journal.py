"""The journal in PostgreSQL, statement by statement. The warehouse's row is locked by whoever appends (`lock`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from wms.domain.catalogue import Carrier
from wms.domain.events import Event, Fact, Key, WaveReleased
from wms.domain.ids import Badge, DeviceId
from wms.domain.projections import apply
from wms.domain.rows import MemoryTables
from wms.domain.waves import NUMBERS, number_of
from wms.hub.database import Session
from wms.hub.lives import WAVES_JUMP, floor_of
from wms.hub.postgres_database import PostgresSession
from wms.store import journal
from wms.store.journal import COLUMNS, Line, cells_of, line_from, line_of
from wms.sync.wire import KeyLine

OWN_EPOCH = 1  # of the hub's own name, which is new with each life
KEYS_AT_ONCE = 500


def lock(session: Session, wh: str) -> int:
    """Make this transaction the only one that appends to the warehouse's journal; returns the head."""
    # a repeated push writes nothing else, and must not be acknowledged before the standby has what it repeats
    found = session.execute(
        "UPDATE hub_head SET touched = touched + 1 WHERE wh = ? RETURNING position", (wh,)
    ).fetchone()
    if found is None:
        raise LookupError(f"the database has no warehouse {wh}: wms hub init")
    return int(found[0])


def append(session: Session, wh: str, lines: Sequence[Line]) -> None:
    """Number the facts and keep them, in a transaction that has the lock."""
    row = session.execute(
        "UPDATE hub_head SET position = position + ? WHERE wh = ? RETURNING position", (len(lines), wh)
    ).fetchone()
    numbered = (journal.at_position(line, at) for at, line in enumerate(lines, row[0] - len(lines) + 1))
    cast("PostgresSession", session).copy("hub_event", f"wh, {COLUMNS}", ((wh, *cells_of(line)) for line in numbered))


def say(
    session: Session, wh: str, device: DeviceId, head: int, events: Sequence[Event], person: Badge, at: int
) -> tuple[Fact, ...]:
    """Append what the hub itself says under its name `device`, at `at` (UTC milliseconds), after `head`."""
    highest = "SELECT coalesce(max(n), 0) FROM hub_event WHERE wh = ? AND device = ? AND epoch = ?"
    n = session.execute(highest, (wh, device, OWN_EPOCH)).fetchone()[0]
    facts = tuple(Fact(Key(device, OWN_EPOCH, n + i), at, person, event, head + i) for i, event in enumerate(events, 1))
    if facts:
        append(session, wh, [line_of(fact) for fact in facts])
    return facts


def keys_of(session: Session, wh: str, subjects: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for start in range(0, len(subjects), KEYS_AT_ONCE):
        some = subjects[start : start + KEYS_AT_ONCE]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT subject, key FROM hub_key WHERE wh = ? AND key IS NOT NULL AND subject IN ({marks})"  # noqa: S608
        found.update((subject, bytes(key)) for subject, key in session.execute(sql, (wh, *some)).fetchall())
    return found


def keep_keys(session: Session, wh: str, keys: Sequence[KeyLine]) -> list[str]:
    """A key that is known never changes but to be destroyed, and a destroyed one never comes back. Returns the subjects
    whose keys this destroyed."""
    if not keys:
        return []
    marks = ", ".join("?" * len(keys))
    found = session.execute(
        f"SELECT subject, key FROM hub_key WHERE wh = ? AND subject IN ({marks})",  # noqa: S608
        (wh, *(line.subject for line in keys)),
    ).fetchall()
    held: dict[str, bytes | None] = dict(found)
    now = dict(held)
    for line in keys:
        if line.subject not in now or (line.key is None and now[line.subject] is not None):
            now[line.subject] = line.key
    changed = [subject for subject in now if subject not in held or now[subject] != held[subject]]
    if not changed:
        return []
    row = session.execute(
        "UPDATE hub_head SET keys = keys + ? WHERE wh = ? RETURNING keys", (len(changed), wh)
    ).fetchone()
    session.executemany(
        "INSERT INTO hub_key (wh, subject, key, serial) VALUES (?, ?, ?, ?) ON CONFLICT (wh, subject)"
        " DO UPDATE SET key = excluded.key, serial = excluded.serial",
        [(wh, subject, now[subject], n) for n, subject in enumerate(changed, row[0] - len(changed) + 1)],
    )
    return [subject for subject in changed if subject in held]


def raise_numbers(session: Session, wh: str) -> None:
    """Leave out numbers of each carrier's range, and of waves: a life has begun on an older copy. What the ranges are,
    and how far they were used, the journal alone tells."""
    sql = (
        f"SELECT {COLUMNS} FROM hub_event WHERE wh = ?"  # noqa: S608
        " AND kind IN ('CarrierDefined', 'WaybillsLeased', 'WaveReleased') ORDER BY position"
    )
    tables, waves = MemoryTables(), 0
    for row in session.execute(sql, (wh,)).fetchall():
        fact = journal.fact_of(line_from(row))
        if isinstance(fact.body, WaveReleased):
            waves = max(waves, number_of(fact.body.wave))
        else:
            apply(tables, fact)
    for carrier in tables.all(Carrier):
        lease(session, wh, carrier.range_name, floor_of(carrier))
    lease(session, wh, NUMBERS, waves + WAVES_JUMP)


def floors(session: Session, wh: str) -> dict[str, int]:
    """Up to where each range of numbers was ever given out."""
    return dict(session.execute("SELECT numbers, counter FROM hub_floor WHERE wh = ?", (wh,)).fetchall())


def lease(session: Session, wh: str, numbers: str, counter: int) -> None:
    session.execute(
        "INSERT INTO hub_floor (wh, numbers, counter) VALUES (?, ?, ?) ON CONFLICT (wh, numbers)"
        " DO UPDATE SET counter = excluded.counter WHERE hub_floor.counter < excluded.counter",
        (wh, numbers, counter),
    )


def add_warehouse(session: Session, warehouse: str) -> bool:
    """Make room for a warehouse; False if it was there."""
    found = session.execute("SELECT 1 FROM hub_head WHERE wh = ?", (warehouse,)).fetchone()
    session.execute(
        "INSERT INTO hub_head (wh, position, keys, touched) VALUES (?, 0, 0, 0) ON CONFLICT (wh) DO NOTHING",
        (warehouse,),
    )
    return found is None


def warehouses(session: Session) -> list[str]:
    return [row[0] for row in session.execute("SELECT wh FROM hub_head ORDER BY wh").fetchall()]
