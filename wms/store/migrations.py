"""The tables that are not projections: journal, undo log, spool, sealing keys. Projections are made by `schema`."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("wms")


def _each(db: Database, statements: str) -> None:
    """Run statements divided by empty lines, inside the migration's own transaction (executescript would end it)."""
    for statement in statements.strip().split("\n\n"):
        db.execute(statement)


@MIGRATIONS()
def journal(db: Database) -> None:
    """Append-only: a fact's body never changes and is never removed; its position is given once by the hub."""
    _each(
        db,
        """
        CREATE TABLE journal (
            seq INTEGER PRIMARY KEY,
            device TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            n INTEGER NOT NULL,
            position INTEGER,
            at INTEGER NOT NULL,
            person TEXT NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            UNIQUE (device, epoch, n)
        ) STRICT

        CREATE UNIQUE INDEX journal_position ON journal (position) WHERE position IS NOT NULL

        CREATE INDEX journal_unsent ON journal (seq) WHERE position IS NULL

        CREATE TRIGGER journal_is_never_rewritten BEFORE UPDATE OF device, epoch, n, at, person, kind, body ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END

        CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END

        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT

        CREATE TABLE undo (
            seq INTEGER PRIMARY KEY,
            fact INTEGER NOT NULL,
            place TEXT NOT NULL,
            key TEXT NOT NULL,
            before TEXT
        ) STRICT

        CREATE INDEX undo_by_fact ON undo (fact)
        """,
    )


@MIGRATIONS()
def spool(db: Database) -> None:
    """What this device still has to print, and the keys that open recipients."""
    _each(
        db,
        """
        CREATE TABLE print_job (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            reason TEXT NOT NULL DEFAULT '',
            created INTEGER NOT NULL,
            changed INTEGER NOT NULL
        ) STRICT

        CREATE INDEX print_job_state ON print_job (state, id)

        CREATE TABLE sealing_key (subject TEXT PRIMARY KEY, key BLOB, sent INTEGER NOT NULL DEFAULT 0) STRICT
        """,
    )


@MIGRATIONS()
def queues_of_printers(db: Database) -> None:
    """Each printer has a queue; a job is one of this life of the database (`epoch`) or of a copy that was restored.

    What went to a printer is kept (`print_kept`), sealed with its order's key (`key`) where it names a person.
    """
    _each(
        db,
        """
        ALTER TABLE print_job ADD COLUMN printer TEXT NOT NULL DEFAULT ''

        ALTER TABLE print_job ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0

        UPDATE print_job SET state = 'failed' WHERE state = 'look'

        UPDATE print_job SET state = 'cancelled' WHERE state = 'dropped'

        CREATE INDEX print_job_subject ON print_job (kind, subject)

        CREATE TABLE print_kept (
            job INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            profile TEXT NOT NULL,
            key TEXT NOT NULL,
            data BLOB NOT NULL,
            at INTEGER NOT NULL
        ) STRICT

        CREATE INDEX print_kept_subject ON print_kept (kind, subject)
        """,
    )


@MIGRATIONS()
def lives_of_the_hub(db: Database) -> None:
    """Where the hub lost facts by a restore, they lose their positions here until it numbers them anew: `was` is the
    old one. A fact that no hub has numbered may get another key (its device was copied, and the copy was faster);
    what it says never changes."""
    _each(
        db,
        """
        ALTER TABLE journal ADD COLUMN was INTEGER

        CREATE INDEX journal_lost ON journal (was) WHERE was IS NOT NULL

        DROP TRIGGER journal_is_never_rewritten

        CREATE TRIGGER journal_is_never_rewritten BEFORE UPDATE OF device, at, person, kind, body ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END

        CREATE TRIGGER journal_keys_stay BEFORE UPDATE OF epoch, n ON journal WHEN old.position IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'a confirmed fact keeps its key'); END
        """,
    )
