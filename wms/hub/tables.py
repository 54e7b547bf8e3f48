"""The hub's own tables in the SQLite file of its journal: those of every engine, and the changes of keys."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database, Migrations

from wms.hub.schema import COMMON, statements
from wms.store.database import database, newer

MIGRATIONS = Migrations("wms-hub")


@MIGRATIONS()
def terminals(db: Database) -> None:
    """Only hashes of tokens and codes are kept. Times are UTC seconds."""
    db.execute(
        "CREATE TABLE terminal (device TEXT PRIMARY KEY, name TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE,"
        " enrolled INTEGER NOT NULL, last_seen INTEGER NOT NULL DEFAULT 0) STRICT"
    )
    db.execute(
        "CREATE TABLE enrolment_code (code_hash TEXT PRIMARY KEY, name TEXT NOT NULL, expires INTEGER NOT NULL) STRICT"
    )
    db.execute(
        "CREATE TABLE answer (device TEXT NOT NULL, request TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,"
        " PRIMARY KEY (device, request)) STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE INDEX answer_by_age ON answer (at)")


@MIGRATIONS()
def changes_of_keys(db: Database) -> None:
    """Every new or destroyed key gets the next serial, whoever wrote it, so that terminals can follow."""
    db.execute(
        "CREATE TABLE key_change (serial INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL UNIQUE) STRICT"
    )
    db.execute("INSERT INTO key_change (subject) SELECT subject FROM sealing_key")
    tell = "BEGIN DELETE FROM key_change WHERE subject = new.subject;"
    tell += " INSERT INTO key_change (subject) VALUES (new.subject); END"
    db.execute(f"CREATE TRIGGER new_key_is_told AFTER INSERT ON sealing_key {tell}")
    db.execute(f"CREATE TRIGGER changed_key_is_told AFTER UPDATE OF key ON sealing_key {tell}")


def _step(name: str, text: str) -> None:
    def run(db: Database) -> None:
        for line in statements(text, integer="INTEGER", binary="BLOB", ending=" STRICT, WITHOUT ROWID"):
            db.execute(line)

    MIGRATIONS(name=name)(run)


for _name, _text in COMMON:
    _step(_name, _text)


@MIGRATIONS()
def terminals_of_before(db: Database) -> None:
    """Terminals enrolled without a key of their own stay on the list; they enrol again before they speak."""
    db.execute(
        "INSERT INTO hub_terminal (wh, device, name, role, token_hash, public_key, enrolled, last_seen)"
        " SELECT 'MAIN', device, name, 'all', token_hash, x'', enrolled, last_seen FROM terminal"
    )
    for table in ("terminal", "enrolment_code", "answer"):
        db.execute(f"DROP TABLE {table}")


def migrate(connection: Any) -> None:
    """Make the hub's tables as they are in this version. Raises `Unfit` where a newer one has made them."""
    db, empty = database(connection), Database(memory=True)
    known = {step.name for step in MIGRATIONS.pending(empty)}
    empty.close()
    if {step.name for step in MIGRATIONS.applied(db)} - known:
        raise newer()
    MIGRATIONS.apply(db)
