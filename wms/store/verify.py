"""`wms verify`: replay the journal into an empty picture and compare it with the one the database holds."""

from __future__ import annotations

from collections import Counter
from time import perf_counter

from wms.domain.projections import apply
from wms.domain.records import Record
from wms.domain.rows import MemoryTables
from wms.domain.stock import Stock
from wms.store import journal
from wms.store.schema import ROWS
from wms.store.tables import SqliteRows


class Verification(Record):
    """`problems` is empty when everything agrees; each names a table and a row, or what is wrong with the journal."""

    events: int
    seconds: float
    problems: tuple[str, ...]


def verify(rows: SqliteRows) -> Verification:
    """Check the file, the numbering, the sum of stock, and every row of every projection."""
    connection = rows.connection
    connection.execute("BEGIN")  # one snapshot for the whole comparison
    try:
        start = perf_counter()
        replayed, events = MemoryTables(), 0
        for fact in journal.replay(connection):
            apply(replayed, fact)
            events += 1
        seconds = perf_counter() - start
        problems = _broken_file(rows) + _gaps(rows) + _differences(rows, replayed) + _unbalanced(rows)
    finally:
        connection.execute("COMMIT")
    return Verification(events, seconds, tuple(problems))


def _broken_file(rows: SqliteRows) -> list[str]:
    found = [str(row[0]) for row in rows.connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else [f"database file: {line}" for line in found]


def _gaps(rows: SqliteRows) -> list[str]:
    counted = rows.connection.execute("SELECT device, epoch, count(*), max(n) FROM journal GROUP BY device, epoch")
    problems = [
        f"journal: {device}/{epoch} has {count} facts but counts to {n}"
        for device, epoch, count, n in counted
        if count != n
    ]
    positions, highest = rows.connection.execute(
        "SELECT count(position), coalesce(max(position), 0) FROM journal"
    ).fetchone()
    if positions != highest:
        problems.append(f"journal: {positions} positions but the highest is {highest}")
    return problems


def _differences(rows: SqliteRows, replayed: MemoryTables) -> list[str]:
    problems = []
    for row in ROWS:
        kept, made = set(rows.all(row)), set(replayed.all(row))
        problems += [f"{row.TABLE}: only in the database: {one}" for one in sorted(kept - made, key=repr)]
        problems += [f"{row.TABLE}: only in the replay: {one}" for one in sorted(made - kept, key=repr)]
    return problems


def _unbalanced(rows: SqliteRows) -> list[str]:
    """Conservation: over all places, virtual ones included, every item sums to nothing."""
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows.all(Stock):
        sums[row.sku, row.lot] += row.quantity
    return [
        f"stock: {sku} lot {lot or '-'} is out of balance by {total}"
        for (sku, lot), total in sorted(sums.items())
        if total
    ]
